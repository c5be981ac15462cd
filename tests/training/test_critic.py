"""The critic and the games: what each side wants, by hand."""

from __future__ import annotations

import math

import pytest
import torch

from poseviewer.core.errors import PoseviewerError
from poseviewer.io.skeleton_files import load_skeleton
from training.critic import Critic, critic_loss, gradient_penalty, lifter_loss, real_penalty

HUMAN16 = load_skeleton("human16")


def test_the_published_critic_has_the_published_size() -> None:
    with torch.device("meta"):
        critic = Critic(HUMAN16, 1024, 3, norm="none")
    assert sum(p.numel() for p in critic.parameters()) == 6_332_417


@pytest.mark.parametrize("outputs", [1, 2])
@pytest.mark.parametrize("bones", [True, False])
def test_it_says_one_number_of_each_pose(outputs: int, bones: bool) -> None:
    assert Critic(HUMAN16, 16, 1, bones, outputs)(torch.randn(7, 16, 2)).shape == (7,)


def test_the_games_by_hand() -> None:
    real, fake = torch.tensor([2.0, 0.0]), torch.tensor([1.0])
    standard = (math.log1p(math.exp(-2)) + math.log(2)) / 2 + math.log1p(math.e)
    assert critic_loss("standard", real, fake).item() == pytest.approx(standard)
    assert critic_loss("least-squares", real, fake).item() == pytest.approx(0.5 * 1 + 0.5 * 1)
    assert critic_loss("wasserstein", real, fake).item() == pytest.approx(1 - 1)
    assert critic_loss("wasserstein", real, 3 * fake, flipped=True).item() == pytest.approx(1 - 3)
    assert lifter_loss("standard", fake).item() == pytest.approx(math.log1p(math.exp(-1)))
    assert lifter_loss("least-squares", 3 * fake).item() == pytest.approx(2.0)
    assert lifter_loss("wasserstein", fake).item() == -1
    for play in (lambda: critic_loss("chess", real, fake), lambda: lifter_loss("chess", fake)):
        with pytest.raises(PoseviewerError, match=r"'chess'.*standard"):
            play()


class Slope(torch.nn.Module):
    """A critic whose gradient is known everywhere."""

    def forward(self, keypoints: torch.Tensor) -> torch.Tensor:
        return 3 * keypoints[:, 0, 0] + 4 * keypoints[:, 1, 1]


def test_the_penalties_of_a_known_slope() -> None:
    real, fake = torch.randn(5, 16, 2), torch.randn(5, 16, 2)
    assert gradient_penalty(Slope(), real, fake, torch.rand(5)).item() == pytest.approx((5 - 1) ** 2)
    assert real_penalty(Slope(), real).item() == pytest.approx(25 / 2)


def test_the_penalties_can_be_learned_from() -> None:
    critic = Critic(HUMAN16, 16, 1, norm="none", slope=0.2)
    for penalty in (
        gradient_penalty(critic, torch.randn(5, 16, 2), torch.randn(5, 16, 2), torch.rand(5)),
        real_penalty(critic, torch.randn(5, 16, 2)),
    ):
        critic.zero_grad()
        penalty.backward()
        assert critic.network[0].weight.grad is not None
