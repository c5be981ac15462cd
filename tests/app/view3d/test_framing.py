"""Poses keep their size on the screen while a joint is dragged."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from poseviewer.app.view3d.framing import Framing, world_vectors

CROSS = np.array([[10.0, 0, 0], [-10, 0, 0], [0, 10, 0], [0, -10, 0], [0, 0, 10], [0, 0, -10]])


def test_camera_axes_become_the_world_s() -> None:
    pose = Framing().placed(CROSS)
    assert_allclose(pose.joints[0], [1, 0, 0])
    assert_allclose(pose.joints[2], [0, 0, -1])  # down in the photo is down
    assert_allclose(pose.joints[4], [0, 1, 0])  # away from the camera


def test_wherever_and_however_large_a_pose_is_it_looks_the_same() -> None:
    a, b = (
        Framing().placed(p, depth_std=s) for p, s in ((CROSS, np.full(6, 2.0)), (CROSS * 7 + 300, np.full(6, 14.0)))
    )
    assert_allclose(a.joints, b.joints, atol=1e-12)
    assert_allclose(a.depth_std, b.depth_std)


def test_the_size_is_kept_until_reset() -> None:
    framing = Framing()
    framing.placed(CROSS)
    assert_allclose(framing.placed(CROSS * 1.3).joints[0], [1.3, 0, 0])
    framing.reset()
    assert not framing.is_set
    assert_allclose(framing.placed(CROSS * 1.3).joints[0], [1, 0, 0])


@pytest.mark.parametrize("factor", [0.1, 5.0])
def test_a_pose_that_would_leave_the_view_is_framed_anew(factor: float) -> None:
    framing = Framing()
    framing.placed(CROSS)
    assert_allclose(framing.placed(CROSS * factor).joints[0], [1, 0, 0])


def test_joints_that_are_not_finite_are_left_out() -> None:
    joints = np.vstack([CROSS, [[np.nan, 0, 0], [np.inf, 1, 1]]])
    pose = Framing().placed(joints, depth_std=np.full(8, np.nan))
    assert_allclose(pose.joints[:6], Framing().placed(CROSS).joints)
    assert np.isnan(pose.joints[6:]).all()
    assert_array_equal(pose.depth_std, 0.0)


def test_a_pose_of_nothing_and_one_of_a_single_place_are_drawn_somewhere() -> None:
    assert np.isnan(Framing().placed(np.full((3, 3), np.nan)).joints).all()
    framing = Framing()
    assert_array_equal(framing.placed(np.full((3, 3), 5.0)).joints, 0.0)
    assert not framing.is_set


def test_the_floor_is_below_the_lowest_joint() -> None:
    pose = Framing().placed(CROSS)
    assert -1.2 < pose.floor < -1.0


def test_another_pose_of_the_frame_stands_where_it_lies_to_the_first() -> None:
    framing = Framing()
    first = framing.placed(CROSS * 4 + 50)
    second = framing.beside(CROSS * 4 + 50 + (8.0, 0.0, 0.0))
    assert_allclose(second.joints - first.joints, np.broadcast_to([0.2, 0, 0], (6, 3)), atol=1e-12)
    assert second.solid.all() and not second.depth_std.any()


def test_vectors_turn_as_joints_do() -> None:
    assert_allclose(world_vectors(CROSS / 10), Framing().placed(CROSS).joints)
