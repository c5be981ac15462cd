"""The whole view: its buttons, and OpenGL taken, refused and lost."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QToolButton
from pytestqt.qtbot import QtBot

from poseviewer.app import gl
from poseviewer.app.gl import GlReport
from poseviewer.app.view3d import gl_scene
from poseviewer.app.view3d.panel import View3D
from poseviewer.app.view3d.range_patch import RangeShown
from poseviewer.core.skeleton import Skeleton
from poseviewer.io.skeleton_files import load_skeleton

LEFT = Qt.MouseButton.LeftButton
Maker = Callable[..., View3D]


def button(view: View3D, text: str) -> QToolButton:
    return next(b for b in view.findChildren(QToolButton) if b.text() == text)


def notices(view: View3D) -> list[str]:
    said: list[str] = []
    view.notice.connect(said.append)
    return said


def test_buttons_take_the_presets_and_name_their_keys(view: View3D, qtbot: QtBot) -> None:
    for text, elevation, key in (("Camera", 0.0, "0"), ("Front", 8.0, "1"), ("Side", 8.0, "2"), ("Top", 90.0, "3")):
        qtbot.mouseClick(button(view, text), LEFT)
        assert np.degrees(view.canvas._camera.elevation) == pytest.approx(elevation)
        assert f"({key})" in button(view, text).toolTip()
    assert "(F)" in button(view, "Fit").toolTip()


def test_fit_brings_a_lost_pose_back(view: View3D, qtbot: QtBot) -> None:
    view.canvas._pan(5000, 0)
    qtbot.mouseClick(button(view, "Fit"), LEFT)
    place = view.canvas.joint_place(0)
    assert place is not None and view.canvas.rect().contains(place.toPoint())


def test_depth_can_be_shown_only_where_it_is_known(view: View3D, standing: np.ndarray, qtbot: QtBot) -> None:
    assert not button(view, "± Depth").isEnabled()
    view.set_pose(standing, depth_std=np.full(7, 12.0))
    plain = view.canvas.grab().toImage()
    qtbot.mouseClick(button(view, "± Depth"), LEFT)
    assert view.canvas.grab().toImage() != plain
    view.set_uncertainty_visible(False)
    assert not button(view, "± Depth").isChecked()
    assert view.canvas.grab().toImage() == plain


def test_its_signals_are_the_canvas_s(view: View3D, qtbot: QtBot) -> None:
    heard: list[tuple[str, object]] = []
    view.joint_hovered.connect(lambda joint: heard.append(("hovered", joint)))
    view.joint_selected.connect(lambda joint: heard.append(("selected", joint)))
    place = view.canvas.joint_place(1)
    assert place is not None
    qtbot.mouseMove(view.canvas, place.toPoint())
    qtbot.waitUntil(lambda: len(heard) == 1)
    qtbot.mouseClick(view.canvas, LEFT, pos=place.toPoint())
    assert heard == [("hovered", 1), ("selected", 1)]


def test_the_empty_view_says_what_to_do(make_view: Maker) -> None:
    view = make_view()
    bare = view.canvas.grab().toImage()
    view.set_message("Click four keypoints to see the pose in 3D")
    assert view.canvas.grab().toImage() != bare


def test_opengl_draws_a_real_skeleton(make_view: Maker, qtbot: QtBot) -> None:
    view = make_view("on")
    assert view.scene_name.startswith("OpenGL (")
    skeleton = load_skeleton("human17")
    view.set_skeleton(skeleton)
    empty = view.grab().toImage()
    with qtbot.waitSignal(view.drawn):
        view.set_pose(np.random.default_rng(1).normal(size=(skeleton.joint_count, 3)) * 50)
    assert view.grab().toImage() != empty
    view.close()
    assert view.scene_name == "painted"


def test_opengl_is_taken_once_it_has_been_tried_elsewhere(
    make_view: Maker, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gl, "_known", None)
    view = make_view("auto")
    assert view.scene_name == "painted"
    qtbot.waitUntil(lambda: view.scene_name != "painted", timeout=30_000)
    assert view.scene_name.startswith("OpenGL (")


def test_closing_while_opengl_is_being_tried_leaves_nothing_running(
    make_view: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gl, "_known", None)
    view = make_view("auto")
    view.close()
    assert view._probe._process is None
    assert "import of vispy" not in {thread.name for thread in threading.enumerate()}
    assert view.scene_name == "painted"


def test_without_opengl_it_says_so_once_and_goes_on(
    make_view: Maker, table: Skeleton, standing: np.ndarray, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gl, "_known", GlReport(False, reason="no driver"))
    view = View3D()
    qtbot.addWidget(view)
    said = notices(view)
    view.set_skeleton(table)
    for _ in range(2):
        with qtbot.waitSignal(view.drawn):
            view.show()
        view.close()
    assert said == ["OpenGL cannot be used here (no driver), so the 3D view is painted; poseviewer doctor says more."]


def test_where_nobody_watches_it_is_painted_without_a_word(make_view: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gl, "_known", GlReport(False, reason="no driver"))
    told = make_view("auto")
    monkeypatch.setattr(QGuiApplication, "platformName", lambda: "offscreen")
    silent = make_view("auto")
    assert told.canvas.words.note
    assert silent.canvas.words.note == ""
    assert silent.scene_name == "painted"


def test_a_context_lost_while_drawing_is_replaced_at_once(
    make_view: Maker, standing: np.ndarray, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = make_view("on")
    said = notices(view)
    view.set_pose(standing)

    def lost(*_: object) -> None:
        raise RuntimeError("GL_CONTEXT_LOST")

    monkeypatch.setattr(gl_scene.GlScene, "_render", lost)
    with qtbot.waitSignal(view.drawn):
        view.set_selected_joint(1)
    assert view.scene_name == "painted"
    assert said == [
        "OpenGL cannot be used here (GL_CONTEXT_LOST), so the 3D view is painted; poseviewer doctor says more."
    ]
    with qtbot.waitSignal(view.drawn):
        view.set_selected_joint(2)
    assert len(said) == 1


def test_a_driver_that_refuses_the_shaders_leaves_the_painted_view(
    make_view: Maker, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gl_scene, "VERTEX", "no shader")
    view = make_view("on")
    with qtbot.waitSignal(view.drawn):
        view.set_selected_joint(1)
    assert view.scene_name == "painted"


def test_the_note_leaves_with_the_next_gesture(view: View3D, qtbot: QtBot) -> None:
    plain = view.canvas.grab().toImage()
    view.canvas.set_words(note="painted without OpenGL")
    assert view.canvas.grab().toImage() != plain
    qtbot.mouseClick(view.canvas, LEFT, pos=view.canvas.rect().topLeft())
    view.canvas.clearFocus()
    assert view.canvas.grab().toImage() == plain


def test_ranges_can_be_hidden_by_their_button(view: View3D, table_range: RangeShown, qtbot: QtBot) -> None:
    bare = view.canvas.grab().toImage()
    toggle = button(view, "Range")
    assert toggle.isChecked() and toggle.toolTip() and toggle.focusPolicy() & Qt.FocusPolicy.TabFocus
    view.set_range(table_range)
    with_range = view.canvas.grab().toImage()
    assert with_range != bare
    qtbot.mouseClick(toggle, LEFT)
    assert view.canvas.grab().toImage() == bare
    qtbot.keyClick(toggle, Qt.Key.Key_Space)
    assert view.canvas.grab().toImage() == with_range


def test_a_second_pose_is_drawn_beside_the_first(view: View3D, standing: np.ndarray, table: Skeleton) -> None:
    alone = view.canvas.grab().toImage()
    view.set_comparison(standing + (0.0, -15.0, 0.0), "B run 3")
    both = view.canvas.grab().toImage()
    assert both != alone
    view.set_pose(standing)
    assert view.canvas.grab().toImage() == both
    view.set_comparison(None, "")
    assert view.canvas.grab().toImage() == alone
    with pytest.raises(ValueError, match="joints of shape"):
        view.set_comparison(standing[:3])
    view.set_comparison(standing)
    view.set_skeleton(table)
    view.set_pose(standing)
    assert view.canvas._comparison is None


def test_compared_poses_stand_apart_or_over_each_other(view: View3D, standing: np.ndarray) -> None:
    view.set_apart(True)
    alone = view.canvas.grab().toImage()
    view.set_comparison(standing, "B run 3")
    apart = view.canvas.grab().toImage()
    view.set_ours("A human17")
    assert alone != apart != view.canvas.grab().toImage()
    place = view.canvas.joint_place(0)
    assert place is not None and place.x() < view.canvas.width() / 2
    view.set_apart(False)
    assert view.canvas.grab().toImage() != apart
    view.set_comparison(None)
    view.set_apart(False)
    assert view.canvas.grab().toImage() == alone


def test_what_stands_on_top_leaves_room_for_the_view(view: View3D, qtbot: QtBot) -> None:
    heading = QLabel("Lifter")
    view.set_heading(heading)
    qtbot.waitUntil(heading.isVisible)
    assert heading.y() < view.canvas.y() and heading.width() == view.width()
    view.set_remark("Missing keypoints are filled in.")
    assert view.canvas.words.remark == "Missing keypoints are filled in."
