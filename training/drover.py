"""Drover et al. 2018 (003): a lifter whose poses, seen from random sides, must pass for real ones. Nothing else."""

from __future__ import annotations

from collections.abc import Generator

from training.adversarial import AdversarialRun, Examples
from training.adversarial_config import AdversarialConfig, job_config
from training.job import Job
from training.material_of import material_of
from training.progress import Progress
from training.run import Losses, drive


class DroverRun(AdversarialRun):
    """The game alone; a preset may ask for agreement with a second lift (Chen et al. 2019) and for priors."""

    def lifter_terms(self, batch: Examples) -> Losses:
        turned = self.turned(batch)
        judged = {"adversarial": self.judged(turned)}
        return judged | self.agreement(turned) | self.priors(turned) | self.synthetic(batch)


def train_drover(config: AdversarialConfig) -> Generator[Progress, None, None]:
    """Train as `training.run.drive` does.

    Raises:
        PoseInputError, LabelFileError: the poses cannot be read. PoseviewerError: as `drive`.
    """
    yield from drive(DroverRun(config, material_of(config)))


def train_job(job: Job) -> Generator[Progress, None, None]:
    """A run as the window asks for it."""
    config = job_config("drover", job)
    yield from drive(DroverRun(config, material_of(config, job.project)))
