"""A lifter whose poses must look likely from random sides, by a flow of 2D poses learned first (after ElePose, 2022).

Two things take turns as in the adversarial methods, but one after the other: first the flow learns what 2D poses look
like, then it stays as it is and the lifter learns. There is no game that could go wrong.
"""

from __future__ import annotations

import math
from collections.abc import Generator

import torch
from torch import Tensor, nn

from training.adversarial import CRITIC, AdversarialRun, Examples
from training.adversarial_config import AdversarialConfig, job_config
from training.flow_prior import SAFE, FlowPrior
from training.job import Job
from training.material_of import material_of
from training.pose_material import PoseMaterial
from training.pose_views import uniforms
from training.progress import Progress
from training.run import Losses, drive
from training.turned_poses import Turned

MEASURED = 20_000
"""Poses whose principal components are taken."""
FIRST = 1 << 42
"""The step whose poses they are: training never gets there."""


class FlowRun(AdversarialRun):
    """likelihood of what is seen from a random side; "reprojection" (2D) and "pose" (3D) agreement after a second lift;
    the priors of `AdversarialRun`, of which "build" does most."""

    def __init__(self, config: AdversarialConfig, material: PoseMaterial) -> None:
        super().__init__(config, material)
        if self.step == 0:
            drawn = uniforms(config.seed, FIRST, 0, MEASURED, self.views.ROWS, self.device)
            self.prior.measure(self.views.draw(drawn))
            if self.average is not None:
                self.average |= {f"{CRITIC}.{k}": v.clone() for k, v in self.prior.state_dict().items()}

    def opponent(self) -> nn.Module:
        return FlowPrior(self.skeleton, **self.config.critic)

    @property
    def prior(self) -> FlowPrior:
        made = self.network[CRITIC]  # type: ignore[index]
        assert isinstance(made, FlowPrior)
        return made

    @property
    def learning_prior(self) -> bool:
        """Whether the flow is being learned, in the first part of the run."""
        return self.step < round(self.config.prior_share * self.config.steps)

    def repeats(self, name: str) -> int:
        return int((name == CRITIC) == self.learning_prior)

    def rate(self, name: str) -> float:
        """Each of the two has a warm-up and a cosine of its own."""
        config = self.config
        border = round(config.prior_share * config.steps)
        begun, length = (0, border) if name == CRITIC else (border, config.steps - border)
        done = self.step - begun
        warm = min(1.0, (done + 1) / max(1, config.warmup))
        factor = config.critic_rate if name == CRITIC else 1.0
        return factor * config.learning_rate * warm * 0.5 * (1 + math.cos(math.pi * min(1.0, done / max(1, length))))

    def losses(self, batch: Examples) -> Losses:
        if self.turn == CRITIC:
            return {"flow": self.prior(batch.real).mean()}
        return super().losses(batch)

    def lifter_terms(self, batch: Examples) -> Losses:
        turned = self.turned(batch)
        likelihood = {"likelihood": self.judged(turned)}
        return likelihood | self.agreement(turned) | self.priors(turned) | self.synthetic(batch)

    def judged(self, turned: Turned) -> Tensor:
        """Minus the log-likelihood per component of what is seen."""
        unlikely = self.prior(turned.keypoints)
        # A pose that is off the chart, in one of a thousand batches, must not undo what all the others taught.
        return torch.nan_to_num(unlikely, nan=SAFE, posinf=SAFE).clamp(max=SAFE).mean()


def train_flow(config: AdversarialConfig) -> Generator[Progress, None, None]:
    """Train as `training.run.drive` does.

    Raises:
        PoseInputError, LabelFileError: the poses cannot be read. PoseviewerError: the flow library is not installed;
            as `drive`.
    """
    yield from drive(FlowRun(config, material_of(config)))


def train_job(job: Job) -> Generator[Progress, None, None]:
    """A run as the window asks for it."""
    config = job_config("flow", job)
    yield from drive(FlowRun(config, material_of(config, job.project)))
