"""What moves in front of a camera that stands still: the largest region that differs from the median picture."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]

WIDEST = 320
"""Pixels along the longer side at which pictures are compared: an animal is larger than a pixel of that."""
LEAST_SHARE = 0.0005
"""Of the picture: smaller regions are noise."""
LEAST_DIFFERENCE = 12
"""Grey levels; more where the picture is noisy."""
TOGETHER = 9
"""Pixels that parts of one animal may be apart."""


def shrunk(image: NDArray[np.uint8]) -> Grey:
    """(H, W, 3) -> a grey picture of at most `WIDEST` pixels along each side."""
    share = WIDEST / max(image.shape[:2])
    if share < 1:
        size = (max(round(image.shape[1] * share), 1), max(round(image.shape[0] * share), 1))
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def median_picture(pictures: Sequence[Grey]) -> Grey | None:
    """The picture without what moves, of several; None where they are fewer than three, or of different sizes."""
    if len(pictures) < 3 or len({picture.shape for picture in pictures}) > 1:
        return None
    return np.asarray(np.median(np.stack(pictures), axis=0), dtype=np.uint8)


def moving_box(image: NDArray[np.uint8], background: Grey) -> NDArray[np.float64] | None:
    """(4,) left, top, right, bottom in pixels of the image (H, W, 3), around the largest region that is no background.

    None where nothing differs enough, or almost everything (the camera moved, or the light changed).
    """
    small = shrunk(image)
    if small.shape != background.shape:
        return None
    difference = cv2.absdiff(small, background)
    limit = max(LEAST_DIFFERENCE, 4 * float(np.median(difference)))
    mask = (difference > limit).astype(np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((TOGETHER, TOGETHER), np.uint8))
    count, _, regions, _ = cv2.connectedComponentsWithStats(mask)
    if count < 2:
        return None
    left, top, width, height, area = (int(v) for v in regions[1 + int(regions[1:, cv2.CC_STAT_AREA].argmax())])
    if not LEAST_SHARE * mask.size <= area <= 0.5 * mask.size:
        return None
    scale = np.array([image.shape[1] / small.shape[1], image.shape[0] / small.shape[0]] * 2)
    edges: NDArray[np.float64] = np.array([left, top, left + width, top + height]) * scale
    return edges - [0.5, 0.5, 0.5, 0.5]
