"""The square parts of frames that a detector looks at, and the way of keypoints into them and back.

Integer coordinates are pixel centres, in frames and in crops: the edges of a frame of width W are at -0.5 and W - 0.5.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from poseviewer.core.errors import PoseInputError

SIDE = 256
"""Pixels along each side of a crop."""
MARGIN = 1.25
"""How much larger than the box around the keypoints a crop is: an animal is larger than its joints."""
SMALLEST = 8.0
"""Pixels of a frame that a crop shows at least along each side."""
_GREY = (114, 114, 114)


@dataclass(frozen=True)
class Crop:
    """A square of a frame, upright: `left`, `top` its corner's edges and `size` its side, in frame pixels."""

    left: float
    top: float
    size: float
    side: int = SIDE

    @property
    def scale(self) -> float:
        """Crop pixels per frame pixel."""
        return self.side / self.size

    def to_crop(self, points: ArrayLike) -> NDArray[np.float64]:
        """Points (..., 2) in frame pixels -> crop pixels."""
        moved: NDArray[np.float64] = np.asarray(points, dtype=np.float64) - (self.left, self.top)
        return moved * self.scale - 0.5

    def from_crop(self, points: ArrayLike) -> NDArray[np.float64]:
        """Points (..., 2) in crop pixels -> frame pixels."""
        grown: NDArray[np.float64] = (np.asarray(points, dtype=np.float64) + 0.5) / self.scale
        return grown + (self.left, self.top)

    def cut(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """(H, W, 3) -> (side, side, 3): what the crop shows; grey where it reaches beyond the frame."""
        shrink = max(1, int(1 / self.scale))
        left, top = max(math.floor(self.left), 0), max(math.floor(self.top), 0)
        right, bottom = math.ceil(self.left + self.size) + 2, math.ceil(self.top + self.size) + 2
        part = image[top : max(bottom, 0), left : max(right, 0)]
        if not part.size:
            return np.full((self.side, self.side, 3), _GREY, dtype=np.uint8)
        if shrink > 1:
            # Averaged before it is sampled: a single sample per crop pixel would show noise and miss whiskers.
            part = _averaged(part, shrink)
        zoom = self.scale * shrink
        x, y = ((place - 0.5 - corner) * self.scale for place, corner in ((left, self.left), (top, self.top)))
        matrix = np.array([[zoom, 0, zoom / 2 + x - 0.5], [0, zoom, zoom / 2 + y - 0.5]])
        made = cv2.warpAffine(
            part, matrix, (self.side, self.side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT,
            borderValue=_GREY,
        )  # fmt: skip
        return np.asarray(made, dtype=np.uint8)


def whole_frame(width: int, height: int, side: int = SIDE) -> Crop:
    """The smallest crop that shows a whole frame, the frame in its middle."""
    size = float(max(width, height))
    return Crop((width - 1 - size) / 2, (height - 1 - size) / 2, size, side)


def crop_of_box(box: ArrayLike, margin: float = MARGIN, side: int = SIDE) -> Crop:
    """A crop around a box (left, top, right, bottom) in frame pixels, `margin` times as large as its longer side.

    Raises:
        PoseInputError: the box is not four numbers.
    """
    left, top, right, bottom = _four(box)
    size = max(right - left, bottom - top, SMALLEST) * margin
    return Crop((left + right - size) / 2, (top + bottom - size) / 2, size, side)


def box_of_keypoints(keypoints: ArrayLike) -> NDArray[np.float64] | None:
    """The box (4,) around the keypoints (J, 2) that are there; None where fewer than two are."""
    points = np.asarray(keypoints, dtype=np.float64)
    there = points[np.isfinite(points).all(-1)]
    if len(there) < 2:
        return None
    return np.concatenate([there.min(0), there.max(0)])


def _averaged(part: NDArray[np.uint8], block: int) -> NDArray[np.uint8]:
    """(H, W, 3) -> one pixel for each block of pixels, the last ones filled up with their neighbours."""
    width, height = -(-part.shape[1] // block), -(-part.shape[0] // block)
    right, below = width * block - part.shape[1], height * block - part.shape[0]
    padded = cv2.copyMakeBorder(part, 0, below, 0, right, cv2.BORDER_REPLICATE)
    return np.asarray(cv2.resize(padded, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _four(box: ArrayLike) -> tuple[float, float, float, float]:
    numbers = np.asarray(box, dtype=np.float64).ravel()
    if len(numbers) != 4 or not np.isfinite(numbers).all():
        raise PoseInputError(f"Expected a box of four numbers (left, top, right, bottom), but got {numbers.tolist()}.")
    left, top, right, bottom = (float(n) for n in numbers)
    return left, top, right, bottom
