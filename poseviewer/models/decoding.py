"""From heatmaps to places: argmax, soft-argmax, and what the heat says about how sure they are.

A network trained by 001's weighted cross-entropy (eq. 2) does not learn the target Y itself. With positive pixels
weighted by lambda, the answer of least loss is p = lambda Y / (lambda Y + 1 - Y): a plateau, above a half up to 3.3
sigma from the keypoint. In logits that is Y's own logit plus log(lambda), so Y comes back by one subtraction: `heat`.

Heatmaps are (N, J, S, S) logits. Coordinates are pixels of the heatmap, integer = pixel centre.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

SIGMA = 10.0
"""Pixels: the Gaussian of 001's target (section 3.2)."""
SIDE = 256
REACH = 3.0
"""Soft-argmax looks this many sigmas around the highest pixel: another candidate far away must not pull."""


def positive_weight(sigma: float = SIGMA, side: int = SIDE) -> float:
    """lambda = S^2 / (pi sigma^2): how much more a pixel counts where the target is 1; 208.6 in 001 (section 3.2)."""
    return side**2 / (math.pi * sigma**2)


def heat(logits: Tensor, sigma: float = SIGMA) -> Tensor:
    """What the logits say of the target Y: 1 on the keypoint, a Gaussian around it, 0..1."""
    return torch.sigmoid(logits - math.log(positive_weight(sigma)))


def argmax(logits: Tensor) -> Tensor:
    """(N, J, 2): x and y of the highest pixel of each heatmap."""
    width = logits.shape[-1]
    highest = logits.flatten(2).argmax(-1)
    return torch.stack([highest % width, highest // width], dim=-1).float()


def soft_argmax(logits: Tensor, sigma: float = SIGMA) -> Tensor:
    """(N, J, 2): the mean place of the heat around the highest pixel; finer than pixels."""
    peak = argmax(logits)
    rows = torch.arange(logits.shape[-2], device=logits.device, dtype=torch.float32)
    columns = torch.arange(logits.shape[-1], device=logits.device, dtype=torch.float32)
    near_y = (rows - peak[..., 1:]).abs() <= REACH * sigma  # (N, J, S)
    near_x = (columns - peak[..., :1]).abs() <= REACH * sigma
    weight = heat(logits.float(), sigma) * near_y[..., :, None] * near_x[..., None, :]
    total = weight.sum((-2, -1)).clamp(min=1e-12)
    x = (weight.sum(-2) * columns).sum(-1) / total
    y = (weight.sum(-1) * rows).sum(-1) / total
    return torch.stack([x, y], dim=-1)


def heat_at(logits: Tensor, places: Tensor, sigma: float = SIGMA) -> Tensor:
    """(N, J): the heat of each heatmap at its own place of (N, J, 2); 0 outside of the picture."""
    count, joints, height, width = logits.shape
    scale = torch.tensor([2 / width, 2 / height], device=logits.device)
    grid = ((places + 0.5) * scale - 1).reshape(count * joints, 1, 1, 2)
    maps = heat(logits.float(), sigma).reshape(count * joints, 1, height, width)
    return functional.grid_sample(maps, grid, align_corners=False).reshape(count, joints)
