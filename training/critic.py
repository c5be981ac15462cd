"""The discriminator of 2D poses, and what it and the lifter play for. N poses, J joints."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from poseviewer.core.errors import PoseviewerError
from poseviewer.core.skeleton import Skeleton
from poseviewer.models.residual import ResidualNetwork, Style

GAMES = ("standard", "least-squares", "wasserstein")


class Critic(nn.Module):
    """Keypoints (N, J, 2) about their root -> how real each looks, (N,): a logit, or a plain number.

    Args:
        bones: whether it is given the bones' vectors too, so that it need not find out which joints belong together.
        outputs: 2 for a softmax over two classes (003), whose logit is the difference.
    """

    def __init__(
        self,
        skeleton: Skeleton,
        width: int = 1024,
        blocks: int = 3,
        bones: bool = False,
        outputs: int = 1,
        **style: Any,
    ) -> None:
        super().__init__()
        self.starts = [b.parent for b in skeleton.bones] if bones else []
        self.ends = [b.child for b in skeleton.bones] if bones else []
        inputs = 2 * (skeleton.joint_count + len(self.starts))
        self.network = ResidualNetwork(inputs, outputs, width, blocks, Style.of(style))

    def forward(self, keypoints: Tensor) -> Tensor:
        features = keypoints
        if self.starts:
            features = torch.cat([keypoints, keypoints[:, self.ends] - keypoints[:, self.starts]], dim=1)
        out = self.network(features.flatten(1)).float()
        return out[:, 0] - out[:, 1] if out.shape[1] == 2 else out[:, 0]


def critic_loss(game: str, real: Tensor, fake: Tensor, flipped: bool = False) -> Tensor:
    """What the critic minimises, from its answers (N,) each.

    standard: 003, eq. 4. least-squares: 004, eq. 6. wasserstein: 002, eq. 10, without its gradient penalty.

    Args:
        flipped: real and fake change places (004's label flips).
    """
    if flipped:
        real, fake = fake, real
    if game == "standard":
        return functional.softplus(-real).mean() + functional.softplus(fake).mean()
    if game == "least-squares":
        return 0.5 * (real - 1).square().mean() + 0.5 * fake.square().mean()
    if game == "wasserstein":
        return fake.mean() - real.mean()
    raise PoseviewerError(f"There is no adversarial game '{game}'; choose one of {', '.join(GAMES)}.")


def lifter_loss(game: str, fake: Tensor) -> Tensor:
    """What the lifter minimises, from the critic's answers about its poses (N,).

    standard: minus the log-probability of being taken for real, which has the same fixed point as 003's eq. 4 and a
    gradient where the critic is sure (Goodfellow et al. 2014, section 3).
    """
    if game == "standard":
        return functional.softplus(-fake).mean()
    if game == "least-squares":
        return 0.5 * (fake - 1).square().mean()
    if game == "wasserstein":
        return -fake.mean()
    raise PoseviewerError(f"There is no adversarial game '{game}'; choose one of {', '.join(GAMES)}.")


def gradient_penalty(critic: nn.Module, real: Tensor, fake: Tensor, share: Tensor) -> Tensor:
    """(‖∇D‖₂ − 1)² between real and fake poses (Gulrajani et al. 2017); 002 writes it without norm and square.

    Args:
        share: (N,) how much of each is real.
    """
    mixed = (share[:, None, None] * real + (1 - share[:, None, None]) * fake).detach().requires_grad_(True)
    (slope,) = torch.autograd.grad(critic(mixed).sum(), mixed, create_graph=True)
    return (slope.flatten(1).norm(dim=1) - 1).square().mean()


def real_penalty(critic: nn.Module, real: Tensor) -> Tensor:
    """Half the mean square gradient at real poses (Mescheder et al. 2018's R1): it keeps the game from circling."""
    real = real.detach().requires_grad_(True)
    (slope,) = torch.autograd.grad(critic(real).sum(), real, create_graph=True)
    return 0.5 * slope.square().sum((1, 2)).mean()
