"""The diagram shows each joint's state where it stands, and a click on it picks the joint."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from poseviewer.app.annotate.diagram import SkeletonDiagram
from poseviewer.app.colors import side_color
from poseviewer.core.pose import Pose2D
from poseviewer.core.skeleton import Skeleton


@pytest.fixture
def diagram(qtbot: Any, arms: Skeleton) -> SkeletonDiagram:
    made = SkeletonDiagram()
    qtbot.addWidget(made)
    made.resize(300, 240)
    made.set_skeleton(arms)
    with qtbot.waitExposed(made):
        made.show()
    return made


def saturation(diagram: SkeletonDiagram, joint: int) -> int:
    """How colourful the middle of a joint is painted, 0 to 255."""
    picture = diagram.grab().toImage()
    place = diagram.joint_place(joint) * picture.devicePixelRatio()
    color = picture.pixelColor(place.toPoint())
    channels = (color.red(), color.green(), color.blue())
    return max(channels) - min(channels)


def test_states_look_different(diagram: SkeletonDiagram, open_arms: Pose2D) -> None:
    diagram.set_pose(open_arms.with_visibility(2, 1).without_keypoint(3))
    assert saturation(diagram, 1) > 100  # visible: filled
    assert saturation(diagram, 2) < 30  # occluded: hollow
    assert saturation(diagram, 3) < 30  # absent: grey
    diagram.set_next_joint(3)
    assert saturation(diagram, 3) > 100  # next: filled, with a halo


def test_colour_follows_the_side(diagram: SkeletonDiagram, open_arms: Pose2D) -> None:
    diagram.set_pose(open_arms)
    picture = diagram.grab().toImage()
    for joint, side in ((1, "left"), (3, "right")):
        color = picture.pixelColor((diagram.joint_place(joint) * picture.devicePixelRatio()).toPoint())
        assert (color.red(), color.green(), color.blue()) == pytest.approx(side_color(side), abs=8)


def test_a_click_near_a_joint_picks_it_and_one_beside_does_not(diagram: SkeletonDiagram, heard: Any) -> None:
    said = heard(diagram.joint_chosen)
    for joint in range(5):
        place = diagram.joint_place(joint).toPoint() + QPoint(3, -3)
        QTest.mouseClick(diagram, Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseClick(diagram, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
    assert said == [(0,), (1,), (2,), (3,), (4,)]


def test_the_pulse_ends_by_itself(diagram: SkeletonDiagram, qtbot: Any) -> None:
    with qtbot.waitSignal(diagram._pulse.finished, timeout=5000):
        diagram.set_next_joint(2)


def test_nothing_runs_while_hidden(diagram: SkeletonDiagram) -> None:
    diagram.set_next_joint(2)
    diagram.hide()
    diagram.set_next_joint(3)
    assert diagram._pulse.state() == diagram._pulse.State.Stopped


def test_before_there_is_a_skeleton_it_is_empty(qtbot: Any, heard: Any) -> None:
    empty = SkeletonDiagram()
    qtbot.addWidget(empty)
    said = heard(empty.joint_chosen)
    assert not empty.grab().isNull()
    QTest.mouseClick(empty, Qt.MouseButton.LeftButton, pos=QPoint(50, 50))
    assert said == []


def test_a_prediction_is_yellow_and_its_doubtful_keypoints_are_empty(
    diagram: SkeletonDiagram, open_arms: Pose2D
) -> None:
    diagram.set_pose(open_arms, True, np.array([0.9, 0.9, 0.1, 0.9, 0.9], np.float32))
    picture = diagram.grab().toImage()
    color = picture.pixelColor((diagram.joint_place(1) * picture.devicePixelRatio()).toPoint())
    assert min(color.red(), color.green()) > color.blue() + 90
    assert saturation(diagram, 2) < 30
    diagram.set_pose(open_arms)
    assert saturation(diagram, 2) > 100
