"""The surface holds one picture at the right place, whatever its size or the screen's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QColor, QPalette

from poseviewer.app.annotate.surface import Surface


@pytest.fixture
def surface(qtbot: Any) -> Surface:
    made = Surface()
    qtbot.addWidget(made)
    made.resize(424, 324)
    with qtbot.waitExposed(made):
        made.show()
    return made


def lightness(surface: Surface, x: float, y: float) -> int:
    """How light the middle of an image pixel is on the screen."""
    picture = surface.grab().toImage()
    sx, sy = surface.part.to_screen(np.array([x, y])) * picture.devicePixelRatio()
    return int(picture.pixelColor(int(sx), int(sy)).lightness())


def test_every_pixel_is_drawn_where_its_coordinates_say(surface: Surface) -> None:
    checks = np.zeros((6, 8, 3), np.uint8)
    checks[::2, ::2] = checks[1::2, 1::2] = 255
    surface.set_image(checks)
    for x in range(8):
        for y in range(6):
            assert (lightness(surface, x, y) > 128) == (checks[y, x, 0] == 255)


def test_a_reduced_picture_covers_the_full_one(surface: Surface) -> None:
    halves = np.zeros((50, 100, 3), np.uint8)
    halves[:, 50:] = 255
    surface.set_image(halves, scale=0.1)
    assert surface.image_size == (1000, 500)
    assert lightness(surface, 470, 250) < 60
    assert lightness(surface, 530, 250) > 200
    assert surface.on_image(999, 100) is False  # a place on the screen, beyond its window


@pytest.mark.parametrize("shape", [(1, 1), (1, 4000), (4000, 1)])
def test_the_smallest_and_thinnest_pictures(surface: Surface, shape: tuple[int, int]) -> None:
    surface.set_image(np.full((*shape, 3), 200, np.uint8))
    assert abs(lightness(surface, (shape[1] - 1) / 2, (shape[0] - 1) / 2) - 200) < 10
    surface.zoom(1e9)
    surface.zoom(1e-9)
    assert np.isfinite(surface.part.scale)


def test_no_picture_shows_none(surface: Surface) -> None:
    surface.set_image(np.full((60, 80, 3), 255, np.uint8))
    surface.set_image(None)
    assert lightness(surface, 40, 30) < 250
    assert not surface.on_image(200, 150)


def test_a_slice_of_a_larger_array_is_fine(surface: Surface) -> None:
    large = np.zeros((60, 160, 3), np.uint8)
    large[:, ::2] = 255
    surface.set_image(large[:, ::2])
    assert lightness(surface, 40, 30) > 240


def test_the_background_follows_the_theme(surface: Surface) -> None:
    shades = []
    for window in ("#ffffff", "#202020"):
        palette = surface.palette()
        palette.setColor(QPalette.ColorRole.Window, QColor(window))
        surface.setPalette(palette)
        shades.append(surface.grab().toImage().pixelColor(2, 2).lightness())
    assert shades[0] > 180
    assert shades[1] < 60
