"""Files of 3D poses that a lifter is validated on while it trains: views of them, lifted and compared."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from poseviewer.core.skeleton import Skeleton
from poseviewer.geometry.metrics import flat_baseline, mean_error, p_mpjpe
from poseviewer.geometry.pose_views import ViewRange, see_poses
from poseviewer.models.base import Lifter
from training.pose_material import read_material

MOST = 2048
"""Poses of a file that are looked at, evenly spread: their mean is good to a percent."""
VIEWS = ViewRange((0.0, 20.0))
"""Orthographic cameras from the elevations of 003 and of the benchmark."""


@dataclass(frozen=True, eq=False)
class CheckPoses:
    """truth: (N, J, 3) camera frame, in the unit of the file."""

    name: str
    truth: NDArray[np.float64]

    @classmethod
    def read(cls, path: Path, skeleton: Skeleton) -> CheckPoses:
        """
        Raises:
            LabelFileError, PoseInputError: as `training.pose_material.read_material`.
        """
        joints = read_material([path], skeleton).joints.astype(np.float64)
        joints = joints[:: max(1, -(-len(joints) // MOST))]
        return cls(path.stem, see_poses(joints, VIEWS, 0, skeleton.root).joints)

    def figures(self, lifter: Lifter) -> dict[str, float]:
        """The mean P-MPJPE without reflection, and as a ratio to that of the flat pose."""
        keypoints = self.truth[..., :2]
        lifted = mean_error(p_mpjpe(lifter.lift(keypoints).joints, self.truth))
        flat = mean_error(p_mpjpe(flat_baseline(keypoints), self.truth))
        return {f"{self.name} P-MPJPE": lifted, f"{self.name} of flat": lifted / flat}
