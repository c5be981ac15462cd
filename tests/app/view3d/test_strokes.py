"""Strokes and their light."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from poseviewer.app.view3d.strokes import AMBIENT, DIFFUSE, LIGHT, NOTHING, brightness, joined, strokes


def test_one_radius_and_colour_serve_all() -> None:
    both = strokes([(0, 0), (1, 1)], [(5, 0), (1, 9)], 2.0, (1, 0, 0, 0.5), shade=1.0, butt=True)
    assert len(both) == 2
    assert_array_equal(both.radius, [2, 2])
    assert_array_equal(both.color, [(1, 0, 0, 0.5)] * 2)
    assert both.butt.all() and (both.shade == 1).all()


def test_joined_and_taken_keep_the_order() -> None:
    a = strokes([(0, 0)], [(1, 0)], 1.0, (1, 0, 0, 1))
    b = strokes([(2, 0), (4, 0)], [(3, 0), (5, 0)], 2.0, (0, 1, 0, 1))
    all_three = joined([a, NOTHING, b])
    assert_array_equal(all_three.start[:, 0], [0, 2, 4])
    assert_array_equal(all_three.taken([2, 0]).start[:, 0], [4, 0])
    assert_array_equal(all_three.taken(all_three.radius > 1).start[:, 0], [2, 4])


def test_what_faces_the_light_is_brightest_and_nothing_is_black() -> None:
    assert brightness(LIGHT) == pytest.approx(AMBIENT + DIFFUSE)
    assert brightness(-LIGHT) == AMBIENT
    assert brightness(np.zeros((4, 5, 3))).shape == (4, 5)
