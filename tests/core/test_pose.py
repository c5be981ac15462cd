"""A keypoint is either somewhere and seen or guessed, or absent: never half of each."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from poseviewer.core.errors import PoseInputError
from poseviewer.core.pose import Pose2D, Visibility

NAN = float("nan")
COORDINATES = st.floats(allow_nan=True, allow_infinity=True, width=32)


def test_what_is_not_finite_is_absent() -> None:
    pose = Pose2D([[1, 2], [NAN, 3], [np.inf, 4]])
    assert pose.visibility.tolist() == [2, 0, 0]
    assert np.isnan(pose.keypoints[1:]).all()


def test_what_is_marked_absent_has_no_place() -> None:
    pose = Pose2D([[1, 2], [3, 4]], [0, 1])
    assert np.isnan(pose.keypoints[0]).all() and pose.visibility.tolist() == [0, 1]
    assert pose.present.tolist() == [False, True] and pose.present_count == 1


@given(arrays(np.float64, (6, 5, 2), elements=COORDINATES), arrays(np.uint8, (6, 5), elements=st.integers(0, 5)))
def test_absent_is_nan_and_zero_whatever_comes_in(keypoints: np.ndarray, visibility: np.ndarray) -> None:
    many = Pose2D.many(keypoints, visibility)
    for pose, xy, seen in zip(many, keypoints, visibility, strict=True):
        assert pose == Pose2D(xy, seen)
        assert (np.isnan(pose.keypoints).all(axis=1) == (pose.visibility == 0)).all()
        assert np.isfinite(pose.keypoints[pose.present]).all() and pose.visibility.max() <= 2


def test_many_poses_do_not_change_what_they_were_made_from() -> None:
    keypoints = np.ones((2, 1, 2))
    Pose2D.many(keypoints, [[0], [2]])
    assert (keypoints == 1).all()


@pytest.mark.parametrize("shape", [(2,), (2, 3), (1, 2, 2)])
def test_one_pose_is_a_list_of_points(shape: tuple[int, ...]) -> None:
    with pytest.raises(PoseInputError, match=r"shape \(J, 2\)"):
        Pose2D(np.zeros(shape))


def test_many_poses_and_visibility_have_their_shapes() -> None:
    with pytest.raises(PoseInputError, match=r"shape \(N, J, 2\)"):
        Pose2D.many(np.zeros((2, 2)))
    with pytest.raises(PoseInputError, match=r"visibility of shape \(2, 3\), but got \(3,\)"):
        Pose2D.many(np.zeros((2, 3, 2)), [1, 1, 1])
    with pytest.raises(PoseInputError, match=r"visibility of shape \(2,\), but got \(3,\)"):
        Pose2D([[0, 0], [1, 1]], [1, 1, 1])


def test_a_pose_cannot_be_written_to() -> None:
    for pose in (Pose2D([[1, 2]]), Pose2D.many([[[1, 2]]])[0]):
        with pytest.raises(ValueError, match="read-only"):
            pose.keypoints[0, 0] = 5
        with pytest.raises(ValueError, match="read-only"):
            pose.visibility[0] = 1


def test_changes_are_copies() -> None:
    empty = Pose2D.empty(2)
    placed = empty.with_keypoint(1, 3.0, 4.0)
    occluded = placed.with_visibility(1, Visibility.OCCLUDED)
    moved = occluded.with_keypoint(1, 5.0, 6.0)
    assert empty.present_count == 0
    assert placed.visibility.tolist() == [0, 2] and placed.keypoints[1].tolist() == [3, 4]
    assert moved.visibility.tolist() == [0, 1], "an occluded keypoint that is dragged stays occluded"
    assert moved.moved(1, -1).keypoints[1].tolist() == [6, 5]
    assert moved.without_keypoint(1) == empty


def test_poses_are_equal_by_what_they_show() -> None:
    assert Pose2D([[1, 2], [NAN, NAN]]) == Pose2D([[1, 2], [9, 9]], [2, 0])
    assert Pose2D([[1, 2]]) != Pose2D([[1, 2]], [1])
    assert Pose2D([[1, 2]]) != "a pose"
    assert repr(Pose2D([[1, 2], [NAN, 0]])) == "Pose2D(1 of 2 keypoints)"
