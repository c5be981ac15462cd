"""The default detector's network: a feature pyramid with one map of places per joint, at a quarter of the image's side.

It is small, because it is trained on an ordinary machine in minutes. Groups of channels are normalised, never batches:
a batch of labelled frames and renders has no statistics worth keeping, and how many images fit the memory at once
changes nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from poseviewer.models.place_maps import STRIDE, local_mean

GROUP = 16
"""Channels that are normalised together, at most."""


class PyramidNetwork(nn.Module):
    """Images -> for every joint how likely each cell of a grid is, against that of being nowhere in the image.

    Args:
        joints: how many maps.
        widths: channels of the stem, at half the image's side, and of each level below it, each half as large.
        head: channels of the way back up.
    """

    def __init__(self, joints: int, widths: Sequence[int] = (16, 32, 64, 128, 256), head: int = 64) -> None:
        super().__init__()
        self.stem = _convolution(3, widths[0], stride=2)
        pairs = list(itertools.pairwise(widths))
        self.levels = nn.ModuleList(nn.Sequential(_convolution(a, b, stride=2), Residual(b)) for a, b in pairs)
        self.lateral = nn.ModuleList(nn.Conv2d(b, head, 1) for _, b in pairs)
        self.smooth = nn.ModuleList(_convolution(head, head) for _ in pairs)
        self.leave = nn.Conv2d(head, joints, 1)
        nn.init.normal_(self.leave.weight, std=0.01)
        nn.init.zeros_(self.leave.bias)

    def forward(self, images: Tensor) -> Tensor:
        """(N, 3, S, S), S a multiple of 32, values from 0 to 1 -> logits (N, J, S/4, S/4); nowhere has logit 0."""
        x = self.stem((images * 4 - 2).contiguous(memory_format=torch.channels_last))
        seen = []
        for level in self.levels:
            x = level(x)
            seen.append(x)
        y: Tensor | None = None
        for lateral, smooth, x in zip(reversed(self.lateral), reversed(self.smooth), reversed(seen), strict=True):
            across = lateral(x)
            y = across if y is None else across + functional.interpolate(y, scale_factor=2.0)
            y = smooth(y)
        # Logits need more digits than bfloat16 has: their differences say where between two cells a joint is.
        with torch.autocast(images.device.type, enabled=False):
            assert y is not None
            logits: Tensor = self.leave(y.float())
        return logits

    def locate(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """(N, 3, S, S) from 0 to 1 -> keypoints (N, J, 2) in pixels of the image, scores (N, J) from 0 to 1."""
        cells, scores = local_mean(self(images))
        return (cells + 0.5) * STRIDE - 0.5, scores


class Residual(nn.Module):
    """Two convolutions and a way past them."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = _convolution(width, width)
        self.second = nn.Sequential(nn.Conv2d(width, width, 3, padding=1, bias=False), _norm(width))

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(x + self.second(self.first(x)))


def _convolution(before: int, after: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, after, 3, stride, padding=1, bias=False), _norm(after), nn.ReLU(inplace=True)
    )  # fmt: skip


def _norm(width: int) -> nn.GroupNorm:
    groups = next(g for g in range(max(1, -(-width // GROUP)), width + 1) if width % g == 0)
    return nn.GroupNorm(groups, width)
