"""What is cut of a frame, and where what is seen there lies in the frame."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from poseviewer.geometry.crops import Crop
from poseviewer.models.look import Cutout, Picture, look


@pytest.mark.parametrize("crop", [Crop(50, 40, 128), Crop(-30, -20, 300), Crop(60.3, 30.8, 90.5)])
def test_what_is_seen_in_a_crop_lies_in_the_frame(crop: Crop, dots: ModuleType) -> None:
    places = dots.SHAPE + [110, 90]
    picture = Picture(5, dots.draw(places), 320, 240)

    (seen,) = look(dots.DotDetector(), [Cutout(5, crop, picture.cut(crop))])

    assert seen.frame == 5 and seen.crop is crop
    np.testing.assert_allclose(seen.keypoints, places, atol=0.5)
    assert seen.sure == pytest.approx(0.9)


def test_a_picture_that_was_read_smaller_is_cut_in_its_files_pixels(dots: ModuleType) -> None:
    places = dots.SHAPE + [110, 90]
    image = dots.draw((places + 0.5) / 2 - 0.5, 160, 120, radius=4)

    picture = Picture(0, image, 320, 240, scale=2)
    (seen,) = look(dots.DotDetector(), [Cutout(0, Crop(50, 40, 128), picture.cut(Crop(50, 40, 128)))])

    np.testing.assert_allclose(seen.keypoints, places, atol=0.8)
    assert picture.whole().size == 320


def test_nothing_to_look_at_asks_nothing(dots: ModuleType) -> None:
    detector = dots.DotDetector()

    assert look(detector, []) == []
    assert detector.asked == []
