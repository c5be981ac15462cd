"""Noise is smooth, bounded, repeats, and is the same from the same seed."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.synthesis.noise import SIDE, Noise, plane_noise

PLACES = (np.random.default_rng(0).uniform(-40, 40, (3, 2000))).astype(np.float32)


def test_it_is_repeatable_and_differs_between_seeds() -> None:
    assert np.array_equal(Noise(3)(PLACES), Noise(3)(PLACES))
    assert not np.array_equal(Noise(3)(PLACES), Noise(4)(PLACES))


def test_it_stays_within_its_bounds_and_uses_them() -> None:
    values = Noise(1)(PLACES)

    assert np.abs(values).max() <= 1
    assert values.std() > 0.2


def test_it_is_smooth() -> None:
    near = Noise(1)(PLACES + np.float32(0.01))

    assert np.abs(near - Noise(1)(PLACES)).max() < 0.08


def test_on_the_lattice_it_is_the_lattice() -> None:
    noise = Noise(2)
    places = np.array([[3], [5], [SIDE + 7]], dtype=np.float32)

    assert float(noise(places)[0]) == pytest.approx(float(noise.lattice[3, 5, 7]))


def test_a_picture_of_it_has_no_seam() -> None:
    picture = plane_noise(Noise(5), 512, 32, octaves=2)

    inside = np.abs(np.diff(picture, axis=1)).max()
    seam = np.abs(picture[:, 0] - picture[:, -1]).max()

    assert seam <= inside * 1.2
    with pytest.raises(ValueError, match="seam"):
        plane_noise(Noise(5), 256, 20)
