"""The canvas under a real mouse: what it says, and what it shows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from poseviewer.app.annotate.canvas import Canvas
from poseviewer.app.colors import side_color
from poseviewer.core.pose import Pose2D

RIGHT, MIDDLE = Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton
ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier
CHEST, LEFT_ELBOW, LEFT_HAND, RIGHT_ELBOW, RIGHT_HAND = range(5)
HALF_A_PIXEL = 0.4
"""Image pixels that rounding both ends of a drag to whole screen pixels may cost at this zoom."""


def near(*values: float) -> Any:
    return pytest.approx(values, abs=HALF_A_PIXEL)


def alike(color: tuple[int, int, int]) -> Any:
    """The same colour on a screen with 16 bits per pixel."""
    return pytest.approx(color, abs=8)


def color_at(canvas: Canvas, x: float, y: float) -> tuple[int, int, int]:
    """What is painted at a place of the image."""
    grabbed = canvas.grab().toImage()
    ratio = grabbed.devicePixelRatio()
    sx, sy = canvas.screen_point(x, y)
    color = grabbed.pixelColor(round(sx * ratio), round(sy * ratio))
    return color.red(), color.green(), color.blue()


def pixels(picture: QImage) -> np.ndarray:
    whole = picture.convertToFormat(QImage.Format.Format_RGB32)
    return np.array(whole.constBits()).astype(int)


# Placing


def test_a_click_places_the_next_joint_where_it_is(canvas: Canvas, hand: Any, heard: Any) -> None:
    said = heard(canvas.keypoint_placed)
    canvas.set_next_joint(LEFT_HAND)
    hand.click(150, 40)
    ((joint, x, y),) = said
    assert joint == LEFT_HAND
    assert (x, y) == near(150, 40)


def test_a_click_without_a_next_joint_places_nothing(canvas: Canvas, hand: Any, heard: Any) -> None:
    said = heard(canvas.keypoint_placed)
    hand.click(150, 40)
    assert said == []


def test_a_click_beside_the_image_or_without_one_places_nothing(canvas: Canvas, hand: Any, heard: Any) -> None:
    said = heard(canvas.keypoint_placed)
    canvas.set_next_joint(CHEST)
    hand.click(-2.5, 40)
    canvas.set_image(None)
    hand.click(150, 40)
    assert said == []


def test_the_corners_of_the_image_can_be_clicked(canvas: Canvas, hand: Any, heard: Any) -> None:
    said = heard(canvas.keypoint_placed)
    canvas.set_next_joint(CHEST)
    for corner in ((0, 0), (199, 0), (199, 99), (0, 99)):
        hand.click(*corner)
        assert said[-1][1:] == near(*corner)


def test_a_double_click_while_placing_places_once_and_does_not_zoom(canvas: Canvas, hand: Any, heard: Any) -> None:
    said = heard(canvas.keypoint_placed)
    canvas.set_next_joint(CHEST)
    canvas.zoom_in()
    before = canvas.surface.part
    QTest.mouseClick(hand.paper, Qt.MouseButton.LeftButton, pos=hand.at(100, 50))
    QTest.mouseDClick(hand.paper, Qt.MouseButton.LeftButton, pos=hand.at(100, 50))
    assert len(said) == 1
    assert canvas.surface.part == before


def test_a_reduced_picture_is_clicked_in_full_resolution(canvas: Canvas, hand: Any, heard: Any) -> None:
    said = heard(canvas.keypoint_placed)
    canvas.set_image(np.zeros((250, 500, 3), np.uint8), scale=0.125)  # of 4000 x 2000
    canvas.set_next_joint(CHEST)
    hand.click(3000, 1500)
    assert said[0][1:] == pytest.approx((3000, 1500), abs=4)
    assert canvas.surface.image_size == (4000, 2000)


# Dragging


def test_a_drag_is_told_live_and_once_at_its_end(canvas: Canvas, hand: Any, heard: Any, open_arms: Pose2D) -> None:
    dragged, moved = heard(canvas.keypoint_dragged), heard(canvas.keypoint_moved)
    canvas.set_pose(open_arms)
    hand.drag((140, 80), (150, 60))
    assert len(dragged) >= 5
    assert all(joint == LEFT_ELBOW for joint, _, _ in dragged)
    ((joint, x, y),) = moved
    assert joint == LEFT_ELBOW
    assert (x, y) == near(150, 60)


def test_a_point_taken_off_its_centre_does_not_jump(canvas: Canvas, hand: Any, heard: Any, open_arms: Pose2D) -> None:
    moved = heard(canvas.keypoint_moved)
    canvas.set_pose(open_arms)
    hand.drag((141.5, 81), (151.5, 61))
    assert moved[0][1:] == near(150, 60)


def test_a_drag_that_nobody_accepts_is_taken_back(canvas: Canvas, hand: Any, open_arms: Pose2D) -> None:
    canvas.set_pose(open_arms)
    hand.drag((140, 80), (150, 60))
    assert canvas.surface.overlay.pose == open_arms


def test_a_drag_is_drawn_as_it_goes(canvas: Canvas, hand: Any, open_arms: Pose2D) -> None:
    canvas.set_pose(open_arms)
    hand.press(140, 80)
    hand.move((140, 80), (150, 60))
    pose = canvas.surface.overlay.pose
    assert pose is not None
    assert pose.keypoints[LEFT_ELBOW] == near(150, 60)
    hand.release(150, 60)


def test_a_point_cannot_be_dragged_off_the_image(canvas: Canvas, hand: Any, heard: Any, open_arms: Pose2D) -> None:
    moved = heard(canvas.keypoint_moved)
    canvas.set_pose(open_arms)
    hand.drag((180, 50), (202, 101))
    assert moved[0] == (LEFT_HAND, 199.5, 99.5)


def test_escape_gives_a_drag_up(canvas: Canvas, hand: Any, heard: Any, open_arms: Pose2D) -> None:
    moved, cancelled = heard(canvas.keypoint_moved), heard(canvas.drag_cancelled)
    canvas.set_pose(open_arms)
    hand.press(140, 80)
    hand.move((140, 80), (150, 60))
    QTest.keyClick(hand.paper, Qt.Key.Key_Escape)
    assert canvas.surface.overlay.pose == open_arms
    hand.release(150, 60)
    assert (moved, len(cancelled)) == ([], 1)


@pytest.mark.parametrize("key", [ALT, SHIFT])
@pytest.mark.parametrize("start", [(140, 80), (100, 65)], ids=["on a point", "between the points"])
def test_the_whole_pose_moves_with_a_key_held(
    canvas: Canvas, hand: Any, heard: Any, open_arms: Pose2D, key: Qt.KeyboardModifier, start: tuple[float, float]
) -> None:
    dragged, moved = heard(canvas.pose_dragged), heard(canvas.pose_moved)
    canvas.set_pose(open_arms)
    hand.drag(start, (start[0] + 10, start[1] - 5), key=key)
    assert len(dragged) >= 5
    assert len(moved) == 1
    assert moved[0] == near(10, -5)


def test_a_drag_does_not_reach_into_the_next_frame(
    canvas: Canvas, hand: Any, heard: Any, picture: np.ndarray, open_arms: Pose2D
) -> None:
    """A key turns the page while the button is held: what is under the mouse then is another frame's point."""
    said = heard(canvas.keypoint_moved, canvas.keypoint_placed)
    canvas.set_pose(open_arms)
    hand.press(140, 80)
    hand.move((140, 80), (145, 70))
    next_pose = open_arms.moved(1, 1)
    canvas.set_image(picture + 1)
    canvas.set_pose(next_pose)
    hand.move((145, 70), (150, 60))
    hand.release(150, 60)
    assert said == []
    assert canvas.surface.overlay.pose == next_pose
    assert not canvas.surface._loupe.isVisible()


