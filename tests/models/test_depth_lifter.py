"""A lifter that gives depths: the scale and place of the picture do not matter, missing keypoints are refused."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch

from poseviewer.core.errors import PoseInputError
from poseviewer.io.skeleton_files import load_skeleton
from poseviewer.models.depth_lifter import DepthLifter, root_normal
from poseviewer.models.depth_network import DepthNetwork
from poseviewer.models.parts import root_joints

HUMAN14 = load_skeleton("human14")


def lifter(card_of: Any, distance: float = math.inf) -> DepthLifter:
    torch.manual_seed(0)
    network = DepthNetwork(HUMAN14, width=16, blocks=1, distance=distance)
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    return DepthLifter(network, card_of("depth", "human14"), HUMAN14, torch.device("cpu"))


def test_the_normal_is_about_the_root_and_of_radius_1() -> None:
    normal = root_normal(50 + 9 * torch.randn(6, 14, 2), root_joints(HUMAN14))
    torch.testing.assert_close(normal.xy[:, list(root_joints(HUMAN14))].mean(1), torch.zeros(6, 2), atol=1e-5, rtol=0)
    torch.testing.assert_close(normal.xy.square().sum((1, 2)) / 14, torch.ones(6))


def test_an_orthographic_lifter_keeps_what_was_clicked(card_of: Any) -> None:
    keypoints = np.random.default_rng(1).normal(300, 80, (4, 14, 2))
    lifted = lifter(card_of).lift(keypoints)
    np.testing.assert_allclose(lifted.joints[..., :2] + lifted.origin[:, None], keypoints, atol=1e-3)
    assert (lifted.depth_std >= 0).all() and lifted.depth_std.max() > 0


@pytest.mark.parametrize("distance", [math.inf, 22.0])
def test_a_picture_twice_as_large_gives_a_pose_twice_as_large(card_of: Any, distance: float) -> None:
    keypoints = np.random.default_rng(1).normal(0, 80, (4, 14, 2))
    one, two = lifter(card_of, distance).lift(keypoints), lifter(card_of, distance).lift(2 * keypoints + 500)
    np.testing.assert_allclose(two.joints, 2 * one.joints, atol=0.05)


def test_a_missing_keypoint_is_named(card_of: Any) -> None:
    keypoints = np.random.default_rng(1).normal(0, 80, (2, 14, 2))
    keypoints[1, 3] = np.nan
    with pytest.raises(PoseInputError, match="left_hip is missing"):
        lifter(card_of).lift(keypoints)
