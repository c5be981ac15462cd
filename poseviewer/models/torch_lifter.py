"""What the lifters that run on torch have in common: tensors in, tensors out, on any device."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from poseviewer.core.errors import PoseInputError
from poseviewer.core.skeleton import Skeleton
from poseviewer.models.base import Lifter
from poseviewer.models.card import ModelCard


class TorchLifter(Lifter):
    """A lifter around a torch network."""

    def __init__(self, network: torch.nn.Module, card: ModelCard, skeleton: Skeleton, device: torch.device) -> None:
        super().__init__(card, skeleton)
        self.network = network.to(device).eval()
        self.torch_device = device

    @property
    def device(self) -> str:
        return self.torch_device.type

    def _lift(self, points: NDArray[np.float32], given: NDArray[np.bool_]) -> tuple[NDArray[Any], NDArray[Any]]:
        with torch.inference_mode():
            xy = torch.from_numpy(points).to(self.torch_device)
            mask = torch.from_numpy(given.astype(np.float32)).to(self.torch_device)
            joints, std = self._lift_tensors(xy, mask)
            return joints.float().cpu().numpy(), std.float().cpu().numpy()

    @abstractmethod
    def own_places(self, points: Tensor, mask: Tensor) -> Tensor:
        """Where the network itself puts the joints (N, J, 2), whatever was clicked; NaN for poses it cannot lift."""

    @abstractmethod
    def _lift_tensors(self, points: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """(N, J, 2) and (N, J) -> joints (N, J, 3) in the same pixels, and the std of their depths (N, J)."""


def refuse_missing(skeleton: Skeleton, mask: Tensor) -> None:
    """
    Raises:
        PoseInputError: a keypoint is missing, which the method does not know.
    """
    if bool((mask == 0).any()):
        lacking = [n for n, m in zip(skeleton.joints, mask.amin(0).tolist(), strict=True) if m == 0]
        raise PoseInputError(
            f"This lifter needs every keypoint, but {', '.join(lacking[:4])} {'is' if len(lacking) == 1 else 'are'} "
            f"missing; click them or use the default lifter."
        )
