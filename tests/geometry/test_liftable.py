from __future__ import annotations

import numpy as np

from poseviewer.core.lifted import LiftedPoses
from poseviewer.core.skeleton import Skeleton
from poseviewer.geometry.liftable import liftable, spread

POSE = np.array([[0.0, 0], [1, 0], [0, 1], [1, 1], [2, 2]])
FEW = np.where(np.arange(5)[:, None] < 3, POSE, np.nan)


def test_four_keypoints_that_are_apart_can_be_lifted() -> None:
    poses = np.stack([POSE, FEW, np.ones((5, 2)), np.full((5, 2), np.nan)])

    assert liftable(poses).tolist() == [True, False, False, False]
    assert liftable(poses[:1], np.array([[2, 1, 1, 0, 0]])).tolist() == [False]
    assert liftable(np.zeros((0, 5, 2))).shape == (0,)


def test_what_was_not_lifted_is_nan_in_its_place() -> None:
    two = Skeleton.from_names("two", ["a", "b"], [("a", "b")])
    poses = LiftedPoses(two, np.ones((1, 2, 3)), np.ones((1, 2)), np.ones((1, 2)), np.ones((1, 2), bool))

    found = spread(poses, np.array([False, True, False]))

    assert np.isnan(found.joints[[0, 2]]).all() and (found.joints[1] == 1).all()
    assert np.isnan(found.origin[[0, 2]]).all() and not found.given[[0, 2]].any()
