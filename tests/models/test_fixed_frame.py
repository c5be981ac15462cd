"""Depths in the frame of the pose before: what independent parts do not share, they do not show."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from poseviewer.geometry.correlation import (
    between_groups,
    factors_from,
    leg_joints,
    measuring,
    normalised_poses,
    root_joint,
    root_points,
)
from poseviewer.io.skeleton_files import load_skeleton, skeleton_to_table
from poseviewer.models.card import ModelCard
from poseviewer.models.completed import CompletedLifter
from poseviewer.models.depth_lifter import DepthLifter
from poseviewer.models.depth_network import DepthNetwork
from poseviewer.models.fixed_frame import depths_in_frame, depths_of, own_lifter


def made(skeleton: str, representation: str) -> DepthLifter:
    """A lifter with random weights that are large enough to say something."""
    tree = load_skeleton(skeleton)
    torch.manual_seed(0)
    network = DepthNetwork(tree, representation, width=64, blocks=1)
    with torch.no_grad():
        for weights in network.parameters():
            weights.normal_(0, 0.3)
    card = ModelCard(
        kind="lifter", network="depth", shape={}, skeleton=skeleton_to_table(tree), ranges={}, preset="", recipe="",
        seed=0, steps=0, poses_seen=0, device="cpu",
    )  # fmt: skip
    return DepthLifter(network, card, tree, torch.device("cpu"))


def poses_of(lifter: DepthLifter, count: int = 40) -> np.ndarray:
    keypoints = np.random.default_rng(1).normal(size=(count, lifter.skeleton.joint_count, 2)) * 100 + 500
    return normalised_poses(keypoints, root_points(lifter.skeleton, keypoints))


@pytest.mark.parametrize("skeleton", ["human16", "human17", "human14"])
@pytest.mark.parametrize(("representation", "independent"), [("legs-torso", True), ("full", False)])
def test_legs_and_torso_alone_have_exactly_no_influence_on_each_other(
    skeleton: str, representation: str, independent: bool
) -> None:
    lifter = made(skeleton, representation)
    work = measuring(depths_of(lifter), poses_of(lifter), factors_from(step=0.1), batch=128)
    try:
        while True:
            next(work)
    except StopIteration as done:
        matrix = done.value.matrix
    tree = lifter.skeleton

    counted = [j for j in range(tree.joint_count) if j != root_joint(tree)]
    means = between_groups(matrix, leg_joints(tree), counted)

    assert (means.across == 0.0) == independent
    assert means.own > 1e-3
    assert means.within > 1e-3


def test_without_a_change_they_are_those_of_the_lifter() -> None:
    lifter = made("human17", "full")
    poses = poses_of(lifter)

    depths = depths_in_frame(lifter, poses, poses)

    np.testing.assert_allclose(depths, lifter.lift(poses).joints[..., 2], atol=1e-4)


def test_what_fills_in_missing_keypoints_is_left_aside() -> None:
    method = made("human16", "legs-torso")
    filled = CompletedLifter(method, made("human17", "full"), load_skeleton("human17"))

    assert own_lifter(filled) is method
    assert own_lifter(method) is method


def test_any_other_lifter_is_asked_to_lift() -> None:
    lifter = made("human17", "full")
    poses = poses_of(lifter)
    expected = lifter.lift(poses[:2]).joints[..., 2]

    class Other:
        lift = lifter.lift

    np.testing.assert_array_equal(np.asarray(depths_of(Other())(poses[:2], poses[2:4])), expected)  # type: ignore[arg-type]
