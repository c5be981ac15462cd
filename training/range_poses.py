"""Poses drawn from rotation ranges (001) as the methods that learn from 2D see poses: keypoints and their depths."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from poseviewer.core.ranges import RangePreset
from poseviewer.geometry.rotations import trailing_vectors
from poseviewer.geometry.turns import project, seen_from
from poseviewer.models.depth_lifter import root_normal
from poseviewer.models.parts import root_joints
from poseviewer.synthesis.generate import chunk_uniforms
from poseviewer.synthesis.poses import pose_rows, sample_poses
from poseviewer.synthesis.presets import find_preset
from training.pose_views import Cameras

STREAM = 1 << 20
"""Apart from the other random numbers of a step."""


class RangePoses:
    """An endless supply of them."""

    def __init__(self, ranges: RangePreset, cameras: Cameras, seed: int, device: torch.device) -> None:
        self.ranges, self.cameras, self.seed, self.device = ranges, cameras, seed, device
        self.recipe = find_preset("default")
        self.rows = pose_rows(ranges, self.recipe)
        self.roots = list(root_joints(ranges.skeleton))

    def draw(self, step: int, first: int, count: int) -> tuple[Tensor, Tensor]:
        """Keypoints (N, J, 2) about their root, of radius 1, and the depths (N, J) in that unit, 0 at the root."""
        chunk = (STREAM + step) * STREAM + first
        numbers = chunk_uniforms(self.rows + 2, self.seed, chunk, count)
        joints = trailing_vectors(sample_poses(self.ranges, self.recipe, numbers[2:]).joints)
        upright = torch.from_numpy(np.ascontiguousarray(joints)).to(self.device)
        upright = upright - upright[:, self.roots].mean(1, keepdim=True)
        size = upright.square().sum((1, 2)).div(upright.shape[1]).sqrt()
        view = torch.from_numpy(numbers[:2].copy()).to(self.device)
        low, high = (math.radians(e) for e in self.cameras.elevation)
        seen = seen_from(upright / size[:, None, None], 2 * math.pi * view[0], low + (high - low) * view[1])
        normal = root_normal(project(seen, self.cameras.distance), tuple(self.roots))
        return normal.xy, seen[..., 2] / normal.radius[:, None]
