"""The directions that two presets share, on patches whose overlap is known."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from poseviewer.core.errors import SkeletonError
from poseviewer.core.range_diff import solid_angle
from poseviewer.core.range_edits import with_interval, with_rest
from poseviewer.core.ranges import Interval, RangePreset, SwingRange
from poseviewer.geometry.kinematics import directions_from_swings, swing_frame
from poseviewer.geometry.range_overlap import _allowed, _even_directions, carrying_bone, shared_directions
from poseviewer.io.skeleton_files import load_ranges

SWING, PAPER = load_ranges("quadruped16"), load_ranges("quadruped16.paper")
NAMES = SWING.skeleton.bone_names
NOSE, BACK = NAMES.index("neck:nose"), NAMES.index("neck:tail_base")
HUMERUS, FOREARM = NAMES.index("left_shoulder:left_elbow"), NAMES.index("left_elbow:left_front_paw")
FEMUR = NAMES.index("left_hip:left_knee")


def set_range(
    preset: RangePreset, bone: int, flexion: tuple[float, float], abduction: tuple[float, float]
) -> RangePreset:
    changed = with_interval(preset, bone, "flexion", Interval(*flexion))
    return with_interval(changed, bone, "abduction", Interval(*abduction))


@pytest.mark.parametrize("preset", [SWING, PAPER])
def test_a_preset_shares_all_with_itself(preset: RangePreset) -> None:
    assert set(shared_directions(preset, preset)) == {1.0}


def test_patches_side_by_side_share_what_their_areas_say() -> None:
    a = set_range(SWING, NOSE, (-0.6, 0.2), (-0.4, 0.4))
    b = set_range(SWING, NOSE, (-0.2, 0.6), (-0.4, 0.4))
    apart = set_range(SWING, NOSE, (0.3, 0.6), (-0.4, 0.4))

    assert shared_directions(a, b)[NOSE] == pytest.approx(0.4 / 1.2, abs=0.02)
    assert shared_directions(a, apart)[NOSE] == 0
    assert shared_directions(a, b) == pytest.approx(shared_directions(b, a))


def test_another_rest_direction_with_the_range_moved_back_is_the_same_range() -> None:
    nose = SWING.ranges[NOSE]
    assert isinstance(nose, SwingRange)
    turn = 0.3  # flexion takes the nose down: (0, -cos, sin) to a smaller elevation
    height = math.atan2(nose.rest[2], -nose.rest[1]) - turn
    moved = with_rest(SWING, NOSE, (0.0, -math.cos(height), math.sin(height)))
    assert shared_directions(SWING, moved)[NOSE] < 0.9
    moved = with_interval(moved, NOSE, "flexion", Interval(nose.flexion.min - turn, nose.flexion.max - turn))

    assert shared_directions(SWING, moved)[NOSE] == pytest.approx(1, abs=0.005)


def test_a_forearm_is_compared_in_the_frame_of_the_humerus() -> None:
    both = SWING
    for bone in (HUMERUS, FOREARM):
        old = SWING.ranges[bone]
        assert isinstance(old, SwingRange)
        _, y, z = old.rest
        both = with_rest(
            both, bone, (0.0, y * math.cos(0.4) - z * math.sin(0.4), y * math.sin(0.4) + z * math.cos(0.4))
        )

    shared = shared_directions(SWING, both)

    assert shared[FOREARM] == pytest.approx(1, abs=0.005), "the elbow is as it was"
    assert shared[HUMERUS] < 0.9


def test_who_carries_whom() -> None:
    assert carrying_bone(SWING, NOSE) == carrying_bone(SWING, HUMERUS) == -1, "the line to the shoulder is no lever"
    assert carrying_bone(SWING, FOREARM) == HUMERUS and carrying_bone(SWING, FEMUR) == BACK


@pytest.mark.parametrize("bone", [NOSE, HUMERUS, FOREARM, FEMUR])
def test_what_kinematics_makes_from_a_range_is_allowed_by_it(bone: int) -> None:
    """With the carrying bones at rest their frame is the body's, turned to their rest directions."""
    rng = np.random.default_rng(bone)
    swing = SWING.ranges[bone]
    assert isinstance(swing, SwingRange)
    swings = np.zeros((200, SWING.skeleton.bone_count, 3))
    for axis, interval in enumerate((swing.flexion, swing.abduction)):
        swings[:, bone, axis] = rng.uniform(interval.min - 0.3, interval.max + 0.3, 200)
    inside = np.ones(200, dtype=bool)
    for axis, interval in enumerate((swing.flexion, swing.abduction)):
        inside &= (swings[:, bone, axis] >= interval.min) & (swings[:, bone, axis] <= interval.max)
    directions = directions_from_swings(SWING, swings)[:, bone]
    carrier = carrying_bone(SWING, bone)
    if carrier >= 0:
        frame = SWING.ranges[carrier]
        assert isinstance(frame, SwingRange)
        directions = directions @ swing_frame(frame)

    assert np.array_equal(_allowed(SWING, bone, directions), inside)
    assert 0 < inside.sum() < 200


@pytest.mark.parametrize("preset", [SWING, PAPER, load_ranges("quadruped16.mouse")])
def test_the_directions_tried_measure_solid_angles(preset: RangePreset) -> None:
    tried = _even_directions(20_000)
    assert np.allclose(np.linalg.norm(tried, axis=1), 1)
    for bone, rotation in enumerate(preset.ranges):
        share = np.count_nonzero(_allowed(preset, bone, tried)) / len(tried)
        assert share * 4 * math.pi == pytest.approx(solid_angle(rotation), rel=0.03, abs=0.01)


def test_ranges_without_width_have_no_share() -> None:
    none = SWING.with_range(NOSE, replace(SWING.ranges[NOSE], flexion=Interval(0, 0), abduction=Interval(0, 0)))

    assert math.isnan(shared_directions(none, none)[NOSE])
    assert shared_directions(SWING, none)[NOSE] == 0


def test_presets_that_do_not_compare_say_why() -> None:
    with pytest.raises(SkeletonError, match="same kind"):
        shared_directions(SWING, PAPER)
