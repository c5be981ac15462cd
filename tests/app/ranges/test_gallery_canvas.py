from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from poseviewer.app.colors import WARNING
from poseviewer.app.ranges.gallery_canvas import GalleryCanvas
from poseviewer.app.ranges.gallery_poses import GallerySample, sample_gallery
from poseviewer.core.range_edits import with_interval
from poseviewer.core.ranges import Interval
from poseviewer.io.skeleton_files import load_ranges


class Poses:
    """What a gallery shows, and how often it was asked."""

    def __init__(self) -> None:
        self.ranges = load_ranges("quadruped16")
        self.sample = sample_gallery(self.ranges, 0, 64)
        self.ghost: GallerySample | None = None
        self.asked = 0

    def __call__(self) -> tuple[GallerySample, GallerySample | None]:
        self.asked += 1
        return self.sample, self.ghost


@pytest.fixture
def poses() -> Poses:
    return Poses()


@pytest.fixture
def canvas(qtbot: QtBot, poses: Poses) -> GalleryCanvas:
    made = GalleryCanvas(poses)
    qtbot.addWidget(made)
    made.resize(400, 400)
    with qtbot.waitSignal(made.drawn):
        made.show()
    return made


def centre(canvas: GalleryCanvas, cell: int) -> QPoint:
    grid = canvas.view.grid
    x, y = grid.corners()[cell] + (grid.width / 2, grid.cell / 2)
    return QPoint(round(x), round(y))


def redrawn(qtbot: QtBot, canvas: GalleryCanvas) -> None:
    with qtbot.waitSignal(canvas.drawn):
        canvas.refresh()


def test_poses_are_asked_for_once_per_picture(qtbot: QtBot, canvas: GalleryCanvas, poses: Poses) -> None:
    before = poses.asked
    with qtbot.waitSignal(canvas.drawn):
        for _ in range(20):
            canvas.refresh()
    QApplication.processEvents()
    assert poses.asked - before <= 2


def test_a_click_chooses_and_a_drag_turns(qtbot: QtBot, canvas: GalleryCanvas) -> None:
    chosen: list[int] = []
    canvas.chosen.connect(chosen.append)
    camera = canvas.view.camera

    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=centre(canvas, 9))
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    for step in range(1, 6):
        qtbot.mouseMove(canvas, QPoint(100 + 10 * step, 100))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(150, 100))
    redrawn(qtbot, canvas)

    assert chosen == [9] and canvas.focused == 9
    assert canvas.view.camera.azimuth < camera.azimuth and canvas.view.camera.elevation == camera.elevation


def test_keys_move_the_focus_and_choose(qtbot: QtBot, canvas: GalleryCanvas) -> None:
    chosen: list[int] = []
    canvas.chosen.connect(chosen.append)
    columns = canvas.view.grid.columns

    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Return):
        qtbot.keyClick(canvas, key)
    assert chosen == [1 + columns]
    for _ in range(3):
        qtbot.keyClick(canvas, Qt.Key.Key_Up)
    assert canvas.focused == 1, "it stops at the edge"


def test_views_and_zoom(qtbot: QtBot, canvas: GalleryCanvas) -> None:
    qtbot.keyClick(canvas, Qt.Key.Key_1)
    redrawn(qtbot, canvas)
    assert canvas.view.camera.azimuth == pytest.approx(0.0)
    canvas.set_view("front")
    redrawn(qtbot, canvas)
    assert abs(canvas.view.camera.azimuth) == pytest.approx(np.pi)
    at = QPointF(50, 50)
    wheel = QWheelEvent(
        at, canvas.mapToGlobal(at), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas, wheel)
    redrawn(qtbot, canvas)
    assert canvas.view.zoom > 1.2
    qtbot.keyClick(canvas, Qt.Key.Key_F)
    redrawn(qtbot, canvas)
    assert canvas.view.zoom == 1.0


def test_impossible_poses_have_a_border_and_say_why(canvas: GalleryCanvas, poses: Poses) -> None:
    wrong = np.flatnonzero(poses.sample.check.impossible)
    assert 0 < len(wrong) < 64
    image = canvas.grab().toImage()
    ratio = image.width() / canvas.width()
    orange = 0
    for cell in range(64):
        x, y = (canvas.view.grid.corners()[cell] + (canvas.view.grid.cell - 3.0, 3.0)) * ratio
        color = image.pixelColor(int(x), int(y))
        marked = abs(color.red() - WARNING[0]) + abs(color.green() - WARNING[1]) + abs(color.blue() - WARNING[2]) < 40
        assert marked == (cell in wrong)
        assert bool(canvas.words_for(cell)) == (cell in wrong)
        orange += marked
    assert orange == len(wrong)


def test_only_the_impossible(qtbot: QtBot, canvas: GalleryCanvas, poses: Poses) -> None:
    canvas.set_only_wrong(True)
    redrawn(qtbot, canvas)
    before = list(canvas.view.picked)
    assert before == list(np.flatnonzero(poses.sample.check.impossible))

    # While an edit is in hand no cell disappears under the user's eyes.
    bone = poses.ranges.skeleton.bone_index("left_shoulder", "left_elbow")
    poses.ghost = poses.sample
    poses.sample = sample_gallery(with_interval(poses.ranges, bone, "flexion", Interval(0.0, 0.0)), 0, 64)
    redrawn(qtbot, canvas)
    assert set(before) <= set(canvas.view.picked)
    poses.ghost = None
    redrawn(qtbot, canvas)
    assert list(canvas.view.picked) == list(np.flatnonzero(poses.sample.check.impossible))

    sample = poses.sample
    possible = GallerySample(sample.skeleton, sample.joints, sample.keypoints, none_broken(sample))
    poses.sample = possible
    redrawn(qtbot, canvas)
    assert not len(canvas.view.picked), "and it says so instead of dividing by nothing"


def none_broken(sample: GallerySample):
    from poseviewer.geometry.pose_check import PoseCheck

    return PoseCheck(sample.skeleton, sample.check.rules, np.zeros_like(sample.check.broken))


@pytest.mark.parametrize("shows", ["3D", "2D", "both"])
def test_every_way_of_showing_paints(qtbot: QtBot, canvas: GalleryCanvas, shows) -> None:
    plain = canvas.grab().toImage()
    canvas.set_shows(shows)
    canvas.set_bones((4, 7))
    redrawn(qtbot, canvas)
    assert canvas.grab().toImage() != plain
