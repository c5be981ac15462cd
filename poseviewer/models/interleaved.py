"""001, section 3.2: the frozen reconstruction network with layers between its levels, so that it paints heatmaps.

After every level of the decoder, and after every skip connection, comes a 3x3 convolution of equal shape; the two are
added and go into the next frozen level. In place of the paint there is a head: J heatmaps of 256 x 256.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from poseviewer.models.decoding import SIGMA, argmax, heat, heat_at, soft_argmax
from poseviewer.models.reconstruction import ReconstructionNetwork, conv3, double, skip_at
from poseviewer.models.suppression import SuppressionNetwork

HEADS = ("argmax", "softargmax", "suppression")
"""How places are read from the heatmaps."""


class InterleavedNetwork(nn.Module):
    """Pictures -> heatmaps -> places. All but the interleaved layers, the head and the suppression stands still.

    Interleaved layers begin as the identity: the frozen levels first see what they saw in stage 1.
    """

    def __init__(
        self, joints: int, width: int = 64, skips: bool = True, head: str = "softargmax", sigma: float = SIGMA
    ) -> None:
        """`head`: one of `HEADS`. `sigma`: of the Gaussians that the heatmaps are to show, in pixels."""
        super().__init__()
        w = width
        self.sigma = sigma
        self.reading = head
        self.reconstruction = ReconstructionNetwork(w, skips)
        self.layers = nn.ModuleList(
            [
                interleaved(8 * w),  # 8w, 4 x 4
                interleaved(8 * w),  # 8w, 8 x 8
                interleaved(4 * w),  # 4w, 16 x 16
                interleaved(2 * w),  # 2w, 32 x 32
                interleaved(w),  # w, 64 x 64
                interleaved(w),  # w, 128 x 128
            ]
        )
        self.skip_layers = nn.ModuleDict({name: interleaved(w) for name in self.reconstruction.skips})
        self.head = double(w, joints, bias=True)  # J, 256 x 256
        self.suppression = SuppressionNetwork(joints, w) if head == "suppression" else None
        self.reconstruction.requires_grad_(False)
        if self.suppression is not None:
            self.train_only_suppression()

    def forward(self, pictures: Tensor) -> Tensor:
        """(N, 3, 256, 256), 0..1 -> logits of the heatmaps (N, J, 256, 256)."""
        still = self.reconstruction
        with torch.no_grad():
            found = still.encoder(pictures)
        x = found[-1]
        for number, (level, layer) in enumerate(zip(still.decoder.levels, self.layers, strict=True)):
            x = layer(level(x))
            name = skip_at(number)
            if name in still.skips:
                x = x + self.skip_layers[name](still.skips[name](found[-1 - number]))
        # Logits need more digits than bfloat16 has: their differences say where the highest pixel is.
        with torch.autocast(pictures.device.type, enabled=False):
            logits: Tensor = self.head(x.float())
        return logits

    def locate(self, pictures: Tensor, head: str = "") -> tuple[Tensor, Tensor]:
        """Places (N, J, 2) in pixels of the picture, and how sure they are (N, J), 0..1.

        Args:
            head: another way to read the heatmaps than the model's own.
        """
        logits = self(pictures)
        reading = head or self.reading
        if reading == "suppression":
            assert self.suppression is not None
            places = self.suppression(pictures, heat(logits, self.sigma)) * pictures.shape[-1] - 0.5
        else:
            places = argmax(logits) if reading == "argmax" else soft_argmax(logits, self.sigma)
        return places, heat_at(logits, places, self.sigma)

    def train_only_suppression(self) -> None:
        """From now on the heatmaps stand still, and the suppression alone learns."""
        for part in (self.layers, self.skip_layers, self.head):
            part.requires_grad_(False)

    def train(self, mode: bool = True) -> InterleavedNetwork:
        super().train(mode)
        self.reconstruction.train(False)
        return self  # the interleaved layers and the head have no batch statistics


def interleaved(channels: int) -> nn.Conv2d:
    """3x3, equal shape, no bias: as in 3FabRec. It begins as the identity."""
    layer = conv3(channels, channels)
    nn.init.dirac_(layer.weight)
    return layer
