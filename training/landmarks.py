"""Stage 2 of 001 (3.2): interleaved layers that make the frozen reconstruction network paint heatmaps."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from poseviewer.core.errors import PoseviewerError
from poseviewer.core.project import Project
from poseviewer.models.checkpoint import ModelCard
from poseviewer.models.detector import Detector, to_images
from poseviewer.models.interleaved import InterleavedNetwork
from poseviewer.models.reconstruction import ReconstructionNetwork
from training.augment import Augmentation, usual_turn
from training.detector import Labelled, held_out_figures, labelled_of, split
from training.detector_config import AUTO
from training.detector_examples import Examples, Pictures
from training.job import Job
from training.landmark_losses import heat_loss, heat_targets, keypoint_weights
from training.progress import Progress
from training.run import Losses, drive
from training.stage_config import AUTOENCODER, StageConfig, config_of_job
from training.stage_run import StageRun

SETTLING = 64
"""Crops over which a network that was never trained gathers its batch statistics."""
SETTLING_STREAM = 1 << 40
"""Steps numbered from here are for that: training never gets there."""


def train_job(job: Job) -> Generator[Progress, None, None]:
    """Train interleaved layers on the labelled frames of a project, and on renders.

    Raises:
        PoseviewerError: nothing is labelled, or the training cannot go on.
    """
    config = config_of_job(job)
    yield Progress(0, config.steps, {}, 0, 0.0, message="Reading labelled frames.")
    yield from train_landmarks(config, labelled_frames(config, job.project))


def train_landmarks(config: StageConfig, labelled: Labelled) -> Generator[Progress, None, None]:
    """Train interleaved layers on what is labelled, as `training.run.drive` does."""
    yield from drive(LandmarksRun(config, labelled))


def labelled_frames(config: StageConfig, project: Project | None) -> Labelled:
    """What a project has to learn from; nothing where a run learns from renders alone.

    Raises:
        PoseviewerError: nothing is labelled.
        MediaError: a media file is missing or another one.
    """
    if project is not None:
        return labelled_of(project, config)  # type: ignore[arg-type]
    if config.renders < 1:
        raise PoseviewerError("There are no labelled frames to learn from; name a project or a label file.")
    return Labelled()


@dataclass(frozen=True, eq=False)
class Crops:
    """pictures: (N, 3, 256, 256), 0..1. keypoints: (N, J, 2) pixels, NaN for unknown. weights: (N, J)."""

    pictures: Tensor
    keypoints: Tensor
    weights: Tensor


class LandmarksRun(StageRun):
    """The interleaved layers and the head learn from labelled frames, each seen in many ways."""

    def __init__(self, config: StageConfig, labelled: Labelled) -> None:
        assert config.skeleton is not None
        self.config, self.skeleton = config, config.skeleton
        if not labelled.images and config.renders < 1:
            raise PoseviewerError("There is no labelled frame to train on; label at least 5 frames first.")
        learned, self.held_out = split(labelled.images, config)  # type: ignore[arg-type]
        turn = usual_turn(learned, self.skeleton) if config.turn == AUTO else config.turn
        how = Augmentation(
            config.whole, config.near, config.nearest, config.farthest, config.shift, turn, config.stretch,
            config.mirror, config.light, self.skeleton.mirror if self.skeleton.pairs else (),
        )  # fmt: skip
        self._examples = Examples(config, learned, how, labelled.backgrounds)  # type: ignore[arg-type]
        super().__init__(config, self._network)

    def close(self) -> None:
        self._examples.close()

    @property
    def interleaved(self) -> InterleavedNetwork:
        assert isinstance(self.network, InterleavedNetwork)
        return self.network

    def take_over(self, card: ModelCard, tensors: dict[str, Tensor]) -> None:
        network = self.interleaved
        if card.kind == AUTOENCODER:
            network.reconstruction.load_state_dict(tensors)
            return
        kept = {name: value for name, value in tensors.items() if not name.startswith("suppression.")}
        network.load_state_dict(network.state_dict() | kept)

    def examples(self, step: int, first: int, count: int) -> Crops:
        return self._crops(self._examples.batch(step, first, count))

    def losses(self, batch: Crops) -> Losses:
        with self.autocast():
            logits = self.network(batch.pictures)
        sigma = self.interleaved.sigma
        return {"heat": heat_loss(logits, heat_targets(batch.keypoints, sigma), batch.weights, sigma)}

    def validating(self) -> Generator[None, None, dict[str, float]]:
        """How far off it is on labelled frames that were held out; nothing where there are too few frames for that."""
        if not self.held_out:
            return {}
        network = InterleavedNetwork(self.skeleton.joint_count, **self.card.shape)
        network.load_state_dict(self.weights)
        return (yield from held_out_figures(Detector(network, self.card, self.skeleton, self.device), self.held_out))

    def _crops(self, made: Pictures) -> Crops:
        visibility = torch.from_numpy(made.visibility).to(self.device)
        keypoints = torch.from_numpy(made.keypoints.astype(np.float32)).to(self.device)
        known = torch.isfinite(keypoints).all(-1)
        weights = torch.where(known, keypoint_weights(visibility, self.config.occluded), 0.0)
        return Crops(self.on_device(made.images), keypoints, weights)

    def _network(self, **shape: Any) -> InterleavedNetwork:
        network = InterleavedNetwork(self.skeleton.joint_count, **shape)
        if self.config.start is None and not self.config.resume:
            self._settle(network.reconstruction)
        return network

    @torch.no_grad()
    def _settle(self, still: ReconstructionNetwork) -> None:
        """Give a reconstruction network that was never trained a fair chance.

        Its skip connections pass something on, and its batch statistics are those of real crops.
        """
        for skip in still.skips.values():
            skip.reset_parameters()  # type: ignore[operator]
        still.train(True)
        for step in range(-(-SETTLING // self.config.batch)):
            made = self._examples.make(SETTLING_STREAM + step, 0, self.config.batch)
            still(to_images(torch.from_numpy(made.images)))
        still.train(False)
