"""What the runs of 001's stages have in common: their card, and random numbers that depend on seed and step alone."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Generator, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from poseviewer.core.errors import CheckpointError
from poseviewer.core.project import MediaRef
from poseviewer.geometry.crops import SIDE
from poseviewer.io.skeleton_files import skeleton_to_table
from poseviewer.models.checkpoint import ModelCard, read_card, read_tensors, tables
from poseviewer.models.detector import to_images
from poseviewer.models.device import choose_device
from poseviewer.models.find_detector import KIND
from training.progress import Progress
from training.run import Run
from training.run_config import start_words
from training.stage_config import AUTOENCODER, RECONSTRUCTION, StageConfig, reproduce
from training.unlabelled import Pictures, read_pictures


class StageRun(Run[StageConfig]):
    """A run of one of the stages, on pictures."""

    noun = "pictures"
    smallest = 1
    most = 8

    def __init__(self, config: StageConfig, build: Callable[..., torch.nn.Module]) -> None:
        """`build`: what makes a network of the config's shape."""
        torch.manual_seed(config.seed)
        network = build(**config.shape)
        super().__init__(config, _card(config), network.to(memory_format=torch.channels_last))  # type: ignore[call-overload]

    def reproduce(self, start: str) -> str:
        return reproduce(self.config, start)

    def start_from(self, path: Any) -> None:
        """The stage's network with all that the model has of it.

        Raises:
            CheckpointError: the model is damaged, or of another shape.
        """
        try:
            self.take_over(read_card(path), read_tensors(path))
        except RuntimeError as error:
            raise CheckpointError(
                f"The model {path} does not fit {self.card.shape}, or it is damaged; start from another."
            ) from error
        self.started_from(start_words(path))

    @abstractmethod
    def take_over(self, card: ModelCard, tensors: dict[str, Tensor]) -> None:
        """Put the weights of the model before into the network."""

    def random(self, step: int, number: int) -> np.random.Generator:
        """What the example of that number in a step's batch is drawn with."""
        return np.random.default_rng((self.config.seed, step, number))

    def on_device(self, pictures: NDArray[np.uint8]) -> Tensor:
        """(N, S, S, 3) uint8 -> (N, 3, S, S), 0..1."""
        return to_images(torch.from_numpy(pictures).to(self.device))


def _card(config: StageConfig) -> ModelCard:
    pictures_alone = config.network == RECONSTRUCTION
    skeleton = {} if pictures_alone or config.skeleton is None else skeleton_to_table(config.skeleton)
    ranges = tables(config.ranges)[1] if config.renders and config.ranges else {}
    return ModelCard(
        kind=AUTOENCODER if pictures_alone else KIND, network=config.network, shape=dict(config.shape),
        skeleton=skeleton, ranges=ranges, preset=config.preset, recipe="frames and renders" if ranges else "frames",
        seed=config.seed, steps=0, poses_seen=0, device=choose_device(config.device).type, command=reproduce(config),
    )  # fmt: skip


def reading(config: StageConfig, media: Sequence[MediaRef]) -> Generator[Progress, None, Pictures]:
    """Read the frames without labels, and say so. A run that learns from renders alone needs none."""
    if config.renders >= 1 and not media:
        return np.zeros((0, SIDE, SIDE, 3), np.uint8)
    work = read_pictures(media, config.pictures)
    while True:
        try:
            count = next(work)
        except StopIteration as done:
            return done.value  # type: ignore[no-any-return]
        if count % 50 == 1:
            yield Progress(0, config.steps, {}, 0, 0.0, message=f"Reading frames: {count:,} so far.")
