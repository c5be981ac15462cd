"""A lifter that needs every keypoint, or knows fewer joints, made whole by the masked lifter of the skeleton."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.core.lifted import LiftedPoses
from poseviewer.core.skeleton import Skeleton
from poseviewer.models.base import Lifter
from poseviewer.models.borrowed import columns_among


class CompletedLifter(Lifter):
    """Lifts by a method; keypoints that are missing, and joints that the method does not know, come from another.

    The other lifter knows missing keypoints. It says where those that are missing would be seen; then the method is
    asked, and joints that it does not know are put where the other has them, at the method's depth.
    """

    def __init__(self, method: Lifter, filler: Lifter, skeleton: Skeleton) -> None:
        super().__init__(method.card, skeleton)
        self.method, self.filler = method, filler
        self.columns = shared_columns(method.skeleton, skeleton)

    @property
    def description(self) -> str:
        return self.method.description

    @property
    def device(self) -> str:
        return self.method.device

    @property
    def filled_words(self) -> str:
        """What people are told of the joints that are not the method's own."""
        extra = [j for i, j in enumerate(self.skeleton.joints) if i not in set(self.columns)]
        also = f"; {', '.join(extra)} are too, as the method does not know them" if extra else ""
        return f"Missing keypoints are filled in by {self.filler.description}{also}."

    def lift(self, keypoints: NDArray[Any], visibility: NDArray[Any] | None = None) -> LiftedPoses:
        xy = np.array(keypoints, dtype=np.float64)
        given = np.isfinite(xy).all(-1)
        if visibility is not None:
            given &= np.asarray(visibility) > 0
        known = given[:, self.columns]
        if len(self.columns) == self.skeleton.joint_count and known.all():
            return _on(self.method.lift(xy[:, self.columns]), self.skeleton, self.columns)
        whole = self.filler.lift(xy, visibility)
        places = whole.joints[..., :2] + whole.origin[:, None]
        filled = np.where(given[..., None], xy, places)
        own = self.method.lift(filled[:, self.columns])
        joints = whole.joints.astype(np.float64)
        joints[..., :2] += whole.origin[:, None]
        shift = own.joints[..., 2].mean(1) - joints[:, self.columns, 2].mean(1)
        joints[..., 2] += shift[:, None]
        joints[:, self.columns] = own.joints + np.pad(own.origin, ((0, 0), (0, 1)))[:, None]
        std = whole.depth_std.copy()
        std[:, self.columns] = own.depth_std
        return _rooted(self.skeleton, joints, std, given)

    def _lift(self, points: NDArray[np.float32], given: NDArray[np.bool_]) -> tuple[NDArray[Any], NDArray[Any]]:
        raise NotImplementedError("a completed lifter lifts through the two that it is made of")


def shared_columns(small: Skeleton, large: Skeleton) -> list[int]:
    """For every joint of the small skeleton its place in the large one, which must have them all."""
    places = columns_among(large.joints, small)
    assert None not in places
    return [int(p) for p in places if p is not None]


def _on(own: LiftedPoses, skeleton: Skeleton, columns: list[int]) -> LiftedPoses:
    """The same poses with the joints in the skeleton's order and about its root."""
    joints = np.empty((len(own), skeleton.joint_count, 3))
    joints[:, columns] = own.joints + np.pad(own.origin, ((0, 0), (0, 1)))[:, None]
    std = np.empty(joints.shape[:2], np.float32)
    std[:, columns] = own.depth_std
    return _rooted(skeleton, joints, std, np.ones(joints.shape[:2], bool))


def _rooted(skeleton: Skeleton, joints: NDArray[Any], std: NDArray[Any], given: NDArray[np.bool_]) -> LiftedPoses:
    root = joints[:, skeleton.root].copy()
    return LiftedPoses(
        skeleton, (joints - root[:, None]).astype(np.float32), std, root[:, :2].astype(np.float32), given
    )
