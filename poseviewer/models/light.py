"""The default network in numpy: for the window, where one pose at a time is lifted while a point is dragged.

Importing torch takes more than a second and 200 MB, and buys nothing for a single pose. The formulas are those of
`networks.DefaultNetwork` and `lifter.DefaultLifter`; a test holds the two together.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import safetensors
import safetensors.numpy
from numpy.typing import NDArray

from poseviewer.core.errors import CheckpointError
from poseviewer.core.skeleton import Skeleton
from poseviewer.geometry.kinematics import joints_from_vectors
from poseviewer.models.base import Lifter, find_model, none_shipped
from poseviewer.models.borrowed import BorrowedLifter, lender
from poseviewer.models.card import ModelCard

Float = NDArray[np.float32]


def load_light_lifter(model: str | Path | None, skeleton: Skeleton) -> Lifter | None:
    """A lifter that needs no torch; None where the model's network is not the default one.

    Arguments and errors as for `poseviewer.models.lifter.load_lifter`.
    """
    found = find_model(model, skeleton)
    if found is None:
        borrowed = lender(skeleton)
        if borrowed is None:
            raise none_shipped(skeleton)
        larger = load_light_lifter(None, borrowed.skeleton)
        return larger and BorrowedLifter(larger, skeleton, borrowed.joints)
    path, card = found
    if card.network != "default" or card.shape.get("scale_input"):
        return None
    try:
        weights = {k: v.astype(np.float32) for k, v in safetensors.numpy.load_file(path).items()}
        return LightLifter(weights, card, skeleton)
    except (safetensors.SafetensorError, OSError, ValueError, KeyError) as error:
        raise CheckpointError(f"The model {path} is damaged; choose another or train it again.") from error


class LightLifter(Lifter):
    """The masked network; a keypoint that was given keeps its x and y."""

    quick = True

    def __init__(self, weights: dict[str, Float], card: ModelCard, skeleton: Skeleton) -> None:
        super().__init__(card, skeleton)
        self._weights = weights
        self._blocks = int(card.shape.get("blocks", 4))
        layers = ["enter", "norm", "leave", *(f"blocks.{i}.{part}" for i in range(self._blocks) for part in PARTS)]
        lacking = [name for name in layers if f"{name}.weight" not in weights or f"{name}.bias" not in weights]
        if lacking or "log_template" not in weights:
            raise KeyError(f"the weights of {', '.join(lacking)}")

    def _lift(self, points: Float, given: NDArray[np.bool_]) -> tuple[NDArray[Any], NDArray[Any]]:
        mask = given.astype(np.float32)
        count = np.maximum(mask.sum(1), 1)
        centre = (points * mask[..., None]).sum(1) / count[:, None]
        offset = (points - centre[:, None]) * mask[..., None]
        radius = np.maximum(np.sqrt((offset**2).sum((1, 2)) / count), 1e-9)[:, None]
        xy = offset / radius[..., None]
        joints, log_std = self._joints(np.concatenate([xy.reshape(len(xy), -1), mask], axis=1))
        joints[..., :2] = np.where(given[..., None], xy, joints[..., :2])
        joints *= radius[..., None]
        joints[..., :2] += centre[:, None]
        return joints, np.exp(log_std) * radius

    def _joints(self, features: Float) -> tuple[Float, Float]:
        """Features (N, 3J) -> joints (N, J, 3) in normalised units, log std of their depths (N, J)."""
        out = self._network(features)
        b = self.skeleton.bone_count
        vectors = out[:, : 3 * b].reshape(-1, b, 3)
        lengths = np.exp(self._weights["log_template"] + out[:, 3 * b : 4 * b].clip(-4, 4))
        vectors = vectors * (lengths / np.maximum(np.linalg.norm(vectors, axis=-1), 1e-6))[..., None]
        joints = joints_from_vectors(self.skeleton, vectors)
        joints[..., :2] += out[:, None, 4 * b : 4 * b + 2]
        return joints, out[:, 4 * b + 2 :].clip(-6, 3) - 1.5

    def _network(self, features: Float) -> Float:
        x = self._linear("enter", features)
        for i in range(self._blocks):
            hidden = self._linear(f"blocks.{i}.wide", self._layer_norm(f"blocks.{i}.norm", x))
            x = x + self._linear(f"blocks.{i}.back", np.maximum(hidden, 0))
        return self._linear("leave", self._layer_norm("norm", x))

    def _linear(self, name: str, x: Float) -> Float:
        answer: Float = x @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]
        return answer

    def _layer_norm(self, name: str, x: Float) -> Float:
        x = x - x.mean(-1, keepdims=True)
        x = x / np.sqrt((x**2).mean(-1, keepdims=True) + 1e-5)
        answer: Float = x * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]
        return answer


PARTS = ("norm", "wide", "back")
"""The layers of a block that have weights."""
