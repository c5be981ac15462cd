"""A 2D pose: where the keypoints of one animal are in one frame, and how well each can be seen."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poseviewer.core.errors import PoseInputError


class Visibility(IntEnum):
    """As in COCO."""

    ABSENT = 0
    OCCLUDED = 1
    VISIBLE = 2


class Pose2D:
    """J keypoints in pixels (x right, y down, integers at pixel centres) and their visibilities.

    An absent keypoint has NaN coordinates and visibility 0, always both. The arrays are read-only;
    the `with_...` methods return a changed copy.

    Attributes:
        keypoints: (J, 2) float64, NaN where absent.
        visibility: (J,) uint8, values of `Visibility`.
    """

    __slots__ = ("keypoints", "visibility")

    def __init__(self, keypoints: ArrayLike, visibility: ArrayLike | None = None) -> None:
        """Copy and reconcile: a keypoint that is not finite, or marked absent, becomes absent.

        Raises:
            PoseInputError: the arrays do not have the shapes (J, 2) and (J,).
        """
        xy = np.array(keypoints, dtype=np.float64)
        if xy.ndim != 2 or xy.shape[1] != 2:
            raise PoseInputError(f"Expected keypoints of shape (J, 2), but got {xy.shape}.")
        self.keypoints: NDArray[np.float64]
        self.visibility: NDArray[np.uint8]
        self.keypoints, self.visibility = _reconciled(xy, visibility)

    @classmethod
    def many(cls, keypoints: ArrayLike, visibility: ArrayLike | None = None) -> list[Pose2D]:
        """N poses from keypoints (N, J, 2) and visibility (N, J): as one by one, but ten times faster.

        Raises:
            PoseInputError: the arrays do not have these shapes.
        """
        xy = np.array(keypoints, dtype=np.float64)
        if xy.ndim != 3 or xy.shape[2] != 2:
            raise PoseInputError(f"Expected keypoints of shape (N, J, 2), but got {xy.shape}.")
        poses = []
        for row, seen in zip(*_reconciled(xy, visibility), strict=True):
            pose = cls.__new__(cls)
            pose.keypoints, pose.visibility = row, seen
            poses.append(pose)
        return poses

    @classmethod
    def empty(cls, joint_count: int) -> Pose2D:
        """A pose with every keypoint absent."""
        return cls(np.full((joint_count, 2), np.nan))

    @property
    def present(self) -> NDArray[np.bool_]:
        """(J,) true where the keypoint has a place, seen or guessed."""
        present: NDArray[np.bool_] = self.visibility != Visibility.ABSENT
        return present

    @property
    def present_count(self) -> int:
        return int(np.count_nonzero(self.visibility))  # absent is 0

    def with_keypoint(self, joint: int, x: float, y: float, visibility: int | None = None) -> Pose2D:
        """A copy with one keypoint placed; it keeps its visibility, or becomes visible if it was absent."""
        xy, seen = self.keypoints.copy(), self.visibility.copy()
        xy[joint] = x, y
        seen[joint] = (seen[joint] or Visibility.VISIBLE) if visibility is None else visibility
        return Pose2D(xy, seen)

    def with_visibility(self, joint: int, visibility: int) -> Pose2D:
        """A copy with another visibility at one keypoint; absent removes it."""
        seen = self.visibility.copy()
        seen[joint] = visibility
        return Pose2D(self.keypoints, seen)

    def without_keypoint(self, joint: int) -> Pose2D:
        """A copy with one keypoint absent."""
        return self.with_visibility(joint, Visibility.ABSENT)

    def moved(self, dx: float, dy: float) -> Pose2D:
        """A copy with every keypoint moved by the same amount."""
        return Pose2D(self.keypoints + (dx, dy), self.visibility)

    def __len__(self) -> int:
        return len(self.visibility)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Pose2D):
            return NotImplemented
        return bool(
            np.array_equal(self.keypoints, other.keypoints, equal_nan=True)
            and np.array_equal(self.visibility, other.visibility)
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Pose2D({self.present_count} of {len(self)} keypoints)"


def _reconciled(xy: NDArray[np.float64], visibility: ArrayLike | None) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """Read-only keypoints (..., J, 2) and visibility (..., J) in which absent means both NaN and 0; `xy` is reused."""
    finite = np.isfinite(xy).all(axis=-1)
    if visibility is None:
        seen = np.where(finite, Visibility.VISIBLE, Visibility.ABSENT).astype(np.uint8)
    else:
        seen = np.array(visibility, dtype=np.uint8)
        if seen.shape != xy.shape[:-1]:
            raise PoseInputError(f"Expected visibility of shape {xy.shape[:-1]}, but got {seen.shape}.")
        seen = np.where(finite, np.minimum(seen, Visibility.VISIBLE), Visibility.ABSENT).astype(np.uint8)
    xy[seen == Visibility.ABSENT] = np.nan
    xy.flags.writeable = False
    seen.flags.writeable = False
    return xy, seen
