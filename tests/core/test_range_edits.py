from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poseviewer.core.errors import SkeletonError
from poseviewer.core.range_edits import (
    LIMITS,
    axes_of,
    differs,
    interval_of,
    mirrored,
    with_angles_of,
    with_bone_length,
    with_bone_of,
    with_cover,
    with_degrees,
    with_interval,
    with_lock,
    with_locked_of,
    with_rest,
    with_rotation,
)
from poseviewer.core.ranges import BoneLength, Interval, RangePreset, SwingRange
from poseviewer.geometry.kinematics import directions_from_swings
from poseviewer.io.skeleton_files import load_ranges, ranges_from_table, ranges_to_table

SWING, SPHERICAL = load_ranges("quadruped16"), load_ranges("quadruped16.paper")
PRESETS = st.sampled_from([SWING, SPHERICAL])
LEFT, RIGHT = (SWING.skeleton.bone_names.index(f"{s}_shoulder:{s}_elbow") for s in ("left", "right"))
BACK = SWING.skeleton.bone_names.index("neck:tail_base")


@st.composite
def edits(draw: st.DrawFn) -> tuple[RangePreset, int, str, Interval]:
    preset = draw(PRESETS)
    bone = draw(st.integers(0, preset.skeleton.bone_count - 1))
    axis = draw(st.sampled_from(axes_of(preset.ranges[bone])))
    limit = LIMITS[axis]
    ends = sorted(draw(st.lists(st.floats(limit.min, limit.max), min_size=2, max_size=2)))
    return preset, bone, axis, Interval(*ends)


@given(edits())
def test_an_interval_changes_one_bone_and_its_partner(edit: tuple[RangePreset, int, str, Interval]) -> None:
    preset, bone, axis, new = edit
    partner = preset.skeleton.mirror_bones[bone]

    alone, both = (with_interval(preset, bone, axis, new, mirror) for mirror in (False, True))

    assert interval_of(alone, bone, axis) == interval_of(both, bone, axis) == new
    for other in set(range(preset.skeleton.bone_count)) - {bone}:
        assert alone.ranges[other] == preset.ranges[other]
        assert other == partner or both.ranges[other] == preset.ranges[other]
    assert partner == bone or both.ranges[partner] == mirrored(both.ranges[bone])


def test_equal_angles_of_mirrored_ranges_are_mirror_images() -> None:
    preset = with_rest(SWING, LEFT, (0.3, 0.5, -0.7))
    swings = np.zeros((preset.skeleton.bone_count, 3))
    swings[[LEFT, RIGHT]] = 0.4, 0.2, 0.1

    directions = directions_from_swings(preset, swings)

    np.testing.assert_allclose(directions[LEFT], directions[RIGHT] * (-1, 1, 1), atol=1e-12)


@pytest.mark.parametrize("preset", [SWING, SPHERICAL], ids=lambda p: str(p.name))
def test_mirroring_twice_changes_nothing(preset: RangePreset) -> None:
    for rotation in preset.ranges:
        twice = mirrored(mirrored(rotation))
        for axis in axes_of(rotation):
            old, new = getattr(rotation, axis), getattr(twice, axis)
            assert math.isclose(old.min, new.min, abs_tol=1e-12) and math.isclose(old.max, new.max, abs_tol=1e-12)


def test_a_locked_bone_is_left_alone() -> None:
    locked = with_lock(SWING, RIGHT, True, mirror=False)
    new = Interval(-0.1, 0.1)

    with pytest.raises(SkeletonError, match="right shoulder to right elbow is locked"):
        with_interval(locked, RIGHT, "flexion", new)
    changed = with_interval(locked, LEFT, "flexion", new)

    assert interval_of(changed, LEFT, "flexion") == new
    assert changed.ranges[RIGHT] == SWING.ranges[RIGHT]
    assert with_lock(with_lock(SWING, LEFT, True), RIGHT, False).locked == frozenset()


def test_locks_are_kept_in_files() -> None:
    locked = with_lock(SWING, LEFT, True)

    assert ranges_from_table(ranges_to_table(locked), "a table", SWING.skeleton).locked == {LEFT, RIGHT}


@pytest.mark.parametrize(
    ("axis", "ends"), [("abduction", (-2.0, 0.0)), ("flexion", (0.0, 4.0)), ("twist", (-3.5, 0.0))]
)
def test_an_interval_beyond_its_limits_is_refused(axis: str, ends: tuple[float, float]) -> None:
    with pytest.raises(SkeletonError, match="keep it between"):
        with_interval(SWING, LEFT, axis, Interval(*ends))


def test_a_spherical_preset_has_no_flexion_and_no_rest() -> None:
    with pytest.raises(SkeletonError, match="no flexion"):
        with_interval(SPHERICAL, LEFT, "flexion", Interval(0, 1))
    with pytest.raises(SkeletonError, match="no rest direction"):
        with_rest(SPHERICAL, LEFT, (0, 0, 1))


@pytest.mark.parametrize("rest", [(0.0, 0.0, 0.0), (math.nan, 0.0, 1.0), (math.inf, 0.0, 1.0)])
def test_a_rest_direction_needs_a_length(rest: tuple[float, float, float]) -> None:
    with pytest.raises(SkeletonError, match="no length"):
        with_rest(SWING, LEFT, rest)


def test_a_length_is_shared_by_both_sides() -> None:
    changed = with_bone_length(SWING, LEFT, BoneLength(0.9, 0.3))

    assert changed.lengths[LEFT] == changed.lengths[RIGHT] == BoneLength(0.9, 0.3)


