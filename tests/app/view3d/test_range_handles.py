"""Handles stand beside the edges they pull, and pulling them gives whole degrees that never cross."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from poseviewer.app.view3d.composer import SceneSkeleton, Stage
from poseviewer.app.view3d.framing import Framing
from poseviewer.app.view3d.look import look_for
from poseviewer.app.view3d.orbit import OrbitCamera
from poseviewer.app.view3d.range_handles import (
    REACH,
    STAND_OFF,
    Grip,
    degrees_words,
    grip_at,
    grips_of,
    handle_words,
    pulled,
    taken,
)
from poseviewer.app.view3d.range_patch import RangeShown, RangeSight, sight_of
from poseviewer.core.ranges import Interval
from poseviewer.core.skeleton import Skeleton

SIDE = Stage(
    OrbitCamera(azimuth=math.pi / 2, elevation=0.0, distance=4.0),
    640, 560, look_for((255, 255, 255), (0, 0, 0), (0, 128, 128)),
)  # fmt: skip
"""From the animal's left: flexion turns in the plane of the screen."""


@pytest.fixture
def sight(table: Skeleton, standing: np.ndarray, table_range: RangeShown) -> RangeSight:
    return look(table, standing, table_range)


def look(table: Skeleton, standing: np.ndarray, shown: RangeShown) -> RangeSight:
    found = sight_of(SIDE, shown, Framing().placed(standing), SceneSkeleton.of(table, "default").bones)
    assert found is not None
    return found


def grip(sight: RangeSight, axis: str, end: str) -> Grip:
    return next(g for g in grips_of(sight) if g.name == (axis, end))


def place_of(sight: RangeSight, flexion: float, abduction: float = 5.0) -> tuple[float, float]:
    """The pixel of a direction given in degrees."""
    a, b = math.radians(flexion), math.radians(abduction)
    direction = [math.cos(b) * math.cos(a), math.cos(b) * math.sin(a), math.sin(b)]
    x, y = SIDE.project(sight.ball.points(direction)).places[0]
    return float(x), float(y)


def test_handles_stand_clear_of_their_edges(sight: RangeSight) -> None:
    for found in grips_of(sight):
        assert np.hypot(*(found.place - found.edge)) <= STAND_OFF + 1e-6
    assert np.hypot(*(grip(sight, "flexion", "max").place - place_of(sight, 50))) == pytest.approx(STAND_OFF, abs=0.5)


def test_the_nearest_handle_is_meant_and_none_beyond_its_reach(sight: RangeSight) -> None:
    grips = grips_of(sight)
    for name in (("flexion", "min"), ("flexion", "max")):
        x, y = grip(sight, *name).place
        outwards = 1.0 if x > place_of(sight, 5)[0] else -1.0
        near, far = grip_at(grips, x + outwards * 0.9 * REACH, y), grip_at(grips, x + outwards * 1.1 * REACH, y)
        assert near is not None and near.name == name
        assert far is None


@pytest.mark.parametrize(("axis", "end", "target", "expected"), [
    ("flexion", "max", 70.0, (-40, 70)), ("flexion", "max", 0.0, (-40, 0)), ("flexion", "min", -65.0, (-65, 50)),
    ("flexion", "max", -60.0, (-40, -40)), ("flexion", "min", 80.0, (50, 50)),
])  # fmt: skip
def test_pulling_moves_the_end_to_where_it_is_pulled(
    sight: RangeSight, axis: str, end: str, target: float, expected: tuple[float, float]
) -> None:
    found = grip(sight, axis, end)
    start = place_of(sight, math.degrees(found.handle.value))
    pull = taken(sight, found, *start)
    assert pull.answer.interval == getattr(sight.shown.own.rotation, axis)

    for share in np.linspace(0, 1, 9)[1:]:
        pull = pulled(sight, pull, *place_of(sight, math.degrees(found.handle.value) * (1 - share) + target * share))

    answer = pull.answer
    assert (answer.bone, answer.axis) == (2, axis)
    assert (math.degrees(answer.interval.min), math.degrees(answer.interval.max)) == pytest.approx(expected, abs=1.01)
    moved = answer.interval.max if end == "max" else answer.interval.min
    assert math.degrees(moved) == pytest.approx(round(math.degrees(moved)))


def test_a_click_pulls_nothing(sight: RangeSight) -> None:
    found = grip(sight, "flexion", "max")
    x, y = found.place
    pull = pulled(sight, taken(sight, found, x, y), x + 1, y)
    assert not pull.moved and pull.answer.interval == sight.shown.own.rotation.flexion  # type: ignore[union-attr]


def test_both_ends_of_a_range_without_width_can_be_pulled(
    table: Skeleton, standing: np.ndarray, table_range: RangeShown
) -> None:
    rotation = replace(table_range.own.rotation, flexion=Interval(0.0, 0.0), abduction=Interval(0.0, 0.0))  # type: ignore[call-arg]
    sight = look(table, standing, RangeShown(replace(table_range.own, rotation=rotation)))
    low, high = grip(sight, "flexion", "min"), grip(sight, "flexion", "max")
    assert np.hypot(*(low.place - high.place)) == pytest.approx(2 * STAND_OFF, abs=0.5)
    assert grip_at(grips_of(sight), *high.place) is not None

    wider = pulled(sight, taken(sight, high, *place_of(sight, 0, 0)), *place_of(sight, 25, 0)).answer.interval

    assert (math.degrees(wider.min), math.degrees(wider.max)) == pytest.approx((0, 25), abs=1.01)


def test_a_twist_is_pulled_around_the_bone(table: Skeleton, standing: np.ndarray, table_range: RangeShown) -> None:
    rotation = replace(table_range.own.rotation, twist=Interval(-0.3, 0.3))  # type: ignore[call-arg]
    sight = look(table, standing, RangeShown(replace(table_range.own, rotation=rotation), twist=0.0))
    found = grip(sight, "twist", "max")
    axes, ball = sight.twist_axes, sight.twist_ball

    def place(twist: float) -> tuple[float, float]:
        x, y = SIDE.project(ball.points(math.cos(twist) * axes[:, 1] + math.sin(twist) * axes[:, 2])).places[0]
        return float(x), float(y)

    pull = taken(sight, found, *place(0.3))
    for twist in (0.4, 0.5, 0.6):
        pull = pulled(sight, pull, *place(twist))

    assert pull.answer.axis == "twist"
    assert pull.answer.interval.min == -0.3 and pull.answer.interval.max == pytest.approx(0.6, abs=0.02)


def test_words() -> None:
    assert handle_words("flexion", "max", math.radians(70)) == "flexion max 70°"
    assert degrees_words(math.radians(-115.2)) == "\N{MINUS SIGN}115°"
    assert degrees_words(-1e-9) == "0°"
