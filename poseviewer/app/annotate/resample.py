"""The part of a picture that is on screen, resampled to screen pixels. Without Qt.

Done once per picture and view instead of once per repaint: a dragged point then only copies pixels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

PIXELS_VISIBLE = 4.0
"""Screen pixels per picture pixel from which on pixels are shown as squares, to be looked at one by one."""


@dataclass(frozen=True)
class Placement:
    """Where a picture lies on a page of screen pixels.

    Attributes:
        zoom: screen pixels per picture pixel, horizontally and vertically.
        offset: where the picture's top left corner is.
        page: width and height of the page.
    """

    zoom: tuple[float, float]
    offset: tuple[float, float]
    page: tuple[int, int]


def visible_box(picture: tuple[int, int], place: Placement) -> tuple[int, int, int, int]:
    """Left, top, right, bottom on the page of the shown part of a picture of (width, height); empty if none is."""
    edges = []
    for size, zoom, offset, room in zip(picture, place.zoom, place.offset, place.page, strict=True):
        end = offset + size * zoom
        first = min(max(round(offset), 0), room)
        last = max(min(round(end), room), first)
        if last == first and offset < room and end > 0:
            first = min(first, room - 1)  # thinner than a screen pixel, but there
            last = first + 1
        edges.append((first, last))
    (left, right), (top, bottom) = edges
    return left, top, right, bottom


def resampled(levels: Pyramid, place: Placement) -> Pixels:
    """The visible part as (height, width, 4) BGRA, of the size of its `visible_box`."""
    import cv2  # 0.15 s that the first window need not wait for

    left, top, right, bottom = visible_box(levels.size, place)
    source, shrunk = levels.level_for(min(place.zoom))
    rows = []
    for axis, (zoom, offset, first) in enumerate(zip(place.zoom, place.offset, (left, top), strict=True)):
        # Pixel centres lie at halves: page -> full picture -> the shrunk picture that is read.
        step = 1 / (zoom * shrunk[axis])
        rows.append((step, (first + 0.5 - offset) * step - 0.5))
    matrix = np.array([[rows[0][0], 0, rows[0][1]], [0, rows[1][0], rows[1][1]]])
    kind = cv2.INTER_NEAREST if min(place.zoom) >= PIXELS_VISIBLE else cv2.INTER_LINEAR
    drawn: Pixels = cv2.warpAffine(
        source,
        matrix,
        (right - left, bottom - top),
        flags=kind | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    ).astype(np.uint8, copy=False)
    return drawn


class Pyramid:
    """A picture and its halves, made when they are first needed: small views of large pictures stay smooth."""

    def __init__(self, picture: Pixels) -> None:
        """Args:
        picture: (H, W, 3) RGB.
        """
        import cv2

        # Four channels: what the screen takes, and OpenCV warps them in a third of the time of three.
        self._levels: list[Pixels] = [cv2.cvtColor(picture, cv2.COLOR_RGB2BGRA).astype(np.uint8, copy=False)]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self._levels[0].shape[1], self._levels[0].shape[0]

    def level_for(self, zoom: float) -> tuple[Pixels, tuple[float, float]]:
        """The smallest level that is not smaller than what is shown, and how many of the picture's pixels one of

        its own spans, horizontally and vertically.
        """
        import cv2

        width, height = self.size
        wanted = max(math.floor(math.log2(1 / zoom)), 0) if zoom < 1 else 0
        while len(self._levels) <= wanted and min(self._levels[-1].shape[:2]) > 1:
            last = self._levels[-1]
            half = (max(last.shape[1] // 2, 1), max(last.shape[0] // 2, 1))
            self._levels.append(cv2.resize(last, half, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False))
        level = self._levels[min(wanted, len(self._levels) - 1)]
        return level, (width / level.shape[1], height / level.shape[0])
