"""2D poses to learn from, drawn from the material and projected by random cameras; they depend on seed and step."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from poseviewer.core.errors import PoseviewerError
from poseviewer.core.skeleton import Skeleton
from poseviewer.geometry.turns import project, seen_from
from poseviewer.models.depth_lifter import root_normal
from poseviewer.models.parts import root_joints
from training.pose_material import PoseMaterial

MIRRORS = ("none", "swap", "plain")


@dataclass(frozen=True)
class Cameras:
    """The cameras that look at 3D poses.

    elevation: lowest and highest in degrees. distance: in mean radii of the poses, infinite for orthographic ones.
    mirror: half of all poses as in a mirror: "swap" exchanges left and right with it, so that it stays a pose of the
        same animal; "plain" does not (as 004's code), which leaves the sign of depth open; "none".
    """

    elevation: tuple[float, float] = (0.0, 20.0)
    distance: float = math.inf
    mirror: str = "swap"

    def __post_init__(self) -> None:
        if self.mirror not in MIRRORS:
            raise PoseviewerError(f"There is no mirroring '{self.mirror}'; choose one of {', '.join(MIRRORS)}.")


class PoseViews:
    """The material on a device, ready to be drawn from."""

    ROWS = 4
    """Uniform numbers that a pose takes: which, azimuth, elevation, mirrored."""

    def __init__(self, material: PoseMaterial, skeleton: Skeleton, cameras: Cameras, device: torch.device) -> None:
        self.cameras, self.device = cameras, device
        self.roots = root_joints(skeleton)
        self.swapped = torch.tensor(skeleton.mirror, device=device)
        self.solid = len(material.joints)
        joints = torch.from_numpy(material.joints).to(device)
        centred = joints - joints[:, list(self.roots)].mean(1, keepdim=True) if self.solid else joints
        size = centred.square().sum((1, 2)).div(centred.shape[1]).sqrt().mean() if self.solid else 1.0
        self.joints = centred / size
        flat = torch.from_numpy(material.keypoints).to(device)
        self.keypoints = root_normal(flat, self.roots).xy if len(flat) else flat
        self.drawing = torch.from_numpy(material.drawing).to(device)

    def draw(self, uniforms: Tensor) -> Tensor:
        """Uniform numbers (N, `ROWS`) -> root-centred keypoints of radius 1 (N, J, 2)."""
        which = torch.searchsorted(self.drawing, uniforms[:, 0].double()).clamp(max=len(self.drawing) - 1)
        if not len(self.keypoints):
            return self._mirrored(self._seen(which, uniforms), uniforms)
        if not self.solid:
            return self._mirrored(self.keypoints[which], uniforms)
        of_solid = (which < self.solid)[:, None, None]
        seen = self._seen(which.clamp(max=self.solid - 1), uniforms)
        given = self.keypoints[(which - self.solid).clamp(min=0)]
        return self._mirrored(torch.where(of_solid, seen, given), uniforms)

    def _seen(self, which: Tensor, uniforms: Tensor) -> Tensor:
        low, high = (math.radians(e) for e in self.cameras.elevation)
        azimuth, elevation = 2 * math.pi * uniforms[:, 1], low + (high - low) * uniforms[:, 2]
        seen = seen_from(self.joints[which], azimuth, elevation)
        return root_normal(project(seen, self.cameras.distance), self.roots).xy

    def _mirrored(self, keypoints: Tensor, uniforms: Tensor) -> Tensor:
        if self.cameras.mirror == "none":
            return keypoints
        there = keypoints[:, self.swapped] if self.cameras.mirror == "swap" else keypoints
        there = torch.stack([-there[..., 0], there[..., 1]], dim=-1)
        return torch.where((uniforms[:, 3] < 0.5)[:, None, None], there, keypoints)


def uniforms(seed: int, step: int, stream: int, count: int, rows: int, device: torch.device) -> Tensor:
    """Uniform numbers (count, rows) of one step and stream (whose turn it is); they depend on these and the seed."""
    state = np.random.SeedSequence((seed, step, stream)).generate_state(1, np.uint64)
    generator = torch.Generator(device).manual_seed(int(state[0]))
    return torch.rand(count, rows, generator=generator, device=device)
