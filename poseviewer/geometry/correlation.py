"""Which keypoint moves which depth: the correlation study of paper 004, section 5, for any lifting function.

One keypoint at a time is scaled about the pose's root, and every depth is watched. A lifter that was given the whole
pose answers with depths that have nothing to do with the keypoint; one made of independent parts cannot.

The paper's text scales "between -95% to 105%" in steps of 1 %, its figures from 5 %: both are a choice of factors.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poseviewer.core.skeleton import Skeleton, canonical

Array = NDArray[np.float64]
Depths = Callable[[Array, Array], ArrayLike]
"""Poses (N, J, 2), and the same before a keypoint was scaled, to depths (N, J) in the same unit.

The second is for lifters that would normalise the changed pose anew: its size is to stay what it was.
"""

FIRST, PAPER_FIRST, LAST, STEP = 0.05, -0.95, 1.05, 0.01
BATCH = 8192
"""Poses that a lifter is asked about at once."""

_OF_A_LEG = frozenset({"hip", "knee", "ankle", "foot", "heel", "toe", "hind_paw"})


@dataclass(frozen=True, eq=False)
class Influence:
    """What one lifter does when one keypoint is scaled.

    Attributes:
        factors: (F,) by which the keypoint's x and y were multiplied.
        change: (J, J, F) at [k, j, f] the mean over the poses of |z_j(f) - z_j(1)| while keypoint k is scaled,
            as a share of the pose's size: its largest |x| or |y| from the root.
    """

    factors: Array
    change: Array

    @property
    def matrix(self) -> Array:
        """(J, J) mean over the factors: row = the keypoint that moves, column = the depth that answers."""
        mean: Array = self.change.mean(axis=2)
        return mean


@dataclass(frozen=True)
class Between:
    """Means of an influence matrix over pairs of joints, NaN where there is no such pair.

    own: of a keypoint on its own depth. within: on other depths of its group. across: on depths of the other group.
    """

    own: float
    within: float
    across: float


def factors_from(first: float = FIRST, last: float = LAST, step: float = STEP) -> Array:
    """(F,) equally spaced factors, both ends included.

    Raises:
        ValueError: the step is not positive, or the last factor is below the first.
    """
    if not step > 0 or last < first:
        raise ValueError(f"Expected factors from {first:g} to {last:g} by a positive step, but got {step:g}.")
    return np.round(first + step * np.arange(int((last - first) / step + 1e-6) + 1), 10)


def root_joint(skeleton: Skeleton) -> int | None:
    """The joint that keypoints are scaled about: the pelvis, or the skeleton's root.

    None where there are hips without a pelvis: then it is their middle, as in 004.
    """
    pelvis, left, right = (skeleton.find_joint(name) for name in ("pelvis", "left_hip", "right_hip"))
    if pelvis is not None:
        return pelvis
    return skeleton.root if left is None or right is None else None


def root_points(skeleton: Skeleton, keypoints: ArrayLike) -> Array:
    """(N, 2) where the root is of keypoints (N, J, 2)."""
    xy = np.asarray(keypoints, dtype=np.float64)
    root = root_joint(skeleton)
    hips = [skeleton.joint_index("left_hip"), skeleton.joint_index("right_hip")] if root is None else [root]
    middle: Array = xy[:, hips].mean(axis=1)
    return middle


def normalised_poses(keypoints: ArrayLike, roots: ArrayLike) -> Array:
    """(N, J, 2) with the root at the origin and the largest |x| or |y| 1 (004, section 3.1).

    Args:
        keypoints: (N, J, 2), none missing and not all in one place. roots: (N, 2).
    """
    local = np.asarray(keypoints, dtype=np.float64) - np.asarray(roots, dtype=np.float64)[:, None]
    size = np.abs(local).max(axis=(1, 2), keepdims=True)
    scaled: Array = local / size
    return scaled


def measuring(
    depths: Depths, poses: ArrayLike, factors: ArrayLike, batch: int = BATCH
) -> Generator[float, None, Influence]:
    """Measure the influence of every keypoint on every depth; yields the share that is done, returns the result.

    A scaled batch is compared with an unscaled one of the same shape, pose by pose at the same place in it: a
    processor may round the same row differently elsewhere, and no influence at all has to come out as 0.

    Args:
        depths: the lifter. poses: (N, J, 2) as of `normalised_poses`. factors: (F,). batch: poses lifted at once.
    """
    xy, by = np.asarray(poses, dtype=np.float64), np.asarray(factors, dtype=np.float64)
    count, joints = xy.shape[:2]
    change = np.zeros((joints, joints, len(by)))
    size = max(1, batch // len(by))
    for first in range(0, count, size):
        part = np.repeat(xy[None, first : first + size], len(by), axis=0)  # (F, P, J, 2)
        before = _lifted(depths, part, part)
        for k in range(joints):
            moved = part.copy()
            moved[:, :, k] *= by[:, None, None]
            change[k] += np.abs(_lifted(depths, moved, part) - before).sum(axis=1).T
            yield (first + part.shape[1] * (k + 1) / joints) / count
    return Influence(by, change / max(count, 1))


def leg_joints(skeleton: Skeleton) -> tuple[int, ...]:
    """The joints of 004's legs (hips, knees, ankles), of a four-legged animal its hind legs; the rest is its torso."""
    bare = [canonical(name).removeprefix("left_").removeprefix("right_") for name in skeleton.joints]
    return tuple(j for j, name in enumerate(bare) if name in _OF_A_LEG)


def between_groups(matrix: ArrayLike, group: Sequence[int], counted: Sequence[int]) -> Between:
    """Means of an influence matrix (J, J) for a group of joints and the rest of the joints that count."""
    values = np.asarray(matrix, dtype=np.float64)[np.ix_(counted, counted)]
    inside = np.isin(counted, group)
    same = inside[:, None] == inside[None]
    own = np.eye(len(counted), dtype=bool)
    return Between(_mean(values[own]), _mean(values[same & ~own]), _mean(values[~same]))


def _lifted(depths: Depths, poses: Array, before: Array) -> Array:
    """(F, P, J) depths of (F, P, J, 2)."""
    answer = np.asarray(depths(*(p.reshape(-1, *p.shape[2:]) for p in (poses, before))), dtype=np.float64)
    return answer.reshape(poses.shape[:3])


def _mean(values: Array) -> float:
    return float(values.mean()) if values.size else float("nan")
