"""The box of what moves, on pictures where it is known."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.geometry.motion_box import median_picture, moving_box, shrunk

NOISE = np.random.default_rng(0)


def picture(left: int | None = None, top: int = 0, side: int = 60, size: tuple[int, int] = (480, 640)) -> np.ndarray:
    """Noise on grey, and a dark square where `left` says so."""
    image = NOISE.normal(150, 4, (*size, 3))
    if left is not None:
        image[top : top + side, left : left + side] = 40
    return image.clip(0, 255).astype(np.uint8)


@pytest.fixture
def background() -> np.ndarray:
    found = median_picture([shrunk(picture(90 * i, 50 * i)) for i in range(7)])
    assert found is not None
    return found


def test_the_median_has_nothing_that_moves(background: np.ndarray) -> None:
    assert background.shape == (240, 320)
    assert abs(background.astype(int) - 150).max() < 15


def test_the_box_is_around_what_moves(background: np.ndarray) -> None:
    box = moving_box(picture(300, 200), background)

    np.testing.assert_allclose(box, [299.5, 199.5, 359.5, 259.5], atol=4)


def test_where_nothing_moves_there_is_no_box(background: np.ndarray) -> None:
    assert moving_box(picture(), background) is None


def test_a_speck_is_noise(background: np.ndarray) -> None:
    assert moving_box(picture(300, 200, side=5), background) is None


def test_where_everything_changed_there_is_no_box(background: np.ndarray) -> None:
    assert moving_box(255 - picture() // 2, background) is None


def test_a_picture_of_another_size_has_no_box(background: np.ndarray) -> None:
    assert moving_box(picture(size=(300, 300)), background) is None


def test_a_median_needs_three_pictures_of_one_size() -> None:
    assert median_picture([shrunk(picture())] * 2) is None
    assert median_picture([shrunk(picture()), shrunk(picture()), shrunk(picture(size=(300, 300)))]) is None


def test_a_tiny_picture_stays_as_it_is() -> None:
    assert shrunk(np.zeros((1, 1, 3), np.uint8)).shape == (1, 1)
