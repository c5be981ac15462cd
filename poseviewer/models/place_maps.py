"""Maps of where a joint may be: made from keypoints, compared, and read again to a fraction of a cell.

N images, J joints, maps of h x w cells of `STRIDE` pixels. A map is a distribution over its cells and one place more:
nowhere in the image, whose logit is 0. So a score is a probability, and a joint outside a crop has an answer too.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

STRIDE = 4
"""Pixels of the image along each side of a cell."""
RADIUS = 2
"""Cells around the likeliest one that count for where and how sure: a window of 5 x 5."""

NEAR = 6.0
"""Cells: a place that is farther off than this is another one, and not the same one imprecisely."""


def place_targets(keypoints: Tensor, inside: Tensor, size: tuple[int, int], sigma: float) -> Tensor:
    """Keypoints (N, J, 2) in cells (integers at their centres), inside (N, J) -> distributions (N, J, 1 + h * w).

    A Gaussian of `sigma` cells around the keypoint; a joint that is not inside is in the first place, nowhere.
    """
    height, width = size
    x = torch.arange(width, device=keypoints.device, dtype=torch.float32)
    y = torch.arange(height, device=keypoints.device, dtype=torch.float32)
    places = torch.where(inside[..., None], keypoints, 0).float()
    across = torch.exp(-((x - places[..., :1]) ** 2) / (2 * sigma**2))
    down = torch.exp(-((y - places[..., 1:]) ** 2) / (2 * sigma**2))
    mass = (down[..., :, None] * across[..., None, :]).flatten(2)
    mass = mass / mass.sum(-1, keepdim=True).clamp(min=1e-12)
    there = inside[..., None].float()
    return torch.cat([1 - there, mass * there], dim=-1)


def place_loss(logits: Tensor, targets: Tensor, weights: Tensor) -> Tensor:
    """Cross-entropy of logits (N, J, h, w) with targets (N, J, 1 + h * w), averaged by weights (N, J), 0 = ignored.

    Averaged over the joints of each image first, so that the loss of a batch is the mean of those of its parts.
    """
    each = -(targets * log_places(logits)).sum(-1)
    return ((each * weights).sum(1) / weights.sum(1).clamp(min=1e-6)).mean()


def offset_loss(logits: Tensor, keypoints: Tensor, weights: Tensor) -> Tensor:
    """How far off, in cells, the places that are read from logits (N, J, h, w) are from keypoints (N, J, 2).

    Averaged as `place_loss`. Where the likeliest place is another one altogether, only `place_loss` can help.
    """
    found, _ = local_mean(logits)
    near = ((found.detach() - keypoints).norm(dim=-1) < NEAR) & (weights > 0)
    off = torch.where(near, (found - torch.where(near[..., None], keypoints, 0)).abs().sum(-1), 0)
    return ((off * weights).sum(1) / weights.sum(1).clamp(min=1e-6)).mean()


def log_places(logits: Tensor) -> Tensor:
    """Logits (N, J, h, w) -> log probabilities (N, J, 1 + h * w), that of nowhere first."""
    return functional.log_softmax(functional.pad(logits.float().flatten(2), (1, 0)), dim=-1)


def local_mean(logits: Tensor, radius: int = RADIUS) -> tuple[Tensor, Tensor]:
    """Logits (N, J, h, w) -> the mean place around the likeliest cell (N, J, 2), in cells, and its probability (N, J).

    The mean over a window and not over the map: a second, unlikely place elsewhere should not draw the keypoint away.
    """
    height, width = logits.shape[2:]
    chances = log_places(logits).exp()[..., 1:]
    peak = chances.argmax(-1)
    steps = torch.arange(-radius, radius + 1, device=logits.device)
    rows = (peak // width)[..., None] + steps
    columns = (peak % width)[..., None] + steps
    cells = rows.clamp(0, height - 1)[..., :, None] * width + columns.clamp(0, width - 1)[..., None, :]
    in_map = ((rows >= 0) & (rows < height))[..., :, None] & ((columns >= 0) & (columns < width))[..., None, :]
    window = torch.gather(chances, 2, cells.flatten(2)).unflatten(2, cells.shape[2:]) * in_map
    mass = window.sum((-1, -2))
    safe = mass.clamp(min=1e-12)
    x = (window.sum(-2) * columns).sum(-1) / safe
    y = (window.sum(-1) * rows).sum(-1) / safe
    return torch.stack([x, y], dim=-1), mass.clamp(max=1.0)