# Marking, picking, hovering


def test_right_click_on_a_point_toggles_its_occlusion(canvas: Canvas, hand: Any, heard: Any, open_arms: Pose2D) -> None:
    said = heard(canvas.occlusion_toggled)
    canvas.set_pose(open_arms)
    hand.click(60, 80, RIGHT)
    hand.click(100, 20, RIGHT)
    assert said == [(RIGHT_ELBOW,)]


def test_a_click_on_a_point_selects_it_and_one_beside_lets_it_go(
    canvas: Canvas, hand: Any, heard: Any, open_arms: Pose2D
) -> None:
    selected, moved = heard(canvas.joint_selected), heard(canvas.keypoint_moved)
    canvas.set_pose(open_arms)
    hand.click(180.5, 50.5)
    hand.click(100, 20)
    assert selected == [(LEFT_HAND,), (None,)]
    assert moved == []


def test_points_win_over_placing(canvas: Canvas, hand: Any, heard: Any, open_arms: Pose2D) -> None:
    placed, selected = heard(canvas.keypoint_placed), heard(canvas.joint_selected)
    canvas.set_pose(open_arms.without_keypoint(CHEST))
    canvas.set_next_joint(CHEST)
    hand.click(180, 50)
    assert (placed, selected) == ([], [(LEFT_HAND,)])


