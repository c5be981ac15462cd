"""The meadow: sky above, path below, the same from the same seed, and still where nothing moves."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.synthesis.meadow import Meadow
from poseviewer.synthesis.scene import look_at

CAMERA = look_at(np.array([2600.0, 0.0, 600.0]), np.array([0.0, 0.0, 330.0]), 200.0, (160, 120))


@pytest.fixture(scope="module")
def meadow() -> Meadow:
    return Meadow(3, (-3000.0, 3000.0))


def test_it_is_a_picture_of_light(meadow) -> None:
    picture = meadow.paint(CAMERA)

    assert picture.shape == (120, 160, 3)
    assert picture.dtype == np.float32
    assert np.isfinite(picture).all()
    assert picture.min() >= 0
    assert picture.max() < 1.5


def test_the_sky_is_blue_the_grass_green_and_the_path_sandy(meadow) -> None:
    picture = meadow.paint(CAMERA)
    red, green, blue = picture[2].mean(axis=0)
    assert blue > red

    def patch(x: float, y: float) -> np.ndarray:
        column, row = np.rint(CAMERA.project(np.array([x, y, 0.0]))).astype(int)
        return picture[row - 1 : row + 2, column - 3 : column + 4].mean(axis=(0, 1))

    red, green, blue = patch(0.0, 0.0)
    assert red > green > blue
    red, green, blue = patch(-1300.0, 0.0)
    assert green > red > blue


def test_the_same_seed_grows_the_same_meadow(meadow) -> None:
    again = Meadow(3, (-3000.0, 3000.0)).paint(CAMERA)

    assert np.array_equal(again, meadow.paint(CAMERA))
    assert not np.array_equal(Meadow(4, (-3000.0, 3000.0)).paint(CAMERA), again)


def test_only_the_wind_moves_it(meadow) -> None:
    change = np.abs(meadow.paint(CAMERA, 1.0) - meadow.paint(CAMERA, 0.0)).max(axis=-1)

    assert change.max() > 0
    assert (change > 0.02).mean() < 0.1
