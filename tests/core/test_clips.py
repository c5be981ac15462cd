"""Which poses are of which clip, when every second is left out and when files are joined."""

from __future__ import annotations

import numpy as np

from poseviewer.core.clips import Clips, joined

WALK_AND_JUMP = Clips(np.array([0, 0, 1, 1, -1]), {"action": ("walk", "jump"), "subject": ("Ann", "Ann")})


def test_groups_are_the_poses_of_each_label() -> None:
    groups = WALK_AND_JUMP.groups("action")

    assert list(groups) == ["jump", "walk"]
    np.testing.assert_array_equal(groups["walk"], [True, True, False, False, False])
    np.testing.assert_array_equal(WALK_AND_JUMP.groups("subject")["Ann"], [True, True, True, True, False])


def test_clips_of_one_label_are_one_group() -> None:
    clips = Clips(np.array([0, 1, 2]), {"action": ("walk", "jump", "walk")})

    np.testing.assert_array_equal(clips.groups("action")["walk"], [True, False, True])


def test_what_is_not_known_is_in_no_group() -> None:
    assert Clips(np.array([0, 0])).groups("action") == {}
    assert Clips(np.array([0]), {"action": ("",)}).groups("action") == {}


def test_every_second_pose_stays_in_its_clip() -> None:
    np.testing.assert_array_equal(WALK_AND_JUMP.every(2).clip, [0, 1, -1])


def test_joined_clips_keep_apart_and_keep_their_labels() -> None:
    nameless = Clips(np.array([0, 0]))

    both = joined([nameless, WALK_AND_JUMP, WALK_AND_JUMP])

    np.testing.assert_array_equal(both.clip, [0, 0, 1, 1, 2, 2, -1, 3, 3, 4, 4, -1])
    assert both.labels["action"] == ("", "walk", "jump", "walk", "jump")
    assert list(np.flatnonzero(both.groups("action")["jump"])) == [4, 5, 9, 10]
