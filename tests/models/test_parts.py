"""The five representations of 004 split every skeleton into groups that have each joint once."""

from __future__ import annotations

import pytest

from poseviewer.core.errors import CheckpointError
from poseviewer.io.skeleton_files import load_skeleton
from poseviewer.models.parts import REPRESENTATIONS, groups_of, root_joints


@pytest.mark.parametrize("name", ["human14", "human16", "human17", "quadruped16"])
@pytest.mark.parametrize("representation", REPRESENTATIONS)
def test_every_joint_is_in_one_group(name: str, representation: str) -> None:
    skeleton = load_skeleton(name)
    joints = [j for _, group in groups_of(skeleton, representation) for j in group]
    assert sorted(joints) == list(range(skeleton.joint_count))


def test_the_groups_of_16_joints_are_those_of_the_published_code() -> None:
    legs, torso = groups_of(load_skeleton("human16"), "legs-torso")
    assert (len(legs[1]), len(torso[1])) == (6, 10)
    five = groups_of(load_skeleton("human16"), "five")
    assert [name for name, _ in five] == ["right leg", "left leg", "torso", "left arm", "right arm"]
    assert [len(group) for _, group in five] == [3, 3, 4, 3, 3]


def test_what_cannot_be_split_says_why() -> None:
    with pytest.raises(CheckpointError, match=r"hand21.*no left leg"):
        groups_of(load_skeleton("hand21"), "legs-torso")
    with pytest.raises(CheckpointError, match=r"'halves'.*full"):
        groups_of(load_skeleton("human16"), "halves")


def test_the_root_is_between_the_hips() -> None:
    human14 = load_skeleton("human14")
    assert [human14.joints[j] for j in root_joints(human14)] == ["left_hip", "right_hip"]
    assert root_joints(load_skeleton("human17")) == (0,)
    hand = load_skeleton("hand21")
    assert root_joints(hand) == (hand.root,)