def test_hovering_is_told_once_each_way(canvas: Canvas, hand: Any, heard: Any, open_arms: Pose2D) -> None:
    said = heard(canvas.joint_hovered)
    canvas.set_pose(open_arms)
    for place in ((100, 20), (100, 50), (100.5, 50.5), (100, 20), (100, 15)):
        hand.hover(*place)
    assert said == [(CHEST,), (None,)]


def test_a_double_click_accepts_a_prediction(canvas: Canvas, hand: Any, heard: Any, open_arms: Pose2D) -> None:
    said = heard(canvas.prediction_accepted)
    canvas.set_pose(open_arms)
    QTest.mouseDClick(hand.paper, Qt.MouseButton.LeftButton, pos=hand.at(100, 50))
    QTest.mouseRelease(hand.paper, Qt.MouseButton.LeftButton, pos=hand.at(100, 50))
    assert said == []
    canvas.set_pose(open_arms, predicted=True)
    QTest.mouseDClick(hand.paper, Qt.MouseButton.LeftButton, pos=hand.at(100, 50))
    assert len(said) == 1
    QTest.mouseRelease(hand.paper, Qt.MouseButton.LeftButton, pos=hand.at(100, 50))
    QTest.mouseDClick(hand.paper, Qt.MouseButton.LeftButton, pos=hand.at(100, 58))  # between its keypoints
    assert len(said) == 2


def test_hidden_keypoints_cannot_be_picked_or_placed(canvas: Canvas, hand: Any, heard: Any, open_arms: Pose2D) -> None:
    said = heard(canvas.joint_selected, canvas.keypoint_placed)
    canvas.set_pose(open_arms.without_keypoint(CHEST))
    canvas.set_next_joint(CHEST)
    canvas.set_keypoints_shown(False)
    hand.click(180, 50)
    hand.click(100, 20)
    assert said == []
    canvas.set_keypoints_shown(True)
    hand.click(100, 20)
    assert said[0][0] == CHEST


def test_setters_say_nothing(canvas: Canvas, heard: Any, open_arms: Pose2D, picture: np.ndarray) -> None:
    said = heard(
        canvas.keypoint_placed,
        canvas.keypoint_dragged,
        canvas.keypoint_moved,
        canvas.occlusion_toggled,
        canvas.joint_selected,
        canvas.joint_hovered,
        canvas.pose_dragged,
        canvas.pose_moved,
        canvas.drag_cancelled,
    )
    canvas.set_pose(open_arms)
    canvas.set_selected_joint(1)
    canvas.set_hovered_joint(2)
    canvas.set_next_joint(3)
    canvas.set_reprojection(open_arms.keypoints, open_arms.present)
    canvas.set_contrast(0.3, 0.2)
    canvas.set_colors("colorblind")
    canvas.set_message("Words")
    canvas.set_image(picture[:50])
    canvas.set_skeleton(canvas.surface.overlay.skeleton)
    assert said == []


