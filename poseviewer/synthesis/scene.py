"""The camera and the light of a rendered image. The frames of reference are those of `geometry.camera`."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poseviewer.geometry.camera import body_to_camera

Floats = NDArray[np.float64]
Point = tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class Camera:
    """A pinhole camera in a world with the body's axes (z up).

    Attributes:
        position: (3,) in the world.
        rotation: (3, 3): camera axes (x right, y down, z away) = rotation @ world axes.
        focal: in pixels.
        size: (width, height) of the image in pixels; the optical axis meets its centre.
    """

    position: Floats
    rotation: Floats
    focal: float
    size: tuple[int, int]

    @property
    def centre(self) -> Floats:
        """(2,) the pixel on the optical axis; pixel centres are integers."""
        return (np.array(self.size, dtype=np.float64) - 1) / 2

    def to_camera(self, points: Floats) -> Floats:
        """(..., 3) in the world -> (..., 3) in the camera frame."""
        moved: Floats = (points - self.position) @ self.rotation.T
        return moved

    def project(self, points: Floats) -> Floats:
        """(..., 3) in the world -> (..., 2) pixels."""
        seen = self.to_camera(points)
        pixels: Floats = seen[..., :2] / seen[..., 2:] * self.focal + self.centre
        return pixels

    def rays(self, oversample: int = 1) -> NDArray[np.float32]:
        """(3, H·oversample, W·oversample) directions in the camera frame with z = 1: distance along a ray is depth."""
        width, height = self.size
        x = ((np.arange(width * oversample) + 0.5) / oversample - 0.5 - self.centre[0]) / self.focal
        y = ((np.arange(height * oversample) + 0.5) / oversample - 0.5 - self.centre[1]) / self.focal
        grid_x, grid_y = np.meshgrid(x, y)
        return np.stack([grid_x, grid_y, np.ones_like(grid_x)]).astype(np.float32)


def look_at(position: Floats, target: Floats, focal: float, size: tuple[int, int]) -> Camera:
    """A level camera at `position` whose optical axis goes through `target`; not straight up or down."""
    away = (target - position) / np.linalg.norm(target - position)
    right = np.cross(away, (0.0, 0.0, 1.0))
    right /= np.linalg.norm(right)
    return Camera(np.asarray(position, dtype=np.float64), np.stack([right, np.cross(away, right), away]), focal, size)


def look_along_body(distance: float, focal: float, size: tuple[int, int]) -> Camera:
    """The camera of `geometry.camera.body_to_camera`, moved back by `distance`: it looks along +y of the world."""
    axes: Floats = np.asarray(body_to_camera(np.eye(3))).T
    return Camera(np.array([0.0, -distance, 0.0]), axes, focal, size)


@dataclass(frozen=True)
class Light:
    """Sun and sky. Colours are linear RGB; `sun` points from the scene to the sun, in the world."""

    sun: Point = (0.42, -0.48, 0.77)
    sun_colour: Point = (1.55, 1.42, 1.20)
    sky_colour: Point = (0.40, 0.48, 0.62)
    ground_colour: Point = (0.17, 0.17, 0.09)

    @property
    def direction(self) -> Floats:
        """(3,) unit vector to the sun."""
        return np.array(self.sun) / math.sqrt(sum(c * c for c in self.sun))


def to_display(linear: NDArray[np.float32]) -> NDArray[np.uint8]:
    """(..., 3) linear RGB -> 8-bit sRGB; the brightest are rolled off softly."""
    soft = np.where(linear > 0.7, 0.7 + 0.3 * np.tanh((linear - 0.7) / 0.5), np.maximum(linear, 0.0))
    curved = np.where(soft <= 0.0031308, 12.92 * soft, 1.055 * np.maximum(soft, 1e-6) ** (1 / 2.4) - 0.055)
    return np.asarray(np.rint(np.clip(curved, 0, 1) * 255), dtype=np.uint8)
