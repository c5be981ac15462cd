"""The posed skeleton as a function of its unknowns: its derivatives, its bounds, and what lengths are likely."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poseviewer.geometry.pose_model import (
    Observed,
    PoseModel,
    PoseProblems,
    PoseState,
    length_distribution,
    rotation_by,
)
from poseviewer.geometry.rotations import random_rotations, trailing_matrices
from poseviewer.geometry.shared_lengths import template_lengths
from poseviewer.io.skeleton_files import load_ranges
from poseviewer.synthesis.generate import synthesize
from poseviewer.synthesis.presets import DEFAULT

PRESETS = ["quadruped16", "quadruped16.paper", "human17", "hand21"]


def some_state(model: PoseModel, n: int = 3, seed: int = 0) -> PoseState:
    random = np.random.default_rng(seed)
    bones = model.preset.skeleton.bone_count
    share = random.uniform(0.1, 0.9, (n, len(model.unknowns)))
    return PoseState(
        trailing_matrices(random_rotations(*random.random((3, n)))),
        random.normal(0, 0.3, (n, 3)),
        model.low + (model.high - model.low) * share,
        random.normal(0, 0.5, (n, bones)),
        *template_lengths(model.preset, n),
    )


def problems_for(model: PoseModel, n: int = 3, seed: int = 1) -> PoseProblems:
    random = np.random.default_rng(seed)
    count, joints = len(model.unknowns), model.preset.skeleton.joint_count
    weight = np.where(random.random((n, joints)) < 0.2, 0.0, 4.0)
    low, high = np.full((n, count), -3.0), np.full((n, count), 3.0)
    price, depth = np.full((n, count), 2.0), random.normal(size=(n, joints))
    sure = np.where(random.random((n, joints)) < 0.2, 0.0, 3.0)
    keypoints = random.normal(size=(n, joints, 2))
    return PoseProblems(model, Observed(keypoints, weight, low, high, price, depth, sure))


@pytest.mark.parametrize("name", PRESETS)
def test_what_each_unknown_moves_is_what_a_small_step_of_it_moves(name: str) -> None:
    model = PoseModel(load_ranges(name))
    problems, state = problems_for(model), some_state(model)

    joints, moves = model.moves(state)

    np.testing.assert_allclose(joints, model.joints(state), atol=1e-12)
    for column in range(moves.shape[-1]):
        step = np.zeros((3, moves.shape[-1]))
        step[:, column] = 1e-5
        ahead = model.joints(problems.moved(state, step))
        behind = model.joints(problems.moved(state, -step))
        np.testing.assert_allclose(moves[..., column], (ahead - behind) / 2e-5, atol=1e-4)


@pytest.mark.parametrize("name", ["quadruped16", "hand21"])
def test_the_slope_of_the_cost_is_that_of_its_linear_model(name: str) -> None:
    model = PoseModel(load_ranges(name))
    problems, state, rows = problems_for(model), some_state(model), np.arange(3)
    state = state._replace(angles=state.angles + 0.4)  # some beyond their ranges, where leaving costs

    residuals, slopes = problems.linearise(state, rows)

    gradient = np.einsum("nr,nrp->np", residuals, slopes)
    for column in range(gradient.shape[1]):
        step = np.zeros(gradient.shape)
        step[:, column] = 1e-5
        slope = problems.cost(problems.moved(state, step), rows) - problems.cost(problems.moved(state, -step), rows)
        np.testing.assert_allclose(gradient[:, column], slope / 2e-5, rtol=1e-3, atol=2e-2)


@pytest.mark.parametrize("name", PRESETS)
def test_angles_go_to_their_bones_and_back(name: str) -> None:
    model = PoseModel(load_ranges(name))
    angles = some_state(model).angles

    np.testing.assert_allclose(model.own_angles(model.all_angles(angles)), angles, atol=1e-12)


def test_a_rigid_girdle_is_one_unknown_per_axis() -> None:
    preset = load_ranges("quadruped16")
    hips = (preset.skeleton.bone_index("tail_base", "left_hip"), preset.skeleton.bone_index("tail_base", "right_hip"))

    assert [u.axis for u in PoseModel(preset).unknowns if set(hips) & set(u.bones)] == [0, 1]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-2, 2), min_size=3, max_size=3))
def test_a_turn_keeps_its_axis_and_turns_by_its_length(vector: list[float]) -> None:
    v = np.array(vector)

    rotation = rotation_by(v[None])[0]

    np.testing.assert_allclose(rotation @ v, v, atol=1e-12)
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-12)
    assert np.trace(rotation) == pytest.approx(1 + 2 * np.cos(np.linalg.norm(v)), abs=1e-9)


def test_likely_lengths_are_those_that_synthesis_draws() -> None:
    preset = load_ranges("quadruped16")
    drawn = np.log(synthesize(preset.skeleton, preset, 4000, 0, DEFAULT).bone_lengths.astype(np.float64))

    mean, root = length_distribution(preset)

    # Synthesis scales the longest bone to 1, so only differences between bones can be compared.
    drawn = drawn[:, 1:] - drawn[:, :1]
    covariance = root @ root.T
    difference = covariance[1:, 1:] - covariance[1:, :1] - covariance[:1, 1:] + covariance[0, 0]
    np.testing.assert_allclose(drawn.mean(0), mean[1:] - mean[0], atol=0.03)
    np.testing.assert_allclose(np.cov(drawn.T), difference, atol=0.02)
