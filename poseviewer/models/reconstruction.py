"""001, section 3.1: a picture through a narrow place and back, to learn without labels what pictures are made of.

The encoder is a ResNet-18 that halves once more, from 256 x 256 pixels to 4 x 4; the decoder mirrors it with transposed
convolutions, one residual block a level, as 3FabRec does. Pictures are (N, 3, 256, 256), 0..1. Shapes below: w is the
width, 64 in the paper, so that the narrow place is 512 x 4 x 4.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

SKIPS = {"inner": 4, "outer": 5}
"""The levels of the decoder that a skip connection leads to; they are trained in this order."""


class Block(nn.Module):
    """Two 3x3 convolutions and a shortcut: ResNet-18's block."""

    def __init__(self, inside: int, outside: int, stride: int = 1) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            conv3(inside, outside, stride), nn.BatchNorm2d(outside), nn.ReLU(),
            conv3(outside, outside), nn.BatchNorm2d(outside),
        )  # fmt: skip
        self.stride = stride
        same = stride == 1 and inside == outside
        self.shortcut = (
            nn.Identity() if same else nn.Sequential(nn.Conv2d(inside, outside, 1, bias=False), nn.BatchNorm2d(outside))
        )

    def forward(self, x: Tensor) -> Tensor:
        # Every second pixel, then a 1x1 convolution: the same as one of stride 2, whose gradient on a CPU writes past
        # its memory where there are fewer than 16 channels (torch 2.13, channels last).
        short = self.shortcut(x[..., :: self.stride, :: self.stride])
        return functional.relu(short + self.layers(x))


class UpBlock(nn.Module):
    """A transposed convolution that doubles, a 3x3 convolution, and a shortcut that doubles too: 3FabRec's block."""

    def __init__(self, inside: int, outside: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            double(inside, outside), nn.BatchNorm2d(outside), nn.ReLU(),
            conv3(outside, outside), nn.BatchNorm2d(outside),
        )  # fmt: skip
        self.shortcut = nn.Sequential(
            nn.Conv2d(inside, outside, 1, bias=False), nn.BatchNorm2d(outside), nn.Upsample(scale_factor=2)
        )

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(self.shortcut(x) + self.layers(x))


class Encoder(nn.Module):
    """Pictures -> what there is at each level, the outermost first. `channels`: 3 for pictures alone."""

    def __init__(self, width: int = 64, channels: int = 3) -> None:
        super().__init__()
        w = width
        self.levels = nn.ModuleList(
            [
                nn.Sequential(nn.Conv2d(channels, w, 7, 2, 3, bias=False), nn.BatchNorm2d(w), nn.ReLU()),  # w, 128x128
                nn.Sequential(nn.MaxPool2d(3, 2, 1), Block(w, w), Block(w, w)),  # w, 64 x 64
                nn.Sequential(Block(w, 2 * w, 2), Block(2 * w, 2 * w)),  # 2w, 32 x 32
                nn.Sequential(Block(2 * w, 4 * w, 2), Block(4 * w, 4 * w)),  # 4w, 16 x 16
                nn.Sequential(Block(4 * w, 8 * w, 2), Block(8 * w, 8 * w)),  # 8w, 8 x 8
                nn.Sequential(conv3(8 * w, 8 * w, 2), nn.BatchNorm2d(8 * w), nn.ReLU()),  # 8w, 4 x 4
            ]
        )

    def forward(self, pictures: Tensor) -> list[Tensor]:
        # Channels last: twice as fast on a CPU, with bfloat16 three times.
        x, found = (pictures - 0.5).contiguous(memory_format=torch.channels_last), []
        for level in self.levels:
            x = level(x)
            found.append(x)
        return found


class Decoder(nn.Module):
    """The levels from the narrow place outwards, and `paint`, which makes the picture of the last."""

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        w = width
        self.levels = nn.ModuleList(
            [
                nn.Sequential(conv3(8 * w, 8 * w), nn.BatchNorm2d(8 * w), nn.ReLU()),  # 8w, 4 x 4
                UpBlock(8 * w, 8 * w),  # 8w, 8 x 8
                UpBlock(8 * w, 4 * w),  # 4w, 16 x 16
                UpBlock(4 * w, 2 * w),  # 2w, 32 x 32
                UpBlock(2 * w, w),  # w, 64 x 64
                UpBlock(w, w),  # w, 128 x 128
            ]
        )
        self.paint = double(w, 3, bias=True)  # 3, 256 x 256


class ReconstructionNetwork(nn.Module):
    """Encoder, decoder and, once they are there, the skip connections between their two outermost levels.

    A skip connection begins at zero: added, it changes nothing until it is trained. The part that `train_only` named
    last is what is trained; the rest stands still, its batch statistics too.
    """

    def __init__(self, width: int = 64, skips: bool = False) -> None:
        super().__init__()
        self.encoder = Encoder(width)
        self.decoder = Decoder(width)
        self.skips = nn.ModuleDict({name: conv3(width, width, bias=True) for name in SKIPS} if skips else {})
        for skip in self.skips.values():
            nn.init.zeros_(skip.weight)
            nn.init.zeros_(skip.bias)
        self._still = False

    def forward(self, pictures: Tensor) -> Tensor:
        """(N, 3, 256, 256) -> the same, as far as they pass."""
        found = self.encoder(pictures)
        x = found[-1]
        for number, level in enumerate(self.decoder.levels):
            x = level(x)
            name = skip_at(number)
            if name in self.skips:
                x = x + self.skips[name](found[-1 - number])
        return torch.sigmoid(self.decoder.paint(x))

    def train_only(self, skip: str) -> None:
        """From now on, `skip` ("inner" or "outer") alone learns."""
        self._still = True
        self.requires_grad_(False)
        self.skips[skip].requires_grad_(True)
        self.train(self.training)

    def train(self, mode: bool = True) -> ReconstructionNetwork:
        super().train(mode)
        if self._still:
            for part in (self.encoder, self.decoder):
                part.train(False)
        return self


def skip_at(level: int) -> str:
    """Which skip connection leads to a level of the decoder; "" for none."""
    return next((name for name, number in SKIPS.items() if number == level), "")


def conv3(inside: int, outside: int, stride: int = 1, bias: bool = False) -> nn.Conv2d:
    return nn.Conv2d(inside, outside, 3, stride, 1, bias=bias)


def double(inside: int, outside: int, bias: bool = False) -> nn.ConvTranspose2d:
    """A transposed convolution to twice the height and width."""
    return nn.ConvTranspose2d(inside, outside, 4, 2, 1, bias=bias)
