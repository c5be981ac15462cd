"""Ranges, lengths and presets refuse what cannot be drawn from."""

from __future__ import annotations

import math

import pytest

from poseviewer.core.errors import SkeletonError
from poseviewer.core.ranges import (
    BoneLength,
    Interval,
    LengthFactor,
    RangePreset,
    SphericalRange,
    SwingRange,
)
from poseviewer.core.skeleton import Skeleton

STICK = Skeleton.from_names("stick", ["a", "b", "c"], [("a", "b"), ("b", "c")])
ANY = Interval(-0.5, 0.5)
SWING = SwingRange((0.0, 0.0, 1.0), ANY, ANY)
SPHERICAL = SphericalRange(Interval(0.0, math.pi), ANY)
LENGTH = BoneLength(1.0, 0.1)


def test_an_interval_knows_its_middle_and_what_it_holds() -> None:
    interval = Interval(-1.0, 3.0)
    assert (interval.width, interval.middle) == (4.0, 1.0)
    assert interval.contains(-1.0) and interval.contains(3.0) and not interval.contains(3.001)
    assert Interval(2.0, 2.0).width == 0


@pytest.mark.parametrize("ends", [(math.nan, 1.0), (0.0, math.inf), (-math.inf, 0.0)])
def test_an_interval_has_ends(ends: tuple[float, float]) -> None:
    with pytest.raises(SkeletonError, match="not a number"):
        Interval(*ends)


def test_an_interval_does_not_run_backwards() -> None:
    with pytest.raises(SkeletonError, match="starts at 2 but ends at 1"):
        Interval(2.0, 1.0)


def test_theta_stays_between_the_poles() -> None:
    for low, high in ((-0.1, 1.0), (0.0, math.pi + 0.1)):
        with pytest.raises(SkeletonError, match="theta outside 0 to 180"):
            SphericalRange(Interval(low, high), ANY)


def test_a_swing_has_a_unit_rest_and_at_most_a_right_angle_sideways() -> None:
    with pytest.raises(SkeletonError, match="length 2"):
        SwingRange((0.0, 2.0, 0.0), ANY, ANY)
    with pytest.raises(SkeletonError, match="beyond 90 degrees"):
        SwingRange((0.0, 1.0, 0.0), ANY, Interval(0.0, 1.6))


@pytest.mark.parametrize(
    ("template", "spread", "flex", "complaint"),
    [
        (0.0, 0.1, Interval(1, 1), "greater than 0"),
        (math.inf, 0.1, Interval(1, 1), "greater than 0"),
        (1.0, -0.1, Interval(1, 1), "must not be negative"),
        (1.0, 0.1, Interval(0, 1), "must stay above 0"),
    ],
)
def test_a_bone_has_a_length(template: float, spread: float, flex: Interval, complaint: str) -> None:
    with pytest.raises(SkeletonError, match=complaint):
        BoneLength(template, spread, flex)


def test_a_preset_has_one_range_and_length_per_bone_of_one_kind() -> None:
    assert RangePreset("p", STICK, (SWING, SWING), (LENGTH, LENGTH)).kind == "swing"
    assert RangePreset("p", STICK, (SPHERICAL, SPHERICAL), (LENGTH, LENGTH)).kind == "spherical"
    with pytest.raises(SkeletonError, match="has 1 ranges and 2 lengths for the 2 bones"):
        RangePreset("p", STICK, (SWING,), (LENGTH, LENGTH))
    with pytest.raises(SkeletonError, match="mixes spherical and swing"):
        RangePreset("p", STICK, (SWING, SPHERICAL), (LENGTH, LENGTH))


def test_one_range_or_length_is_replaced_in_a_copy() -> None:
    preset = RangePreset("p", STICK, (SWING, SWING), (LENGTH, LENGTH), (LengthFactor("legs", 0.1, (0,)),))
    wider = SwingRange((0.0, 0.0, 1.0), Interval(-1.0, 1.0), ANY)
    assert preset.with_range(1, wider).ranges == (SWING, wider)
    assert preset.with_length(0, BoneLength(2.0, 0.0)).lengths == (BoneLength(2.0, 0.0), LENGTH)
    assert preset.ranges == (SWING, SWING) and preset.with_range(1, SWING) == preset
