"""Every edit says what it touched, leaves the project before it as it was, and can be reversed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from poseviewer.core import edits
from poseviewer.core.pose import Pose2D, Visibility
from poseviewer.core.project import Change, Edit, FrameKey, Instance, MediaRef, Project
from poseviewer.core.ranges import BoneLength, Interval, RangePreset, SphericalRange
from poseviewer.core.skeleton import Skeleton

LEG = Skeleton.from_names("leg", ["left_hip", "knee", "paw"], [("left_hip", "knee"), ("knee", "paw")])
RANGE = SphericalRange(Interval(0, 1), Interval(0, 1))
RANGES = RangePreset("leg", LEG, (RANGE, RANGE), (BoneLength(1.0, 0.0),) * 2)
KEY, OTHER = FrameKey("clip", 3), FrameKey("other", 3)
CLIP = MediaRef("clip", "/clip.mp4", "video", 1, "f", 10, 64, 48)
NAN = float("nan")


@pytest.fixture
def project() -> Project:
    start = Project(LEG, RANGES, (CLIP,))
    return edits.place_keypoint(start, KEY, 0, 0, (1.0, 2.0)).after


def check(edit: Edit, before: Project) -> Project:
    """What holds of every edit: it starts where it should, and touches the frames that it names and no others."""
    assert edit.before is before
    keys = set(edit.before.labels) | set(edit.after.labels)
    changed = {k for k in keys if edit.before.instances(k) != edit.after.instances(k)}
    assert changed <= edit.change.frames
    assert edit.reversed().after is before
    return edit.after


def test_the_first_click_makes_an_instance(project: Project) -> None:
    edit = edits.place_keypoint(project, FrameKey("clip", 5), 0, 1, (7.0, 8.0))
    after = check(edit, project)
    assert edit.text == "Place knee" and edit.change.frames == {FrameKey("clip", 5)}
    assert after.pose(FrameKey("clip", 5)) == Pose2D([[NAN, NAN], [7, 8], [NAN, NAN]])


def test_a_drag_moves_and_keeps_the_visibility(project: Project) -> None:
    hidden = check(edits.toggle_occluded(project, KEY, 0, 0), project)
    edit = edits.place_keypoint(hidden, KEY, 0, 0, (9.0, 9.0))
    assert edit.text == "Move left hip"
    assert check(edit, hidden).pose(KEY).visibility[0] == Visibility.OCCLUDED
    assert edits.place_keypoint(hidden, KEY, 0, 0, (9.0, 9.0), Visibility.VISIBLE).after.pose(KEY).visibility[0] == 2


def test_a_click_beyond_the_last_instance_makes_one_more(project: Project) -> None:
    after = check(edits.place_keypoint(project, KEY, 4, 2, (5.0, 5.0)), project)
    assert len(after.instances(KEY)) == 2 and after.pose(KEY, 1).present.tolist() == [False, False, True]


def test_moving_a_keypoint_to_where_it_is_is_no_edit(project: Project) -> None:
    assert edits.place_keypoint(project, KEY, 0, 0, (1.0, 2.0)).empty


def test_correcting_a_prediction_makes_it_the_users_own(project: Project) -> None:
    guess = Instance(Pose2D([[1, 1], [2, 2], [3, 3]]), "Rex", True, np.ones(3, dtype=np.float32))
    predicted = project.with_instances(KEY, (guess,))
    own = check(edits.place_keypoint(predicted, KEY, 0, 1, (8.0, 8.0)), predicted).instances(KEY)[0]
    assert not own.predicted and own.scores is None and own.identity == "Rex"
    accepted = edits.set_pose(predicted, KEY, 0, guess.pose)
    assert not accepted.empty and not accepted.after.instances(KEY)[0].predicted


def test_deleting_the_last_keypoint_removes_the_instance(project: Project) -> None:
    edit = edits.delete_keypoint(project, KEY, 0, 0)
    assert edit.text == "Delete left hip" and KEY not in check(edit, project).labels
    assert edits.delete_keypoint(project, FrameKey("clip", 9), 0, 0).after.labels == project.labels


def test_occluded_toggles_and_absent_stays(project: Project) -> None:
    once = edits.toggle_occluded(project, KEY, 0, 0)
    twice = edits.toggle_occluded(once.after, KEY, 0, 0)
    assert (once.text, twice.text) == ("Mark left hip occluded", "Mark left hip visible")
    assert twice.after.pose(KEY) == project.pose(KEY)
    assert edits.toggle_occluded(project, KEY, 0, 1).empty


def test_clearing_a_frame_leaves_the_others(project: Project) -> None:
    both = edits.place_keypoint(project, OTHER, 0, 0, (1.0, 1.0)).after
    after = check(edits.clear_frame(both, KEY), both)
    assert set(after.labels) == {OTHER}
    assert edits.clear_frame(after, KEY).empty


def test_removing_a_media_takes_its_labels_along(project: Project) -> None:
    both = edits.place_keypoint(project, OTHER, 0, 0, (1.0, 1.0)).after
    edit = edits.remove_media(both, "clip")
    after = check(edit, both)
    assert after.media == () and set(after.labels) == {OTHER}
    assert edit.change.media and edit.change.frames == {KEY}


def test_media_are_added_and_relinked_by_id(project: Project) -> None:
    second = replace(CLIP, id="second", path="/second.mp4")
    two = check(edits.add_media(project, second), project)
    moved = check(edits.relink_media(two, replace(CLIP, path="/moved.mp4")), two)
    assert [m.path for m in moved.media] == ["/moved.mp4", "/second.mp4"]


def test_a_new_skeleton_keeps_keypoints_by_name(project: Project) -> None:
    full = edits.set_pose(project, KEY, 0, Pose2D([[1, 1], [2, 2], [3, 3]], [2, 1, 2])).after
    lonely = edits.place_keypoint(full, OTHER, 0, 2, (4.0, 4.0)).after
    new = Skeleton.from_names("other", ["ankle", "knee", "l_hip"], [("l_hip", "knee"), ("knee", "ankle")])
    ranges = RangePreset("other", new, (RANGE, RANGE), (BoneLength(1.0, 0.0),) * 2)
    edit = edits.set_skeleton(replace(lonely, model="m", detector="d"), new, ranges)
    assert edit.after.pose(KEY) == Pose2D([[NAN, NAN], [2, 2], [1, 1]], [0, 1, 2])
    assert OTHER not in edit.after.labels, "its only keypoint has no joint any more"
    assert edit.after.skeleton == new and edit.after.ranges == ranges
    assert edit.after.model == "" == edit.after.detector
    assert edit.change.frames == {KEY, OTHER}
    assert edit.change.skeleton and edit.change.ranges and edit.change.model and edit.change.detector
    assert edit.before.labels == lonely.labels


def test_the_same_skeleton_ranges_or_model_is_no_edit(project: Project) -> None:
    assert edits.set_skeleton(project, LEG, RANGES).empty
    assert edits.set_ranges(project, RANGES).empty
    assert edits.set_model(project, "").empty
    assert edits.set_detector(project, "").empty


def test_ranges_and_model_touch_no_frame(project: Project) -> None:
    ranges = edits.set_ranges(project, RANGES.with_length(0, BoneLength(2.0, 0.0)), "Lengthen the thigh")
    assert ranges.text == "Lengthen the thigh" and ranges.change.ranges and not ranges.change.frames
    model = edits.set_model(project, "m.safetensors")
    assert model.after.model == "m.safetensors" and model.change.model and not model.change.frames
    detector = edits.set_detector(project, "d.safetensors")
    assert detector.after.detector == "d.safetensors" and detector.change == Change(detector=True)
