"""OpenGL draws the same picture as Qt's painter, and says so when it cannot."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from poseviewer.app.view3d import gl_scene
from poseviewer.app.view3d.composer import Emphasis, SceneSkeleton, Stage, compose
from poseviewer.app.view3d.framing import Framing
from poseviewer.app.view3d.gl_scene import GlScene, quad_indices, quads
from poseviewer.app.view3d.look import look_for
from poseviewer.app.view3d.orbit import OrbitCamera
from poseviewer.app.view3d.painted_scene import PaintedScene
from poseviewer.app.view3d.scene import Scene, SceneError
from poseviewer.app.view3d.strokes import Picture, strokes
from poseviewer.core.skeleton import Skeleton

SIZE = QSize(240, 200)
LOOK = look_for((255, 255, 255), (30, 30, 30), (0, 128, 128))
ROD = Picture(body=strokes([(20, 50)], [(200, 50)], 8.0, (1, 0, 0, 1), butt=True))


@pytest.fixture
def scene(qapp: QApplication) -> Iterator[GlScene]:
    made = GlScene()
    yield made
    made.close()


@pytest.fixture
def picture(table: Skeleton, standing: np.ndarray) -> Picture:
    pose = Framing().placed(standing, np.arange(7) != 4)
    camera = OrbitCamera().fitted(pose.joints, SIZE.width(), SIZE.height())
    stage = Stage(camera, SIZE.width(), SIZE.height(), LOOK)
    return compose(stage, SceneSkeleton.of(table, "default"), pose, Emphasis(selected=1))


def drawn(scene: Scene, picture: Picture, ratio: float = 1.0, size: QSize = SIZE) -> QImage:
    image = QImage(size * ratio, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor("white"))
    with QPainter(image) as painter:
        scene.paint(painter, picture, size, ratio)
    return image


def pixels(image: QImage) -> np.ndarray:
    """(H, W, 3) as floats."""
    rows = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 4 * image.width()].reshape(image.height(), image.width(), 4)[..., :3].astype(float)


def test_it_draws_what_the_painter_draws(scene: GlScene, picture: Picture) -> None:
    ours, theirs = pixels(drawn(scene, picture)), pixels(drawn(PaintedScene(), picture))
    blank = pixels(drawn(PaintedScene(), Picture()))
    assert np.abs(theirs - blank).mean() > 4
    assert np.abs(ours - theirs).mean() < 0.18 * np.abs(theirs - blank).mean()


def test_the_picture_is_upright(scene: GlScene) -> None:
    image = drawn(scene, ROD)
    assert image.pixelColor(100, 50) == QColor(255, 0, 0)
    assert image.pixelColor(100, 150) == QColor(255, 255, 255)


def test_edges_are_anti_aliased(scene: GlScene) -> None:
    slanted = Picture(body=strokes([(20, 50)], [(200, 83.7)], 8.0, (0, 0, 0, 1)))
    greys = np.unique(pixels(drawn(scene, slanted))[..., 0])
    assert len(greys) > 40


def test_twice_the_pixels_show_the_same_scene(scene: GlScene, picture: Picture) -> None:
    once, twice = pixels(drawn(scene, picture)), pixels(drawn(scene, picture, ratio=2.0))
    assert twice.shape == (400, 480, 3)
    halved = twice.reshape(200, 2, 240, 2, 3).mean(axis=(1, 3))
    assert np.abs(halved - once).mean() < 1.5


def test_where_shadows_overlap_they_are_no_darker(scene: GlScene) -> None:
    cross = strokes([(40, 100), (120, 20)], [(200, 100), (120, 180)], 12.0, (0, 0, 0, 0.5))
    image = drawn(scene, Picture(shadow=cross))
    assert image.pixelColor(120, 100).red() == image.pixelColor(60, 100).red() == pytest.approx(127, abs=2)


def test_many_skeletons_fit_in_one_drawing(scene: GlScene) -> None:
    rng = np.random.default_rng(5)
    start = rng.uniform(0, 200, (15_000, 2))
    image = pixels(drawn(scene, Picture(body=strokes(start, start + 8.0, 1.5, (0, 0, 1, 1)))))
    assert (image[..., 0] > 128).mean() > 0.5  # blue is first in memory
    assert pixels(drawn(scene, ROD))[50, 100].tolist() == [0, 0, 255]


def test_a_view_may_change_its_size(scene: GlScene) -> None:
    for size in (QSize(100, 80), QSize(300, 120), QSize(100, 80)):
        assert drawn(scene, ROD, size=size).pixelColor(60, 50) == QColor(255, 0, 0)


def test_two_views_do_not_disturb_each_other(scene: GlScene) -> None:
    other = GlScene()
    try:
        for one in (scene, other, scene):
            assert drawn(one, ROD).pixelColor(100, 50) == QColor(255, 0, 0)
    finally:
        other.close()
    assert drawn(scene, ROD).pixelColor(100, 50) == QColor(255, 0, 0)


def test_a_shader_that_does_not_compile_is_told(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gl_scene, "FRAGMENT", "void main() { this is no shader; }")
    with pytest.raises(SceneError):
        GlScene()


def test_a_lost_context_is_told(scene: GlScene, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn(scene, ROD)
    scene.close()
    with pytest.raises(SceneError, match="lost"):
        drawn(scene, ROD)
    scene.close()


def test_a_buffer_that_cannot_be_had_is_told(scene: GlScene) -> None:
    image = QImage(10, 10, QImage.Format.Format_RGB32)
    with QPainter(image) as painter, pytest.raises(SceneError):
        scene.paint(painter, ROD, QSize(200_000, 200_000), 1.0)


def test_quads_reach_beyond_the_soft_edge() -> None:
    sharp = quads(strokes([(10, 10)], [(30, 10)], 4.0, (1, 1, 1, 1)), 1.0)["a_place"]
    soft = quads(strokes([(10, 10)], [(30, 10)], 4.0, (1, 1, 1, 1)), 1.0, spread=1.0)["a_place"]
    assert sharp[:, 0].min() < 6 < 34 < sharp[:, 0].max()
    assert sharp[:, 1].min() < 6 < 14 < sharp[:, 1].max()
    assert soft[:, 1].min() < 2 and soft[:, 1].max() > 18


def test_two_triangles_for_each_quad() -> None:
    assert quad_indices(2).tolist() == [0, 1, 2, 0, 2, 3, 4, 5, 6, 4, 6, 7]
