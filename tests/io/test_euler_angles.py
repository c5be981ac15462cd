"""Turns by angles: right-handed, in the order given."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poseviewer.io.euler_angles import turned

ANGLES = st.lists(st.floats(-7, 7), min_size=3, max_size=3)


@pytest.mark.parametrize(("axis", "start", "end"), [("x", 1, 2), ("y", 2, 0), ("z", 0, 1)])
def test_a_quarter_turn_takes_an_axis_to_the_next(axis: str, start: int, end: int) -> None:
    np.testing.assert_allclose(turned(axis, np.array([np.pi / 2])) @ np.eye(3)[start], np.eye(3)[end], atol=1e-15)


@given(ANGLES, st.permutations("xyz"))
def test_the_product_is_a_rotation_in_the_order_given(angles: list[float], axes: list[str]) -> None:
    matrix = turned("".join(axes), np.array(angles))

    one_by_one = np.eye(3)
    for axis, angle in zip(axes, angles, strict=True):
        one_by_one = one_by_one @ turned(axis, np.array([angle]))
    np.testing.assert_allclose(matrix, one_by_one, atol=1e-12)
    np.testing.assert_allclose(matrix @ matrix.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(matrix) == pytest.approx(1)


def test_no_axes_are_no_turn() -> None:
    np.testing.assert_array_equal(turned("", np.zeros((4, 0))), np.broadcast_to(np.eye(3), (4, 3, 3)))
