"""What is clicked is lifted and drawn in 3D and back onto the picture."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from poseviewer.app.lift_link import TOO_DOUBTFUL, filled_words, lift_summary, no_lifter_words
from poseviewer.core import edits
from poseviewer.core.errors import CheckpointError
from poseviewer.core.lifted import LiftedPoses
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import Instance, Project
from poseviewer.core.skeleton import Skeleton
from poseviewer.core.wide_ranges import wide_ranges


def put(window, count: int) -> None:
    """The first `count` keypoints on the shown frame."""
    document, frame = window.opening.document, window.workspace.selection.frame
    xy = np.full((document.project.skeleton.joint_count, 2), np.nan)
    xy[:count] = [(10 + 3 * i, 20 + i % 4) for i in range(count)]
    document.push(edits.set_pose(document.project, frame, 0, Pose2D(xy)))


def overlay(window):
    return window.workspace.canvas.surface.overlay


def test_a_pose_appears_with_the_fourth_keypoint_and_goes_with_it(qtbot, window, workspace):
    put(window, 3)
    assert workspace.link.shown_pose is None
    put(window, 4)
    qtbot.waitUntil(lambda: workspace.link.shown_pose is not None)
    assert overlay(window).reprojection is not None
    assert "3D from 4 of 16" in window.status.lift.text()
    window.actions_.by_id["edit.undo"].trigger()
    qtbot.waitUntil(lambda: workspace.link.shown_pose is None)
    assert overlay(window).reprojection is None
    assert window.status.lift.text() == ""


def test_what_is_shown_is_told_when_it_changes(qtbot, window, workspace):
    told = []
    workspace.link.shown_changed.connect(told.append)
    put(window, 4)
    qtbot.waitUntil(lambda: bool(told))
    assert told[-1] is workspace.link.shown_pose is not None
    window.actions_.by_id["edit.undo"].trigger()
    qtbot.waitUntil(lambda: told[-1] is None)
    assert workspace.link.shown_pose is None
    before = len(told)
    put(window, 2)
    assert len(told) == before


def test_the_status_line_says_device_and_model(qtbot, window, workspace):
    qtbot.waitUntil(lambda: window.status.model.text() == "CPU · flat lifter")


def test_the_reprojection_can_be_hidden(qtbot, window, workspace):
    put(window, 5)
    qtbot.waitUntil(lambda: overlay(window).reprojection is not None)
    window.actions_.by_id["view.reprojection"].trigger()
    assert overlay(window).reprojection is None
    window.actions_.by_id["view.reprojection"].trigger()
    assert overlay(window).reprojection is not None


def test_a_drag_is_followed_before_it_ends(qtbot, window, workspace):
    put(window, 6)
    qtbot.waitUntil(lambda: workspace.link.shown_pose is not None)
    first = workspace.link.shown_pose
    workspace.annotator.pose_previewed.emit(workspace.annotator.pose.with_keypoint(0, 70, 50))
    qtbot.waitUntil(lambda: workspace.link.shown_pose is not first)
    origin = workspace.link.shown_pose.origin[0] + workspace.link.shown_pose.joints[0, 0, :2]
    np.testing.assert_allclose(origin, (70, 50), atol=1e-4)


def test_another_skeleton_gets_its_own_lifter(qtbot, window, workspace):
    put(window, 6)
    window._menus._change_skeleton("human17")
    qtbot.waitUntil(lambda: window.status.model.text() == "CPU · flat lifter")
    assert workspace.link.shown_pose is None or workspace.link.shown_pose.skeleton.name == "human17"


def test_a_lifter_that_cannot_be_loaded_is_said_and_the_work_goes_on(qtbot, window, workspace):
    def refuse(choice):
        raise CheckpointError("bad.safetensors is damaged; choose another lifter.")

    workspace.live._worker._load = refuse
    window.opening.document.push(edits.set_model(window.opening.document.project, "bad.safetensors"))
    qtbot.waitUntil(lambda: window.status.model.text() == "No lifter")
    put(window, 6)
    assert workspace.annotator.pose.present_count == 6


@pytest.mark.parametrize(("std", "words"), [(1.0, "depth ±10 %"), (0.0, "depth ±0 %")])
def test_the_summary_is_a_share_of_the_animal_s_size(std, words):
    skeleton = Skeleton.from_names("stick", ["a", "b"], [("a", "b")])
    joints = np.array([[[0, 0, 0], [6, 0, 8]]], np.float32)
    lifted = LiftedPoses(
        skeleton, joints, np.full((1, 2), std, np.float32), np.zeros((1, 2), np.float32), np.array([[True, False]])
    )
    assert lift_summary(lifted) == f"3D from 1 of 2 keypoints · {words}"


def test_a_prediction_is_lifted_from_what_it_is_sure_of(qtbot, window, workspace):
    document, frame = window.opening.document, workspace.selection.frame
    xy = np.array([(10 + 3 * i, 20 + i % 4) for i in range(16)], float)
    scores = np.full(16, 0.9, np.float32)
    scores[5:8] = 0.1

    def detect(scores):
        prediction = Instance(Pose2D(xy), "", True, scores)
        document.push(edits.add_predictions(document.project, {frame: prediction}))

    detect(scores)
    qtbot.waitUntil(lambda: workspace.link.shown_pose is not None)
    assert workspace.link.shown_pose.given[0].tolist() == (scores > 0.5).tolist()
    assert "3D from 13 of 16" in window.status.lift.text()
    workspace.annotator.accept_prediction()
    qtbot.waitUntil(lambda: "3D from 16 of 16" in window.status.lift.text())
    window.actions_.by_id["edit.undo"].trigger()
    said = []
    workspace.view3d.set_message = said.append
    detect(np.full(16, 0.1, np.float32))
    qtbot.waitUntil(lambda: workspace.link.shown_pose is None)
    assert said[-1] == TOO_DOUBTFUL


def test_a_skeleton_that_nobody_made_a_lifter_for_says_so(window, workspace):
    own = Skeleton.from_names("mouse", ["snout", "tail"], [("snout", "tail")])
    project = Project(own, wide_ranges(own))
    assert "There is no lifter for the skeleton “mouse” yet." in no_lifter_words(project)
    assert no_lifter_words(replace(project, model="mine.safetensors")) == ""
    assert no_lifter_words(window.opening.document.project) == ""


def test_what_is_filled_in_is_said_quietly(qtbot, window, workspace):
    def load(choice):
        lifter = workspace.live._worker.flat(choice)
        lifter.filled_words = "Missing keypoints are filled in by human17 default."
        return lifter

    worker = workspace.live._worker
    worker.flat, worker._load = worker._load, load
    window._menus._change_skeleton("human17")
    words = "Missing keypoints are filled in by human17 default."
    qtbot.waitUntil(lambda: words in window.status.model.toolTip())
    assert words in workspace.link.lifter_words and workspace.link.lifter_problem == ""
    put(window, 6)
    qtbot.waitUntil(lambda: workspace.link.shown_pose is not None)
    assert workspace.view3d.canvas.words.remark == words
    put(window, 17)
    qtbot.waitUntil(
        lambda: workspace.view3d.canvas.words.remark in ("", words) and "17 of 17" in window.status.lift.text()
    )


def test_a_lifter_that_does_not_know_some_joints_says_so_of_every_pose():
    skeleton = Skeleton.from_names("stick", ["a", "b"], [("a", "b")])
    numbers = np.zeros((1, 2, 3), np.float32), np.zeros((1, 2), np.float32), np.zeros((1, 2), np.float32)
    whole, lacking = (LiftedPoses(skeleton, *numbers, np.array([[True, b]])) for b in (True, False))

    assert filled_words(lacking, "b is filled in.") == "b is filled in."
    assert filled_words(whole, "b is filled in.") == ""
    assert filled_words(whole, "b is filled in.", partial=True) == "b is filled in."
