from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poseviewer.core.errors import PoseInputError
from poseviewer.geometry.crops import SIDE, Crop, box_of_keypoints, crop_of_box, whole_frame

place = st.floats(-500, 500)


def blob(width: int, height: int, x: float, y: float, spread: float) -> np.ndarray:
    """A bright spot on black whose centre of mass is (x, y)."""
    columns, rows = np.meshgrid(np.arange(width), np.arange(height))
    heat = np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * spread**2))
    return np.repeat((255 * heat).astype(np.uint8)[..., None], 3, axis=2)


def centre_of(picture: np.ndarray) -> np.ndarray:
    weight = np.where(picture[..., 0] == 114, 0, picture[..., 0]).astype(float)
    rows, columns = np.indices(weight.shape)
    return np.array([(weight * columns).sum(), (weight * rows).sum()]) / weight.sum()


@given(place, place, st.floats(10, 2000), place, place)
def test_the_way_back_is_the_inverse(left: float, top: float, size: float, x: float, y: float) -> None:
    crop = Crop(left, top, size)

    np.testing.assert_allclose(crop.from_crop(crop.to_crop([x, y])), [x, y], atol=1e-6)


@pytest.mark.parametrize(
    ("crop", "spread"),
    [(Crop(100.3, 80.7, 128), 3.0), (Crop(60, 40, 300), 5.0), (Crop(3.2, 1.1, 1000), 12.0), (Crop(139, 119, 20), 1.5)],
)
def test_what_is_cut_lies_where_the_points_say(crop: Crop, spread: float) -> None:
    """Enlarged, shrunk, and shrunk by more than two: a spot's centre lands on the transformed point."""
    picture = blob(1100, 1100, 149.4, 130.2, spread)

    cut = crop.cut(picture)

    assert cut.shape == (SIDE, SIDE, 3) and cut.dtype == np.uint8
    np.testing.assert_allclose(centre_of(cut), crop.to_crop([149.4, 130.2]), atol=0.35)


def test_beyond_the_frame_it_is_grey() -> None:
    picture = np.full((40, 40, 3), 255, np.uint8)

    cut = Crop(-40, -40, 80).cut(picture)
    nothing = Crop(500, 500, 80).cut(picture)

    assert (cut[:120, :120] == 114).all() and (cut[140:250, 140:250] == 255).all()
    assert (nothing == 114).all()


def test_a_whole_frame_keeps_its_proportions() -> None:
    crop = whole_frame(640, 480)

    np.testing.assert_allclose(crop.to_crop([[-0.5, -0.5], [639.5, 479.5]]), [[-0.5, 31.5], [255.5, 223.5]])


def test_a_box_is_in_the_middle_of_its_crop() -> None:
    crop = crop_of_box((10, 20, 110, 60), margin=1.5)

    assert crop.size == 150
    np.testing.assert_allclose(crop.to_crop([60, 40]), [SIDE / 2 - 0.5] * 2)


def test_a_box_of_no_size_still_shows_something() -> None:
    assert crop_of_box((5, 5, 5, 5)).size > 0


def test_a_box_that_is_none_is_refused() -> None:
    with pytest.raises(PoseInputError, match="four numbers"):
        crop_of_box((1, 2, 3))


def test_the_box_of_keypoints_leaves_out_what_is_missing() -> None:
    box = box_of_keypoints([[1, 2], [np.nan, np.nan], [5, 0]])

    assert box is not None
    np.testing.assert_allclose(box, [1, 0, 5, 2])
    assert box_of_keypoints([[1, 2], [np.nan, np.nan]]) is None


def test_shrinking_averages() -> None:
    """One pixel in two is black: what is shrunk is grey, not black or white by luck."""
    picture = np.zeros((1024, 1024, 3), np.uint8)
    picture[:, ::2] = 255

    cut = whole_frame(1024, 1024).cut(picture)

    assert np.abs(cut.astype(int) - 127).max() < 4
    assert cv2.mean(cut)[0] == pytest.approx(127.5, abs=1)
