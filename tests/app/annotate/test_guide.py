"""What the guide says at each stage, and what its buttons ask for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtTest import QTest

from poseviewer.app.annotate.guide import NO_FRAME, Guide
from poseviewer.app.colors import side_color
from poseviewer.core.pose import Pose2D
from poseviewer.core.skeleton import Skeleton


@pytest.fixture
def guide(qtbot: Any, arms: Skeleton) -> Guide:
    made = Guide()
    qtbot.addWidget(made)
    made.set_skeleton(arms)
    made.resize(300, 520)
    with qtbot.waitExposed(made):
        made.show()
    return made


def test_without_a_frame_it_says_what_to_do(guide: Guide) -> None:
    assert guide.plain_words() == NO_FRAME
    assert not guide.skip.isEnabled()
    assert not guide.back.isEnabled()


def test_it_names_the_next_joint_and_counts(guide: Guide, open_arms: Pose2D) -> None:
    guide.set_pose(open_arms.without_keypoint(1).without_keypoint(2))
    guide.set_next_joint(1)
    assert guide.plain_words() == "Click the left elbow"
    assert guide.count.text() == "3 of 5 placed"
    assert (guide.bar.value(), guide.bar.maximum()) == (3, 5)
    assert "<b" in guide.words.text()


def test_a_joint_that_is_there_is_to_be_clicked_again(guide: Guide, open_arms: Pose2D) -> None:
    guide.set_pose(open_arms)
    guide.set_next_joint(4)
    assert guide.plain_words() == "Click the right hand again"


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ([], "All keypoints placed."),
        ([2], "Done: 1 keypoint left out."),
        ([2, 3], "Done: 2 keypoints left out."),
    ],
)
def test_the_end_says_whether_something_was_left_out(
    guide: Guide, open_arms: Pose2D, missing: list[int], words: str
) -> None:
    pose = open_arms
    for joint in missing:
        pose = pose.without_keypoint(joint)
    guide.set_pose(pose)
    guide.set_next_joint(None)
    assert guide.plain_words() == words
    assert not guide.skip.isEnabled()
    assert guide.back.isEnabled()


def test_the_buttons_and_the_diagram_ask(guide: Guide, heard: Any, open_arms: Pose2D) -> None:
    skipped, back, chosen = heard(guide.skip_requested), heard(guide.back_requested), heard(guide.joint_chosen)
    guide.set_pose(Pose2D.empty(5))
    guide.set_next_joint(0)
    QTest.mouseClick(guide.skip, Qt.MouseButton.LeftButton)
    QTest.mouseClick(guide.back, Qt.MouseButton.LeftButton)
    QTest.mouseClick(guide.diagram, Qt.MouseButton.LeftButton, pos=guide.diagram.joint_place(3).toPoint())
    assert (len(skipped), len(back), chosen) == (1, 1, [(3,)])


def test_setters_say_nothing(guide: Guide, heard: Any, open_arms: Pose2D, arms: Skeleton) -> None:
    said = heard(guide.joint_chosen, guide.joint_hovered, guide.skip_requested, guide.back_requested)
    guide.set_pose(open_arms)
    guide.set_next_joint(2)
    guide.set_selected_joint(1)
    guide.set_hovered_joint(1)
    guide.set_colors("colorblind")
    guide.set_skeleton(arms)
    assert said == []


def test_names_are_shown_as_they_are_written(qtbot: Any) -> None:
    odd = Skeleton.from_names("odd", ["a<b>&c", "Click"], [("a<b>&c", "Click")])
    guide = Guide()
    qtbot.addWidget(guide)
    guide.set_skeleton(odd)
    guide.set_pose(Pose2D.empty(2))
    guide.set_next_joint(0)
    assert "a&lt;b&gt;&amp;c" in guide.words.text()
    guide.set_next_joint(1)
    assert guide.words.text().startswith("Click the <b")


def test_the_side_can_be_read_on_light_and_on_dark(guide: Guide, open_arms: Pose2D) -> None:
    guide.set_pose(open_arms)
    guide.set_next_joint(1)
    shown = []
    for window in ("#ffffff", "#202020"):
        palette = guide.palette()
        palette.setColor(QPalette.ColorRole.Window, QColor(window))
        guide.setPalette(palette)
        shown.append(guide.words.text())
    assert shown[0] != shown[1]
    assert f"rgb{side_color('left')}" in shown[1]  # bright enough as it is


def test_the_diagram_stays_in_its_place_from_word_to_word(guide: Guide, qtbot: Any) -> None:
    guide.set_pose(Pose2D.empty(5))
    tops = set()
    for joint in range(5):
        guide.set_next_joint(joint)
        guide.layout().activate()
        tops.add(guide.diagram.geometry().top())
    assert len(tops) == 1


def test_a_prediction_is_to_be_checked(guide: Guide, qtbot: Any, open_arms: Pose2D) -> None:
    scores = np.array([0.9, 0.1, 0.2, 0.8, 0.0], np.float32)
    guide.set_pose(open_arms.without_keypoint(4), True, scores)
    assert guide.plain_words() == "Predicted: is it right?"
    assert guide.count.text() == "4 of 5 predicted · 2 doubtful"
    assert guide.accept.isVisible() and not guide.skip.isVisible() and not guide.back.isVisible()
    with qtbot.waitSignal(guide.accept_requested):
        QTest.mouseClick(guide.accept, Qt.MouseButton.LeftButton)
    guide.set_pose(open_arms)
    assert guide.plain_words() == "All keypoints placed."
    assert not guide.accept.isVisible() and guide.back.isVisible()


def test_a_prediction_without_scores_is_only_counted(guide: Guide, open_arms: Pose2D) -> None:
    guide.set_pose(open_arms, True)
    assert guide.count.text() == "5 of 5 predicted"
    guide.set_next_joint(2)  # picked in the diagram: to be placed anew
    assert guide.plain_words() == "Click the left hand again" and guide.skip.isVisible()