@given(st.floats(-4, 4), st.floats(0, 4), st.floats(0, 0.5))
def test_covering_widens_only_the_ends_that_need_it(low: float, width: float, margin: float) -> None:
    high = low + width
    old = interval_of(SWING, BACK, "flexion")

    new = interval_of(with_cover(SWING, BACK, "flexion", low, high, margin), BACK, "flexion")

    assert new.min <= old.min and new.max >= old.max
    limit = LIMITS["flexion"]
    assert new.min == (old.min if low >= old.min else max(low - margin, limit.min))
    assert new.max == (old.max if high <= old.max else min(high + margin, limit.max))


def test_pasting_a_range_mirrors_it() -> None:
    pasted = with_rotation(SWING, LEFT, SWING.ranges[SWING.skeleton.bone_names.index("left_hip:left_knee")])

    assert pasted.ranges[RIGHT] == mirrored(pasted.ranges[LEFT])


def test_degrees_as_they_are_shown_keep_the_end_that_was_not_touched() -> None:
    odd = with_interval(SWING, LEFT, "flexion", Interval(-1.23456, 1.0))

    changed = interval_of(with_degrees(odd, LEFT, "flexion", round(math.degrees(-1.23456), 1), 80.0), LEFT, "flexion")

    assert changed == Interval(-1.23456, math.radians(80))
    assert interval_of(with_degrees(odd, LEFT, "flexion", -70.7, -70.7), LEFT, "flexion").width < 1e-3


@pytest.mark.parametrize(
    ("low", "high", "why"), [(10, -10, "start at 10 but end at -10 degrees"), (math.nan, 0, "enter a number")]
)
def test_degrees_that_are_no_range_are_refused_in_degrees(low: float, high: float, why: str) -> None:
    with pytest.raises(SkeletonError, match=why):
        with_degrees(SWING, LEFT, "flexion", low, high)


def test_pasted_angles_leave_the_rest_direction_and_keep_to_the_limits() -> None:
    knee = SWING.ranges[SWING.skeleton.bone_names.index("left_hip:left_knee")]
    pasted = with_angles_of(SWING, LEFT, knee).ranges[LEFT]

    assert isinstance(pasted, SwingRange) and isinstance(knee, SwingRange)
    assert (pasted.flexion, pasted.abduction, pasted.twist) == (knee.flexion, knee.abduction, knee.twist)
    assert pasted.rest == SWING.ranges[LEFT].rest  # type: ignore[union-attr]
    with pytest.raises(SkeletonError, match="copied range is spherical"):
        with_angles_of(SWING, LEFT, SPHERICAL.ranges[LEFT])
    with pytest.raises(SkeletonError, match="keep it between"):
        with_angles_of(SWING, LEFT, replace(knee, flexion=Interval(-9, 9)))


def test_reset_takes_range_and_length_of_a_bone_and_its_partner() -> None:
    edited = with_bone_length(with_rest(SWING, LEFT, (1, 0, 0)), LEFT, BoneLength(0.9, 0.3))

    assert with_bone_of(edited, LEFT, SWING) == SWING
    alone = with_bone_of(edited, LEFT, SWING, mirror=False)
    assert alone.ranges[LEFT] == SWING.ranges[LEFT] and alone.ranges[RIGHT] == edited.ranges[RIGHT]
    beside_a_lock = with_bone_of(with_lock(edited, RIGHT, True, mirror=False), LEFT, SWING)
    assert beside_a_lock.ranges[LEFT] == SWING.ranges[LEFT] and beside_a_lock.lengths == edited.lengths


def test_locked_bones_stay_when_ranges_are_replaced() -> None:
    edited = with_lock(with_bone_length(with_rest(SWING, LEFT, (1, 0, 0)), LEFT, BoneLength(0.9, 0.3)), LEFT, True)
    dog = load_ranges("quadruped16.dog")

    new = with_locked_of(dog, edited)

    assert new.locked == edited.locked and new.name == dog.name
    for bone in range(SWING.skeleton.bone_count):
        source = edited if bone in edited.locked else dog
        assert new.ranges[bone] == source.ranges[bone] and new.lengths[bone] == source.lengths[bone]
    with pytest.raises(SkeletonError, match="unlock every bone"):
        with_locked_of(SPHERICAL, edited)
    assert with_locked_of(SPHERICAL, SWING) == SPHERICAL


@pytest.mark.parametrize("preset", [SWING, SPHERICAL], ids=lambda p: str(p.name))
def test_a_file_s_rounding_is_no_difference_but_an_edit_is(preset: RangePreset) -> None:
    stored = ranges_from_table(ranges_to_table(preset), "a table", preset.skeleton)
    axis = axes_of(preset.ranges[LEFT])[0]
    old = interval_of(preset, LEFT, axis)
    edited = with_interval(stored, LEFT, axis, Interval(old.min + 0.001, old.max))

    assert not any(differs(stored, preset, bone) for bone in range(preset.skeleton.bone_count))
    assert [bone for bone in range(preset.skeleton.bone_count) if differs(edited, preset, bone)] == [LEFT, RIGHT]


def test_a_length_is_not_changed_behind_a_lock() -> None:
    with pytest.raises(SkeletonError, match="right shoulder to right elbow is locked"):
        with_bone_length(with_lock(SWING, RIGHT, True, mirror=False), LEFT, BoneLength(0.9, 0.3))
