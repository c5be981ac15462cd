"""Hardy et al. 2022 (004): parts of a pose lifted apart, held together by a critic and by agreeing with themselves."""

from __future__ import annotations

from collections.abc import Generator

import torch
from torch import Tensor

from training.adversarial import AdversarialRun, Examples
from training.adversarial_config import AdversarialConfig, job_config
from training.job import Job
from training.material_of import material_of
from training.pose_losses import quarter_losses
from training.pose_material import PoseMaterial
from training.progress import Progress
from training.run import Losses, drive

QUARTERED = 4
"""Of how many poses one is looked at from a quarter turn away."""


PUBLISHED = {
    "full": 12_698_640,
    "legs-torso": 12_703_760,
    "split-legs-torso": 13_753_360,
    "five": 10_611_728,
    "split-five": 13_768_720,
}
"""Parameters of the published lifters (its code), with the statistics of batch normalisation, which do not learn."""


class HardyRun(AdversarialRun):
    """The losses of eq. 7: adversarial, reprojection, quarter; and the priors that a preset asks for.

    Where the parts share nothing, each is weighed by its share of the joints in the adversarial loss: 6/16 and 10/16,
    or 3/16 and 4/16 (the weights of the published code). The other two losses fall apart by joints by themselves.
    """

    def __init__(self, config: AdversarialConfig, material: PoseMaterial) -> None:
        super().__init__(config, material)
        self.shares = self._shares()
        self.message = f"{self.message} {self._size()}".strip()

    def lifter_terms(self, batch: Examples) -> Losses:
        turned = self.turned(batch, self.shares)
        terms = {"adversarial": self.judged(turned)} | self.agreement(turned) | self.priors(turned)
        if self.config.terms.get("quarter"):
            # It lifts three times what it looks at; of a few poses it says the same on average as of all.
            some = slice(0, -(-len(turned.xy) // QUARTERED))
            with self.autocast():
                terms["quarter"] = quarter_losses(self.lifter, turned.xy[some], turned.said.depth[some])
        return terms

    def _size(self) -> str:
        """How large the lifter is, beside the paper's."""
        count = sum(p.numel() for p in self.lifter.parameters())
        published = PUBLISHED[self.config.shape.get("representation", "full")]
        return (
            f"The lifter has {count:,} parameters; the paper's has {published:,}, statistics of batch normalisation "
            f"included."
        )

    def _shares(self) -> Tensor | None:
        apart = self.config.shape.get("representation", "full") in ("legs-torso", "five")
        if not apart:
            return None
        count = self.skeleton.joint_count
        shares = torch.ones(count, device=self.device)
        for _, group in self.lifter.groups:
            shares[list(group)] = len(group) / count
        return shares


def train_hardy(config: AdversarialConfig) -> Generator[Progress, None, None]:
    """Train as `training.run.drive` does.

    Raises:
        PoseInputError, LabelFileError: the poses cannot be read. PoseviewerError: as `drive`.
    """
    yield from drive(HardyRun(config, material_of(config)))


def train_job(job: Job) -> Generator[Progress, None, None]:
    """A run as the window asks for it."""
    config = job_config("hardy", job)
    yield from drive(HardyRun(config, material_of(config, job.project)))
