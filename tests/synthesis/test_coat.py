"""A coat is a colour for every place on the animal at rest."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.synthesis.coat import Patch, PatchedCoat, PlainCoat, farm_dog
from poseviewer.synthesis.noise import Noise

WHITE, BROWN, RED = (0.8, 0.8, 0.8), (0.3, 0.1, 0.05), (0.6, 0.0, 0.0)


def at(*places: tuple[float, float, float]) -> np.ndarray:
    return np.array(places, dtype=np.float32).T


def test_a_plain_coat_is_one_colour() -> None:
    assert pytest.approx(np.array([BROWN, BROWN])) == PlainCoat(BROWN).colour(at((0, 0, 0), (5, 6, 7))).T


def test_a_patch_is_its_colour_inside_and_the_base_outside() -> None:
    coat = PatchedCoat(WHITE, (Patch((0, 0, 0), (50, 50, 50), BROWN),), Noise(1), grain=0.0)

    inside, outside = coat.colour(at((0, 0, 0), (0, 0, 200))).T

    assert inside == pytest.approx(BROWN, abs=1e-5)
    assert outside == pytest.approx(WHITE, abs=1e-5)


def test_a_collar_lies_across_the_neck() -> None:
    coat = PatchedCoat(WHITE, (), Noise(1), ((0, 0, 0), (0, 0, 10), RED), grain=0.0)

    band, above = coat.colour(at((40, 0, 0), (40, 0, 30))).T

    assert band == pytest.approx(RED, abs=1e-5)
    assert above == pytest.approx(WHITE, abs=1e-5)


def test_the_dog_has_a_dark_back_a_pale_belly_and_its_coat_does_not_change() -> None:
    places = at((0, 215, 500), (0, 150, 315))

    back, belly = farm_dog().colour(places).T

    assert back.mean() < 0.15
    assert belly.mean() > 0.5
    assert np.array_equal(farm_dog().colour(places), farm_dog().colour(places))
