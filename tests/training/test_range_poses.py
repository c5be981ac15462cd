"""Poses from ranges as the methods that learn from 2D see them: keypoints that are the projection of their depths."""

from __future__ import annotations

import math

import pytest
import torch

from poseviewer.geometry.metrics import p_mpjpe
from poseviewer.geometry.turns import back_project
from poseviewer.io.skeleton_files import load_ranges
from training.pose_views import Cameras
from training.range_poses import RangePoses

HUMAN17 = load_ranges("human17")
CPU = torch.device("cpu")


@pytest.mark.parametrize("distance", [math.inf, 22.0])
def test_keypoints_with_their_depths_are_poses_of_the_skeleton(distance: float) -> None:
    xy, depth = RangePoses(HUMAN17, Cameras(distance=distance), 3, CPU).draw(5, 0, 40)
    torch.testing.assert_close(xy.square().sum((1, 2)) / 17, torch.ones(40))
    torch.testing.assert_close(depth[:, 0], torch.zeros(40), atol=1e-5, rtol=0)
    pose = back_project(xy, depth, distance)
    lengths = torch.stack([(pose[:, b.child] - pose[:, b.parent]).norm(dim=-1) for b in HUMAN17.skeleton.bones], 1)
    for left, right in HUMAN17.skeleton.bone_pairs:
        torch.testing.assert_close(lengths[:, left], lengths[:, right], rtol=0.15, atol=0.02)
    assert p_mpjpe(back_project(xy, 0 * depth, distance).numpy(), pose.numpy()).mean() > 0.1


def test_the_same_step_gives_the_same_poses_and_another_one_others() -> None:
    supply = RangePoses(HUMAN17, Cameras(), 3, CPU)
    first, again, other, seed = (
        supply.draw(5, 0, 8)[0], supply.draw(5, 0, 8)[0], supply.draw(6, 0, 8)[0],
        RangePoses(HUMAN17, Cameras(), 4, CPU).draw(5, 0, 8)[0],
    )  # fmt: skip
    assert torch.equal(first, again)
    assert not torch.equal(first, other) and not torch.equal(first, seed)
