"""Which part of the image is on screen, and how image pixels and screen pixels map onto each other. Without Qt.

Image coordinates: pixels, integers at pixel centres, so an image of W by H pixels spans -0.5 to W - 0.5.
Screen coordinates: logical pixels from the top left corner of the canvas.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Size = tuple[float, float]
Point = tuple[float, float]

FIT_MARGIN = 12.0
MAX_SCALE = 64.0


@dataclass(frozen=True)
class Viewport:
    """A window of `width` by `height` screen pixels on the image.

    Attributes:
        center: the image coordinates in the middle of the window.
        scale: screen pixels per image pixel.
    """

    width: float = 1.0
    height: float = 1.0
    center: Point = (0.0, 0.0)
    scale: float = 1.0

    def to_screen(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Image coordinates (..., 2) to screen coordinates (..., 2); NaN stays NaN."""
        middle = np.array([self.width / 2, self.height / 2])
        screen: NDArray[np.float64] = (points - np.array(self.center)) * self.scale + middle
        return screen

    def to_image(self, x: float, y: float) -> Point:
        """A place on the screen in image coordinates."""
        return (
            (x - self.width / 2) / self.scale + self.center[0],
            (y - self.height / 2) / self.scale + self.center[1],
        )

    @property
    def x_range(self) -> tuple[float, float]:
        half = self.width / 2 / self.scale
        return self.center[0] - half, self.center[0] + half

    @property
    def y_range(self) -> tuple[float, float]:
        half = self.height / 2 / self.scale
        return self.center[1] - half, self.center[1] + half

    def zoomed(self, factor: float, x: float, y: float, image: Size) -> Viewport:
        """Zoom in (factor > 1) or out, keeping the image under the screen place (x, y) where it is.

        It stops at 64 screen pixels per image pixel, and where the image is half as large as when it fits.
        """
        lowest = min(fitted(self.width, self.height, image).scale / 2, self.scale)
        scale = min(max(self.scale * factor, lowest), max(MAX_SCALE, self.scale))
        fixed_x, fixed_y = self.to_image(x, y)
        keep = self.scale / scale
        center = (fixed_x + (self.center[0] - fixed_x) * keep, fixed_y + (self.center[1] - fixed_y) * keep)
        return replace(self, scale=scale, center=center).held(image)

    def panned(self, dx: float, dy: float, image: Size) -> Viewport:
        """Drag the image by screen pixels."""
        center = (self.center[0] - dx / self.scale, self.center[1] - dy / self.scale)
        return replace(self, center=center).held(image)

    def resized(self, width: float, height: float) -> Viewport:
        """The same centre and scale in a window of another size."""
        return replace(self, width=max(width, 1.0), height=max(height, 1.0))

    def held(self, image: Size) -> Viewport:
        """Moved so that the middle of the window lies on the image: the image cannot be lost from sight."""
        x = min(max(self.center[0], -0.5), image[0] - 0.5)
        y = min(max(self.center[1], -0.5), image[1] - 0.5)
        return replace(self, center=(x, y))


def fitted(width: float, height: float, image: Size) -> Viewport:
    """The whole image in the middle of a window, with a small margin."""
    width, height = max(width, 1.0), max(height, 1.0)
    room_x, room_y = max(width - 2 * FIT_MARGIN, 1.0), max(height - 2 * FIT_MARGIN, 1.0)
    scale = min(room_x / max(image[0], 1.0), room_y / max(image[1], 1.0), MAX_SCALE)
    return Viewport(width, height, ((image[0] - 1) / 2, (image[1] - 1) / 2), scale)


def inside(image: Size, x: float, y: float) -> bool:
    """Whether image coordinates lie on the image."""
    return -0.5 <= x <= image[0] - 0.5 and -0.5 <= y <= image[1] - 0.5


def clamped(image: Size, x: float, y: float) -> Point:
    """The nearest place on the image."""
    return min(max(x, -0.5), image[0] - 0.5), min(max(y, -0.5), image[1] - 0.5)
