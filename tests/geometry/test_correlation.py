"""The correlation study: linear lifters have an influence that is known, independent parts have none on each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from poseviewer.geometry.correlation import (
    Depths,
    Influence,
    between_groups,
    factors_from,
    leg_joints,
    measuring,
    normalised_poses,
    root_joint,
    root_points,
)
from poseviewer.io.skeleton_files import load_skeleton

LEGS, TORSO = [0, 1, 2], [3, 4, 5, 6]


def measured(depths: Depths, poses: NDArray[np.float64], factors: NDArray[np.float64], batch: int = 64) -> Influence:
    work = measuring(depths, poses, factors, batch)
    shares = []
    while True:
        try:
            shares.append(next(work))
        except StopIteration as done:
            assert shares == sorted(shares)
            assert shares[-1] == pytest.approx(1)
            return done.value


def random_poses(seed: int, count: int = 9, joints: int = 7) -> NDArray[np.float64]:
    keypoints = np.random.default_rng(seed).normal(size=(count, joints, 2))
    return normalised_poses(keypoints, keypoints[:, 0])


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_a_linear_lifter_answers_by_its_coefficients(seed: int) -> None:
    rng = np.random.default_rng(seed)
    weights = rng.normal(size=(7, 2, 7))
    poses, factors = random_poses(seed), np.array([0.0, 0.5, 1.0])

    found = measured(lambda xy, _: np.einsum("nkc,kcj->nj", xy, weights), poses, factors)

    # z_j changes by (f - 1) times what keypoint k contributes to it.
    expected = np.abs(np.einsum("nkc,kcj->nkj", poses, weights)).mean(0)
    np.testing.assert_allclose(found.change[:, :, 0], expected, atol=1e-9)
    np.testing.assert_allclose(found.change[:, :, 1], expected / 2, atol=1e-9)
    assert not found.change[:, :, 2].any()
    np.testing.assert_allclose(found.matrix, expected / 2, atol=1e-9)


def test_the_size_of_the_batches_changes_nothing() -> None:
    weights = np.random.default_rng(0).normal(size=(14, 7))
    poses, factors = random_poses(1, 30), factors_from()

    whole, pieces = (
        measured(lambda xy, _: np.tanh(xy.reshape(len(xy), 14) @ weights), poses, factors, batch)
        for batch in (10_000, 1)
    )

    np.testing.assert_allclose(whole.change, pieces.change, atol=1e-12)


def test_a_lifter_is_told_what_the_pose_was_before() -> None:
    """One that divides by the pose's size sees all depths change with it, unless it divides by the size before."""
    poses, factors = random_poses(4), np.array([0.5])

    def size(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.abs(xy).max(axis=(1, 2))[:, None]

    anew = measured(lambda xy, _: xy[..., 0] / size(xy), poses, factors).matrix
    kept = measured(lambda xy, before: xy[..., 0] / size(before), poses, factors).matrix

    across = ~np.eye(7, dtype=bool)
    assert (anew[across] > 0).any()
    assert not kept[across].any()


def test_independent_parts_have_no_influence_at_all_on_each_other() -> None:
    rng = np.random.default_rng(2)
    parts = [(part, rng.normal(size=(2 * len(part), 64)), rng.normal(size=(64, len(part)))) for part in (LEGS, TORSO)]

    def depths(poses: NDArray[np.float64], before: NDArray[np.float64]) -> NDArray[np.float32]:
        z = np.zeros(poses.shape[:2], np.float32)
        for part, first, second in parts:
            given = poses[:, part].reshape(len(poses), -1).astype(np.float32)
            z[:, part] = np.tanh(given @ first.astype(np.float32)) @ second.astype(np.float32)
        return z

    means = between_groups(measured(depths, random_poses(3, 50), factors_from()).matrix, LEGS, range(7))

    assert means.across == 0.0  # not nearly
    assert means.own > 0.01
    assert means.within > 0.01


def test_the_means_are_over_pairs_of_joints_that_count() -> None:
    matrix = np.full((4, 4), 3.0)
    matrix[np.ix_([0, 1], [2, 3])] = matrix[np.ix_([2, 3], [0, 1])] = 1.0
    np.fill_diagonal(matrix, 7.0)
    matrix[:, 3] = matrix[3] = 1000.0

    means = between_groups(matrix, [0, 1], [0, 1, 2])

    assert (means.own, means.within, means.across) == (7.0, 3.0, 1.0)
    assert np.isnan(between_groups(matrix, [], [0, 1, 2]).across)


def test_the_factors_are_the_papers() -> None:
    factors = factors_from()
    assert (len(factors), factors[0], factors[-1]) == (101, 0.05, 1.05)
    assert 1.0 in factors
    assert len(factors_from(-0.95, 1.05, 0.01)) == 201
    with pytest.raises(ValueError, match="positive step"):
        factors_from(0, 1, 0)


@settings(max_examples=20, deadline=None)
@given(st.floats(0.01, 1000), st.floats(-1e4, 1e4))
def test_normalising_forgets_size_and_place(scale: float, shift: float) -> None:
    keypoints = np.random.default_rng(5).normal(size=(4, 7, 2))
    moved = keypoints * scale + shift

    normal = normalised_poses(moved, moved[:, 2])

    np.testing.assert_allclose(normal, normalised_poses(keypoints, keypoints[:, 2]), atol=1e-6)
    assert not normal[:, 2].any()
    assert np.abs(normal).max(axis=(1, 2)) == pytest.approx(1)


@pytest.mark.parametrize(
    ("name", "legs", "root"),
    [
        ("human17", 6, "pelvis"),
        ("human16", 6, None),
        ("human14", 6, None),
        ("quadruped16", 6, None),
        ("hand21", 0, "wrist"),
    ],
)
def test_legs_and_roots_of_the_skeletons(name: str, legs: int, root: str | None) -> None:
    skeleton = load_skeleton(name)
    keypoints = np.random.default_rng(6).normal(size=(3, skeleton.joint_count, 2))
    found = root_joint(skeleton)

    assert len(leg_joints(skeleton)) == legs
    assert (None if found is None else skeleton.joints[found]) == root
    hips = [skeleton.find_joint(f"{side}_hip") for side in ("left", "right")]
    expected = keypoints[:, found] if found is not None else keypoints[:, hips].mean(1)
    np.testing.assert_array_equal(root_points(skeleton, keypoints), expected)
