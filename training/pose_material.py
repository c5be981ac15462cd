"""What lifters learn from besides ranges: 2D poses, and 3D poses of which only projections are shown to them.

Files are `.npz` of keypoints (N, J, 2) or of joints (N, J, 3, z up, any unit); a project gives its own keypoints.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from poseviewer.core.errors import PoseInputError
from poseviewer.core.project import Project
from poseviewer.core.skeleton import Skeleton
from poseviewer.io.keypoint_files import read_keypoints_npz, read_truth_npz
from poseviewer.io.npz import has_array
from poseviewer.models.borrowed import columns_among

FEWEST_POSES = 200
"""Fewer 2D poses than these say nothing about what an animal looks like from other sides."""

Float = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class PoseMaterial:
    """Poses on the joints of one skeleton, the 3D ones first.

    Attributes:
        joints: (N, J, 3) z up, about the middle of the body, of any one unit; N may be 0.
        keypoints: (M, J, 2) x right, y down, of any unit each; M may be 0.
        probability: (N + M,) how likely each is drawn; sums to 1.
        lacking: poses that were left out because a joint of the skeleton is missing in them.
    """

    joints: Float
    keypoints: Float
    probability: NDArray[np.float64]
    lacking: int = 0

    def __len__(self) -> int:
        return len(self.probability)

    @property
    def drawing(self) -> NDArray[np.float64]:
        """(N + M,) cumulative probability: where a uniform number falls is which pose it draws."""
        return np.cumsum(self.probability)

    @property
    def note(self) -> str:
        """A sentence about what was left out, "" for nothing."""
        if not self.lacking:
            return ""
        return f"{self.lacking:,} poses lack a keypoint and are left out; {len(self):,} are learned from."


def read_material(
    paths: Sequence[str | Path], skeleton: Skeleton, weights: Mapping[str, float] | None = None
) -> PoseMaterial:
    """Read pose files on a skeleton's joints.

    Args:
        weights: by a file's stem: how much each of its poses counts; 1 for files that are not named.

    Raises:
        LabelFileError: a file cannot be read.
        PoseInputError: a file lacks joints of the skeleton, a weight is of no file, or there are no whole poses.
    """
    weights = dict(weights or {})
    stems = [Path(path).stem for path in paths]
    unknown = sorted(set(weights) - set(stems))
    if unknown:
        raise PoseInputError(
            f"There is a weight for '{unknown[0]}', but no file of that name; the files are "
            f"{', '.join(stems) or 'none'}."
        )
    solid: list[tuple[Float, float]] = []
    flat: list[tuple[Float, float]] = []
    lacking = 0
    for path, stem in zip(paths, stems, strict=True):
        poses, kept = _read(Path(path), skeleton)
        lacking += len(kept) - int(kept.sum())
        (solid if poses.shape[-1] == 3 else flat).append((poses[kept], weights.get(stem, 1.0)))
    return _gathered(skeleton, solid, flat, lacking)


def project_material(project: Project) -> PoseMaterial:
    """The 2D poses of a project: every instance, labelled or predicted, that has all keypoints of the skeleton.

    Raises:
        PoseInputError: there are fewer than `FEWEST_POSES`.
    """
    poses = [instance.pose for instances in project.labels.values() for instance in instances]
    whole = [pose.keypoints for pose in poses if pose.present_count == project.skeleton.joint_count]
    if len(whole) < FEWEST_POSES:
        raise PoseInputError(
            f"The project has {len(whole):,} poses with every keypoint, and a lifter that learns from 2D alone needs "
            f"at least {FEWEST_POSES}; detect a video first, or add files of poses."
        )
    keypoints = np.asarray(whole, dtype=np.float32)
    return _gathered(project.skeleton, [], [(keypoints, 1.0)], len(poses) - len(whole))


def _read(path: Path, skeleton: Skeleton) -> tuple[Float, NDArray[np.bool_]]:
    """The poses of a file on the skeleton's joints (N, J, 2 or 3), and which of them are whole (N,)."""
    if has_array(path, "joints"):
        truth = read_truth_npz(path)
        poses, names = truth.joints, truth.joint_names
    else:
        given = read_keypoints_npz(path)
        poses, names = given.keypoints, given.joint_names
    chosen = poses[:, columns_in(path, skeleton, names, poses.shape[1])].astype(np.float32)
    return chosen, np.isfinite(chosen).all(axis=(1, 2))


def columns_in(path: Path, skeleton: Skeleton, names: Sequence[str] | None, count: int) -> list[int]:
    """Where each joint of a skeleton is among a file's `count` joints.

    Raises:
        PoseInputError: it lacks one of them, or does not name its joints and has another number of them.
    """
    if names is None:
        if count != skeleton.joint_count:
            raise PoseInputError(
                f"{path} has {count} joints without names, but {skeleton.name} has {skeleton.joint_count}; add "
                f"joint_names to it."
            )
        return list(range(count))
    columns = columns_among(names, skeleton)
    missing = [joint for joint, column in zip(skeleton.joints, columns, strict=True) if column is None]
    if missing:
        raise PoseInputError(
            f"{path} has no joint {', '.join(missing[:4])}{', ...' if len(missing) > 4 else ''} of {skeleton.name} "
            f"(it has {', '.join(names[:5])}, ...); rename its joints, or choose another skeleton."
        )
    return [column for column in columns if column is not None]


def _gathered(
    skeleton: Skeleton, solid: list[tuple[Float, float]], flat: list[tuple[Float, float]], lacking: int
) -> PoseMaterial:
    shares = [np.full(len(poses), weight) for poses, weight in solid + flat]
    probability = np.concatenate(shares) if shares else np.zeros(0)
    if probability.sum() <= 0:
        raise PoseInputError(
            f"There is no pose with all {skeleton.joint_count} joints of {skeleton.name} to learn from; add files of "
            f"whole poses, or give the files that there are a weight above 0."
        )
    joints = _stacked([poses for poses, _ in solid], (0, skeleton.joint_count, 3))
    joints = joints - joints.mean(axis=1, keepdims=True)
    keypoints = _stacked([poses for poses, _ in flat], (0, skeleton.joint_count, 2))
    return PoseMaterial(joints, keypoints, probability / probability.sum(), lacking)


def _stacked(parts: list[Float], empty: tuple[int, ...]) -> Float:
    return np.concatenate(parts) if parts else np.zeros(empty, np.float32)
