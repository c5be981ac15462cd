"""Three points on a line, 10 pixels apart."""

import numpy as np
import pytest

from poseviewer.geometry.picking import nearest_point

PLACES = np.array([[0.0, 0.0], [10.0, 0.0], [20.0, 0.0]])


@pytest.mark.parametrize(("x", "meant"), [(-3.0, 0), (4.0, 0), (6.0, 1), (17.0, 2), (25.0, 2)])
def test_the_nearest_one_is_meant(x: float, meant: int) -> None:
    assert nearest_point(PLACES, (x, 0.0), radius=5.0) == meant


def test_none_beyond_the_radius() -> None:
    assert nearest_point(PLACES, (0.0, 5.0), radius=5.0) == 0
    assert nearest_point(PLACES, (0.0, 5.01), radius=5.0) is None
    assert nearest_point(np.zeros((0, 2)), (0.0, 0.0), radius=5.0) is None


def test_missing_points_are_never_meant() -> None:
    places = PLACES.copy()
    places[0] = np.nan
    assert nearest_point(places, (0.0, 0.0), radius=5.0) is None
    assert nearest_point(places, (0.0, 0.0), radius=10.0) == 1
    assert nearest_point(np.full((2, 2), np.nan), (0.0, 0.0), radius=10.0, depth=[1.0, 1.0]) is None


def test_of_points_that_cover_each_other_the_front_one_is_meant() -> None:
    places = np.array([[0.0, 0.0], [1.0, 0.0], [30.0, 0.0]])
    assert nearest_point(places, (0.0, 0.0), radius=8.0, depth=[5.0, 4.0, 1.0]) == 1
    assert nearest_point(places, (0.0, 0.0), radius=8.0, depth=[4.0, 5.0, 1.0]) == 0


def test_depth_does_not_reach_beyond_the_radius() -> None:
    places = np.array([[7.0, 0.0], [8.5, 0.0]])
    assert nearest_point(places, (0.0, 0.0), radius=8.0, depth=[5.0, 1.0]) == 0
