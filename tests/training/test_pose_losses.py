"""The losses of 002-004 by hand: 0 where they should be, and what they are elsewhere."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from poseviewer.geometry.kinematics import joints_from_vectors
from poseviewer.geometry.turns import seen_from, turn
from poseviewer.io.skeleton_files import load_ranges, load_skeleton
from poseviewer.models.depth_network import Depths
from poseviewer.synthesis.generate import synthesize
from training.pose_losses import (
    angle_loss,
    apart,
    build_loss,
    camera_loss,
    facing,
    pose_distance,
    quarter_losses,
    reprojection_loss,
    symmetry_loss,
    whole_distance,
)

HUMAN17 = load_skeleton("human17")


class Knows(torch.nn.Module):
    """A lifter that knows one body: the depth of whatever it is shown of it from a level camera."""

    def __init__(self, body: Tensor) -> None:
        super().__init__()
        angles = torch.linspace(-math.pi, math.pi, 721, dtype=body.dtype)[:-1]
        self.views = turn(body.expand(len(angles), -1, -1), angles)

    def forward(self, xy: Tensor) -> Depths:
        seen = self.views[..., :2]
        size = seen.square().sum((1, 2), keepdim=True).div(seen.shape[1]).sqrt()
        nearest = ((seen / size)[None] - xy[:, None]).square().sum((2, 3)).argmin(1)
        return Depths((self.views / size)[nearest][..., 2])


def body() -> Tensor:
    joints = torch.randn(17, 3, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    return joints - joints[:1]


def test_a_lifter_that_is_right_from_every_side_has_no_quarter_loss() -> None:
    there = body()[None]
    wrong = there[..., 2] + 0.3
    assert quarter_losses(Knows(body()), there[..., :2], there[..., 2]).item() < 1e-4  # type: ignore[arg-type]
    assert quarter_losses(Knows(body()), there[..., :2], wrong).item() > 0.05  # type: ignore[arg-type]


def test_reprojection_is_the_mean_square_of_what_moved() -> None:
    xy = torch.zeros(2, 4, 2)
    again = xy.clone()
    again[0, 1] = torch.tensor([3.0, 4.0])
    assert reprojection_loss(xy, again).item() == pytest.approx(25 / 16)


def test_equal_sides_have_no_symmetry_loss() -> None:
    joints = torch.randn(3, 17, 3)
    mirrored = joints[:, list(HUMAN17.mirror)] * torch.tensor([-1.0, 1.0, 1.0])
    assert symmetry_loss(HUMAN17, (joints + mirrored) / 2).item() == pytest.approx(0, abs=1e-10)
    assert symmetry_loss(HUMAN17, joints).item() > 0.01


def test_a_face_on_the_side_that_the_shoulders_say_costs_nothing() -> None:
    points = facing(HUMAN17)
    assert points is not None
    start, end, left, right = points
    person = torch.zeros(1, 17, 3)  # z up, facing -y, its left is +x
    person[0, end] = torch.tensor([0.0, -1.0, 1.0])
    person[0, start] = torch.tensor([0.0, 0.0, 1.0])
    person[0, left], person[0, right] = torch.tensor([1.0, 0.0, 1.0]), torch.tensor([-1.0, 0.0, 1.0])
    for azimuth in torch.linspace(0, 6, 7):
        seen = seen_from(person, azimuth[None], torch.tensor([0.2]))
        assert angle_loss(seen, points).item() == 0
        assert angle_loss(seen * torch.tensor([1.0, 1.0, -1.0]), points).item() > 0.5
    assert facing(load_skeleton("quadruped16")) is None or "left_shoulder" in load_skeleton("quadruped16").joints
    assert facing(load_skeleton("hand21")) is None


def test_a_camera_with_equal_rows_at_right_angles_costs_nothing() -> None:
    fine = 3 * torch.tensor([[[0.6, 0.8, 0.0], [-0.8, 0.6, 0.0]]])
    assert camera_loss(fine).item() == pytest.approx(0, abs=1e-6)
    # Rows of lengths 1 and 2: 2 KK^T / 5 - I = diag(-3/5, 3/5).
    uneven = torch.tensor([[[1.0, 0.0, 0.0], [0.0, 2.0, 0.0]]])
    assert camera_loss(uneven).item() == pytest.approx(0.6 * math.sqrt(2))


def test_distances_by_hand() -> None:
    zero, moved = torch.zeros(1, 2, 2), torch.tensor([[[3.0, 4.0], [0.0, 0.0]]])
    assert apart([zero, moved, zero]).item() == pytest.approx((2.5 + 2.5 + 0) / 3, abs=1e-3)
    assert whole_distance(zero, moved).item() == pytest.approx(2.5, abs=1e-3)
    both = torch.tensor([[[3.0, 4.0], [3.0, 4.0]]])
    assert whole_distance(zero, both).item() == pytest.approx(math.sqrt(50) / 2, abs=1e-3)
    assert pose_distance(torch.zeros(1, 2, 3), torch.tensor([[[2.0, 3.0, 6.0], [0.0, 0.0, 0.0]]])).item() == (
        pytest.approx(3.5, abs=1e-3)
    )


def test_poses_of_one_build_cost_nothing_whatever_they_do() -> None:
    ranges = load_ranges("human17")
    rigid = synthesize(ranges.skeleton, ranges, 1, seed=1)
    lengths = torch.from_numpy(rigid.bone_lengths)
    directions = torch.nn.functional.normalize(torch.randn(50, 16, 3), dim=-1)
    sizes = 0.5 + torch.rand(50, 1, 1)
    poses = joints_from_vectors(ranges.skeleton, sizes * directions * lengths[..., None])
    assert build_loss(ranges.skeleton, poses).item() == pytest.approx(0, abs=1e-6)
    flat = poses * torch.tensor([1.0, 1.0, 0.0])
    assert build_loss(ranges.skeleton, flat).item() > 0.1
    # Being one build is not being symmetric: left and right share their mean.
    lopsided = lengths.clone()
    lopsided[0, 1] *= 1.5
    crooked = joints_from_vectors(ranges.skeleton, directions * lopsided[..., None])
    assert build_loss(ranges.skeleton, crooked).item() > 1e-3
