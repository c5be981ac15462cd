"""A patch covers its range, its handles stand on its edges, and what they point at is where they stand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poseviewer.core.ranges import Interval, RotationRange, SphericalRange, SwingRange
from poseviewer.geometry.kinematics import vectors_from_spherical
from poseviewer.geometry.range_patch import (
    Handle,
    at_stop,
    patch_angles,
    patch_axes,
    patch_direction,
    patch_grid,
    patch_handles,
    patch_intervals,
    patch_outline,
    patch_surface,
    pointed_twist,
    pointed_value,
    twist_arc,
    twist_axes,
    twist_direction,
    twist_handles,
    with_end,
)

quick = settings(max_examples=60, deadline=None)
DEGREE = math.radians(1)
DOWN = (0.0, 0.0, -1.0)


def swing(flexion: tuple[float, float], abduction: tuple[float, float]) -> SwingRange:
    return SwingRange(DOWN, interval(*flexion), interval(*abduction))


def spherical(theta: tuple[float, float], phi: tuple[float, float]) -> SphericalRange:
    return SphericalRange(interval(*theta), interval(*phi))


def interval(low: float, high: float) -> Interval:
    return Interval(math.radians(low), math.radians(high))


@st.composite
def some_range(draw: st.DrawFn) -> RotationRange:
    """Whole degrees, so that the widths are 0 or can be seen."""

    def ends(low: int, high: int) -> tuple[float, float]:
        a, b = sorted((draw(st.integers(low, high)), draw(st.integers(low, high))))
        return float(a), float(b)

    if draw(st.booleans()):
        return swing(ends(-180, 180), ends(-90, 90))
    return spherical(ends(0, 180), ends(-360, 360))


def test_directions_of_a_swing_range_are_those_of_its_angles() -> None:
    arm = swing((-30, 90), (-20, 90))

    assert patch_direction(arm, 0.0, 0.0) == pytest.approx([1, 0, 0])
    assert patch_direction(arm, math.pi / 2, 0.0) == pytest.approx([0, 1, 0])
    assert patch_direction(arm, 0.3, math.pi / 2) == pytest.approx([0, 0, 1])


@quick
@given(st.floats(0, math.pi), st.floats(-7, 7))
def test_directions_of_a_spherical_range_are_those_of_the_paper(theta: float, phi: float) -> None:
    made = patch_direction(spherical((0, 180), (-360, 360)), theta, phi)

    assert made == pytest.approx(vectors_from_spherical(np.array([1.0, theta, phi])), abs=1e-12)


@quick
@given(some_range(), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_angles_are_the_inverse_of_directions(rotation: RotationRange, u: float, v: float) -> None:
    first, second = patch_intervals(rotation)
    direction = patch_direction(rotation, first.min + u * first.width, second.min + v * second.width)

    found = patch_angles(rotation, direction)

    assert patch_direction(rotation, *found) == pytest.approx(direction, abs=1e-9)


@quick
@given(some_range())
def test_surface_outline_and_grid_are_inside_the_range(rotation: RotationRange) -> None:
    surface, outline = patch_surface(rotation), patch_outline(rotation)
    first, second = patch_intervals(rotation)

    assert np.linalg.norm(surface, axis=-1) == pytest.approx(np.ones(surface.shape[:2]))
    assert surface.shape[0] == 1 if not first.width else surface.shape[0] >= math.degrees(first.width) / 6
    assert surface.shape[1] == 1 if not second.width else surface.shape[1] >= math.degrees(second.width) / 6
    assert outline[0] == pytest.approx(outline[-1])
    corner = patch_direction(rotation, first.max, second.max)
    assert np.linalg.norm(outline - corner, axis=1).min() == pytest.approx(0, abs=1e-9)
    for line in patch_grid(rotation):
        assert line.ndim == 2 and np.isfinite(line).all()


def test_the_grid_is_at_round_degrees() -> None:
    lines = patch_grid(swing((-65, 70), (-18, 30)))

    flexions = [round(math.degrees(math.atan2(line[0, 1], line[0, 0]))) for line in lines[:5]]
    abductions = [round(math.degrees(math.asin(line[0, 2]))) for line in lines[5:]]
    assert (flexions, abductions) == ([-60, -30, 0, 30, 60], [-15, 0, 15])


@quick
@given(some_range())
def test_handles_stand_on_the_ends_they_pull(rotation: RotationRange) -> None:
    handles = patch_handles(rotation)

    assert [(h.axis, h.end) for h in handles] == [(a, e) for a in patch_axes(rotation) for e in ("min", "max")]
    for handle in handles:
        assert np.linalg.norm(handle.direction) == pytest.approx(1)
        assert np.linalg.norm(handle.outward) == pytest.approx(1)
        assert handle.direction @ handle.outward == pytest.approx(0, abs=1e-9)
        # At a pole a turn about it points nowhere.
        if handle.axis in ("flexion", "phi") and math.hypot(*handle.direction[:2]) < 1e-6:
            continue
        assert pointed_value(rotation, handle.axis, handle.direction, handle.value) == pytest.approx(handle.value)


@quick
@given(some_range(), st.floats(-0.3, 0.3))
def test_a_handle_points_at_what_it_is_pulled_by(rotation: RotationRange, by: float) -> None:
    for handle in patch_handles(rotation):
        if handle.axis in ("flexion", "phi") and math.hypot(*handle.direction[:2]) < 0.1:
            continue  # next to the pole a pull along the tangent is no turn about it
        pulled = math.cos(by) * handle.direction + math.sin(by) * handle.outward
        found = pointed_value(rotation, handle.axis, pulled, handle.value) - handle.value
        outwards = by if handle.end == "max" else -by
        if handle.axis in ("abduction", "theta"):
            assert found == pytest.approx(outwards, abs=1e-9)
        else:
            assert found * outwards >= -1e-12


def test_pulling_over_the_pole_goes_on_counting() -> None:
    rotation = swing((-40, 40), (-20, 80))
    beyond = patch_direction(rotation, math.pi, math.radians(80))  # 100 degrees, seen from the handle

    assert math.degrees(pointed_value(rotation, "abduction", beyond, math.radians(80))) == pytest.approx(100)


def test_more_than_a_whole_turn_is_counted_from_where_it_was() -> None:
    rotation = spherical((80, 100), (-200, 340))
    handle = next(h for h in patch_handles(rotation) if h.axis == "phi" and h.end == "max")

    further = patch_direction(rotation, math.pi / 2, math.radians(350))

    assert math.degrees(pointed_value(rotation, "phi", further, handle.value)) == pytest.approx(350)


@pytest.mark.parametrize(
    ("end", "value", "expected"),
    [("min", -50, (-50, 60)), ("min", 80, (60, 60)), ("max", 100, (-30, 100)), ("max", -80, (-30, -30)),
     ("max", 400, (-30, 180)), ("min", -400, (-180, 60))],
)  # fmt: skip
def test_ends_do_not_cross_nor_pass_the_limit(end: str, value: float, expected: tuple[float, float]) -> None:
    new = with_end(interval(-30, 60), "flexion", "min" if end == "min" else "max", math.radians(value))

    assert (math.degrees(new.min), math.degrees(new.max)) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("angles", "stopped"),
    [((0, 0), False), ((58, 0), False), ((59.5, 0), True), ((75, 0), True), ((0, -19.5), True), ((0, -18), False)],
)
def test_the_stop_is_reached_a_degree_before_it(angles: tuple[float, float], stopped: bool) -> None:
    rotation = swing((-30, 60), (-20, 20))

    assert at_stop(rotation, patch_direction(rotation, *(math.radians(v) for v in angles))) == stopped


@pytest.mark.parametrize(
    ("angles", "stopped"), [((170, 0), False), ((180, 0), False), ((150.5, 0), True), ((170, 59.5), True)]
)
def test_a_pole_is_no_stop(angles: tuple[float, float], stopped: bool) -> None:
    down = spherical((150, 180), (-60, 60))

    assert at_stop(down, patch_direction(down, *(math.radians(v) for v in angles))) == stopped


def test_a_whole_turn_has_no_stop() -> None:
    all_round = swing((-180, 180), (-90, 90))

    assert not at_stop(all_round, patch_direction(all_round, math.pi, 0.0))


def test_twist_turns_about_the_bone() -> None:
    rotation = SwingRange(DOWN, interval(-30, 60), interval(-20, 20), interval(-10, 25))
    direction = patch_direction(rotation, 0.4, 0.2)

    axes = twist_axes(rotation, direction)

    assert axes[:, 0] == pytest.approx(direction)
    assert axes.T @ axes == pytest.approx(np.eye(3))
    assert np.linalg.det(axes) == pytest.approx(1)
    assert twist_arc(axes, rotation.twist) @ direction == pytest.approx(0)
    low, high = twist_handles(axes, rotation.twist)
    for handle in (low, high):
        assert isinstance(handle, Handle)
        assert pointed_twist(axes, handle.direction, 0.0) == pytest.approx(handle.value)
    assert pointed_twist(axes, high.direction + 0.1 * high.outward, 0.0) > high.value
    assert pointed_twist(axes, twist_direction(axes, 4.0), 3.5) == pytest.approx(4.0)
