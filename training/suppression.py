"""001, 3.2: learned suppression: a network picks the right one of a frozen detector's candidates."""

from __future__ import annotations

from collections.abc import Generator

import torch
from torch import Tensor

from poseviewer.models.checkpoint import ModelCard
from poseviewer.models.decoding import heat
from training.detector import Labelled
from training.job import Job
from training.landmark_losses import place_loss
from training.landmarks import Crops, LandmarksRun, labelled_frames
from training.progress import Progress
from training.run import Losses, drive
from training.stage_config import StageConfig, config_of_job


def train_job(job: Job) -> Generator[Progress, None, None]:
    """Train the suppression of a detector with interleaved layers, on labelled frames and renders.

    Raises:
        PoseviewerError: there is no detector to start from, nothing is labelled, or the training cannot go on.
    """
    config = config_of_job(job)
    yield Progress(0, config.steps, {}, 0, 0.0, message="Reading labelled frames.")
    yield from train_suppression(config, labelled_frames(config, job.project))


def train_suppression(config: StageConfig, labelled: Labelled) -> Generator[Progress, None, None]:
    """Train a suppression on what is labelled, as `training.run.drive` does."""
    yield from drive(SuppressionRun(config, labelled))


class SuppressionRun(LandmarksRun):
    """The suppression learns from what the frozen heatmaps look like on labelled frames."""

    def take_over(self, card: ModelCard, tensors: dict[str, Tensor]) -> None:
        # A detector without a suppression leaves ours as it begins.
        self.network.load_state_dict(self.network.state_dict() | tensors)

    def losses(self, batch: Crops) -> Losses:
        side = batch.pictures.shape[-1]
        with self.autocast():
            with torch.no_grad():
                heatmaps = heat(self.interleaved(batch.pictures), self.interleaved.sigma)
            assert self.interleaved.suppression is not None
            found = self.interleaved.suppression(batch.pictures, heatmaps)
        true = (batch.keypoints + 0.5) / side
        inside = ((true >= 0) & (true <= 1)).all(-1)
        return {"L2": place_loss(found, true, batch.weights * inside)}
