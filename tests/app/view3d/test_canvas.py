"""Gestures move the camera and pick joints; setters never emit; only changes are painted."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPalette, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from poseviewer.app.view3d.canvas import Canvas3D
from poseviewer.app.view3d.orbit import OrbitCamera
from poseviewer.app.view3d.panel import View3D
from poseviewer.core.skeleton import Skeleton

LEFT = Qt.MouseButton.LeftButton
NOSE, LEFT_FORE = 1, 3


@pytest.fixture
def canvas(view: View3D) -> Canvas3D:
    return view.canvas


@pytest.fixture
def heard(canvas: Canvas3D) -> list[tuple[str, object]]:
    """All that the canvas says about joints."""
    said: list[tuple[str, object]] = []
    canvas.joint_selected.connect(lambda joint: said.append(("selected", joint)))
    canvas.joint_hovered.connect(lambda joint: said.append(("hovered", joint)))
    return said


def place(canvas: Canvas3D, joint: int) -> QPoint:
    found = canvas.joint_place(joint)
    assert found is not None
    return found.toPoint()


def camera(canvas: Canvas3D) -> OrbitCamera:
    return canvas._camera


def drag(qtbot: QtBot, canvas: Canvas3D, by: QPoint, modifier: Qt.KeyboardModifier) -> None:
    start = QPoint(20, 30)
    qtbot.mousePress(canvas, LEFT, modifier, start)
    for step in range(1, 5):
        at = QPointF(start + by * step / 4)
        move = QMouseEvent(QEvent.Type.MouseMove, at, canvas.mapToGlobal(at), Qt.MouseButton.NoButton, LEFT, modifier)
        QApplication.sendEvent(canvas, move)
    qtbot.mouseRelease(canvas, LEFT, modifier, start + by)


def test_a_click_selects_the_joint_there(qtbot: QtBot, canvas: Canvas3D, heard: list[tuple[str, object]]) -> None:
    qtbot.mouseClick(canvas, LEFT, pos=place(canvas, NOSE) + QPoint(3, -2))
    assert heard[-1] == ("selected", NOSE)
    qtbot.mouseClick(canvas, LEFT, pos=QPoint(5, 5))
    assert heard[-1] == ("selected", None)


def test_pointing_at_a_joint_names_it_once(qtbot: QtBot, canvas: Canvas3D, heard: list[tuple[str, object]]) -> None:
    qtbot.mouseMove(canvas, QPoint(5, 5))
    for offset in (0, 1, 2):
        qtbot.mouseMove(canvas, place(canvas, LEFT_FORE) + QPoint(offset, 0))
    qtbot.mouseMove(canvas, QPoint(5, 5))
    qtbot.waitUntil(lambda: ("hovered", None) in heard)
    assert heard == [("hovered", LEFT_FORE), ("hovered", None)]


def test_setters_never_emit(
    canvas: Canvas3D, heard: list[tuple[str, object]], table: Skeleton, standing: np.ndarray
) -> None:
    canvas.set_selected_joint(NOSE)
    canvas.set_hovered_joint(LEFT_FORE)
    canvas.set_uncertainty_visible(True)
    canvas.set_pose(standing + 1.0)
    canvas.set_view("top")
    canvas.set_palette_name("colorblind")
    canvas.set_pose(None)
    canvas.set_skeleton(table)
    canvas.fit()
    assert heard == []


def test_a_drag_turns_and_selects_nothing(qtbot: QtBot, canvas: Canvas3D, heard: list[tuple[str, object]]) -> None:
    before = camera(canvas)
    drag(qtbot, canvas, QPoint(60, 30), Qt.KeyboardModifier.NoModifier)
    after = camera(canvas)
    assert after.azimuth < before.azimuth and after.elevation > before.elevation
    assert (after.distance, after.target) == (before.distance, before.target)
    assert [said for said in heard if said[0] == "selected"] == []


def test_a_drag_never_goes_over_the_pole(qtbot: QtBot, canvas: Canvas3D) -> None:
    drag(qtbot, canvas, QPoint(0, 2000), Qt.KeyboardModifier.NoModifier)
    assert camera(canvas).elevation == pytest.approx(math.pi / 2)


def test_a_drag_with_shift_carries_the_pose_along(qtbot: QtBot, canvas: Canvas3D) -> None:
    before = np.array([(p.x(), p.y()) for p in (canvas.joint_place(j) for j in range(7)) if p])
    turned = camera(canvas).azimuth
    drag(qtbot, canvas, QPoint(60, -24), Qt.KeyboardModifier.ShiftModifier)
    after = np.array([(p.x(), p.y()) for p in (canvas.joint_place(j) for j in range(7)) if p])
    assert camera(canvas).azimuth == turned
    np.testing.assert_allclose((after - before).mean(axis=0), (60, -24), atol=6)


def test_the_wheel_zooms(canvas: Canvas3D) -> None:
    before = camera(canvas).distance
    for delta, nearer in ((120, True), (-240, False)):
        wheel = QWheelEvent(
            QPointF(50, 50), canvas.mapToGlobal(QPointF(50, 50)), QPoint(), QPoint(0, delta), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(canvas, wheel)
        assert (camera(canvas).distance < before) == nearer


def test_a_double_click_turns_around_that_joint(qtbot: QtBot, canvas: Canvas3D) -> None:
    qtbot.mouseDClick(canvas, LEFT, pos=place(canvas, NOSE))
    at = place(canvas, NOSE)
    assert (at - canvas.rect().center()).manhattanLength() < 4
    qtbot.mouseDClick(canvas, LEFT, pos=QPoint(5, 5))
    assert (place(canvas, NOSE) - canvas.rect().center()).manhattanLength() > 30


@pytest.mark.parametrize(
    ("key", "azimuth", "elevation"),
    [("0", 0.0, 0.0), ("1", 0.0, 8.0), ("2", 90.0, 8.0), ("3", 0.0, 90.0)],
)
def test_keys_take_the_presets(qtbot: QtBot, canvas: Canvas3D, key: str, azimuth: float, elevation: float) -> None:
    qtbot.keyClick(canvas, key)
    found = camera(canvas)
    # The table faces the photo's camera: above it, head up means half a turn.
    expected = 180.0 if key == "3" else azimuth
    assert abs(math.degrees(found.azimuth)) == pytest.approx(expected, abs=1e-6)
    assert math.degrees(found.elevation) == pytest.approx(elevation)


@pytest.mark.parametrize("key", ["1", "2"])
def test_the_same_preset_again_shows_the_other_side(qtbot: QtBot, canvas: Canvas3D, key: str) -> None:
    qtbot.keyClick(canvas, key)
    first = camera(canvas).azimuth
    qtbot.keyClick(canvas, key)
    assert math.cos(camera(canvas).azimuth - first) == pytest.approx(-1)
    qtbot.keyClick(canvas, key)
    assert camera(canvas).azimuth == pytest.approx(first)


def test_arrows_turn_plus_and_minus_zoom_f_fits(qtbot: QtBot, canvas: Canvas3D) -> None:
    start = camera(canvas)
    qtbot.keyClick(canvas, Qt.Key.Key_Left)
    qtbot.keyClick(canvas, Qt.Key.Key_Up)
    assert camera(canvas).azimuth > start.azimuth and camera(canvas).elevation > start.elevation
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    qtbot.keyClick(canvas, Qt.Key.Key_Down)
    assert camera(canvas).azimuth == pytest.approx(start.azimuth)
    qtbot.keyClick(canvas, Qt.Key.Key_Plus)
    qtbot.keyClick(canvas, Qt.Key.Key_Plus)
    qtbot.keyClick(canvas, Qt.Key.Key_Minus)
    assert camera(canvas).distance == pytest.approx(start.distance / 1.15)
    qtbot.keyClick(canvas, Qt.Key.Key_F)
    assert camera(canvas).distance == pytest.approx(start.distance)


def test_its_keys_are_not_the_window_s_while_it_has_the_focus(canvas: Canvas3D) -> None:
    def taken(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> bool:
        asked = QKeyEvent(QKeyEvent.Type.ShortcutOverride, key, modifier)
        asked.ignore()
        QApplication.sendEvent(canvas, asked)
        return asked.isAccepted()

    assert taken(Qt.Key.Key_Left) and taken(Qt.Key.Key_1)
    assert not taken(Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert not taken(Qt.Key.Key_A)


def test_a_dragged_joint_does_not_change_the_scale(canvas: Canvas3D, standing: np.ndarray) -> None:
    before = camera(canvas)
    far_apart = place(canvas, 0) - place(canvas, 2)
    standing[NOSE] += (30, -20, 0)
    canvas.set_pose(standing)
    assert camera(canvas) == before
    assert (place(canvas, 0) - place(canvas, 2) - far_apart).manhattanLength() <= 4  # perspective


def test_a_new_animal_is_fitted_but_not_against_the_user_s_zoom(canvas: Canvas3D, standing: np.ndarray) -> None:
    tall = standing * (1, 3, 1)
    canvas.reset_scale()
    canvas.set_pose(tall)
    fitted = camera(canvas)
    assert all(canvas.rect().contains(place(canvas, j)) for j in range(7))
    canvas.zoom(1.5)
    canvas.reset_scale()
    canvas.set_pose(standing)
    assert camera(canvas).distance == pytest.approx(fitted.distance / 1.5)


def test_a_narrow_view_still_shows_all_of_it(canvas: Canvas3D, view: View3D, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.drawn):
        view.resize(240, 600)
    assert all(canvas.rect().contains(place(canvas, j)) for j in range(7))


def test_a_pose_of_another_skeleton_is_refused(canvas: Canvas3D) -> None:
    with pytest.raises(ValueError, match=r"shape \(7, 3\), but got joints of shape \(16, 3\)"):
        canvas.set_pose(np.zeros((16, 3)))


def test_nothing_is_painted_while_nothing_changes(qtbot: QtBot, canvas: Canvas3D) -> None:
    QApplication.processEvents()
    painted: list[int] = []
    canvas.drawn.connect(lambda: painted.append(1))
    canvas.set_selected_joint(None)
    canvas.set_hovered_joint(None)
    canvas.set_uncertainty_visible(False)
    with qtbot.assertNotEmitted(canvas.drawn, wait=50):
        QApplication.processEvents()
    with qtbot.waitSignal(canvas.drawn):
        canvas.set_selected_joint(NOSE)


def test_the_background_follows_the_palette(qtbot: QtBot, canvas: Canvas3D) -> None:
    def corner() -> QColor:
        return canvas.grab().toImage().pixelColor(8, 8)

    light = corner().lightness()
    dark = QPalette(canvas.palette())
    dark.setColor(QPalette.ColorRole.Base, QColor("#181b1e"))
    dark.setColor(QPalette.ColorRole.Text, QColor("#e6e9eb"))
    canvas.setPalette(dark)
    assert light > 200 and corner().lightness() < 60


def test_a_name_stands_beside_the_selected_joint(canvas: Canvas3D) -> None:
    plain = canvas.grab().toImage()
    canvas.set_selected_joint(NOSE)
    named = canvas.grab().toImage()
    changed = [
        (x, y)
        for x in range(0, canvas.width(), 2)
        for y in range(0, canvas.height(), 2)
        if plain.pixelColor(x, y) != named.pixelColor(x, y)
    ]
    spread = max(x for x, _ in changed) - min(x for x, _ in changed)
    assert len(changed) > 100 and spread < 120
    nearest = min((QPoint(x, y) - place(canvas, NOSE)).manhattanLength() for x, y in changed)
    assert nearest < 12


def test_a_pose_with_nothing_in_it_is_painted(make_view: Callable[..., View3D], qtbot: QtBot) -> None:
    view = make_view()
    for pose in (np.full((7, 3), np.nan), np.zeros((7, 3)), np.full((7, 3), np.inf), np.eye(7, 3) * 1e12):
        with qtbot.waitSignal(view.drawn):
            view.reset_scale()
            view.set_pose(pose, np.zeros(7, dtype=bool), np.full(7, np.inf))
            view.set_selected_joint(NOSE)
            view.set_uncertainty_visible(True)
            for preset in ("camera", "front", "side", "top"):
                view.set_view(preset)


def test_a_pose_that_grows_out_of_the_view_is_framed_anew(canvas: Canvas3D, standing: np.ndarray) -> None:
    canvas.set_pose(standing)
    standing[NOSE] += (90, -60, 0)
    canvas.set_pose(standing)
    assert canvas.rect().contains(place(canvas, NOSE))
