"""Brightness and contrast change tones as their names say."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from poseviewer.app.annotate.tone import tone_table, toned

UNIT = st.floats(-1, 1)


def test_nothing_set_changes_nothing() -> None:
    assert (tone_table(0, 0) == np.arange(256)).all()
    image = np.zeros((2, 3, 3), np.uint8)
    assert toned(image, 0, 0) is image


@given(UNIT, UNIT)
def test_a_lighter_tone_never_becomes_darker_than_a_darker_one(brightness: float, contrast: float) -> None:
    assert (np.diff(tone_table(brightness, contrast).astype(int)) >= 0).all()


@given(st.floats(-1, 0.9), UNIT)
def test_more_brightness_is_brighter(brightness: float, contrast: float) -> None:
    assert (tone_table(brightness + 0.1, contrast) >= tone_table(brightness, contrast)).all()


def test_the_ends() -> None:
    assert (tone_table(1, 0) == 255).all()
    assert (tone_table(-1, 0) == 0).all()
    assert set(tone_table(0, -1).tolist()) == {128}
    steep = tone_table(0, 1)
    assert steep[120] == 0
    assert steep[136] == 255


def test_an_image_is_mapped_tone_by_tone() -> None:
    image = np.arange(24, dtype=np.uint8).reshape(2, 4, 3) * 10
    assert (toned(image, 0.2, 0.3) == tone_table(0.2, 0.3)[image]).all()
