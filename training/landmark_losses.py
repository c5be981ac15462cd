"""Losses of 001, section 3.2. N pictures, J joints, S x S pixels."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from poseviewer.models.decoding import SIDE, positive_weight


def heat_targets(keypoints: Tensor, sigma: float, side: int = SIDE) -> Tensor:
    """Keypoints (N, J, 2) in pixels, NaN for unknown -> Gaussians of height 1 (N, J, S, S); nothing for unknown."""
    grid = torch.arange(side, device=keypoints.device, dtype=torch.float32)
    places = keypoints.float()
    across = torch.exp(-((grid - places[..., :1]) ** 2) / (2 * sigma**2)).nan_to_num()
    down = torch.exp(-((grid - places[..., 1:]) ** 2) / (2 * sigma**2)).nan_to_num()
    return down[..., :, None] * across[..., None, :]


def heat_loss(logits: Tensor, targets: Tensor, weights: Tensor, sigma: float) -> Tensor:
    """Eq. 2 with its sign mended: -(lambda Y log P + (1 - Y) log (1 - P)), the mean over pixels and keypoints.

    lambda = S^2 / (pi sigma^2). Keypoints count by their weights (N, J); one of weight 0 not at all, so that the
    loss of a batch is the mean of those of its pictures whatever is absent in them.
    """
    weight = torch.tensor(positive_weight(sigma, logits.shape[-1]), device=logits.device)
    each = functional.binary_cross_entropy_with_logits(logits.float(), targets, pos_weight=weight, reduction="none")
    return (each.mean((-2, -1)) * weights).mean()


def place_loss(found: Tensor, true: Tensor, weights: Tensor) -> Tensor:
    """Squared differences of places (N, J, 2) in 0..1, those of weight 0 left out (they may be NaN)."""
    difference = torch.where(weights[..., None] > 0, found - true, 0)
    return (difference.square().mean(-1) * weights).mean()


def keypoint_weights(visibility: Tensor, occluded: float) -> Tensor:
    """Visibility (N, J) -> 1 for visible, `occluded` for occluded, 0 for absent."""
    return torch.where(visibility == 2, 1.0, torch.where(visibility == 1, occluded, 0.0))
