"""What lies under the mouse, on a right-angled arm of three joints: (0, 0) - (100, 0) - (100, 100)."""

import numpy as np
import pytest

from poseviewer.app.annotate.hit_test import NOTHING, PICK_RADIUS, hit_test
from poseviewer.core.skeleton import Bone

ARM = np.array([[0.0, 0.0], [100.0, 0.0], [100.0, 100.0]])
BONES = (Bone(0, 1), Bone(1, 2))


def test_a_joint_is_hit_up_to_the_pick_radius() -> None:
    assert hit_test(ARM, BONES, PICK_RADIUS, 0).joint == 0
    assert hit_test(ARM, BONES, 0, -PICK_RADIUS - 0.1).joint is None


def test_the_nearest_joint_wins() -> None:
    close = np.array([[0.0, 0.0], [8.0, 0.0]])
    assert hit_test(close, (Bone(0, 1),), 3, 0).joint == 0
    target = hit_test(close, (Bone(0, 1),), 5, 0)
    assert (target.joint, target.distance) == (1, 3)


def test_coincident_joints_give_one_of_them() -> None:
    assert hit_test(np.zeros((3, 2)), BONES, 1, 1).joint == 0


@pytest.mark.parametrize(
    ("x", "y", "on_pose"), [(50, 8, True), (50, -8, True), (60, 20, True), (20, 60, False), (50, -20, False)]
)
def test_the_pose_is_along_its_bones_and_between_its_joints(x: float, y: float, on_pose: bool) -> None:
    target = hit_test(ARM, BONES, x, y)
    assert target.joint is None
    assert target.on_pose is on_pose


def test_absent_keypoints_are_not_there() -> None:
    some = ARM.copy()
    some[1] = np.nan
    assert hit_test(some, BONES, 100, 0) == NOTHING
    assert hit_test(some, BONES, 100, 100).joint == 2
    assert hit_test(np.full((3, 2), np.nan), BONES, 0, 0) == NOTHING
    assert hit_test(np.empty((0, 2)), (), 0, 0) == NOTHING
