"""The turntable camera of the 3D view: where it stands, and where points appear on the screen. Without Qt.

World: z up, the photo's camera looks along +y. Screen: pixels, x right, y down. At azimuth 0 and elevation 0
the viewer stands where the photo was taken.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

NEAREST, FARTHEST = 0.4, 60.0
NEAR_PLANE = 0.05
LEVEL = 0.3
"""Cosine of the elevation above which one looks at the animal rather than down on it."""
FIELD_OF_VIEW = math.radians(24.0)


@dataclass(frozen=True)
class Projected:
    """P points on the screen.

    Attributes:
        places: (P, 2) pixels.
        depth: (P,) distance from the viewer along the line of sight, in world units, at least `NEAR_PLANE`.
        scale: (P,) pixels per world unit at that depth.
        behind: (P,) true where the point is behind the viewer and its place means nothing.
    """

    places: Array
    depth: Array
    scale: Array
    behind: NDArray[np.bool_]


@dataclass(frozen=True)
class OrbitCamera:
    """Looks at `target` from `distance`, turned by `azimuth` around the vertical and lifted by `elevation`.

    The elevation stays within straight up and straight down, so the picture never flips.
    """

    azimuth: float = math.radians(28.0)
    elevation: float = math.radians(14.0)
    distance: float = 6.0
    target: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def axes(self) -> Array:
        """(3, 3): the screen's right, its up, and the direction towards the viewer, in the world."""
        ca, sa = math.cos(self.azimuth), math.sin(self.azimuth)
        ce, se = math.cos(self.elevation), math.sin(self.elevation)
        return np.array([[ca, sa, 0.0], [-sa * se, ca * se, ce], [sa * ce, -ca * ce, se]])

    @property
    def eye(self) -> Array:
        """(3,) where the viewer stands."""
        return np.asarray(self.target) + self.distance * self.axes()[2]

    def ray(self, x: float, y: float, width: float, height: float) -> Array:
        """(3,) unit: the direction from the eye to everything that appears at a pixel; the inverse of `project`."""
        right, up, towards = self.axes()
        focal = self._focal(width, height)
        line = right * (x - width / 2) / focal - up * (y - height / 2) / focal - towards
        unit: Array = line / np.linalg.norm(line)
        return unit

    def view_matrix(self) -> Array:
        """(4, 4) from the world to the eye (x right, y up, the viewer looks along -z)."""
        axes, shift = self._view
        matrix = np.eye(4)
        matrix[:3, :3] = axes
        matrix[:3, 3] = shift
        return matrix

    @cached_property
    def _view(self) -> tuple[Array, Array]:
        """Rotation (3, 3) and shift (3,) from the world to the eye: one picture projects many times."""
        axes = self.axes()
        return axes, -axes @ np.asarray(self.target) - (0.0, 0.0, self.distance)

    def projection_matrix(self, width: float, height: float) -> Array:
        """(4, 4) from the eye to clip space (OpenGL's). The field of view spans the shorter side."""
        focal = self._focal(width, height)
        near, far = NEAR_PLANE, 4 * FARTHEST
        matrix = np.zeros((4, 4))
        matrix[0, 0] = 2 * focal / max(width, 1.0)
        matrix[1, 1] = 2 * focal / max(height, 1.0)
        matrix[2, 2] = -(far + near) / (far - near)
        matrix[2, 3] = -2 * far * near / (far - near)
        matrix[3, 2] = -1.0
        return matrix

    def project(self, points: ArrayLike, width: float, height: float) -> Projected:
        """Where world points (..., 3) appear on a screen of this size; all leading axes become one, P."""
        world = np.asarray(points, dtype=np.float64).reshape(-1, 3)
        axes, shift = self._view
        eye = world @ axes.T + shift
        depth = np.maximum(-eye[:, 2], NEAR_PLANE)
        scale = self._focal(width, height) / depth
        places = eye[:, :2] * scale[:, None] * (1.0, -1.0) + (width / 2, height / 2)
        return Projected(places, depth, scale, eye[:, 2] > -NEAR_PLANE)

    def orbited(self, azimuth: float, elevation: float) -> OrbitCamera:
        """Turned by these angles, in radians; the elevation stops at the poles."""
        lifted = min(max(self.elevation + elevation, -math.pi / 2), math.pi / 2)
        return replace(self, azimuth=wrapped(self.azimuth + azimuth), elevation=lifted)

    def zoomed(self, factor: float) -> OrbitCamera:
        """Nearer by this factor; stops at the nearest and farthest useful distance."""
        return replace(self, distance=min(max(self.distance / factor, NEAREST), FARTHEST))

    def panned(self, right: float, down: float, width: float, height: float) -> OrbitCamera:
        """The picture moved by pixels, as if its target were held by the pointer."""
        per_pixel = self.distance / self._focal(width, height)
        axes = self.axes()
        moved = np.asarray(self.target) + per_pixel * (-right * axes[0] + down * axes[1])
        return replace(self, target=(float(moved[0]), float(moved[1]), float(moved[2])))

    def looking_at(self, point: ArrayLike) -> OrbitCamera:
        x, y, z = (float(v) for v in np.asarray(point))
        return replace(self, target=(x, y, z))

    def fitted(self, points: ArrayLike, width: float, height: float, margin: float = 1.12) -> OrbitCamera:
        """Backed off until points (P, 3) are in view, and stay so when they are turned around the vertical."""
        world = np.asarray(points, dtype=np.float64).reshape(-1, 3)
        middle = (world.min(axis=0) + world.max(axis=0)) / 2
        around, heights = np.hypot(*(world - middle)[:, :2].T), (world - middle)[:, 2]
        focal = margin * self._focal(width, height)
        slopes = focal / max(width / 2, 1.0), focal / max(height / 2, 1.0)
        _, up, down = self._distances(around, heights, slopes)
        if math.cos(self.elevation) > LEVEL:  # what is near hangs lower: as much room above as below
            lift = (up - down) / 2 / slopes[1] / math.cos(self.elevation)
            middle[2] += lift
            heights = heights - lift
        distance = max(self._distances(around, heights, slopes))
        return replace(self.looking_at(middle), distance=min(max(distance, NEAREST), FARTHEST))

    def _distances(self, around: Array, heights: Array, slopes: tuple[float, float]) -> tuple[float, float, float]:
        """How far back points must be seen from to lie within the sides, the top and the bottom, however they turn.

        Each goes round a circle about the target's vertical. Where it is t nearer than the axis and s beside it, it
        is t cos + h sin nearer than the target and h cos - t sin above it; the distance must exceed the former by the
        slope times the offset. These are the largest values over the circle.
        """
        sine, cosine = math.sin(self.elevation), math.cos(self.elevation)
        slope_x, slope_y = slopes
        sideways = heights * sine + around * math.hypot(cosine, slope_x)
        up = heights * sine + slope_y * heights * cosine + around * abs(cosine - slope_y * sine)
        down = heights * sine - slope_y * heights * cosine + around * abs(cosine + slope_y * sine)
        return float(sideways.max()), float(up.max()), float(down.max())

    def _focal(self, width: float, height: float) -> float:
        """Pixels per world unit at distance 1."""
        return max(min(width, height), 1.0) / 2 / math.tan(FIELD_OF_VIEW / 2)


def wrapped(angle: float) -> float:
    """The same angle in [-pi, pi)."""
    return (angle + math.pi) % (2 * math.pi) - math.pi
