"""How good a lifter is while it learns: on 3D poses where there are some, else by whether it agrees with itself."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from poseviewer.core.skeleton import Skeleton
from poseviewer.geometry.metrics import flat_baseline, mean_error, p_mpjpe
from poseviewer.geometry.turns import project, seen_from
from training.pose_material import read_material
from training.pose_views import uniforms

MOST = 2048
VIEWS = 1 << 41
"""The stream of the views from which poses are measured: training never gets there."""


class PoseValidation:
    """3D poses seen from fixed views, on which P-MPJPE is measured.

    Attributes:
        keypoints: (N, J, 2) as a camera sees them, in the unit of the joints.
    """

    def __init__(
        self, path: str | Path, skeleton: Skeleton, elevation: tuple[float, float], distance: float, most: int = MOST
    ) -> None:
        """
        Args:
            elevation: in degrees. distance: of the camera in mean radii of the poses.

        Raises:
            LabelFileError, PoseInputError: the file cannot be read or is for another skeleton.
        """
        joints = read_material([path], skeleton).joints
        every = max(1, math.ceil(len(joints) / most))
        chosen = torch.from_numpy(joints[::every]).double()
        u = uniforms(0, 0, VIEWS, len(chosen), 2, torch.device("cpu")).double()
        low, high = (math.radians(e) for e in elevation)
        seen = seen_from(chosen, 2 * math.pi * u[:, 0], low + (high - low) * u[:, 1])
        size = float(seen.square().sum((1, 2)).div(seen.shape[1]).sqrt().mean())
        self.truth = seen.numpy()
        self.keypoints = project(seen, distance * size).float()
        self.flat = mean_error(p_mpjpe(flat_baseline(self.keypoints.numpy()), self.truth))

    def figures(self, lift: Callable[[Tensor], Tensor]) -> Generator[None, None, dict[str, float]]:
        """P-MPJPE in the file's unit, and as shares of the flat pose's error, without and with reflection."""
        parts = []
        for part in self.keypoints.split(512):
            parts.append(lift(part).double().cpu().numpy())
            yield
        lifted = np.concatenate(parts)
        error = mean_error(p_mpjpe(lifted, self.truth))
        best = mean_error(p_mpjpe(lifted, self.truth, reflection=True))
        yield
        return {"p_mpjpe": error, "of_flat": error / self.flat, "of_flat_reflection_best": best / self.flat}
