"""Evolution of 3D poses: what children inherit, that they are valid, and that a seed says it all."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poseviewer.core.errors import PoseInputError, PoseviewerError
from poseviewer.core.ranges import Interval
from poseviewer.io.skeleton_files import load_ranges
from poseviewer.synthesis.evolution import (
    Breeding,
    breed,
    cross,
    evolve,
    evolved_joints,
    first_of_poses,
    first_of_ranges,
    growing,
    mutated,
    valid,
)
from poseviewer.synthesis.pose_genes import PoseGenes, excess, genes_of_joints, joints_of_genes, subtrees

HUMAN = load_ranges("human17")
BONES = HUMAN.skeleton.bone_count
DEGREE = math.pi / 180
SEEDS = st.integers(0, 100_000)
NO_CHANGE = Breeding(local_chance=0, turn_chance=0, length_chance=0)


def every_bone(genes: PoseGenes) -> tuple[PoseGenes, np.ndarray]:
    """The poses again for every bone, and the bones."""
    n = len(genes)
    return genes.taken(np.tile(np.arange(n), BONES)), np.repeat(np.arange(BONES), n)


def hips(genes: PoseGenes) -> np.ndarray:
    left, right = (HUMAN.skeleton.bone_index("pelvis", f"{side}_hip") for side in ("left", "right"))
    return genes.angles[:, left, :2] - genes.angles[:, right, :2]


@pytest.mark.parametrize("name", ["human17", "quadruped16", "quadruped16.paper", "hand21"])
@settings(max_examples=5, deadline=None)
@given(seed=SEEDS)
def test_offspring_of_valid_poses_is_valid_and_symmetric(name: str, seed: int) -> None:
    preset = load_ranges(name)
    grown = evolve(preset, first_of_ranges(preset, 60, seed), 200, seed, Breeding(share=0.3))

    assert len(grown) == 200
    assert excess(preset, grown).max() <= 1.1e-6
    for left, right in preset.skeleton.bone_pairs:
        assert np.array_equal(grown.lengths[:, left], grown.lengths[:, right])
    assert np.allclose(grown.lengths.max(1), 1)
    assert np.allclose(np.linalg.det(grown.rotation), 1)


@settings(max_examples=10, deadline=None)
@given(seed=SEEDS)
def test_coupled_bones_stay_coupled(seed: int) -> None:
    grown = evolve(HUMAN, first_of_ranges(HUMAN, 60, seed), 200, seed, Breeding(share=0.3))

    assert np.allclose(hips(grown), 0)


@settings(max_examples=10, deadline=None)
@given(seed=SEEDS)
def test_a_seed_says_it_all(seed: int) -> None:
    first = first_of_ranges(HUMAN, 40, seed)
    again = first_of_ranges(HUMAN, 40, seed)
    grown, same = evolve(HUMAN, first, 90, seed), evolve(HUMAN, again, 90, seed)

    assert np.array_equal(grown.angles, same.angles) and np.array_equal(grown.rotation, same.rotation)
    assert not np.array_equal(grown.angles, evolve(HUMAN, first, 90, seed + 1).angles)
    assert not np.array_equal(first.angles, first_of_ranges(HUMAN, 40, seed + 1).angles)


@settings(max_examples=10, deadline=None)
@given(seed=SEEDS)
def test_crossing_a_pose_with_itself_is_itself(seed: int) -> None:
    parents, bones = every_bone(first_of_ranges(HUMAN, 3, seed))

    child = cross(HUMAN, parents, parents, bones).genes

    assert np.array_equal(child.angles, parents.angles)
    assert np.array_equal(child.lengths, parents.lengths)
    assert np.array_equal(child.rotation, parents.rotation)


@settings(max_examples=10, deadline=None)
@given(seed=SEEDS)
def test_a_child_has_the_mothers_part_and_lengths_and_the_fathers_rest_and_stance(seed: int) -> None:
    father, bones = every_bone(first_of_ranges(HUMAN, 2, seed))
    mother, _ = every_bone(first_of_ranges(HUMAN, 2, seed + 1))

    crossed = cross(HUMAN, father, mother, bones)

    given_away = subtrees(HUMAN.skeleton)[bones]
    assert not (crossed.exchanged & ~given_away).any()
    kept_back = given_away & ~crossed.exchanged  # a hip without the other one
    assert set(np.flatnonzero(kept_back.any(0))) == {
        HUMAN.skeleton.bone_index("pelvis", f"{side}_hip") for side in ("left", "right")
    }
    child = crossed.genes
    assert np.array_equal(child.angles[crossed.exchanged], mother.angles[crossed.exchanged])
    assert np.array_equal(child.angles[~crossed.exchanged], father.angles[~crossed.exchanged])
    assert np.array_equal(child.lengths, mother.lengths)
    assert np.array_equal(child.rotation, father.rotation)


@settings(max_examples=10, deadline=None)
@given(seed=SEEDS)
def test_turning_the_whole_body_keeps_the_local_genes(seed: int) -> None:
    parents, bones = every_bone(first_of_ranges(HUMAN, 2, seed))
    crossed = cross(HUMAN, parents, parents, bones)
    turned = mutated(HUMAN, crossed, replace(NO_CHANGE, turn_chance=1.0), np.random.default_rng(seed))

    assert np.array_equal(turned.angles, parents.angles)
    assert np.array_equal(turned.lengths, parents.lengths)
    assert np.allclose(turned.rotation @ np.swapaxes(turned.rotation, 1, 2), np.eye(3))
    assert np.linalg.norm(turned.rotation - parents.rotation, axis=(1, 2)).min() > 0
    told = genes_of_joints(HUMAN, joints_of_genes(HUMAN, turned))
    untold = genes_of_joints(HUMAN, joints_of_genes(HUMAN, parents))
    assert np.allclose(told.angles, untold.angles, atol=1e-6)


def test_the_body_turns_by_the_published_spread_and_not_twice_it() -> None:
    """The published code draws its 30 degrees and then turns by 60."""
    one = first_of_ranges(HUMAN, 1, 0)
    many = one.taken(np.zeros(4000, int))
    crossed = cross(HUMAN, many, many, np.zeros(4000, int))
    turned = mutated(HUMAN, crossed, replace(NO_CHANGE, turn_chance=1.0), np.random.default_rng(0))

    relative = turned.rotation @ np.swapaxes(many.rotation, 1, 2)
    angle = np.degrees(np.arccos(np.clip((np.trace(relative, axis1=1, axis2=2) - 1) / 2, -1, 1)))
    assert np.sqrt((angle**2).mean()) == pytest.approx(30, rel=0.05)


def test_exchanged_bones_mutate_at_their_chance_by_their_spread() -> None:
    one = first_of_ranges(HUMAN, 1, 0)
    many = one.taken(np.zeros(5000, int))
    spine = HUMAN.skeleton.bone_index("pelvis", "spine")
    crossed = cross(HUMAN, many, many, np.full(5000, spine))
    child = mutated(HUMAN, crossed, replace(NO_CHANGE, local_chance=0.3), np.random.default_rng(0))

    change = np.degrees(child.angles - many.angles)
    moved = change != 0
    assert not moved[~crossed.exchanged].any()
    assert moved.any(-1)[crossed.exchanged].mean() == pytest.approx(0.3, abs=0.01)
    assert moved.sum(-1).max() == 1
    assert change[moved].std() == pytest.approx(10, rel=0.03)
    assert moved[:, spine].mean(0) == pytest.approx([0.1, 0.1, 0.1], abs=0.02)


def test_lengths_mutate_within_the_spread_of_the_preset() -> None:
    one = first_of_ranges(HUMAN, 1, 0)
    many = one.taken(np.zeros(4000, int))
    crossed = cross(HUMAN, many, many, np.zeros(4000, int))
    child = mutated(HUMAN, crossed, replace(NO_CHANGE, length_chance=0.5), np.random.default_rng(0))

    changed = (child.lengths != many.lengths).any(1)
    assert changed.mean() == pytest.approx(0.5, abs=0.03)
    drawn = first_of_ranges(HUMAN, 4000, 9).lengths
    logs = [np.log(lengths / lengths.mean(1, keepdims=True)) for lengths in (child.lengths[changed], drawn)]
    assert logs[0].mean(0) == pytest.approx(logs[1].mean(0), abs=0.02)
    assert logs[0].std(0) == pytest.approx(logs[1].std(0), rel=0.15)


def test_a_bone_may_be_out_of_range_only_as_in_its_parent_and_by_no_more_than_the_slack() -> None:
    """The published code compares where it should assign, so that its limits of arms and thighs bind nothing."""
    first = first_of_ranges(HUMAN, 4, 0)
    elbow = HUMAN.skeleton.bone_index("left_shoulder", "left_elbow")
    angles = np.repeat(first.angles[:1], 4, axis=0)
    top = HUMAN.ranges[elbow].flexion.max  # type: ignore[union-attr]
    angles[:, elbow, 0] = top + np.array([0.0, 1.0, 5.0, 12.0]) * DEGREE
    children = PoseGenes(angles, first.lengths, first.rotation)
    inside, beyond = np.zeros((4, BONES)), np.full((4, BONES), 8 * DEGREE)

    assert valid(HUMAN, children, inside, 10 * DEGREE).tolist() == [True, False, False, False]
    assert valid(HUMAN, children, beyond, 10 * DEGREE).tolist() == [True, True, True, False]
    assert valid(HUMAN, children, beyond, 0.0).tolist() == [True, False, False, False]


def test_children_keep_the_share_of_parents_within_slack(shared_data: Path) -> None:
    path = shared_data / "human3d" / "hdm05_bd.npz"
    if not path.is_file():
        pytest.skip(f"{path} is absent")
    first = first_of_poses(HUMAN, np.load(path)["joints"][::10])
    count = len(first)
    assert excess(HUMAN, first).max() > 20 * DEGREE  # kept, although out of range

    grown = evolve(HUMAN, first, 4 * count, 0, Breeding(slack=5 * DEGREE))

    assert np.array_equal(grown.angles[:count], first.angles)
    assert excess(HUMAN, grown.taken(slice(count, None))).max() <= 5 * DEGREE + 1e-5
    strict = evolve(HUMAN, first, 2 * count, 0, Breeding(slack=0.0))
    assert excess(HUMAN, strict.taken(slice(count, None))).max() <= 1.1e-6


def test_two_poses_are_enough_to_begin_with_and_one_is_too() -> None:
    for count in (2, 1):
        first = first_of_poses(HUMAN, 900 * joints_of_genes(HUMAN, first_of_ranges(HUMAN, count, 0)))
        grown = evolve(HUMAN, first, 50, 1, Breeding(share=1.0))
        assert len(grown) == 50
        assert np.ptp(grown.angles, axis=0).max() > 1 * DEGREE


def test_incomplete_poses_are_left_out_and_none_is_an_error() -> None:
    joints = joints_of_genes(HUMAN, first_of_ranges(HUMAN, 3, 0))
    joints[1, 4] = np.nan

    assert len(first_of_poses(HUMAN, joints)) == 2
    with pytest.raises(PoseInputError, match="None of the 3D poses has all its joints"):
        first_of_poses(HUMAN, np.full((2, 17, 3), np.nan))


def test_where_nothing_valid_can_be_born_it_says_so() -> None:
    elbow = HUMAN.skeleton.bone_index("left_shoulder", "left_elbow")
    narrow = HUMAN.with_range(elbow, replace(HUMAN.ranges[elbow], flexion=Interval(1.5, 1.6)))  # type: ignore[arg-type, type-var]
    joints = joints_of_genes(HUMAN, first_of_ranges(HUMAN, 2, 0))

    with pytest.raises(PoseviewerError, match="No offspring of the 2 poses is within the ranges 'human17'"):
        evolve(narrow, first_of_poses(narrow, joints), 10, 0, Breeding(slack=0.0))


def test_generations_are_reported_and_never_overshoot() -> None:
    work = growing(HUMAN, first_of_ranges(HUMAN, 100, 0), 130, 0)
    counts = list(work)

    assert counts == sorted(counts)
    assert counts[-1] == 130
    assert 100 < counts[0] <= 110  # five fathers and five mothers have ten children at most


def test_each_pair_has_two_children_at_most() -> None:
    children = breed(HUMAN, first_of_ranges(HUMAN, 50, 0), 30, NO_CHANGE, np.random.default_rng(0))

    assert len(children) == 60


def test_joints_have_their_root_at_the_origin_and_a_longest_bone_of_one() -> None:
    joints = evolved_joints(HUMAN, first_of_ranges(HUMAN, 9, 0))

    assert joints.dtype == np.float32
    assert not joints[:, HUMAN.skeleton.root].any()
    bones = [np.linalg.norm(joints[:, b.child] - joints[:, b.parent], axis=1) for b in HUMAN.skeleton.bones]
    assert np.max(bones, axis=0) == pytest.approx(np.ones(9), abs=1e-5)
