"""The pictures that everything random is cut from."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.synthesis.picture_textures import COUNT, LEAVES, SIDE, TILES, look_up, textures

FLAT = textures().values
PICTURES = FLAT.reshape(COUNT, SIDE, SIDE)


def test_they_are_grey_pictures_of_some_contrast_that_never_change() -> None:
    assert FLAT.min() >= 0
    assert FLAT.max() <= 1
    assert (PICTURES.std(axis=(1, 2)) > 0.1).all()
    textures.cache_clear()
    assert np.array_equal(textures().values, FLAT)


def test_they_repeat_without_a_seam() -> None:
    for picture in np.delete(PICTURES, TILES, axis=0):  # a joint between tiles is a seam
        inner = np.abs(np.diff(picture, axis=0)).mean()
        assert np.abs(picture[0] - picture[-1]).mean() < 2.5 * inner + 0.02


def test_places_beyond_a_texture_are_those_of_the_next_one_like_it() -> None:
    u, v = np.array([[[3.7, SIDE + 3.2, -SIDE * 4.0 + 3]]]), np.array([[[5.1, 5.9, SIDE * 2 + 5.0]]])

    assert look_up(FLAT, LEAVES, u, v)[0, 0] == pytest.approx([PICTURES[LEAVES, 5, 3]] * 3)


def test_pictures_may_look_at_different_textures() -> None:
    kinds = np.array([0, 4])[:, None, None]
    u, v = np.arange(3.0)[None, None, :], np.arange(2.0)[None, :, None]
    found = look_up(FLAT, kinds, u, v)

    assert np.array_equal(found, PICTURES[[0, 4], :2, :3])
