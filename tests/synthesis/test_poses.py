"""Every pose that is drawn is a valid one: its angles in their ranges, its lengths tied, its girdles rigid."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from poseviewer.core.ranges import Interval, RangePreset, SphericalRange, SwingRange
from poseviewer.geometry.kinematics import spherical_from_vectors, swings_from_directions, wrap
from poseviewer.io.skeleton_files import load_ranges, shipped_skeletons
from poseviewer.synthesis.poses import PlanarPoses, pose_rows, sample_poses
from poseviewer.synthesis.presets import DEFAULT, PAPER, PLAIN, SynthesisPreset

COUNT = 3000
NAMES = shipped_skeletons()


def drawn(preset: RangePreset, recipe: SynthesisPreset, seed: int = 0, count: int = COUNT) -> PlanarPoses:
    return sample_poses(preset, recipe, np.random.default_rng(seed).random((pose_rows(preset, recipe), count)))


def swings_of(preset: RangePreset, poses: PlanarPoses) -> np.ndarray:
    """(flexion, abduction, twist) (N, B, 3) of poses of a preset without twist."""
    return swings_from_directions(preset, poses.directions.transpose(2, 1, 0))


def without_twist(preset: RangePreset) -> RangePreset:
    still = Interval(0.0, 0.0)
    return replace(preset, ranges=tuple(replace(r, twist=still) for r in preset.ranges))


@pytest.mark.parametrize("name", NAMES)
def test_swing_angles_stay_within_their_ranges_and_fill_them(name: str) -> None:
    preset = replace(without_twist(load_ranges(name)), bell=0.0)
    swings = swings_of(preset, drawn(preset, PLAIN))

    for bone, wanted in enumerate(preset.ranges):
        assert isinstance(wanted, SwingRange)
        for axis, interval in enumerate((wanted.flexion, wanted.abduction)):
            angles = wrap(swings[:, bone, axis], interval.middle)
            assert angles.min() >= interval.min - 1e-9
            assert angles.max() <= interval.max + 1e-9
            assert np.ptp(angles) == pytest.approx(interval.width, rel=0.01)


@pytest.mark.parametrize("name", [n for n in NAMES if any(r.twist.width for r in load_ranges(n).ranges)])
def test_twist_moves_what_hangs_on_a_bone_and_nothing_else(name: str) -> None:
    preset = load_ranges(name)

    twisted, still = drawn(preset, PLAIN), drawn(without_twist(preset), PLAIN)

    moved = np.abs(twisted.directions - still.directions).max((0, 2)) > 1e-9
    hanging = [_under_a_twist(preset, bone) for bone in range(preset.skeleton.bone_count)]
    assert moved.tolist() == hanging


def _under_a_twist(preset: RangePreset, bone: int) -> bool:
    parent = preset.skeleton.parent_bones[bone]
    return parent >= 0 and (preset.ranges[parent].twist.width > 0 or _under_a_twist(preset, parent))  # type: ignore[union-attr]


def test_spherical_angles_stay_within_their_ranges_and_are_uniform() -> None:
    preset = load_ranges("quadruped16.paper")
    spherical = spherical_from_vectors(drawn(preset, PAPER).directions.transpose(2, 1, 0))

    for bone, wanted in enumerate(preset.ranges):
        assert isinstance(wanted, SphericalRange)
        for axis, interval in ((1, wanted.theta), (2, wanted.phi)):
            angles = wrap(spherical[:, bone, axis], interval.middle)
            share = (angles - interval.min) / interval.width
            assert share.min() >= -1e-9
            assert share.max() <= 1 + 1e-9
            assert np.histogram(share, bins=4)[0] / COUNT == pytest.approx(np.full(4, 0.25), abs=0.04)


@pytest.mark.parametrize("recipe", [PAPER, PLAIN, DEFAULT], ids=lambda r: r.name)
@pytest.mark.parametrize("name", ["quadruped16", "human17", "hand21"])
def test_the_longest_bone_is_one_and_joints_are_as_far_apart_as_bones_are_long(
    name: str, recipe: SynthesisPreset
) -> None:
    preset = load_ranges(name)
    poses = drawn(preset, recipe)
    parents, children = zip(*((b.parent, b.child) for b in preset.skeleton.bones), strict=True)
    apart = np.linalg.norm(poses.joints[:, list(children)] - poses.joints[:, list(parents)], axis=0)

    assert poses.lengths.max(0) == pytest.approx(np.ones(COUNT))
    assert poses.lengths.min() > 0
    assert apart == pytest.approx(poses.lengths)
    assert np.linalg.norm(poses.directions, axis=0) == pytest.approx(np.ones_like(poses.lengths))
    assert np.all(poses.joints[:, preset.skeleton.root] == 0)


@pytest.mark.parametrize("recipe", [PAPER, PLAIN], ids=lambda r: r.name)
def test_left_and_right_are_equally_long(recipe: SynthesisPreset) -> None:
    preset = load_ranges("quadruped16")
    lengths = drawn(preset, recipe).lengths

    for left, right in preset.skeleton.bone_pairs:
        assert np.array_equal(lengths[left], lengths[right])


def test_the_papers_lengths_are_uniform_numbers_over_the_greatest() -> None:
    preset = load_ranges("quadruped16.paper")
    rows = pose_rows(preset, PAPER)
    uniforms = np.random.default_rng(4).random((rows, 50))
    groups = preset.skeleton.length_groups
    own = uniforms[rows - max(groups) - 1 :][list(groups)]

    assert sample_poses(preset, PAPER, uniforms).lengths == pytest.approx(own / own.max(0))


def test_template_lengths_have_their_medians_and_spreads() -> None:
    preset = load_ranges("human17")
    poses = drawn(preset, PLAIN, count=40_000)
    femur, shin = (
        preset.skeleton.bone_index("left_hip", "left_knee"),
        preset.skeleton.bone_index("left_knee", "left_ankle"),
    )
    hip = preset.skeleton.bone_index("pelvis", "left_hip")
    shared = [
        math.hypot(preset.lengths[b].spread, *(f.spread for f in preset.factors if b in f.bones)) for b in (femur, hip)
    ]

    ratio = np.log(poses.lengths[femur] / poses.lengths[hip])
    within = np.log(poses.lengths[femur] / poses.lengths[shin])

    assert np.median(ratio) == pytest.approx(math.log(0.43 / 0.10), abs=0.01)
    assert ratio.std() == pytest.approx(math.hypot(*shared), rel=0.03)
    # What both share, long limbs, is not in their ratio.
    assert within.std() == pytest.approx(math.hypot(0.04, 0.04), rel=0.03)


def test_only_a_recipe_that_is_not_rigid_bends_bones() -> None:
    preset = load_ranges("quadruped16")
    paw = preset.skeleton.bone_index("left_elbow", "left_front_paw")
    other = preset.skeleton.mirror_bones[paw]
    flex = preset.lengths[paw].flex

    lengths = drawn(preset, DEFAULT).lengths
    ratio = lengths[paw] / lengths[other]

    assert ratio.max() <= flex.max / flex.min + 1e-9
    assert ratio.min() >= flex.min / flex.max - 1e-9
    assert ratio.std() > 0.05


def test_a_coupled_girdle_moves_as_one() -> None:
    preset = load_ranges("quadruped16")
    skeleton = preset.skeleton
    back = skeleton.bone_index("neck", "tail_base")
    still = preset.with_range(back, SwingRange((0.0, 1.0, 0.0), Interval(0.0, 0.0), Interval(0.0, 0.0)))
    left, right = skeleton.bone_index("tail_base", "left_hip"), skeleton.bone_index("tail_base", "right_hip")

    directions = drawn(still, PLAIN).directions

    assert directions[:, left] == pytest.approx(directions[:, right] * np.array([[-1], [1], [1]]))
    assert directions[1, left].std() > 0.1


def test_a_bell_draws_whole_poses_towards_the_middle() -> None:
    preset = load_ranges("human17")
    knees = [preset.skeleton.bone_index(f"{s}_knee", f"{s}_ankle") for s in ("left", "right")]

    def spread(bell: float) -> np.ndarray:
        plain = tuple(replace(r, usual=None) for r in without_twist(preset).ranges)
        shaped = replace(preset, ranges=plain, bell=bell)
        return swings_of(shaped, drawn(shaped, PLAIN))[:, knees, 0].std(0)

    width = preset.ranges[knees[0]].flexion.width  # type: ignore[union-attr]
    assert spread(0.0) == pytest.approx([width / math.sqrt(12)] * 2, rel=0.04)
    assert spread(1.0) == pytest.approx([width / 6] * 2, rel=0.04)  # the mean of three uniform numbers
    assert np.all((spread(0.6) > spread(1.0)) & (spread(0.6) < spread(0.0)))


def test_an_edited_range_moves_the_same_poses() -> None:
    preset = load_ranges("quadruped16")
    nose = preset.skeleton.bone_index("neck", "nose")
    paw = preset.skeleton.bone_index("left_elbow", "left_front_paw")
    edited = preset.with_range(nose, replace(preset.ranges[nose], twist=Interval(-0.5, 0.5), abduction=Interval(0, 0)))

    before, after = drawn(preset, PLAIN), drawn(edited, PLAIN)

    assert np.array_equal(before.directions[:, paw], after.directions[:, paw])
    assert np.array_equal(before.lengths, after.lengths)
    assert not np.allclose(before.directions[:, nose], after.directions[:, nose])


@pytest.mark.parametrize("recipe", [PAPER, PLAIN, DEFAULT], ids=lambda r: r.name)
@pytest.mark.parametrize("name", ["quadruped16", "quadruped16.paper", "hand21"])
def test_torch_and_numpy_agree_and_keep_their_precision(name: str, recipe: SynthesisPreset) -> None:
    preset = load_ranges(name)
    uniforms = np.random.default_rng(5).random((pose_rows(preset, recipe), 40))

    ours, theirs = sample_poses(preset, recipe, uniforms), sample_poses(preset, recipe, torch.from_numpy(uniforms))
    single = sample_poses(preset, recipe, uniforms.astype(np.float32))

    for field in ("lengths", "directions", "joints"):
        assert getattr(theirs, field).numpy() == pytest.approx(getattr(ours, field), abs=1e-9)
        assert getattr(single, field).dtype == np.float32
        assert getattr(single, field) == pytest.approx(getattr(ours, field), abs=2e-5)


def test_animals_at_ease_move_about_their_usual_posture() -> None:
    preset = replace(without_twist(load_ranges("human17")), bell=1.0)
    elbow = preset.skeleton.bone_index("left_shoulder", "left_elbow")
    wanted = preset.ranges[elbow]
    assert isinstance(wanted, SwingRange)
    assert wanted.usual is not None

    angles = swings_of(preset, drawn(preset, PLAIN))[:, elbow, 0]

    # The mean of three uniform numbers is below one half as often as above it.
    assert np.median(angles) == pytest.approx(wanted.usual[0], abs=0.05)
    assert angles.min() >= wanted.flexion.min - 1e-9
    assert angles.max() <= wanted.flexion.max + 1e-9