# Zoom and pan


def turn_wheel(canvas: Canvas, x: float, y: float, notches: int) -> None:
    paper, place = canvas.surface.viewport(), QPointF(*canvas.screen_point(x, y))
    event = QWheelEvent(
        place,
        QPointF(paper.mapToGlobal(place.toPoint())),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(paper, event)


def test_the_wheel_zooms_about_the_mouse(canvas: Canvas) -> None:
    place, scale = canvas.screen_point(120, 30), canvas.surface.part.scale
    turn_wheel(canvas, 120, 30, 3)
    assert canvas.surface.part.scale == pytest.approx(scale * 1.2**3)
    assert canvas.screen_point(120, 30) == pytest.approx(place)


def test_the_background_drags_the_picture_and_places_nothing(canvas: Canvas, hand: Any, heard: Any, qtbot: Any) -> None:
    said = heard(canvas.keypoint_placed, canvas.joint_selected)
    canvas.set_next_joint(CHEST)
    turn_wheel(canvas, 100, 50, 3)
    start = hand.at(100, 50)
    QTest.mousePress(hand.paper, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 6):
        with qtbot.waitSignal(canvas.surface.moved):
            QTest.mouseMove(hand.paper, start + QPoint(6 * step, -4 * step))
    QTest.mouseRelease(hand.paper, Qt.MouseButton.LeftButton, pos=start + QPoint(30, -20))
    moved = np.array(canvas.screen_point(100, 50)) - (start.x(), start.y())
    assert moved == pytest.approx([30, -20], abs=1)
    assert said == []


def test_a_trembling_click_is_a_click(canvas: Canvas, hand: Any, heard: Any, qtbot: Any) -> None:
    said = heard(canvas.keypoint_placed)
    canvas.set_next_joint(CHEST)
    before, start = canvas.surface.part, hand.at(100, 50)
    QTest.mousePress(hand.paper, Qt.MouseButton.LeftButton, pos=start)
    with qtbot.waitSignal(canvas.surface.moved):
        QTest.mouseMove(hand.paper, start + QPoint(2, 2))
    QTest.mouseRelease(hand.paper, Qt.MouseButton.LeftButton, pos=start + QPoint(2, 2))
    assert len(said) == 1
    assert canvas.surface.part == before


def test_the_view_stays_for_a_frame_of_the_same_size_only(canvas: Canvas, picture: np.ndarray) -> None:
    canvas.zoom_in()
    zoomed = canvas.surface.part
    canvas.set_image(picture + 1)
    assert canvas.surface.part == zoomed
    canvas.set_image(None)  # a frame that cannot be decoded
    canvas.set_image(picture)
    assert canvas.surface.part == zoomed
    canvas.set_image(picture[:, :150])
    assert canvas.surface.part.center == (74.5, 49.5)


def test_a_double_click_on_nothing_fits(canvas: Canvas, hand: Any) -> None:
    fitted = canvas.surface.part
    canvas.zoom_in()
    assert canvas.surface.part != fitted
    QTest.mouseDClick(hand.paper, Qt.MouseButton.LeftButton, pos=hand.at(100, 20))
    assert canvas.surface.part == fitted


def test_a_fitted_picture_stays_fitted_when_the_window_grows(canvas: Canvas, qtbot: Any) -> None:
    canvas.resize(1000, 800)
    qtbot.waitUntil(lambda: canvas.surface.part.width == 1000)
    assert canvas.surface.part.scale == pytest.approx((1000 - 24) / 200)
    canvas.zoom_in()
    scale = canvas.surface.part.scale
    canvas.resize(700, 500)
    qtbot.waitUntil(lambda: canvas.surface.part.width == 700)
    assert canvas.surface.part.scale == scale


# What it looks like


def test_sides_have_their_colours_and_states_their_shapes(canvas: Canvas, open_arms: Pose2D) -> None:
    canvas.set_pose(open_arms.with_visibility(RIGHT_HAND, 1).without_keypoint(LEFT_HAND))
    assert color_at(canvas, 140, 80) == alike(side_color("left"))
    assert color_at(canvas, 60, 80) == alike(side_color("right"))
    assert color_at(canvas, 100, 50) == alike(side_color("middle"))
    hollow = color_at(canvas, 18.9, 49.4)  # inside the ring, off the bone
    assert max(hollow) - min(hollow) < 25
    assert color_at(canvas, 180, 50) == alike((128, 128, 128))  # absent


def test_predictions_are_yellow(canvas: Canvas, open_arms: Pose2D) -> None:
    canvas.set_pose(open_arms, predicted=True)
    r, g, b = color_at(canvas, 140, 80)
    assert min(r, g) > 200 > 60 > b


def test_a_drag_leaves_no_traces(canvas: Canvas, hand: Any, qtbot: Any, open_arms: Pose2D) -> None:
    """What was drawn again piece by piece looks like what is drawn at once."""
    canvas.set_pose(open_arms)
    canvas.set_selected_joint(LEFT_ELBOW)
    QApplication.processEvents()
    hand.press(140, 80)
    hand.move((140, 80), (165, 95))
    hand.move((165, 95), (120, 20))
    QApplication.processEvents()
    hand.release(120, 20)
    hand.hover(20, 5)
    QApplication.processEvents()
    screen = canvas.screen()
    in_pieces = pixels(screen.grabWindow(canvas.winId()).toImage())
    hand.paper.repaint()
    at_once = pixels(screen.grabWindow(canvas.winId()).toImage())
    # On a screen scaled by a fraction, a line cut at a half pixel may be one shade off; a trace is many.
    assert np.abs(in_pieces - at_once).max() <= 8


def test_contrast_changes_what_is_shown(canvas: Canvas) -> None:
    canvas.set_contrast(0.5, 0.0)
    assert color_at(canvas, 30, 30) == alike((255, 255, 255))
    canvas.set_contrast(0.0, 0.0)
    assert color_at(canvas, 30, 30) == alike((128, 128, 128))


def test_a_message_is_shown_inside_and_lets_the_mouse_through(canvas: Canvas, hand: Any, heard: Any) -> None:
    canvas.set_message("Frame 12 of walk.mp4 cannot be decoded; go to another frame. " * 2)
    label = canvas.findChild(QLabel)
    assert label.isVisible()
    assert canvas.rect().contains(label.geometry())
    canvas.set_message("")
    assert not label.isVisible()


def test_the_cursor_says_what_a_click_does(canvas: Canvas, hand: Any, open_arms: Pose2D) -> None:
    canvas.set_pose(open_arms.without_keypoint(CHEST))
    hand.hover(100, 20)
    assert hand.paper.cursor().shape() == Qt.CursorShape.ArrowCursor
    canvas.set_next_joint(CHEST)
    hand.hover(101, 20)
    assert hand.paper.cursor().shape() == Qt.CursorShape.CrossCursor
    hand.hover(140, 80)
    assert hand.paper.cursor().shape() == Qt.CursorShape.PointingHandCursor


def test_leaving_takes_the_hint_and_the_hover_away(canvas: Canvas, hand: Any, heard: Any, open_arms: Pose2D) -> None:
    canvas.set_pose(open_arms)
    hand.hover(140, 80)
    said = heard(canvas.joint_hovered)
    QApplication.sendEvent(canvas.surface, QEvent(QEvent.Type.Leave))
    assert said == [(None,)]
    assert canvas.surface.overlay.hint is None


def test_a_comparison_is_shown_and_taken_away(canvas: Canvas, open_arms: Pose2D) -> None:
    canvas.set_pose(open_arms)
    plain = canvas.grab().toImage()
    canvas.set_comparison(open_arms.keypoints + 9.0, np.zeros(5, dtype=bool))
    assert canvas.grab().toImage() != plain
    canvas.set_comparison(None, None)
    assert canvas.grab().toImage() == plain
