"""The poses that a study looks at: those of a file that have every joint, each seen once by a seeded camera."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from poseviewer.core.errors import PoseInputError
from poseviewer.core.skeleton import Skeleton
from poseviewer.geometry.liftable import liftable
from poseviewer.geometry.pose_views import ViewRange, see_poses
from poseviewer.io.keypoint_files import read_keypoints_npz
from poseviewer.io.npz import has_array
from poseviewer.io.truth_poses import read_truth_poses
from training.pose_material import columns_in

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class StudyPoses:
    """N whole poses on a skeleton's joints.

    Attributes:
        keypoints: (N, J, 2) x right, y down.
        joints: (N, J, 3) what they are views of, in the camera frame; None where the file has keypoints alone.
        unit: of both, "" where it is not known.
        of: how many poses the file holds. lacking: those left out because a joint is missing in them.
    """

    keypoints: Array
    joints: Array | None
    unit: str
    of: int
    lacking: int

    def __len__(self) -> int:
        return len(self.keypoints)


def read_study_poses(
    path: Path,
    skeleton: Skeleton,
    elevation: tuple[float, float] = (0.0, 20.0),
    seed: int = 0,
    every: int | None = None,
    most: int = 1 << 62,
) -> StudyPoses:
    """Read a file of 3D poses (`joints`, z up), which are projected, or of `keypoints`.

    Args:
        elevation: of the cameras, degrees, from and to; their azimuth is uniform.
        seed: of the views. every: take every n-th pose; None for as many as there may be at most.
        most: how many may be taken where `every` is None.

    Raises:
        LabelFileError: the file cannot be read.
        PoseInputError: it lacks joints of the skeleton, or has no whole pose.
    """
    if has_array(path, "joints"):
        truth = read_truth_poses(path)
        poses, names, unit = truth.joints, truth.joint_names, truth.unit
    else:
        given = read_keypoints_npz(path)
        poses, names, unit = given.keypoints, given.joint_names, "px"
    poses = poses[:, columns_in(path, skeleton, names, poses.shape[1])]
    whole = np.isfinite(poses).all(axis=(1, 2))
    chosen = poses[whole]
    if not len(chosen):
        raise PoseInputError(f"{path} has no pose with all {skeleton.joint_count} joints of {skeleton.name}.")
    chosen = chosen[:: every or -(-len(chosen) // most)]
    joints = None
    if chosen.shape[-1] == 3:
        seen = see_poses(chosen, ViewRange(elevation), seed, skeleton.root)
        chosen, joints = seen.keypoints, seen.joints
    usable = liftable(chosen)
    if not usable.any():
        raise PoseInputError(f"Every pose of {path} has all its joints in one place; there is nothing to lift.")
    joints = None if joints is None else joints[usable]
    return StudyPoses(chosen[usable], joints, unit, len(poses), int((~whole).sum()))
