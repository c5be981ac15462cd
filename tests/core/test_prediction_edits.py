"""What a detector said comes and goes without ever touching what is the user's own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from poseviewer.core import edits
from poseviewer.core.errors import PoseInputError
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import Edit, FrameKey, Instance, MediaRef, Project
from poseviewer.core.ranges import BoneLength, Interval, RangePreset, SphericalRange
from poseviewer.core.skeleton import Skeleton

STICK = Skeleton.from_names("stick", ["a", "b"], [("a", "b")])
RANGES = RangePreset("stick", STICK, (SphericalRange(Interval(0, 1), Interval(0, 1)),), (BoneLength(1.0, 0.0),))
CLIP = MediaRef("clip", "/clip.mp4", "video", 1, "f", 10, 64, 48)
OWN = Instance(Pose2D([[1.0, 2.0], [3.0, 4.0]]), "Rex")
FIRST, SECOND, THIRD = (FrameKey("clip", n) for n in (1, 2, 3))


def said(x: float, score: float = 0.5) -> Instance:
    return Instance(Pose2D([[x, 0.0], [x, 1.0]]), "", True, np.full(2, score, np.float32))


@pytest.fixture
def project() -> Project:
    """The first frame is the user's, the second a detector's."""
    start = Project(STICK, RANGES, (CLIP,)).with_instances(FIRST, (OWN,))
    return start.with_instances(SECOND, (said(5.0),))


def check(edit: Edit, *touched: FrameKey) -> Project:
    keys = set(edit.before.labels) | set(edit.after.labels)
    assert {k for k in keys if edit.before.instances(k) != edit.after.instances(k)} == set(touched)
    assert edit.change.frames == set(touched)
    return edit.after


def test_predictions_replace_predictions_and_nothing_else(project: Project) -> None:
    edit = edits.add_predictions(project, {key: said(9.0) for key in (FIRST, SECOND, THIRD)})
    after = check(edit, SECOND, THIRD)
    assert edit.text == "Detect" and after.instances(FIRST) == (OWN,)
    assert after.instances(SECOND) == (said(9.0),) == after.instances(THIRD)


def test_a_frame_with_one_animal_of_the_users_own_is_left_alone(project: Project) -> None:
    both = project.with_instances(SECOND, (said(5.0), OWN))
    assert edits.add_predictions(both, {SECOND: said(9.0)}).empty


def test_what_is_said_again_is_no_edit(project: Project) -> None:
    assert edits.add_predictions(project, {SECOND: said(5.0)}).empty
    assert edits.add_predictions(project, {}).empty


def test_an_answer_that_found_nothing_takes_the_older_one_away(project: Project) -> None:
    nothing = Instance(Pose2D.empty(2), "", True, np.zeros(2, np.float32))
    assert SECOND not in check(edits.add_predictions(project, {SECOND: nothing, THIRD: nothing}), SECOND).labels


def test_a_prediction_is_one_whatever_it_says_of_itself(project: Project) -> None:
    after = edits.add_predictions(project, {THIRD: replace(said(1.0), predicted=False)}).after
    assert after.instances(THIRD)[0].predicted


def test_predictions_for_a_media_that_was_removed_meanwhile_are_dropped(project: Project) -> None:
    assert edits.add_predictions(project, {FrameKey("gone", 0): said(1.0)}).empty


def test_predictions_of_another_skeleton_are_refused(project: Project) -> None:
    three = Instance(Pose2D.empty(3), "", True, None)
    with pytest.raises(PoseInputError, match=r"have 3 joints but stick has 2; detect again"):
        edits.add_predictions(project, {THIRD: three})


def test_accepted_predictions_are_the_users_own(project: Project) -> None:
    two = project.with_instances(THIRD, (replace(said(7.0), identity="Ada"), OWN))
    one = edits.accept_predictions(two, [SECOND])
    assert one.text == "Accept prediction" and check(one, SECOND).labelled_frames("clip") == [1, 2, 3]
    edit = edits.accept_predictions(two, [FIRST, SECOND, THIRD, FrameKey("clip", 8)])
    after = check(edit, SECOND, THIRD)
    assert edit.text == "Accept 2 predictions" and after.predicted_frames("clip") == []
    assert after.instances(THIRD) == (Instance(said(7.0).pose, "Ada"), OWN)
    assert edits.accept_predictions(after, [SECOND, THIRD]).empty


def test_cleared_predictions_leave_what_is_the_users_own(project: Project) -> None:
    two = project.with_instances(THIRD, (said(7.0), OWN))
    edit = edits.clear_predictions(two, list(two.labels))
    after = check(edit, SECOND, THIRD)
    assert edit.text == "Clear 2 predictions"
    assert SECOND not in after.labels and after.instances(THIRD) == (OWN,) and after.instances(FIRST) == (OWN,)
    assert edits.clear_predictions(after, [FIRST, THIRD], "Clear").empty


def test_predicted_frames_are_those_that_wait_for_the_user(project: Project) -> None:
    empty = Instance(Pose2D.empty(2), "", True, None)
    more = project.with_instances(FrameKey("clip", 0), (said(1.0),)).with_instances(THIRD, (empty,))
    more = more.with_instances(FrameKey("other", 4), (said(1.0),))
    assert more.predicted_frames("clip") == [0, 2] and more.labelled_frames("clip") == [1]
