"""Joints are found again under the names that other files give them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from poseviewer.core.errors import PoseInputError
from poseviewer.core.joint_names import columns_on, common_joints, find_skeleton, match_names
from poseviewer.core.skeleton import Skeleton


def chain(name: str, joints: list[str], aliases: list[tuple[str, str]] | None = None) -> Skeleton:
    return Skeleton.from_names(name, joints, pairwise(joints), aliases=aliases or [])


ARM = chain("arm", ["neck", "left_shoulder", "left_elbow", "left_paw"], [("withers", "neck")])
BODY = chain("body", ["neck", "left_shoulder", "left_elbow", "left_paw", "tail"])


def test_names_match_in_any_spelling_and_order() -> None:
    assert match_names(["L-Elbow", "tail", "l_shoulder", "Neck"], ARM) == (3, 2, 0, None)


def test_an_alias_matches_unless_the_joint_itself_is_named() -> None:
    assert match_names(["withers", "left_paw"], ARM)[0] == 0
    assert match_names(["withers", "neck"], ARM)[0] == 1


def test_of_two_spellings_of_one_joint_the_first_counts() -> None:
    assert match_names(["l_paw", "left paw"], ARM)[3] == 0


def test_the_skeleton_that_knows_most_names_is_found() -> None:
    assert find_skeleton(["neck", "l_shoulder", "l_elbow", "l_paw", "tail"], [ARM, BODY]) is BODY


def test_of_equal_skeletons_the_one_without_other_joints_is_found() -> None:
    assert find_skeleton(["neck", "l_shoulder", "l_elbow", "l_paw"], [BODY, ARM]) is ARM


def test_unknown_names_say_which_skeletons_there_are() -> None:
    with pytest.raises(PoseInputError, match=r"wing.*arm, body"):
        find_skeleton(["wing", "beak", "neck", "l_paw"], [ARM, BODY])


def test_without_names_the_order_is_the_skeletons() -> None:
    assert columns_on(ARM, None, np.zeros((1, 4, 2))) == (0, 1, 2, 3)


@pytest.mark.parametrize(
    ("names", "keypoints", "visibility", "message"),
    [
        (None, np.zeros((4, 2)), None, r"shape \(N, J, 2\), but got \(4, 2\)"),
        (None, np.zeros((1, 5, 2)), None, r"5 joints without names, but arm has 4"),
        (["neck"], np.zeros((1, 4, 2)), None, r"1 joint names for 4 keypoints"),
        (None, np.zeros((1, 4, 2)), np.zeros((1, 3)), r"visibility of shape \(1, 4\)"),
        (["a", "b", "c", "neck"], np.zeros((1, 4, 2)), None, r"fewer than 4 of the joints a, b, c, neck"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(names, keypoints, visibility, message) -> None:
    with pytest.raises(PoseInputError, match=message):
        columns_on(ARM, names, keypoints, visibility)


def test_common_joints_are_paired_by_name() -> None:
    assert common_joints(["r_hip", "nose", "l hip"], ["left_hip", "tail", "RIGHT_HIP"]) == [(0, 2), (2, 0)]
