"""Detectors: crops of frames -> keypoints. Which network does it is in the model's card."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from poseviewer.core.errors import CheckpointError, PoseInputError, PoseviewerError
from poseviewer.core.skeleton import Skeleton
from poseviewer.geometry.crops import SIDE
from poseviewer.models.checkpoint import ModelCard, read_tensors
from poseviewer.models.device import choose_device, fast_dtype
from poseviewer.models.find_detector import find_detector, no_detector
from poseviewer.models.interleaved import InterleavedNetwork
from poseviewer.models.pyramid import PyramidNetwork

BATCH = 16
"""Crops that are looked at together, at most: more is no faster on a CPU."""


class Locator(Protocol):
    """What every detection network can do."""

    def locate(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """(N, 3, 256, 256) from 0 to 1 -> keypoints (N, J, 2) in pixels of the image, scores (N, J) from 0 to 1."""


def _pyramid(card: ModelCard, joints: int) -> torch.nn.Module:
    return PyramidNetwork(joints, **card.shape)


def _interleaved(card: ModelCard, joints: int) -> torch.nn.Module:
    return InterleavedNetwork(joints, **card.shape)


NETWORKS: dict[str, Callable[[ModelCard, int], torch.nn.Module]] = {"pyramid": _pyramid, "interleaved": _interleaved}
"""By the card's `network`, what builds an untrained one of the card's shape: a `Locator`."""


class Detector:
    """A trained network and its card, ready to find the joints of its skeleton.

    Attributes:
        skeleton: whose joints it finds. card: what it is and was trained on. device: cpu, cuda or mps.
    """

    def __init__(self, network: torch.nn.Module, card: ModelCard, skeleton: Skeleton, device: torch.device) -> None:
        self.skeleton = skeleton
        self.card = card
        self.device = device.type
        self._where = device
        self._dtype = fast_dtype(device)
        self._network = network.to(device, memory_format=torch.channels_last).eval()  # type: ignore[call-overload]
        self._batch = BATCH if device.type == "cpu" else 8 * BATCH

    @property
    def description(self) -> str:
        """What people call it: whose joints it finds, and how it was trained: 'quadruped16 default'."""
        return f"{self.skeleton.name} {self.card.preset}"

    def detect(self, crops: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Crops (N, 256, 256, 3) RGB -> keypoints (N, J, 2) in crop pixels, and how sure of each (N, J), from 0 to 1.

        Every joint gets a place, however unsure.

        Raises:
            PoseInputError: the crops are of another shape or type.
            PoseviewerError: the device has too little memory even for one of them.
        """
        if crops.ndim != 4 or crops.shape[1:] != (SIDE, SIDE, 3) or crops.dtype != np.uint8:
            raise PoseInputError(
                f"Expected crops of shape (N, {SIDE}, {SIDE}, 3) in 8 bits, but got {crops.shape} of {crops.dtype}."
            )
        joints = self.skeleton.joint_count
        keypoints = np.zeros((len(crops), joints, 2), np.float32)
        scores = np.zeros((len(crops), joints), np.float32)
        first = 0
        while first < len(crops):
            part = slice(first, first + self._batch)
            try:
                keypoints[part], scores[part] = self._look(crops[part])
            except torch.OutOfMemoryError as error:
                if self._batch == 1:
                    raise PoseviewerError(
                        f"The {self.device} device has too little memory even for one crop; close other programs that "
                        f"use it, or detect with --device cpu."
                    ) from error
                self._batch //= 2
                continue
            first += self._batch
        return keypoints, scores

    @torch.inference_mode()
    def _look(self, crops: NDArray[np.uint8]) -> tuple[NDArray[Any], NDArray[Any]]:
        images = to_images(torch.from_numpy(np.ascontiguousarray(crops)).to(self._where))
        with torch.autocast(self.device, dtype=self._dtype or torch.bfloat16, enabled=self._dtype is not None):
            keypoints, scores = self._network.locate(images)  # type: ignore[operator]
        return keypoints.float().cpu().numpy(), scores.float().cpu().numpy()


def to_images(crops: Tensor) -> Tensor:
    """(N, S, S, 3) uint8 -> (N, 3, S, S) from 0 to 1, without moving a pixel: its memory stays channels last."""
    return crops.permute(0, 3, 1, 2).float() / 255


def make_network(card: ModelCard) -> torch.nn.Module:
    """An untrained network of the card's kind and shape.

    Raises:
        CheckpointError: the card names a network that this version does not know.
    """
    build = NETWORKS.get(card.network)
    if build is None:
        raise CheckpointError(f"This poseviewer does not know the detector '{card.network}'; update poseviewer.")
    return build(card, card.load_skeleton().joint_count)


def load_detector(model: str | Path | None, skeleton: Skeleton | None = None, device: str = "auto") -> Detector:
    """A detector from a file, or the one shipped for the skeleton where `model` is None or "".

    Args:
        skeleton: whose joints it has to find; None for whichever the model knows.

    Raises:
        CheckpointError: there is no such model, it is damaged, or it is for another skeleton.
    """
    found = find_detector(model, skeleton)
    if found is None:
        raise no_detector(skeleton)
    path, card = found
    network = make_network(card)
    try:
        network.load_state_dict(read_tensors(path))
    except RuntimeError as error:
        raise CheckpointError(f"The model {path} is damaged; choose another or train it again.") from error
    return Detector(network, card, skeleton or card.load_skeleton(), choose_device(device))
