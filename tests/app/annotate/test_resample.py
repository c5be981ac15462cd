"""Pictures land on the page where they should, to a fraction of a pixel."""

import numpy as np
import pytest

from poseviewer.app.annotate.resample import Placement, Pyramid, resampled, visible_box


def ramp(width: int, height: int) -> np.ndarray:
    """Red grows along x by one per pixel, green along y."""
    y, x = np.mgrid[:height, :width]
    return np.stack([x, y, np.zeros_like(x)], axis=-1).astype(np.uint8)


def test_at_its_own_size_a_picture_is_copied() -> None:
    picture = ramp(40, 30)
    drawn = resampled(Pyramid(picture), Placement((1, 1), (5, 7), (100, 100)))
    assert visible_box((40, 30), Placement((1, 1), (5, 7), (100, 100))) == (5, 7, 45, 37)
    assert (drawn[..., :3] == picture[..., ::-1]).all()  # blue first
    assert (drawn[..., 3] == 255).all()


def test_only_the_part_on_the_page_is_made() -> None:
    place = Placement((1, 1), (-10, -4), (20, 12))
    drawn = resampled(Pyramid(ramp(100, 100)), place)
    assert drawn.shape == (12, 20, 4)
    assert tuple(drawn[0, 0, 2:0:-1]) == (10, 4)


@pytest.mark.parametrize("zoom", [0.1, 0.24, 0.5, 0.7, 1.5, 2.0, 3.0])
def test_a_scaled_ramp_has_the_right_value_everywhere(zoom: float) -> None:
    place = Placement((zoom, zoom), (0.0, 0.0), (2000, 2000))
    drawn = resampled(Pyramid(ramp(240, 200)), place)
    red = drawn[..., 2].astype(float)
    expected = (np.arange(red.shape[1]) + 0.5) / zoom - 0.5  # the picture's coordinate at each screen pixel
    inner = slice(2, -2)
    assert red[2, inner] == pytest.approx(expected[inner], abs=1.0)


def test_large_pixels_are_squares() -> None:
    drawn = resampled(Pyramid(ramp(4, 4)), Placement((8, 8), (0, 0), (32, 32)))
    assert (drawn[:8, :8, 2] == 0).all()
    assert (drawn[:8, 8:16, 2] == 1).all()


def test_a_picture_beside_the_page_is_empty() -> None:
    left, top, right, bottom = visible_box((40, 30), Placement((1, 1), (-60, 0), (100, 100)))
    assert left == right
    assert top < bottom


def test_fine_stripes_become_grey_and_not_moire() -> None:
    stripes = np.zeros((512, 512, 3), np.uint8)
    stripes[:, ::2] = 255
    drawn = resampled(Pyramid(stripes), Placement((0.2, 0.2), (0, 0), (500, 500)))
    assert np.ptp(drawn[5:-5, 5:-5, 0]) <= 2


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 1)])
def test_the_thinnest_pictures(shape: tuple[int, int]) -> None:
    picture = np.full((*shape, 3), 77, np.uint8)
    drawn = resampled(Pyramid(picture), Placement((0.3, 0.3), (10, 10), (400, 400)))
    assert (drawn[..., :3] == 77).all()
