"""Keypoints as networks see them: centred and scaled by the keypoints that are there, with a mask."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class NormalisedKeypoints:
    """xy: (N, J, 2), 0 where missing. mask: (N, J). centre: (N, 2) and radius: (N,) in pixels undo it.

    scaled: the size means something (the unit is the longest bone, as in the synthesis paper) and is told too.
    """

    xy: Tensor
    mask: Tensor
    centre: Tensor
    radius: Tensor
    scaled: bool = False

    def features(self) -> Tensor:
        """(N, 3J): all x and y, then the mask; (N, 3J + 1) with the logarithm of the size if it is told."""
        size = [self.radius.log()[:, None]] if self.scaled else []
        return torch.cat([self.xy.flatten(1), self.mask, *size], dim=1)


def normalise(keypoints: Tensor, mask: Tensor, scaled: bool = False) -> NormalisedKeypoints:
    """Centre on the mean and divide by the root-mean-square radius of the keypoints present.

    Args:
        keypoints: (N, J, 2); values where the mask is 0 are ignored (they may be NaN).
        mask: (N, J) 1 or 0.
    """
    weight = mask[..., None]
    known = torch.where(weight > 0, keypoints, torch.zeros_like(keypoints))
    count = mask.sum(1).clamp(min=1)
    centre = known.sum(1) / count[:, None]
    offset = (known - centre[:, None]) * weight
    radius = (offset.square().sum((1, 2)) / count).sqrt().clamp(min=1e-9)
    return NormalisedKeypoints(offset / radius[:, None, None], mask, centre, radius, scaled)
