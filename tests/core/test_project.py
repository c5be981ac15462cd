"""A project is frozen: what it is asked for and how a changed copy is made."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.core.pose import Pose2D
from poseviewer.core.project import Change, Edit, FrameKey, Instance, MediaRef, Project
from poseviewer.core.ranges import BoneLength, Interval, RangePreset, SphericalRange
from poseviewer.core.skeleton import Skeleton

STICK = Skeleton.from_names("stick", ["a", "b"], [("a", "b")])
RANGES = RangePreset("stick", STICK, (SphericalRange(Interval(0, 1), Interval(0, 1)),), (BoneLength(1.0, 0.0),))
CLIP = MediaRef("clip", "/clip.mp4", "video", 1, "f", 10, 64, 48)
POSE = Pose2D([[1.0, 2.0], [3.0, 4.0]])


@pytest.fixture
def project() -> Project:
    return Project(STICK, RANGES, (CLIP,))


def test_a_frame_without_labels_has_an_empty_pose(project: Project) -> None:
    assert project.instances(FrameKey("clip", 0)) == ()
    assert project.pose(FrameKey("clip", 0)) == Pose2D.empty(2)
    assert project.pose(FrameKey("clip", 0), instance=3) == Pose2D.empty(2)


def test_instances_are_set_and_removed_in_a_copy(project: Project) -> None:
    key = FrameKey("clip", 4)
    labelled = project.with_instances(key, (Instance(POSE),))
    assert labelled.pose(key) == POSE and key not in project.labels
    assert key not in labelled.with_instances(key, ()).labels
    assert project.with_instances(key, ()) is project


def test_labelled_frames_are_the_users_own_in_order(project: Project) -> None:
    guess, empty = Instance(POSE, predicted=True), Instance(Pose2D.empty(2))
    for frame, instances in {7: (Instance(POSE),), 2: (guess, Instance(POSE)), 3: (guess,), 5: (empty,)}.items():
        project = project.with_instances(FrameKey("clip", frame), instances)
    project = project.with_instances(FrameKey("other", 1), (Instance(POSE),))
    assert project.labelled_frames("clip") == [2, 7]


def test_media_are_found_by_id(project: Project) -> None:
    assert project.find_media("clip") is CLIP
    assert project.find_media("gone") is None


def test_instances_are_equal_by_all_that_they_say() -> None:
    scores = np.array([0.5, np.nan], dtype=np.float32)
    same = Instance(POSE, "Rex", True, scores)
    assert same == Instance(POSE, "Rex", True, scores.copy())
    for other in (
        Instance(POSE, "Ada", True, scores),
        Instance(POSE, "Rex", False, scores),
        Instance(POSE, "Rex", True, None),
        Instance(POSE, "Rex", True, scores * 2),
        Instance(Pose2D.empty(2), "Rex", True, scores),
        "Rex",
    ):
        assert same != other


def test_an_edit_reversed_goes_back(project: Project) -> None:
    after = project.with_instances(FrameKey("clip", 0), (Instance(POSE),))
    edit = Edit("Place a", project, after, Change(frames=frozenset({FrameKey("clip", 0)})))
    back = edit.reversed()
    assert (back.before, back.after, back.text, back.change) == (after, project, "Place a", edit.change)
    assert not edit.empty and Edit("Nothing", project, project, Change()).empty


def test_a_prediction_is_sure_of_the_keypoints_with_a_good_score() -> None:
    scores = np.array([0.29, 0.3], dtype=np.float32)
    assert Instance(POSE, "", True, scores).sure_pose == POSE.without_keypoint(0)
    for own in (Instance(POSE, "", False, scores), Instance(POSE, "", True)):
        assert own.sure_pose is POSE
