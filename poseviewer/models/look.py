"""A frame, the part of it that a detector looks at, and what it sees there. Needs no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from poseviewer.core.skeleton import Skeleton
from poseviewer.geometry.crops import Crop, whole_frame


class CropDetector(Protocol):
    """What the pipeline needs of a detector: `poseviewer.models.detector.Detector` is one."""

    skeleton: Skeleton
    device: str

    def detect(self, crops: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Crops (N, 256, 256, 3) -> keypoints (N, J, 2) in crop pixels, scores (N, J) from 0 to 1."""


@dataclass(frozen=True, eq=False)
class Picture:
    """A frame as it was read.

    Attributes:
        frame: its number. image: (H, W, 3) RGB, the file's pixels divided by `scale`.
        width, height: of the frame, in pixels of the file: what crops and keypoints are measured in.
    """

    frame: int
    image: NDArray[np.uint8]
    width: int
    height: int
    scale: int = 1

    def whole(self) -> Crop:
        return whole_frame(self.width, self.height)

    def cut(self, crop: Crop) -> NDArray[np.uint8]:
        """What a crop of the frame shows."""
        left, top = ((edge + 0.5) / self.scale - 0.5 for edge in (crop.left, crop.top))
        return Crop(left, top, crop.size / self.scale, crop.side).cut(self.image)


@dataclass(frozen=True, eq=False)
class Cutout:
    """A part of a frame: `image` (256, 256, 3) is what `crop` shows."""

    frame: int
    crop: Crop
    image: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Sight:
    """What was seen in one frame: keypoints (J, 2) in its pixels, scores (J,), and where it was looked at."""

    frame: int
    crop: Crop
    keypoints: NDArray[np.float64]
    scores: NDArray[np.float32]

    @property
    def sure(self) -> float:
        """The mean of the scores."""
        return float(np.nan_to_num(self.scores).mean())


def look(detector: CropDetector, cutouts: Sequence[Cutout]) -> list[Sight]:
    """What the detector sees, all looked at together."""
    if not cutouts:
        return []
    keypoints, scores = detector.detect(np.stack([cutout.image for cutout in cutouts]))
    return [
        Sight(cutout.frame, cutout.crop, cutout.crop.from_crop(points), np.asarray(score, dtype=np.float32))
        for cutout, points, score in zip(cutouts, keypoints, scores, strict=True)
    ]
