"""Poses as genes: joints to local angles and back, and how far an angle is from its range."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poseviewer.io.skeleton_files import load_ranges, load_skeleton
from poseviewer.synthesis.evolution import first_of_ranges
from poseviewer.synthesis.pose_genes import (
    PoseGenes,
    excess,
    genes_of_joints,
    joined,
    joints_of_genes,
    partners,
    seen_axes,
    subtrees,
    tied_lengths,
)
from poseviewer.synthesis.poses import sample_directions

HUMAN = load_ranges("human17")
DEGREE = np.pi / 180


def bone(parent: str, child: str) -> int:
    return HUMAN.skeleton.bone_index(parent, child)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), turn=st.floats(-3, 3))
def test_joints_come_back_from_their_genes(seed: int, turn: float) -> None:
    joints = joints_of_genes(HUMAN, first_of_ranges(HUMAN, 5, seed))
    c, s = np.cos(turn), np.sin(turn)
    turned = 700 * joints @ np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]]) + [10, 20, 30]

    back = joints_of_genes(HUMAN, genes_of_joints(HUMAN, turned))

    assert np.allclose(back, turned - turned[:, :1], atol=1e-7 * 700)


def test_any_joints_come_back_from_their_genes() -> None:
    joints = np.random.default_rng(0).normal(size=(50, 17, 3))

    back = joints_of_genes(HUMAN, genes_of_joints(HUMAN, joints))

    assert np.allclose(back, joints - joints[:, :1], atol=1e-9)


def test_spherical_ranges_have_genes_too() -> None:
    paper = load_ranges("quadruped16.paper")
    first = first_of_ranges(paper, 20, 0)
    joints = joints_of_genes(paper, first)

    assert first.angles.shape == (20, paper.skeleton.bone_count, 2)
    assert excess(paper, first).max() < 1e-9
    assert np.allclose(joints_of_genes(paper, genes_of_joints(paper, joints)), joints, atol=1e-9)


def test_angles_mean_what_they_mean_to_the_sampler() -> None:
    """A first population has the directions that `synthesize` draws."""
    first = first_of_ranges(HUMAN, 30, 4)
    from poseviewer.synthesis.poses import length_rows, pose_rows
    from poseviewer.synthesis.presets import DEFAULT

    rows = pose_rows(HUMAN, DEFAULT) - length_rows(HUMAN, DEFAULT)
    drawn = sample_directions(HUMAN, np.random.default_rng((4, 0)).random((rows, 30)))
    joints = joints_of_genes(HUMAN, first)
    for k, b in enumerate(HUMAN.skeleton.bones):
        vector = joints[:, b.child] - joints[:, b.parent]
        assert np.allclose(vector, first.lengths[:, k, None] * drawn[:, k].T)


def test_excess_is_the_worst_angle_beyond_its_range() -> None:
    genes = first_of_ranges(HUMAN, 1, 0)
    knee, spine = bone("left_hip", "left_knee"), bone("pelvis", "spine")
    angles = genes.angles.copy()
    angles[0, knee, 0] = HUMAN.ranges[knee].flexion.min - 5 * DEGREE  # type: ignore[union-attr]
    angles[0, knee, 1] = HUMAN.ranges[knee].abduction.max + 2 * DEGREE  # type: ignore[union-attr]
    angles[0, spine, 2] = HUMAN.ranges[spine].twist.max + 3 * DEGREE  # type: ignore[union-attr]
    wrist = bone("left_elbow", "left_wrist")
    angles[0, wrist, 2] = 1.0  # nothing hangs on it: nobody can see that

    beyond = excess(HUMAN, PoseGenes(angles, genes.lengths, genes.rotation))[0]

    assert beyond[knee] == pytest.approx(5 * DEGREE)
    assert beyond[spine] == pytest.approx(3 * DEGREE)
    assert np.count_nonzero(beyond > 1e-9) == 2


def test_tied_lengths_are_those_of_a_symmetric_animal_of_size_one() -> None:
    lengths = np.random.default_rng(0).uniform(0.5, 2.0, (10, HUMAN.skeleton.bone_count))

    tied = tied_lengths(HUMAN.skeleton, lengths)

    for left, right in HUMAN.skeleton.bone_pairs:
        assert np.array_equal(tied[:, left], tied[:, right])
    assert np.allclose(tied.max(1), 1)
    assert np.allclose(tied_lengths(HUMAN.skeleton, 3 * tied), tied)


def test_a_subtree_is_a_bone_and_what_hangs_on_it() -> None:
    hangs = subtrees(HUMAN.skeleton)
    names = HUMAN.skeleton.bone_names

    arm = {names[i] for i in np.flatnonzero(hangs[bone("thorax", "left_shoulder")])}
    assert arm == {"thorax:left_shoulder", "left_shoulder:left_elbow", "left_elbow:left_wrist"}
    assert hangs[bone("pelvis", "spine")].sum() == 10
    assert hangs[bone("right_knee", "right_ankle")].sum() == 1


def test_only_coupled_bones_have_a_partner_and_only_seen_twists_count() -> None:
    left, right = bone("pelvis", "left_hip"), bone("pelvis", "right_hip")
    others = [b for b in range(HUMAN.skeleton.bone_count) if b not in (left, right)]

    assert partners(HUMAN)[left] == right and partners(HUMAN)[right] == left
    assert [partners(HUMAN)[b] for b in others] == others
    seen = seen_axes(HUMAN)
    assert seen[:, :2].all()
    assert seen[bone("left_hip", "left_knee"), 2] and not seen[bone("left_knee", "left_ankle"), 2]


def test_parts_are_joined_in_order() -> None:
    a, b = first_of_ranges(HUMAN, 3, 0), first_of_ranges(HUMAN, 2, 1)
    both = joined([a, b])

    assert len(both) == 5
    assert np.array_equal(both.taken(slice(3, 5)).angles, b.angles)
    assert np.array_equal(both.taken([0]).lengths, a.lengths[:1])


def test_people_in_motion_capture_are_mostly_within_ten_degrees_of_the_ranges(shared_data: Path) -> None:
    path = shared_data / "human3d" / "hdm05_bd.npz"
    if not path.is_file():
        pytest.skip(f"{path} is absent")
    joints = np.load(path)["joints"].astype(float)[::5]
    assert load_skeleton("human17").joint_count == joints.shape[1]

    genes = genes_of_joints(HUMAN, joints)

    assert np.allclose(joints_of_genes(HUMAN, genes), joints - joints[:, :1], atol=1e-6)
    assert (excess(HUMAN, genes) < 10 * DEGREE).all(1).mean() > 0.7
