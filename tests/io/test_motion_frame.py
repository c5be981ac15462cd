"""Units by the size of people, and which way is up by how they stand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poseviewer.io.motion_frame import UNITS, height_of, unit_of, up_axis, z_up

NAMES = ["left_hip", "left_knee", "left_ankle", "right_ankle", "thorax"]
STANDING = np.array([[[0.1, 0.9, 0], [0.1, 0.48, 0], [0.1, 0.06, 0], [-0.1, 0.06, 0], [0, 1.4, 0.05]]])


@given(st.floats(1.3, 2.1), st.sampled_from(sorted(UNITS)))
def test_people_are_people_in_every_unit(metres: float, unit: str) -> None:
    assert unit_of(metres * 1000 / UNITS[unit]) == unit


@pytest.mark.parametrize("height", [0.0, np.nan, 0.3, 8.0, 5000.0])
def test_nobody_is_so_tall(height: float) -> None:
    assert unit_of(height) is None


def test_a_height_by_the_limbs() -> None:
    assert height_of(STANDING * 100, NAMES) == pytest.approx(170)
    assert np.isnan(height_of(STANDING, ["a", "b", "c", "d", "e"]))


@pytest.mark.parametrize("up", ["y", "z"])
def test_up_is_where_the_neck_is(up: str) -> None:
    joints = STANDING if up == "y" else z_up(STANDING, "y")
    assert up_axis(joints, NAMES) == up


def test_somebody_who_lies_does_not_say_what_is_up() -> None:
    lying = STANDING[..., [1, 0, 2]]
    assert up_axis(lying, NAMES) is None
    assert up_axis(np.concatenate([lying, STANDING, STANDING, STANDING]), NAMES) == "y"
    assert up_axis(STANDING * np.nan, NAMES) is None
    assert up_axis(STANDING, ["a", "b", "c", "d", "e"]) is None


def test_turns_are_no_mirrors() -> None:
    axes = np.eye(3)
    np.testing.assert_array_equal(z_up(axes, "y"), [[1, 0, 0], [0, 0, 1], [0, -1, 0]])
    np.testing.assert_array_equal(z_up(axes, "camera"), [[1, 0, 0], [0, 0, -1], [0, 1, 0]])
    np.testing.assert_array_equal(z_up(axes, "z"), axes)
    for up in ("y", "camera"):
        assert np.linalg.det(z_up(axes, up)) == pytest.approx(1)
