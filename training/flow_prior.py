"""How likely a 2D pose is: a normalising flow on its principal components (ElePose, Wandt et al. 2022)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from poseviewer.core.errors import PoseviewerError
from poseviewer.core.skeleton import Skeleton

SAFE = 50.0
"""Nats per component: beyond this a pose is so unlikely that the slope of the flow says nothing any more."""


class FlowPrior(nn.Module):
    """Keypoints (N, J, 2) about their root -> minus their log-likelihood per component (N,).

    mean, components: (2J,) and (2J, K) bring keypoints to K uncorrelated numbers of variance 1. They are measured once,
    on poses to learn from.

    Args:
        kept: K, the principal components; what they leave out is next to nothing and would only be noise, enlarged.
        transforms, hidden: of the masked autoregressive flow.
    """

    mean: Tensor
    components: Tensor

    def __init__(self, skeleton: Skeleton, kept: int = 26, transforms: int = 6, hidden: tuple[int, ...] = (192, 192)):
        """
        Raises:
            PoseviewerError: the flow library is not installed.
        """
        super().__init__()
        try:
            import zuko
        except ImportError as error:
            raise PoseviewerError(
                "Lifters that learn by likelihood need the library zuko; install it: `pip install poseviewer[flows]`."
            ) from error
        size = 2 * skeleton.joint_count
        self.kept = min(kept, size - 3)
        self.flow = zuko.flows.MAF(self.kept, transforms=transforms, hidden_features=tuple(hidden))
        self.register_buffer("mean", torch.zeros(size))
        self.register_buffer("components", torch.zeros(size, self.kept))

    @torch.no_grad()
    def measure(self, poses: Tensor) -> None:
        """Find mean and components of poses (N, J, 2), N at least their number of coordinates."""
        flat = poses.flatten(1).double().cpu()
        mean = flat.mean(0)
        _, singular, directions = torch.linalg.svd(flat - mean, full_matrices=False)
        spread = (singular / len(flat) ** 0.5)[: self.kept].clamp(min=1e-6)
        self.mean.copy_(mean)
        self.components.copy_(directions[: self.kept].T / spread)

    def forward(self, keypoints: Tensor) -> Tensor:
        numbers = (keypoints.float().flatten(1) - self.mean) @ self.components
        unlikely: Tensor = -self.flow().log_prob(numbers) / self.kept
        return unlikely
