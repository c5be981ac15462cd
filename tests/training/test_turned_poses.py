"""Turning lifted poses: there and back, all around, as many ways as the papers have."""

from __future__ import annotations

import math

import pytest
import torch

from poseviewer.io.skeleton_files import load_skeleton
from poseviewer.models.depth_network import DepthNetwork
from poseviewer.models.parts import root_joints
from training.turned_poses import Turns, lift_and_turn

HUMAN17 = load_skeleton("human17")
ROOTS = root_joints(HUMAN17)


def network(distance: float = math.inf) -> DepthNetwork:
    torch.manual_seed(0)
    made = DepthNetwork(HUMAN17, width=16, blocks=1, distance=distance, learned_elevation=(0.0, 20.0))
    for parameter in made.body.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    return made


def poses() -> torch.Tensor:
    xy = torch.randn(6, 17, 2)
    xy = xy - xy[:, :1]
    return xy / xy.square().sum((1, 2), keepdim=True).div(17).sqrt()


@pytest.mark.parametrize("upright", ["level", "mean", "learned"])
@pytest.mark.parametrize("distance", [math.inf, 22.0])
def test_what_was_turned_is_turned_back(upright: str, distance: float) -> None:
    turned = lift_and_turn(network(distance), poses(), Turns(upright=upright), torch.rand(6, 2), ROOTS)
    torch.testing.assert_close(turned.turn_back(turned.seen), turned.lifted, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(turned.back(turned.scaled), turned.lifted, atol=1e-5, rtol=1e-4)


def test_an_orthographic_pose_shows_its_keypoints() -> None:
    xy = poses()
    turned = lift_and_turn(network(), xy, Turns(), torch.rand(6, 2), ROOTS)
    torch.testing.assert_close(turned.lifted[..., :2], xy)
    torch.testing.assert_close(turned.scaled[..., :2], turned.keypoints, atol=1e-5, rtol=1e-4)


def test_the_angles_stay_in_their_ranges_and_may_be_one_for_all() -> None:
    turns = Turns(azimuth=160.0, elevation=(-10.0, 10.0))
    azimuth, elevation = turns.draw(torch.rand(1000, 2))
    assert azimuth.abs().max() <= math.radians(160) and azimuth.min() < -2 and azimuth.max() > 2
    assert elevation.abs().max() <= math.radians(10) and elevation.min() < -0.15
    one, _ = Turns(one=True).draw(torch.rand(5, 2))
    assert (one == one[0]).all()


def test_shares_scale_the_gradient_of_a_joint_and_nothing_else() -> None:
    made, xy, u = network(), poses(), torch.rand(6, 2)
    shares = torch.ones(17)
    shares[4] = 0.25
    whole, scaled = (lift_and_turn(made, xy, Turns(), u, ROOTS, s) for s in (None, shares))
    torch.testing.assert_close(whole.keypoints, scaled.keypoints)
    slopes = []
    for turned in (whole, scaled):
        (slope,) = torch.autograd.grad(turned.lifted[:, 4, 2].sum(), turned.said.depth, retain_graph=True)
        slopes.append(slope[:, 4])
    torch.testing.assert_close(slopes[1], 0.25 * slopes[0])
