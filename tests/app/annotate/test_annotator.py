"""Clicks become edits, edits and undo become drawings: the annotator on a real document."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from poseviewer.app.annotate.annotator import Annotator
from poseviewer.app.annotate.canvas import Canvas
from poseviewer.app.annotate.guide import Guide
from poseviewer.app.selection import Selection
from poseviewer.core import edits
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import Change, Edit, FrameKey, Instance, Project
from poseviewer.core.ranges import BoneLength, Interval, RangePreset, SphericalRange
from poseviewer.core.skeleton import Skeleton

CHEST, LEFT_ELBOW, LEFT_HAND, RIGHT_ELBOW, RIGHT_HAND = range(5)
FIRST, SECOND, THIRD = (FrameKey("walk", n) for n in (10, 11, 12))


class Paper(QObject):
    """A document in memory: what the annotator relies on and no more."""

    frames_changed = Signal(object)
    skeleton_changed = Signal()

    def __init__(self, project: Project) -> None:
        super().__init__()
        self.project = project
        self.done: list[Edit] = []
        self.full = False

    def push(self, edit: Edit) -> bool:
        if edit.empty:
            return True
        if self.full:
            return False
        assert edit.before is self.project
        self.done.append(edit)
        self._swap(edit)
        return True

    def undo(self) -> None:
        self._swap(self.done.pop().reversed())

    def _swap(self, edit: Edit) -> None:
        self.project = edit.after
        if edit.change.skeleton:
            self.skeleton_changed.emit()
        if edit.change.frames:
            self.frames_changed.emit(edit.change.frames)


class Desk:
    """Everything together, with the first frame shown."""

    def __init__(self, canvas: Canvas, project: Project, qtbot: QtBot) -> None:
        self.canvas, self.guide = canvas, Guide()
        qtbot.addWidget(self.guide)
        self.document, self.selection = Paper(project), Selection()
        self.annotator = Annotator(self.document, self.selection, canvas, self.guide)  # type: ignore[arg-type]
        self.selection.set_frame(FIRST)

    @property
    def pose(self) -> Pose2D:
        """What the document has for the shown frame."""
        assert self.selection.frame is not None
        return self.document.project.pose(self.selection.frame)

    def put(self, key: FrameKey, pose: Pose2D) -> None:
        self.document.push(edits.set_pose(self.document.project, key, 0, pose))


def any_ranges(skeleton: Skeleton) -> RangePreset:
    free = SphericalRange(Interval(0.0, 3.0), Interval(-3.0, 3.0))
    return RangePreset("any", skeleton, (free,) * skeleton.bone_count, (BoneLength(1.0, 0.1),) * skeleton.bone_count)


@pytest.fixture
def desk(canvas: Canvas, arms: Skeleton, qtbot: QtBot) -> Desk:
    return Desk(canvas, Project(arms, any_ranges(arms)), qtbot)


# Guided clicking


def test_clicking_five_times_places_the_whole_pose(desk: Desk, hand: Any, open_arms: Pose2D) -> None:
    words = []
    for xy in open_arms.keypoints:
        words.append(desk.guide.plain_words())
        hand.click(*xy)
    assert words[1:3] == ["Click the left elbow", "Click the left hand"]
    assert desk.pose.keypoints == pytest.approx(open_arms.keypoints, abs=0.3)
    assert desk.guide.plain_words() == "All keypoints placed."
    assert desk.document.done[0].text == "Place chest"
    assert len(desk.document.done) == 5


def test_what_was_placed_last_is_selected(desk: Desk, hand: Any) -> None:
    hand.click(100, 50)
    assert desk.selection.joint == CHEST
    desk.annotator.toggle_selected_occluded()
    assert desk.pose.visibility[CHEST] == 1


def test_undo_asks_for_the_joint_again_and_redraws(desk: Desk, hand: Any) -> None:
    hand.click(100, 50)
    hand.click(140, 80)
    desk.document.undo()
    assert desk.annotator.next_joint == LEFT_ELBOW
    assert desk.canvas.surface.overlay.pose == desk.pose
    assert desk.pose.present_count == 1


def test_skip_back_and_the_diagram_lead_the_guide(desk: Desk, hand: Any, heard: Any) -> None:
    said = heard(desk.annotator.next_joint_changed)
    desk.annotator.skip()
    assert desk.annotator.next_joint == LEFT_ELBOW
    desk.annotator.back()
    assert desk.annotator.next_joint == CHEST
    desk.guide.joint_chosen.emit(RIGHT_HAND)
    hand.click(20, 50)
    assert desk.pose.present[RIGHT_HAND]
    assert [joint for (joint,) in said] == [LEFT_ELBOW, CHEST, RIGHT_HAND, CHEST]


def test_a_placed_joint_picked_on_the_diagram_is_selected_and_placed_anew(desk: Desk, hand: Any) -> None:
    hand.click(100, 50)
    desk.guide.joint_chosen.emit(CHEST)
    assert desk.selection.joint == CHEST
    assert desk.guide.plain_words() == "Click the chest again"
    hand.click(120, 30)
    assert desk.pose.keypoints[CHEST] == pytest.approx([120, 30], abs=0.3)
    assert desk.annotator.next_joint == LEFT_ELBOW


def test_a_disk_that_is_full_leaves_the_guide_where_it_was(desk: Desk, hand: Any) -> None:
    desk.document.full = True
    hand.click(100, 50)
    assert desk.annotator.next_joint == CHEST
    assert desk.canvas.surface.overlay.pose == Pose2D.empty(5)


# Dragging


def test_a_drag_previews_and_pushes_once(desk: Desk, hand: Any, heard: Any, open_arms: Pose2D) -> None:
    desk.put(FIRST, open_arms)
    previews, changes = heard(desk.annotator.pose_previewed), heard(desk.annotator.pose_changed)
    before = len(desk.document.done)
    hand.drag((140, 80), (150, 60))
    assert len(previews) >= 5
    assert previews[-1][0].keypoints[LEFT_ELBOW] == pytest.approx([150, 60], abs=0.4)
    assert len(desk.document.done) == before + 1
    assert changes[-1][0] == desk.pose == desk.canvas.surface.overlay.pose


def test_a_drag_that_cannot_be_saved_goes_back_everywhere(desk: Desk, hand: Any, heard: Any, open_arms: Pose2D) -> None:
    desk.put(FIRST, open_arms)
    previews = heard(desk.annotator.pose_previewed)
    desk.document.full = True
    hand.drag((140, 80), (150, 60))
    assert previews[-1] == (open_arms,)
    assert desk.canvas.surface.overlay.pose == open_arms


def test_the_whole_pose_is_moved_by_one_edit(desk: Desk, hand: Any, open_arms: Pose2D) -> None:
    desk.put(FIRST, open_arms)
    hand.drag((100, 65), (110, 60), key=Qt.KeyboardModifier.AltModifier)
    assert desk.pose.keypoints - open_arms.keypoints == pytest.approx(np.array([[10, -5]] * 5), abs=0.4)
    assert desk.document.done[-1].text == "Move pose"


def test_right_click_marks_occluded_and_back(desk: Desk, hand: Any, open_arms: Pose2D) -> None:
    desk.put(FIRST, open_arms)
    hand.click(180, 50, Qt.MouseButton.RightButton)
    assert desk.pose.visibility.tolist() == [2, 2, 1, 2, 2]
    hand.click(180, 50, Qt.MouseButton.RightButton)
    assert desk.pose == open_arms


# Actions


def test_delete_takes_the_selected_keypoint_and_asks_for_it(desk: Desk, open_arms: Pose2D) -> None:
    desk.put(FIRST, open_arms)
    desk.selection.set_joint(RIGHT_HAND)
    desk.annotator.delete_selected()
    assert desk.pose == open_arms.without_keypoint(RIGHT_HAND)
    assert desk.annotator.next_joint == RIGHT_HAND
    desk.annotator.delete_selected()  # there is nothing left to delete
    assert len(desk.document.done) == 2


def test_nudging_moves_by_pixels_and_stops_at_the_edge(desk: Desk, open_arms: Pose2D) -> None:
    desk.put(FIRST, open_arms)
    desk.selection.set_joint(LEFT_HAND)
    desk.annotator.nudge(1, -0.5)
    assert desk.pose.keypoints[LEFT_HAND].tolist() == [181, 49.5]
    desk.annotator.nudge(500, 0)
    assert desk.pose.keypoints[LEFT_HAND].tolist() == [199.5, 49.5]


def test_stepping_through_joints_by_key(desk: Desk, open_arms: Pose2D) -> None:
    desk.put(FIRST, open_arms.without_keypoint(LEFT_HAND))
    seen = []
    for _ in range(5):
        desk.annotator.select_next_joint()
        seen.append(desk.selection.joint)
    desk.annotator.select_previous_joint()
    assert seen == [CHEST, LEFT_ELBOW, RIGHT_ELBOW, RIGHT_HAND, CHEST]
    assert desk.selection.joint == RIGHT_HAND


def test_copy_and_paste_into_another_frame(desk: Desk, heard: Any, open_arms: Pose2D) -> None:
    said = heard(desk.annotator.noticed)
    desk.annotator.paste_pose()
    desk.annotator.copy_pose()
    assert len(said) == 2  # nothing to paste, nothing to copy
    desk.put(FIRST, open_arms)
    desk.annotator.copy_pose()
    desk.selection.set_frame(SECOND)
    desk.annotator.paste_pose()
    assert desk.pose == open_arms
    assert desk.annotator.next_joint is None


def test_a_pose_is_carried_into_an_empty_frame_only(desk: Desk, heard: Any, open_arms: Pose2D) -> None:
    said = heard(desk.annotator.noticed)
    desk.annotator.carry_forward_from_previous()
    assert "No frame before" in said[-1][0]
    desk.put(FIRST, open_arms)
    desk.selection.set_frame(THIRD)
    desk.annotator.carry_forward_from_previous()
    assert desk.pose == open_arms
    desk.annotator.nudge(0, 0)
    desk.annotator.carry_forward_from_previous()
    assert "already has keypoints" in said[-1][0]


def test_clearing_a_frame_starts_it_anew(desk: Desk, open_arms: Pose2D) -> None:
    desk.put(FIRST, open_arms)
    desk.annotator.clear_frame()
    assert FIRST not in desk.document.project.labels
    assert desk.annotator.next_joint == CHEST


def test_a_prediction_is_accepted_by_a_double_click_or_by_an_edit(desk: Desk, open_arms: Pose2D) -> None:
    project = desk.document.project
    predicted = project.with_instances(FIRST, (Instance(open_arms, predicted=True),))
    desk.document.push(Edit("Detect", project, predicted, Change(frames=frozenset({FIRST}))))
    assert desk.canvas.surface.overlay.predicted
    desk.canvas.prediction_accepted.emit()
    assert not desk.document.project.instances(FIRST)[0].predicted
    assert not desk.canvas.surface.overlay.predicted


def predict(desk: Desk, pose: Pose2D, scores: np.ndarray | None = None) -> None:
    """A detector says this of the first frame."""
    project = desk.document.project
    after = project.with_instances(FIRST, (Instance(pose, "", True, scores),))
    desk.document.push(Edit("Detect", project, after, Change(frames=frozenset({FIRST}))))


def test_a_corrected_keypoint_makes_the_prediction_the_users_own_and_undo_gives_it_back(
    desk: Desk, hand: Any, open_arms: Pose2D
) -> None:
    scores = np.array([0.9, 0.8, 0.7, 0.1, 0.6], np.float32)
    predict(desk, open_arms, scores)
    assert desk.annotator.predicted and desk.canvas.surface.overlay.scores is scores
    hand.drag((180, 50), (170, 40))
    own = desk.document.project.instances(FIRST)[0]
    assert not own.predicted and own.scores is None and own.pose.present_count == 5
    assert own.pose.keypoints[LEFT_HAND] == pytest.approx([170, 40], abs=0.5)
    assert not desk.annotator.predicted and desk.canvas.surface.overlay.scores is None
    desk.document.undo()
    assert desk.annotator.predicted and desk.canvas.surface.overlay.scores is scores
    assert desk.pose == open_arms


def test_what_a_detector_is_unsure_of_is_not_to_be_lifted(desk: Desk, open_arms: Pose2D) -> None:
    predict(desk, open_arms, np.array([0.9, 0.8, 0.29, 0.31, np.nan], np.float32))
    assert desk.annotator.sure_pose.present.tolist() == [True, True, False, True, True]
    assert desk.annotator.pose.present.all()
    desk.annotator.accept_prediction()
    assert desk.annotator.sure_pose == open_arms


def test_a_click_beside_a_prediction_places_nothing_until_it_is_corrected(
    desk: Desk, hand: Any, open_arms: Pose2D
) -> None:
    said = open_arms.without_keypoint(LEFT_HAND)
    predict(desk, said)
    assert desk.annotator.next_joint is None
    hand.click(100, 15)
    assert desk.pose == said and desk.annotator.predicted
    QTest.mouseClick(desk.guide.accept, Qt.MouseButton.LeftButton)
    assert not desk.annotator.predicted and desk.annotator.next_joint == LEFT_HAND
    desk.document.undo()
    assert desk.annotator.next_joint is None


# Frames, skeletons, linked views


def test_another_frame_shows_its_pose_and_begins_its_own_order(desk: Desk, heard: Any, open_arms: Pose2D) -> None:
    desk.put(SECOND, open_arms.without_keypoint(LEFT_HAND))
    desk.annotator.skip()
    said = heard(desk.annotator.pose_changed)
    desk.selection.set_frame(SECOND)
    assert said[-1] == (desk.pose,)
    assert desk.annotator.next_joint == LEFT_HAND
    desk.selection.set_frame(FIRST)
    assert desk.annotator.next_joint == CHEST


def test_a_change_of_another_frame_is_none_of_this_one(desk: Desk, heard: Any, open_arms: Pose2D) -> None:
    said = heard(desk.annotator.pose_changed)
    desk.put(SECOND, open_arms)
    assert said == []


def test_without_a_frame_nothing_can_be_done(desk: Desk, hand: Any, open_arms: Pose2D) -> None:
    desk.put(FIRST, open_arms)
    desk.annotator.copy_pose()
    desk.selection.set_joint(CHEST)
    desk.selection.set_frame(None)
    done = len(desk.document.done)
    hand.click(100, 30)
    annotator = desk.annotator
    for act in (
        annotator.delete_selected,
        annotator.toggle_selected_occluded,
        annotator.paste_pose,
        annotator.carry_forward_from_previous,
        annotator.clear_frame,
        annotator.back,
        annotator.skip,
        annotator.accept_prediction,
    ):
        act()
    assert len(desk.document.done) == done
    assert "Open a video" in desk.guide.plain_words()
    assert desk.annotator.next_joint is None


def test_another_skeleton_keeps_joints_by_name_and_starts_over(desk: Desk, open_arms: Pose2D) -> None:
    desk.put(FIRST, open_arms)
    desk.selection.set_joint(RIGHT_HAND)
    small = Skeleton.from_names("small", ["left_hand", "chest", "head"], [("chest", "left_hand"), ("chest", "head")])
    desk.document.push(edits.set_skeleton(desk.document.project, small, any_ranges(small)))
    assert desk.annotator.pose.present.tolist() == [True, True, False]
    assert desk.guide.plain_words() == "Click the head"
    assert desk.selection.joint is None


def test_hovering_links_the_views(desk: Desk, hand: Any, open_arms: Pose2D) -> None:
    desk.put(FIRST, open_arms)
    hand.hover(140, 80)
    assert desk.selection.hovered == LEFT_ELBOW
    desk.selection.set_hovered(RIGHT_HAND)  # from the 3D view
    assert desk.canvas.surface.overlay.hovered == RIGHT_HAND


def test_the_second_animal_has_its_own_pose(desk: Desk, hand: Any, open_arms: Pose2D) -> None:
    desk.put(FIRST, open_arms)
    desk.selection.set_instance(1)
    assert desk.annotator.pose.present_count == 0
    hand.click(100, 20)
    poses = [i.pose for i in desk.document.project.instances(FIRST)]
    assert poses[0] == open_arms
    assert poses[1].present_count == 1
