"""001, section 3.2: learned suppression: which of a heatmap's candidates is right is learned, not read off."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from poseviewer.models.reconstruction import Encoder


class SuppressionNetwork(nn.Module):
    """A ResNet of the encoder's shape on pictures and heat, channel by channel; coordinates through a sigmoid.

    The 4 x 4 places of the last level go into the linear layer as they are: averaged, they would no longer say where.
    """

    def __init__(self, joints: int, width: int = 64) -> None:
        super().__init__()
        self.encoder = Encoder(width, 3 + joints)
        self.leave = nn.Linear(8 * width * 4 * 4, 2 * joints)

    def forward(self, pictures: Tensor, heat: Tensor) -> Tensor:
        """(N, 3, 256, 256) and (N, J, 256, 256) -> x and y (N, J, 2), 0..1 from edge to edge of the picture."""
        deepest = self.encoder(torch.cat([pictures, heat], dim=1))[-1]  # 8w, 4 x 4
        return torch.sigmoid(self.leave(deepest.flatten(1)).float()).unflatten(1, (-1, 2))
