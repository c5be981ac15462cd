"""001, 3.1: skip connections, trained one after the other, the inner one first, while all else stands still.

All at once, the outer one would pass the picture on and leave nothing to the rest.
"""

from __future__ import annotations

from collections.abc import Generator

from torch import Tensor

from poseviewer.models.checkpoint import ModelCard
from poseviewer.models.reconstruction import SKIPS
from training.autoencoder import AutoencoderRun
from training.job import Job
from training.progress import Progress
from training.run import drive
from training.stage_config import StageConfig, config_of_job
from training.stage_run import reading
from training.unlabelled import Pictures


def train_job(job: Job) -> Generator[Progress, None, None]:
    """Train the skip connections of an autoencoder, on the same frames.

    Raises:
        PoseviewerError: there is no autoencoder to start from, there are no frames, or the training cannot go on.
    """
    config = config_of_job(job)
    pictures = yield from reading(config, job.project.media if job.project else ())
    yield from train_skips(config, pictures)


def train_skips(config: StageConfig, pictures: Pictures) -> Generator[Progress, None, None]:
    """Train skip connections on pictures (M, 256, 256, 3), as `training.run.drive` does."""
    yield from drive(SkipsRun(config, pictures))


class SkipsRun(AutoencoderRun):
    """The first half of the steps belongs to the inner skip connection, the second to the outer one."""

    def __init__(self, config: StageConfig, pictures: Pictures) -> None:
        super().__init__(config, pictures)
        self.train_mode()

    def take_over(self, card: ModelCard, tensors: dict[str, Tensor]) -> None:
        # Without skip connections of its own, the model leaves ours at zero, where they begin.
        self.network.load_state_dict(self.network.state_dict() | tensors)

    @property
    def learning(self) -> str:
        """The skip connection whose turn it is."""
        names = list(SKIPS)
        return names[min(len(names) * self.step // max(1, self.config.steps), len(names) - 1)]

    def train_mode(self) -> None:
        self.network.train_only(self.learning)  # type: ignore[operator]
        self.network.train()
