"""Networks that give a keypoint its depth: the generators of 002, 003 and 004. N poses, J joints."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from poseviewer.core.skeleton import Skeleton
from poseviewer.models.parts import Group, groups_of, root_joints
from poseviewer.models.residual import ResidualNetwork, Style

SHARES = {"split-legs-torso": (0.625, 0.375), "split-five": (0.25, 0.1875)}
"""How many features the torso and each other part hand on, as shares of the width: 640 and 384, 256 and 192 of 1024."""


class Depths(NamedTuple):
    """What a network says of N poses.

    depth: (N, J) along the viewing direction, root at 0, in units of the pose's own radius.
    elevation: (N,) radians by which the camera looks down, None where the network does not say.
    camera: (N, 2, 3) weak-perspective camera, None where the network has none.
    """

    depth: Tensor
    elevation: Tensor | None = None
    camera: Tensor | None = None


class DepthNetwork(nn.Module):
    """Root-centred keypoints of radius 1 -> depths.

    Attributes:
        groups: the joints that are seen together. elevation: lowest and highest in radians, where it is learned.
        distance: of the camera in radii; infinite for an orthographic one.
    """

    def __init__(
        self,
        skeleton: Skeleton,
        representation: str = "full",
        width: int = 1024,
        blocks: int = 4,
        head: str = "linear",
        camera: bool = False,
        learned_elevation: tuple[float, float] | None = None,
        distance: float = math.inf,
        **style: Any,
    ) -> None:
        """
        Args:
            representation: one of `parts.REPRESENTATIONS`. blocks: of each path from the keypoints to a depth.
            head: "linear", or "tanh" for depths in [-1, 1] (004) at the scale of `REACH` radii.
            camera: whether it says a camera too (002), from the features of its first block.
            learned_elevation: lowest and highest in degrees.
            style: see `residual.Style`.
        """
        super().__init__()
        self.groups: list[Group] = groups_of(skeleton, representation)
        self.head, self.distance = head, float(distance)
        self.elevation = tuple(math.radians(e) for e in learned_elevation) if learned_elevation else None
        made = Style.of(style)
        joints = skeleton.joint_count
        self.with_camera = camera
        if camera:
            self.shared = ResidualNetwork(2 * joints, width, width, max(1, blocks - 2), made)
            self.body = ResidualNetwork(width, joints, width, 2, made, timid=True)
            self.eye = ResidualNetwork(width, 6, width, 2, made, timid=True)
        elif len(self.groups) == 1:
            self.body = ResidualNetwork(2 * joints, joints, width, blocks, made, timid=True)
        elif representation in SHARES:
            torso, other = SHARES[representation]
            own, last = (1, 1) if representation == "split-five" else (2, 2)
            handed = [round(width * (torso if name == "torso" else other)) for name, _ in self.groups]
            self.paths = nn.ModuleList(
                ResidualNetwork(2 * len(group), count, width, own, made)
                for (_, group), count in zip(self.groups, handed, strict=True)
            )
            # What is handed on is as wide as the blocks together, but for rounding.
            self.body = ResidualNetwork(None, joints, sum(handed), last, made, timid=True)
        else:
            self.paths = nn.ModuleList(
                ResidualNetwork(2 * len(group), len(group), width, blocks, made, timid=True) for _, group in self.groups
            )
        if self.elevation:
            self.tilt = ResidualNetwork(2 * joints, 1, min(width, 128), 2, Style("layer"), timid=True)
        roots = root_joints(skeleton)
        free = torch.ones(joints)
        if len(roots) == 1:
            free[roots[0]] = 0.0
        self.register_buffer("free", free, persistent=False)

    def forward(self, xy: Tensor) -> Depths:
        """(N, J, 2) -> depths."""
        depth, camera = self._depth(xy)
        depth = depth.float()
        if self.head == "tanh":
            depth = REACH * torch.tanh(depth)
        elevation = None
        if self.elevation:
            low, high = self.elevation
            elevation = low + (high - low) * torch.sigmoid(self.tilt(xy.flatten(1)).float()[:, 0])
        return Depths(depth * self.free, elevation, camera)

    def _depth(self, xy: Tensor) -> tuple[Tensor, Tensor | None]:
        if self.with_camera:
            seen = self.shared(xy.flatten(1))
            offset = self.eye(seen).float().unflatten(1, (2, 3))
            return self.body(seen), offset + torch.eye(2, 3, device=xy.device)
        if len(self.groups) == 1:
            return self.body(xy.flatten(1)), None
        parts = [path(xy[:, list(group)].flatten(1)) for path, (_, group) in zip(self.paths, self.groups, strict=True)]
        if hasattr(self, "body"):
            return self.body(torch.cat(parts, dim=1)), None
        order = torch.tensor([j for _, group in self.groups for j in group], device=xy.device)
        return torch.cat(parts, dim=1)[:, torch.argsort(order)], None


REACH = 3.0
"""Radii: the farthest that a joint lies in depth from the root, for heads that end in tanh."""
