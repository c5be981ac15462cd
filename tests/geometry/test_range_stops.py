"""The bone whose range is too narrow is named first, and the proposed range fits the poses it was too narrow for."""

from __future__ import annotations

import math
from dataclasses import replace
from types import ModuleType

import numpy as np
import pytest

from poseviewer.core.errors import SkeletonError
from poseviewer.core.range_edits import interval_of
from poseviewer.core.ranges import Interval, RangePreset
from poseviewer.geometry.range_fit import RangeFit, Release
from poseviewer.geometry.range_stops import (
    ENOUGH_FRAMES,
    RangeStop,
    UnusedRange,
    narrowed,
    unused_ranges,
    widened,
    wrong_ranges,
)
from poseviewer.io.skeleton_files import load_ranges

QUADRUPED = load_ranges("quadruped16")
BONE = QUADRUPED.skeleton.bone_index
KNEE = BONE("left_hip", "left_knee")


@pytest.mark.parametrize(
    ("parent", "child"),
    [("left_hip", "left_knee"), ("right_hip", "right_knee"), ("left_knee", "left_hind_paw"), ("tail_base", "left_hip")],
)
def test_the_bone_that_was_widened_is_found_and_its_proposal_fits(parent: str, child: str, narrow: ModuleType) -> None:
    bone = BONE(parent, child)
    keypoints = narrow.clicked(narrow.doubled(QUADRUPED, bone), 100)

    inside = narrow.fit(QUADRUPED, keypoints)
    stops = wrong_ranges(inside)
    proposal = widened(QUADRUPED, [s for s in stops if s.bone == stops[0].bone], math.radians(5))
    again = narrow.fit(proposal, keypoints)

    assert bone in stops[0].bones
    assert np.quantile(inside.residual_px, 0.9) > 1.0, "the clicks are off by one pixel"
    assert np.quantile(again.residual_px, 0.9) < 1.0


def test_poses_of_the_preset_itself_call_little_into_question(narrow: ModuleType) -> None:
    stops = wrong_ranges(narrow.fit(QUADRUPED, narrow.clicked(QUADRUPED, 60)))

    assert sum(len(stop.frames) for stop in stops) <= 6


# --- reading a fit: what does not need one ---------------------------------------------------------------


def a_fit(releases: tuple[Release, ...] = (), n: int = 40, angles: np.ndarray | None = None) -> RangeFit:
    joints, bones = QUADRUPED.skeleton.joint_count, QUADRUPED.skeleton.bone_count
    return RangeFit(
        preset=QUADRUPED,
        fitted=np.ones(n, bool),
        joints=np.zeros((n, joints, 3)),
        rotation=np.tile(np.eye(3), (n, 1, 1)),
        angles=np.zeros((n, bones, 3)) if angles is None else angles,
        residual_px=np.full(n, 5.0),
        joint_px=np.zeros((n, joints)),
        at_stop=np.zeros((n, bones, 3), np.int8),
        loosened_px=np.zeros(n),
        excess=np.zeros((n, bones, 3)),
        noise_px=np.ones(n),
        releases=releases,
    )


def release(bone: int, degrees: list[float], gain: list[float], axis: int = 0) -> Release:
    angles = np.zeros((len(degrees), 3))
    angles[:, axis] = np.radians(degrees)
    return Release((bone,), np.arange(len(degrees)), angles, np.full(len(degrees), 2.0), np.array(gain))


def test_a_stop_says_how_far_and_in_which_frames() -> None:
    stop = wrong_ranges(a_fit((release(KNEE, [80, 70, 57, 90], [3.0, 9.0, 8.0, 0.1]),)))[0]

    assert (stop.bone, stop.axis, stop.side) == (KNEE, "flexion", 1)
    assert math.degrees(stop.stop) == pytest.approx(58)
    assert math.degrees(stop.needed) == pytest.approx(80)
    assert math.degrees(stop.widening) == pytest.approx(22)
    assert stop.frames == (1, 0), "the clearest first; 57 degrees is inside, and 90 brought nothing"
    assert stop.gain_px == pytest.approx(3.0)


def test_one_wrong_label_neither_leads_nor_widens_without_end() -> None:
    many = release(KNEE, [75.0] * 19 + [170.0], [2.0] * 20)
    once = release(BONE("neck", "nose"), [150.0], [500.0])

    stops = wrong_ranges(a_fit((once, many)))

    assert stops[0].bone == KNEE
    assert math.degrees(stops[0].needed) == pytest.approx(75)


def test_what_gains_little_is_not_listed() -> None:
    assert wrong_ranges(a_fit((release(KNEE, [80, 80], [1.0, 1.0]),))) == []


def test_a_bone_that_only_helps_where_another_does_is_not_listed() -> None:
    paw = BONE("left_knee", "left_hind_paw")
    cause = release(KNEE, [80, 80, 80], [9.0, 9.0, 9.0])
    leaning = release(paw, [130, 130, 130], [8.0, 8.0, 8.0])
    own = Release((BONE("neck", "nose"),), np.array([7]), np.radians([[100.0, 0, 0]]), np.ones(1), np.array([6.0]))

    assert [s.bone for s in wrong_ranges(a_fit((leaning, cause, own)))] == [KNEE, own.bones[0]]


