"""Numbers of training in words that do not need the papers."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poseviewer.app.train.measures import SYNTHETIC, angle_of, measures_in, number_with_unit


def measure(key):
    return next(m for m in SYNTHETIC if m.key == key)


@given(st.floats(0, 180))
def test_the_direction_loss_is_shown_as_the_angle_it_stands_for(degrees):
    assert angle_of(-math.cos(math.radians(degrees))) == pytest.approx(degrees, abs=1e-4)


def test_a_perfect_model_is_off_by_nothing():
    assert measure("L_ed").words(-1.0) == "0°"
    assert measure("L_el").words(0.0016) == "4\u00a0%"


@pytest.mark.parametrize(
    ("value", "words"),
    [(123.4, "123"), (12.34, "12.3"), (1.234, "1.23"), (0.1234, "0.123"), (-0.05, "−0.050"), (float("nan"), "–")],
)
def test_three_digits_are_enough(value, words):
    assert number_with_unit(value, "") == words


def test_numbers_nobody_has_described_are_shown_under_their_own_name():
    found = measures_in({"flow_loss": 1.0, "L_el": 0.1, "L_ed": -0.9}, SYNTHETIC)
    assert [m.title for m in found] == ["Bone direction off by", "Bone length off by", "flow loss"]
