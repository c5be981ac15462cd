"""Fully connected residual networks after Martinez et al. 2017: what 002, 003 and 004 build their networks of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from poseviewer.core.errors import CheckpointError


@dataclass(frozen=True)
class Style:
    """How the layers of a residual network are made.

    Attributes:
        norm: after each layer: "batch", "affine" (a learned scale and shift for each unit, which is all that batch
            normalisation is where it never sees the batch), or "none"; "layer" normalises before the layers instead.
        slope: of the rectifier below 0; 0 for ReLU.
        dropout: the share of units that is silenced in training.
    """

    norm: str = "layer"
    slope: float = 0.0
    dropout: float = 0.0

    @classmethod
    def of(cls, table: dict[str, Any]) -> Style:
        return cls(**{name: table[name] for name in ("norm", "slope", "dropout") if name in table})


class Affine(nn.Module):
    """A learned scale and shift for each unit."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width))

    def forward(self, x: Tensor) -> Tensor:
        return x * self.weight + self.bias


def after(width: int, style: Style) -> list[nn.Module]:
    """What follows a layer: normalisation, rectifier, dropout."""
    norms = {"batch": nn.BatchNorm1d, "affine": Affine}
    if style.norm not in (*norms, "none", "layer"):
        raise CheckpointError(f"There is no normalisation '{style.norm}'; choose batch, affine, layer or none.")
    parts: list[nn.Module] = [norms[style.norm](width)] if style.norm in norms else []
    parts.append(nn.LeakyReLU(style.slope) if style.slope else nn.ReLU())
    return [*parts, nn.Dropout(style.dropout)] if style.dropout else parts


class ResidualBlock(nn.Module):
    """Two layers and a skip."""

    def __init__(self, width: int, style: Style) -> None:
        super().__init__()
        if style.norm == "layer":
            layers = [nn.LayerNorm(width), nn.Linear(width, width), *after(width, style), nn.Linear(width, width)]
        else:
            layers = [layer for _ in range(2) for layer in (nn.Linear(width, width), *after(width, style))]
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        answer: Tensor = x + self.layers(x)
        return answer


class ResidualNetwork(nn.Sequential):
    """inputs -> width -> residual blocks -> outputs; a Sequential, so its weights are numbered."""

    def __init__(
        self, inputs: int | None, outputs: int, width: int, blocks: int, style: Style, timid: bool = False
    ) -> None:
        """
        Args:
            inputs: None for features of the full width, which go straight into the blocks.
            timid: start with outputs near 0.
        """
        entrance: list[nn.Module] = []
        if inputs is not None:
            entrance = [nn.Linear(inputs, width), *([] if style.norm == "layer" else after(width, style))]
        ending: list[nn.Module] = [nn.LayerNorm(width)] if style.norm == "layer" else []
        leave = nn.Linear(width, outputs)
        if timid:
            nn.init.normal_(leave.weight, std=0.01)
            nn.init.zeros_(leave.bias)
        super().__init__(*entrance, *(ResidualBlock(width, style) for _ in range(blocks)), *ending, leave)
