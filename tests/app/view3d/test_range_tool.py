"""Handles are pulled through the canvas; everywhere else the view turns and picks joints as before."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from poseviewer.app.view3d.canvas import Canvas3D
from poseviewer.app.view3d.panel import OpenGl, View3D
from poseviewer.app.view3d.range_handles import Grip, RangePull, grips_of
from poseviewer.app.view3d.range_patch import RangeShown

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
NOSE = 1


@pytest.fixture
def canvas(view: View3D, table_range: RangeShown) -> Canvas3D:
    view.set_view("side")
    view.set_range(table_range)
    return view.canvas


@pytest.fixture
def heard(view: View3D) -> list[tuple[str, object]]:
    said: list[tuple[str, object]] = []
    view.range_pulled.connect(lambda pull: said.append(("pulled", pull)))
    view.range_released.connect(lambda pull: said.append(("released", pull)))
    view.range_cancelled.connect(lambda: said.append(("cancelled", None)))
    view.joint_selected.connect(lambda joint: said.append(("selected", joint)))
    return said


def grip(canvas: Canvas3D, axis: str = "flexion", end: str = "max") -> Grip:
    sight = canvas.range_tool._sight()
    assert sight is not None
    return next(g for g in grips_of(sight) if g.name == (axis, end))


def place(found: Grip) -> QPoint:
    return QPointF(*found.place.tolist()).toPoint()


def move(canvas: Canvas3D, at: QPoint) -> None:
    spot = QPointF(at)
    event = QMouseEvent(QEvent.Type.MouseMove, spot, canvas.mapToGlobal(spot), Qt.MouseButton.NoButton, LEFT, NONE)
    QApplication.sendEvent(canvas, event)


def pull(qtbot: QtBot, canvas: Canvas3D, by: QPoint, steps: int = 4) -> QPoint:
    """Press on the handle and move; it is still held."""
    start = place(grip(canvas))
    qtbot.mousePress(canvas, LEFT, pos=start)
    for step in range(1, steps + 1):
        move(canvas, start + by * step / steps)
    return start + by


def names(heard: list[tuple[str, object]]) -> list[str]:
    return [name for name, _ in heard]


def test_a_pull_is_told_as_it_goes_and_once_when_it_ends(
    qtbot: QtBot, canvas: Canvas3D, heard: list[tuple[str, object]]
) -> None:
    camera = canvas._camera
    end = pull(qtbot, canvas, QPoint(4, -30))
    assert canvas.range_tool.holding and canvas.cursor().shape() == Qt.CursorShape.ClosedHandCursor
    qtbot.mouseRelease(canvas, LEFT, pos=end)

    assert set(names(heard)) == {"pulled", "released"} and names(heard).count("released") == 1
    answer = heard[-1][1]
    assert isinstance(answer, RangePull)
    assert (answer.bone, answer.axis) == (2, "flexion")
    assert math.degrees(answer.interval.min) == pytest.approx(-40) and math.degrees(answer.interval.max) > 55
    assert canvas._camera == camera and not canvas.range_tool.holding


def test_a_click_on_a_handle_changes_nothing(qtbot: QtBot, canvas: Canvas3D, heard: list[tuple[str, object]]) -> None:
    qtbot.mouseClick(canvas, LEFT, pos=place(grip(canvas)))
    assert heard == []


def test_a_double_click_on_a_handle_is_not_one_beside_the_pose(qtbot: QtBot, canvas: Canvas3D) -> None:
    canvas.zoom(1.1)
    camera = canvas._camera
    spot = place(grip(canvas))
    qtbot.mouseDClick(canvas, LEFT, pos=spot)
    qtbot.mouseRelease(canvas, LEFT, pos=spot)
    assert canvas._camera == camera and not canvas.range_tool.holding


def test_escape_lets_go(qtbot: QtBot, canvas: Canvas3D, heard: list[tuple[str, object]]) -> None:
    end = pull(qtbot, canvas, QPoint(4, -30))
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    qtbot.mouseRelease(canvas, LEFT, pos=end)
    assert names(heard)[-1] == "cancelled" and "released" not in names(heard)


def test_a_locked_handle_says_why_and_does_not_move(
    qtbot: QtBot, view: View3D, canvas: Canvas3D, table_range: RangeShown, heard: list[tuple[str, object]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    view.set_range(replace(table_range, refusal="It is locked; unlock it to change it."))
    spot = place(grip(canvas))
    camera = canvas._camera
    qtbot.mouseRelease(canvas, LEFT, pos=pull(qtbot, canvas, QPoint(0, -40)))
    assert heard == [] and canvas._camera == camera
    tips: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda _, text, *more: tips.append(text))
    canvas.range_tool.hover(QPointF(spot))
    QApplication.sendEvent(canvas, QHelpEvent(QEvent.Type.ToolTip, spot, canvas.mapToGlobal(spot)))
    assert tips == ["It is locked; unlock it to change it."]


def test_pointing_at_a_handle_names_it_and_no_joint(view: View3D, canvas: Canvas3D) -> None:
    plain = canvas.grab().toImage()
    hovered: list[object] = []
    view.joint_hovered.connect(hovered.append)
    spot = place(grip(canvas))
    hover = QMouseEvent(
        QEvent.Type.MouseMove, QPointF(spot), canvas.mapToGlobal(QPointF(spot)), Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton, NONE,
    )  # fmt: skip
    QApplication.sendEvent(canvas, hover)
    assert canvas.cursor().shape() == Qt.CursorShape.OpenHandCursor
    assert canvas.grab().toImage() != plain and hovered == []
    QApplication.sendEvent(canvas, QEvent(QEvent.Type.Leave))
    assert canvas.cursor().shape() == Qt.CursorShape.ArrowCursor
    assert canvas.grab().toImage() == plain


def test_joints_are_picked_and_the_view_is_turned_beside_the_handles(
    qtbot: QtBot, canvas: Canvas3D, heard: list[tuple[str, object]]
) -> None:
    nose = canvas.joint_place(NOSE)
    assert nose is not None
    qtbot.mouseClick(canvas, LEFT, pos=nose.toPoint())
    assert heard == [("selected", NOSE)]
    before = canvas._camera
    qtbot.mousePress(canvas, LEFT, pos=QPoint(20, 30))
    move(canvas, QPoint(60, 30))
    qtbot.mouseRelease(canvas, LEFT, pos=QPoint(60, 30))
    assert canvas._camera.azimuth != before.azimuth


def test_a_range_is_drawn_until_it_is_taken_away(view: View3D, canvas: Canvas3D, table_range: RangeShown) -> None:
    shown = canvas.grab().toImage()
    view.set_range(None)
    bare = canvas.grab().toImage()
    assert bare != shown
    view.set_range(table_range)
    assert canvas.grab().toImage() == shown
    view.set_range_visible(False)
    assert canvas.grab().toImage() == bare
    assert not canvas.range_tool.hover(QPointF(200, 200))


def test_without_a_pose_there_is_no_range(view: View3D, canvas: Canvas3D, table_range: RangeShown) -> None:
    view.set_pose(None)
    empty = canvas.grab().toImage()
    view.set_range(None)
    assert canvas.grab().toImage() == empty


def test_another_bone_or_a_change_from_elsewhere_ends_the_pull(
    qtbot: QtBot, view: View3D, canvas: Canvas3D, table_range: RangeShown, heard: list[tuple[str, object]]
) -> None:
    for end_it in (
        lambda: view.set_range(replace(table_range, own=replace(table_range.own, bone=3))),
        view.let_go_of_range,
        lambda: view.set_range(None),
    ):
        view.set_range(table_range)
        end = pull(qtbot, canvas, QPoint(0, -20))
        assert canvas.range_tool.holding
        end_it()
        assert not canvas.range_tool.holding
        qtbot.mouseRelease(canvas, LEFT, pos=end)
    assert "released" not in names(heard)


def test_hiding_ranges_during_a_pull_cancels_it(
    qtbot: QtBot, view: View3D, canvas: Canvas3D, heard: list[tuple[str, object]]
) -> None:
    pull(qtbot, canvas, QPoint(0, -20))
    view.set_range_visible(False)
    assert names(heard)[-1] == "cancelled"


def test_it_is_drawn_over_opengl_too(
    make_view: Callable[[OpenGl], View3D], standing: np.ndarray, table_range: RangeShown
) -> None:
    view = make_view("on")
    view.set_pose(standing)
    bare = view.canvas.grab().toImage()
    view.set_range(table_range)
    assert view.canvas.grab().toImage() != bare
