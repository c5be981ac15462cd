"""The 2D-to-3D networks. Shapes: N poses, J joints, B bones."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class PaperBlock(nn.Module):
    """Two fully connected layers, each with batch normalisation and ReLU, and a skip (001, figure 6)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(width, width), nn.BatchNorm1d(width), nn.ReLU(),
            nn.Linear(width, width), nn.BatchNorm1d(width), nn.ReLU(),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        return x + self.layers(x)


class PaperNetwork(nn.Module):
    """001, section 3.3.3: 2J -> width -> residual blocks -> 3B; r through a sigmoid, theta and phi as they come."""

    def __init__(self, joints: int, bones: int, width: int = 1024, blocks: int = 3) -> None:
        super().__init__()
        self.enter = nn.Linear(2 * joints, width)
        self.blocks = nn.Sequential(*(PaperBlock(width) for _ in range(blocks)))
        self.leave = nn.Linear(width, 3 * bones)

    def forward(self, keypoints: Tensor) -> Tensor:
        """(N, J, 2) as projected onto the xz-plane -> (r, theta, phi) (N, B, 3)."""
        out = self.leave(self.blocks(self.enter(keypoints.flatten(1)))).unflatten(1, (-1, 3))
        return torch.cat([torch.sigmoid(out[..., :1]), out[..., 1:]], dim=-1)


class Block(nn.Module):
    """A residual block that normalises first; no batch statistics, because masks would change them."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.wide = nn.Linear(width, width)
        self.back = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.back(functional.relu(self.wide(self.norm(x))))


class DefaultNetwork(nn.Module):
    """Masked keypoints -> unit bone vectors, log lengths, the root's place and how unsure each depth is.

    The logarithms of the lengths are relative to `log_template`, so that an untrained network starts at the
    skeleton's typical proportions.
    """

    log_template: Tensor

    def __init__(
        self,
        joints: int,
        bones: int,
        log_template: Tensor,
        width: int = 640,
        blocks: int = 4,
        scale_input: bool = False,
    ) -> None:
        super().__init__()
        self.bones = bones
        self.scale_input = scale_input
        self.joints = joints
        self.enter = nn.Linear(3 * joints + scale_input, width)
        self.blocks = nn.Sequential(*(Block(width) for _ in range(blocks)))
        self.norm = nn.LayerNorm(width)
        self.leave = nn.Linear(width, 4 * bones + 2 + joints)
        self.register_buffer("log_template", log_template)
        nn.init.normal_(self.leave.weight, std=0.02)
        nn.init.zeros_(self.leave.bias)

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """(N, 3J) -> directions (N, B, 3), lengths (N, B), root (N, 2), log depth std (N, J)."""
        out = self.leave(self.norm(self.blocks(self.enter(features)))).float()
        b = self.bones
        directions = functional.normalize(out[:, : 3 * b].unflatten(1, (b, 3)), dim=-1, eps=1e-6)
        lengths = torch.exp(self.log_template + out[:, 3 * b : 4 * b].clamp(-4, 4))
        root = out[:, 4 * b : 4 * b + 2]
        log_std = out[:, 4 * b + 2 :].clamp(-6, 3) - 1.5
        return directions, lengths, root, log_std
