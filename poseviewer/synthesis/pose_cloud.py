"""How unlike synthetic 2D poses a pose is: judged among those that are most like it. Numpy, no gradients.

A pose is compared by the joints that it has, whatever its place, size and turn in the picture. The synthetic poses
nearest to it say how joints vary together in such a view (mean and covariance); its distance is Mahalanobis's among
them. Measured on poses drawn with one bone's range doubled, against poses within the ranges, this ranks better than
Mahalanobis's distance to the whole cloud or the distance to the nearest synthetic poses (docs/RESULTS.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Complex = NDArray[np.complex64]

NEIGHBOURS = 300
FEWEST = 4
"""Joints that a pose must have: any three are alike but for their proportions."""
TOGETHER = 32
"""Poses judged at once; bounds the memory."""
CLICK = 2e-4
"""Variance that every joint has, in squared radii times the number of joints: nobody clicks better."""


@dataclass(frozen=True, eq=False)
class Judgement:
    """N poses with the same joints.

    Attributes:
        distance: (N,) Mahalanobis's, among the nearest synthetic poses.
        contribution: (N, J) how much of the squared distance would be gone without a joint; NaN where it is missing.
        completed: (N, J, 2) the poses in their own pixels, missing joints where the others let expect them.
    """

    distance: Array
    contribution: Array
    completed: Array


class PoseCloud:
    """Synthetic 2D poses (M, J, 2), all of their joints there."""

    def __init__(self, poses: NDArray[np.floating[Any]]) -> None:
        self._poses = (poses[..., 0] + 1j * poses[..., 1]).astype(np.complex64)  # (M, J)

    def __len__(self) -> int:
        return len(self._poses)

    def without(self, first: int) -> tuple[PoseCloud, Array]:
        """A cloud of all but the first poses, and these: to see how far the cloud's own kind is from it."""
        cloud = PoseCloud.__new__(PoseCloud)
        cloud._poses = self._poses[first:]
        own = self._poses[:first]
        return cloud, np.stack([own.real, own.imag], axis=-1).astype(np.float64)

    def judge(self, poses: NDArray[np.floating[Any]], present: NDArray[np.bool_]) -> Judgement:
        """Poses (N, J, 2) by the joints that are `present` (J,), at least `FEWEST`; values of others are ignored."""
        seen = np.flatnonzero(present)
        moved, _, _ = _normalised(self._poses, seen)
        turned_back = np.ascontiguousarray(moved[:, seen].conj().T)
        parts = [
            _judge_some(poses[i : i + TOGETHER], moved, turned_back, present) for i in range(0, len(poses), TOGETHER)
        ]
        return Judgement(
            np.concatenate([p.distance for p in parts]),
            np.concatenate([p.contribution for p in parts]),
            np.concatenate([p.completed for p in parts]),
        )


def normalised(poses: NDArray[np.floating[Any]]) -> Array:
    """Poses (N, J, 2) centred on their mean and divided by their root-mean-square radius."""
    offset = poses - poses.mean(axis=1, keepdims=True)
    radius = np.sqrt((offset**2).sum(axis=(1, 2)) / poses.shape[1])
    answer: Array = offset / np.maximum(radius, 1e-9)[:, None, None]
    return answer


def _judge_some(
    poses: NDArray[np.floating[Any]], moved: Complex, turned_back: Complex, present: NDArray[np.bool_]
) -> Judgement:
    """A few poses against the normalised cloud `moved` (M, J); `turned_back` (V, M) are its seen joints, conjugate."""
    seen = np.flatnonzero(present)
    known = np.where(present, poses[..., 0] + 1j * poses[..., 1], 0).astype(np.complex128)
    asked, centre, radius = _normalised(known, seen)  # (N, J)
    # Complex products turn: the phase of the product of two poses is the turn that brings one onto the other.
    match = asked[:, seen].astype(np.complex64) @ turned_back  # (N, M)
    alike = match.real**2 + match.imag**2
    count = min(NEIGHBOURS, len(moved))
    near = np.argpartition(-alike, count - 1, axis=1)[:, :count]
    turn = np.take_along_axis(match, near, axis=1)
    turn /= np.maximum(np.abs(turn), 1e-9)
    around = _real(moved[near] * turn[..., None])  # (N, K, 2 J)
    middle = around.mean(axis=1)
    spread = around - middle[:, None]
    covariance = (spread.transpose(0, 2, 1) @ spread).astype(np.float64) / max(count - 1, 1)
    joints = len(present)
    columns = np.concatenate([seen, seen + joints])
    inner = covariance[:, columns[:, None], columns] + CLICK / joints * np.eye(len(columns))
    off = (_real(asked) - middle)[:, columns]
    precision = np.linalg.inv(inner)
    pull = (precision @ off[..., None])[..., 0]  # (N, 2 V)
    squared = (off * pull).sum(axis=-1)
    expected = middle + (covariance[:, :, columns] @ pull[..., None])[..., 0]
    completed = (expected[:, :joints] + 1j * expected[:, joints:]) * radius[:, None] + centre[:, None]
    filled = np.where(present, known, completed)
    return Judgement(
        np.sqrt(np.maximum(squared, 0.0)),
        _contributions(precision, pull, seen, joints),
        np.stack([filled.real, filled.imag], axis=-1),
    )


def _contributions(precision: Array, pull: Array, seen: NDArray[np.intp], joints: int) -> Array:
    """(N, J): the squared distance less what it is without the joint (a Schur complement, 2 x 2 for each joint)."""
    count = len(seen)
    place = np.arange(count)
    pair = np.stack([place, place + count], axis=-1)  # (V, 2)
    blocks = precision[:, pair[:, :, None], pair[:, None, :]]  # (N, V, 2, 2)
    force = pull[:, pair]  # (N, V, 2)
    found = (force[..., None, :] @ np.linalg.inv(blocks) @ force[..., None])[..., 0, 0]
    all_joints = np.full((len(pull), joints), np.nan)
    all_joints[:, seen] = found
    return all_joints


def _normalised(poses: NDArray[Any], seen: NDArray[np.intp]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Complex poses (N, J) such that the seen joints have mean 0 and squares that sum to 1; centre and radius (N,)."""
    centre = poses[:, seen].mean(axis=1)
    offset = poses - centre[:, None]
    radius = np.maximum(np.sqrt((np.abs(offset[:, seen]) ** 2).sum(axis=1)), 1e-9)
    return offset / radius[:, None], centre, radius


def _real(poses: NDArray[Any]) -> NDArray[Any]:
    """(..., J) complex -> (..., 2 J) real: all x, then all y."""
    return np.concatenate([poses.real, poses.imag], axis=-1)
