"""The losses of 001 (eqs. 8-11) by hand, and those of the default lifter at what they should be zero for."""

from __future__ import annotations

import math

import pytest
import torch

from poseviewer.core.skeleton import Skeleton
from poseviewer.geometry.kinematics import joints_from_vectors
from poseviewer.models.networks import DefaultNetwork
from poseviewer.models.normalise import NormalisedKeypoints, normalise
from training.lifter_losses import (
    DefaultTarget,
    default_losses,
    edge_direction_loss,
    edge_length_loss,
    paper_losses,
    symmetry_loss,
)

TWO_ARMS = Skeleton.from_names(
    "two_arms", ["neck", "left_hand", "right_hand", "head"],
    [("neck", "left_hand"), ("neck", "right_hand"), ("neck", "head")], [("left_hand", "right_hand")],
)  # fmt: skip


def test_directions_that_agree_and_disagree() -> None:
    x, y = torch.tensor([[2.0, 0, 0]]), torch.tensor([[0, 5.0, 0]])

    assert edge_direction_loss(x, 7 * x) == pytest.approx(-1)  # of any length
    assert edge_direction_loss(x, -x) == pytest.approx(1)
    assert edge_direction_loss(x, y) == pytest.approx(0)
    assert edge_direction_loss(torch.stack([x, x]), torch.stack([x, y])) == pytest.approx(-0.5)
    assert edge_direction_loss(x, x + y * 2 / 5) == pytest.approx(-math.sqrt(0.5))


def test_lengths_by_hand() -> None:
    """((0.1)^2 + 0 + (0.3)^2 + 0) / 4."""
    target = torch.tensor([[0.5, 1.0], [0.7, 0.2]])
    predicted = torch.tensor([[0.6, 1.0], [0.4, 0.2]])

    assert edge_length_loss(target, predicted) == pytest.approx(0.1 / 4)


def test_symmetry_by_hand() -> None:
    """Only the pair counts: ((0.8 - 0.6)^2 + 0) / 2."""
    lengths = torch.tensor([[0.8, 0.6, 9.0], [0.5, 0.5, 1.0]])

    assert symmetry_loss(TWO_ARMS, lengths) == pytest.approx(0.02)
    alone = Skeleton.from_names("rod", ["a", "b"], [("a", "b")])
    assert symmetry_loss(alone, torch.ones(3, 1)) == 0


def test_the_papers_losses_by_hand() -> None:
    right, up = [1.0, math.pi / 2, 0.0], [0.5, 0.0, 0.3]
    target = torch.tensor([[right, right, up]])
    predicted = torch.tensor([[[0.8, math.pi / 2, 0.0], [0.6, math.pi / 2, math.pi / 2], [0.5, 0.0, -2.0]]])

    losses = paper_losses(TWO_ARMS, target, predicted)

    # Cosines 1, 0 and, at the pole, 1 whatever phi is.
    assert losses["L_ed"] == pytest.approx(-2 / 3, abs=1e-6)
    assert losses["L_el"] == pytest.approx((0.04 + 0.16) / 3)
    assert losses["L_sym"] == pytest.approx(0.04)
    assert set(losses) == {"L_ed", "L_el", "L_sym"}


def test_the_angles_count_on_the_sphere_and_not_as_numbers() -> None:
    """phi and phi + 2 pi are one direction; a loss on the angles themselves would not know."""
    target = torch.tensor([[[1.0, 1.0, -3.1]] * 3])
    turned = target + torch.tensor([0.0, 0.0, 2 * math.pi])

    assert paper_losses(TWO_ARMS, target, turned)["L_ed"] == pytest.approx(-1, abs=1e-5)


class Oracle(DefaultNetwork):
    """Answers the truth, which it was told."""

    def __init__(self, vectors: torch.Tensor, root: torch.Tensor, log_std: float) -> None:
        super().__init__(4, 3, torch.zeros(3), width=8, blocks=1)
        self.vectors, self.place, self.log_std = vectors, root, log_std

    def forward(self, features: torch.Tensor) -> tuple[torch.Tensor, ...]:  # type: ignore[override]
        lengths = self.vectors.norm(dim=-1)
        spread = torch.full((len(features), 4), self.log_std)
        return self.vectors / lengths[..., None], lengths, self.place, spread


def case() -> tuple[torch.Tensor, NormalisedKeypoints, torch.Tensor]:
    """Bone vectors, keypoints and true joints of five poses, in normalised units."""
    torch.manual_seed(0)
    vectors = torch.randn(5, 3, 3)
    joints = joints_from_vectors(TWO_ARMS, vectors)
    normal = normalise(joints[..., :2], torch.ones(5, 4))
    vectors = vectors / normal.radius[:, None, None]
    xy = (joints[..., :2] - normal.centre[:, None]) / normal.radius[:, None, None]
    return vectors, normal, torch.cat([xy, joints[..., 2:] / normal.radius[:, None, None]], dim=-1)


def test_the_truth_costs_nothing() -> None:
    vectors, normal, joints = case()
    losses = default_losses(Oracle(vectors, joints[:, 0, :2], -3.0), TWO_ARMS, normal, DefaultTarget(joints))

    for name in ("joint", "depth", "direction", "length"):
        assert losses[name].item() == pytest.approx(0, abs=2e-4), name
    assert losses["nll"].item() == pytest.approx(0.02 * -3.0, abs=1e-4)


def test_longer_bones_cost_their_logarithm() -> None:
    vectors, normal, joints = case()

    losses = default_losses(Oracle(2 * vectors, joints[:, 0, :2], -1.0), TWO_ARMS, normal, DefaultTarget(joints))

    assert losses["length"].item() == pytest.approx(0.1 * math.log(2), rel=1e-4)
    assert losses["direction"].item() == pytest.approx(0, abs=1e-5)


def test_a_flipped_depth_costs_twice_the_depth_and_nothing_in_the_plane() -> None:
    vectors, normal, joints = case()
    flipped = vectors * torch.tensor([1.0, 1.0, -1.0])

    losses = default_losses(Oracle(flipped, joints[:, 0, :2], 0.0), TWO_ARMS, normal, DefaultTarget(joints))

    expected = (2 * joints[..., 2]).abs().mean()
    assert losses["depth"].item() == pytest.approx(expected.item(), rel=1e-3)
    assert losses["joint"].item() == pytest.approx(expected.item(), rel=1e-3)
    assert losses["nll"].item() == pytest.approx(0.02 * 0.5 * (2 * joints[..., 2]).square().mean().item(), rel=1e-3)