def test_likelier_lengths_and_depths_are_evidence_too() -> None:
    likelier = release(KNEE, [80, 80, 80], [9.0, 9.0, 9.0])._replace(residual_px=np.full(3, 5.0))

    assert [stop.bone for stop in wrong_ranges(a_fit((likelier,)))] == [KNEE]


def test_the_more_poses_the_more_has_to_speak_against_a_range() -> None:
    some = release(KNEE, [80, 80, 80], [2.0, 2.0, 2.0])

    assert wrong_ranges(a_fit((some,), n=10)) != []
    assert wrong_ranges(a_fit((some,), n=200)) == []


def test_both_ends_of_an_interval_can_be_wrong() -> None:
    stops = wrong_ranges(a_fit((release(KNEE, [80, 80, -120], [5.0, 5.0, 5.0]),)))

    assert [(s.side, len(s.frames)) for s in stops] == [(1, 2), (-1, 1)]


def knee_stop(**changed: object) -> RangeStop:
    return replace(wrong_ranges(a_fit((release(KNEE, [80, 70], [5.0, 9.0]),)))[0], **changed)


def test_widening_covers_both_sides_of_the_body_with_a_margin() -> None:
    wide = widened(QUADRUPED, [knee_stop()], math.radians(5))

    for bone in (KNEE, QUADRUPED.skeleton.mirror_bones[KNEE]):
        flexion = interval_of(wide, bone, "flexion")
        assert math.degrees(flexion.max) == pytest.approx(85)
        assert flexion.min == interval_of(QUADRUPED, bone, "flexion").min


def test_widening_covers_the_chosen_frames_only() -> None:
    wide = widened(QUADRUPED, [knee_stop()], frames=[0])
    wider = widened(QUADRUPED, [knee_stop()], frames=[1, 17])

    assert math.degrees(interval_of(wide, KNEE, "flexion").max) == pytest.approx(80)
    assert math.degrees(interval_of(wider, KNEE, "flexion").max) == pytest.approx(70)
    assert widened(QUADRUPED, [knee_stop()], frames=[17]) == QUADRUPED


def test_a_locked_bone_stays() -> None:
    locked = replace(QUADRUPED, locked=frozenset({KNEE}))

    assert widened(locked, [knee_stop()]) == locked


def unused(bone: int, low: float, high: float) -> UnusedRange:
    interval = interval_of(QUADRUPED, bone, "flexion")
    return UnusedRange(bone, "flexion", interval, Interval(math.radians(low), math.radians(high)), 0.2, 30)


def degrees_of(preset: RangePreset, bone: int) -> tuple[float, float]:
    interval = interval_of(preset, bone, "flexion")
    return math.degrees(interval.min), math.degrees(interval.max)


def test_narrowing_keeps_what_is_used_with_a_margin_and_widens_nothing() -> None:
    partner = QUADRUPED.skeleton.mirror_bones[KNEE]

    narrow = narrowed(QUADRUPED, [unused(KNEE, -90, 20)], math.radians(5))
    one_side = narrowed(QUADRUPED, [unused(KNEE, -90, 20)], math.radians(5), mirror=False)

    assert degrees_of(narrow, KNEE) == pytest.approx((-92, 25)) == degrees_of(narrow, partner)
    assert degrees_of(one_side, partner) == degrees_of(QUADRUPED, partner)


def test_both_sides_narrowed_alike_keep_what_either_uses() -> None:
    partner = QUADRUPED.skeleton.mirror_bones[KNEE]

    narrow = narrowed(QUADRUPED, [unused(KNEE, -40, 20), unused(partner, -10, 35)])

    assert degrees_of(narrow, KNEE) == pytest.approx((-40, 35)) == degrees_of(narrow, partner)


def test_a_locked_bone_is_not_narrowed() -> None:
    with pytest.raises(SkeletonError, match="locked"):
        narrowed(replace(QUADRUPED, locked=frozenset({KNEE})), [unused(KNEE, -40, 20)])


def test_what_no_pose_uses_is_listed_least_used_first() -> None:
    spread = np.linspace(0, 1, 40)[:, None]
    low = np.array([[r.flexion.min, r.abduction.min, 0] for r in QUADRUPED.ranges])
    high = np.array([[r.flexion.max, r.abduction.max, 0] for r in QUADRUPED.ranges])
    angles = low + (high - low) * spread[..., None]
    angles[:, KNEE, 0] = np.linspace(0.0, 0.2, 40)

    found = unused_ranges(a_fit(angles=angles))

    assert [(unused.bone, unused.axis) for unused in found] == [(KNEE, "flexion")]
    assert found[0].share == pytest.approx(0.19 / interval_of(QUADRUPED, KNEE, "flexion").width, rel=0.05)
    assert found[0].frames == 40
    assert found[0].interval == interval_of(QUADRUPED, KNEE, "flexion")
    assert (found[0].used.min, found[0].used.max) == pytest.approx((0.005, 0.195), abs=1e-3)


def test_few_poses_say_nothing_about_what_is_not_used() -> None:
    assert unused_ranges(a_fit(n=ENOUGH_FRAMES - 1)) == []
    assert unused_ranges(a_fit(n=ENOUGH_FRAMES)) != []
