"""Stage 1 of 001 (3.1): pictures through a narrow place and back, by the squared difference (eq. 1), without labels."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from poseviewer.models.checkpoint import ModelCard
from poseviewer.models.reconstruction import ReconstructionNetwork
from poseviewer.synthesis.pictures import PictureStream
from training.detector_config import AUTO
from training.job import Job
from training.progress import Progress
from training.run import Losses, drive
from training.stage_config import StageConfig, config_of_job
from training.stage_run import StageRun, reading
from training.unlabelled import Pictures, varied

HELD_BACK = 20
"""One frame in so many is not trained on but validated on, where there are as many."""


def train_job(job: Job) -> Generator[Progress, None, None]:
    """Train an autoencoder on the frames of a project's media, and on renders.

    Raises:
        PoseviewerError: there are no frames, or the training cannot go on.
    """
    config = config_of_job(job)
    pictures = yield from reading(config, job.project.media if job.project else ())
    yield from train_autoencoder(config, pictures)


def train_autoencoder(config: StageConfig, pictures: Pictures) -> Generator[Progress, None, None]:
    """Train an autoencoder on pictures (M, 256, 256, 3), as `training.run.drive` does."""
    yield from drive(AutoencoderRun(config, pictures))


class AutoencoderRun(StageRun):
    """A reconstruction network that learns from frames, each seen in many ways."""

    def __init__(self, config: StageConfig, pictures: Pictures) -> None:
        """`pictures`: (M, 256, 256, 3)."""
        back = len(pictures) >= HELD_BACK
        self.unseen = pictures[HELD_BACK // 2 :: HELD_BACK] if back else pictures[:0]
        kept = np.arange(len(pictures)) % HELD_BACK != HELD_BACK // 2
        self.pictures = pictures[kept] if back else pictures
        self._stream: PictureStream | None = None
        super().__init__(config, ReconstructionNetwork)

    def close(self) -> None:
        if self._stream is not None:
            self._stream.close()

    def take_over(self, card: ModelCard, tensors: dict[str, Tensor]) -> None:
        self.network.load_state_dict(tensors)

    def examples(self, step: int, first: int, count: int) -> Tensor:
        rendered = round(self.config.renders * self.config.batch)
        numbers = range(max(first, rendered), first + count)
        made = [self._varied(self.random(step, n)) for n in numbers]
        if first < rendered:
            made = [*self._renders(step, rendered)[first : first + count], *made]
        return self.on_device(np.stack(made))

    def losses(self, batch: Tensor) -> Losses:
        with self.autocast():
            back = self.network(batch)
        return {"L2": (back.float() - batch).square().mean()}

    @torch.no_grad()
    def validating(self) -> Generator[None, None, dict[str, float]]:
        """The squared difference on frames that were held back; nothing where there are too few frames for that."""
        if not len(self.unseen):
            return {}
        network = ReconstructionNetwork(**self.card.shape).to(self.device)
        network.load_state_dict(self.weights)
        network.eval()
        total = 0.0
        for first in range(0, len(self.unseen), self.most):
            batch = self.on_device(self.unseen[first : first + self.most])
            total += float((network(batch) - batch).square().mean()) * len(batch)
            yield
        return {"L2 unseen": total / len(self.unseen)}

    def _varied(self, rng: np.random.Generator) -> NDArray[np.uint8]:
        turn = 180.0 if self.config.turn == AUTO else self.config.turn
        return varied(self.pictures[rng.integers(len(self.pictures))], turn, self.config.zoom, rng)

    def _renders(self, step: int, count: int) -> NDArray[np.uint8]:
        if self._stream is None:
            assert self.config.ranges is not None
            self._stream = PictureStream(self.config.ranges, self.config.seed, backgrounds=self.pictures)
        made = self._stream.pictures(step, count)
        self._stream.ahead(range(step + 1, self.config.steps), count)
        return np.asarray(made.images)
