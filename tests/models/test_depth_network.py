"""The generators of 002-004: their sizes are the published ones, and what is apart stays apart."""

from __future__ import annotations

import pytest
import torch

from poseviewer.io.skeleton_files import load_skeleton
from poseviewer.models.depth_network import REACH, DepthNetwork
from training.hardy import PUBLISHED

HUMAN16 = load_skeleton("human16")
BLOCKS = {"full": 6, "legs-torso": 3, "split-legs-torso": 4, "split-five": 2, "five": 1}


@pytest.mark.parametrize("representation", BLOCKS)
def test_the_sizes_are_those_of_004(representation: str) -> None:
    with torch.device("meta"):
        network = DepthNetwork(
            HUMAN16, representation, 1024, BLOCKS[representation], head="tanh", norm="batch", dropout=0.5
        )
    statistics = sum(v.numel() for k, v in network.state_dict().items() if "running" in k)
    assert sum(p.numel() for p in network.parameters()) + statistics == PUBLISHED[representation]


@pytest.mark.parametrize("representation", ["legs-torso", "five"])
def test_a_part_does_not_see_the_others(representation: str) -> None:
    torch.manual_seed(0)
    network = DepthNetwork(HUMAN16, representation, 16, 1).eval()
    xy = torch.randn(3, 16, 2)
    before = network(xy).depth
    for _, group in network.groups:
        moved = xy.clone()
        moved[:, list(group)] += 1.0
        changed = (network(moved).depth - before).abs().amax(0) > 0
        assert {int(j) for j in changed.nonzero()} <= set(group)
        assert changed.any()


@pytest.mark.parametrize("representation", ["full", "split-legs-torso", "split-five"])
def test_a_network_that_combines_does(representation: str) -> None:
    torch.manual_seed(0)
    network = DepthNetwork(HUMAN16, representation, 32, 2).eval()
    xy = torch.randn(3, 16, 2)
    moved = xy.clone()
    moved[:, 0] += 1.0
    assert ((network(moved).depth - network(xy).depth).abs().amax(0) > 0).all()


def test_the_root_has_no_depth_and_a_tanh_no_far_ones() -> None:
    network = DepthNetwork(load_skeleton("human17"), width=16, blocks=1, head="tanh")
    depth = network(100 * torch.randn(8, 17, 2)).depth
    assert (depth[:, 0] == 0).all()
    assert depth.abs().max() <= REACH


def test_elevation_and_camera_are_said_where_they_are_asked_for() -> None:
    network = DepthNetwork(HUMAN16, width=16, blocks=3, camera=True, learned_elevation=(0.0, 20.0))
    said = network(torch.randn(5, 16, 2))
    assert said.elevation is not None and said.camera is not None
    assert ((said.elevation > 0) & (said.elevation < 0.35)).all()
    assert said.camera.shape == (5, 2, 3)
    torch.testing.assert_close(said.camera.mean(0), torch.eye(2, 3), atol=0.2, rtol=0)
    assert DepthNetwork(HUMAN16, width=16, blocks=1)(torch.randn(5, 16, 2))[1:] == (None, None)
