"""Shadows: the body as the sun sees it, and the dark it leaves on the ground."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from poseviewer.synthesis.body import PosedParts
from poseviewer.synthesis.scene import Camera
from poseviewer.synthesis.solids import Solids

Floats = NDArray[np.float32]

CELLS = 288
BIAS = 22.0
"""How far in front of a place something must be to shade it, mm: less would be the place itself."""


class SunMap:
    """How far the light comes: a picture of the body from the sun, without perspective."""

    def __init__(self, solids: Solids, to_sun: NDArray[np.float64], parts: PosedParts) -> None:
        self.solids = solids
        middle = parts.ends.reshape(-1, 3).mean(axis=0)
        self.middle = middle.astype(np.float32)
        reach = np.linalg.norm(parts.ends.reshape(-1, 3) - middle, axis=-1).max() + parts.radii.max()
        right = np.cross((0.0, 0.0, 1.0), to_sun)
        right /= np.linalg.norm(right)
        self.axes = np.stack([right, np.cross(to_sun, right), -to_sun]).astype(np.float32)
        self.cell = float(2 * reach / CELLS)
        self.reach = float(reach)
        self._depth: Floats | None = None

    @property
    def depth(self) -> Floats:
        """(CELLS, CELLS) distance of the first hit, from a plane outside the body; infinite where light passes."""
        if self._depth is None:
            steps = (np.arange(CELLS, dtype=np.float32) + 0.5) * self.cell - self.reach
            x, y = np.meshgrid(steps, steps)
            away = np.full_like(x, -2 * self.reach)
            local = np.stack([x, y, away]).reshape(3, -1)
            origins = self.axes.T @ local + self.middle[:, None]
            direction = np.broadcast_to(self.axes[2][:, None], (3, 1))
            first = [self.solids.hit(strip, direction).min(axis=0) for strip in np.array_split(origins, 24, axis=1)]
            self._depth = np.concatenate(first).reshape(CELLS, CELLS)
        return self._depth

    def place(self, points: Floats) -> tuple[Floats, Floats, Floats]:
        """World points (3, n) -> column, row in the map and distance along the light."""
        local = self.axes @ (points - self.middle[:, None])
        column = (local[0] + self.reach) / self.cell - 0.5
        row = (local[1] + self.reach) / self.cell - 0.5
        return column, row, local[2] + 2 * self.reach

    def lit(self, points: Floats) -> Floats:
        """How much of the sun reaches world points (3, n): 0 to 1, softened over neighbouring cells."""
        column, row, distance = self.place(points)
        total = np.zeros(points.shape[1], dtype=np.float32)
        offsets = (-1.6, 0.0, 1.6)
        for dy in offsets:
            for dx in offsets:
                x = np.clip(np.rint(column + dx), 0, CELLS - 1).astype(np.intp)
                y = np.clip(np.rint(row + dy), 0, CELLS - 1).astype(np.intp)
                total += np.clip((self.depth[y, x] - distance + BIAS) / 14 + 1, 0, 1)
        return np.asarray(total / len(offsets) ** 2, dtype=np.float32)

    def coverage(self, softness: float) -> Floats:
        """(CELLS, CELLS) how much of the light the body takes away, blurred by `softness` mm."""
        mask = np.isfinite(self.depth).astype(np.float32)
        return np.asarray(cv2.GaussianBlur(mask, (0, 0), softness / self.cell), dtype=np.float32)


class GroundShade:
    """What the body takes from the light on a level ground: its shadow, and the dark where it stands."""

    def __init__(self, sun: SunMap, parts: PosedParts, height: float) -> None:
        self.sun = sun
        self.height = height
        ends = parts.ends.reshape(-1, 3)
        self.low = ends[:, :2].min(axis=0) - 260
        self.span = float((ends[:, :2].max(axis=0) + 260 - self.low).max())
        self.contact = self._contact()

    def _contact(self, cells: int = 96) -> Floats:
        """(cells, cells) 0 to 1: how close something is above each place of the ground."""
        steps = (np.arange(cells) + 0.5) / cells * self.span
        x, y = np.meshgrid(steps + self.low[0], steps + self.low[1])
        points = np.stack([x.ravel(), y.ravel(), np.full(x.size, self.height + 8)]).astype(np.float32)
        distance = self.sun.solids.distance(self.sun.solids.local(points))[0]
        near = np.exp(-np.clip(distance, 0, None) / 22).max(axis=0)
        broad = np.exp(-((np.clip(distance.min(axis=0), 0, None) / 120) ** 2))
        return np.asarray(0.45 * near + 0.25 * broad, dtype=np.float32).reshape(cells, cells)

    def over(self, camera: Camera) -> Floats:
        """(H, W): the factor on the light of the ground in a picture; 1 above the horizon."""
        rays = camera.rays()
        shape = rays.shape[1:]
        directions = camera.rotation.T.astype(np.float32) @ rays.reshape(3, -1)
        down = directions[2] < -1e-4
        distance = np.where(down, (self.height - camera.position[2]) / np.where(down, directions[2], -1), 0)
        points = (directions * distance + camera.position[:, None]).astype(np.float32)
        column, row, _ = self.sun.place(points)
        shadow = _look_up(self.sun.coverage(13.0), column, row, shape)
        x, y = ((points[i] - self.low[i]) / self.span * len(self.contact) - 0.5 for i in range(2))
        contact = _look_up(self.contact, x, y, shape)
        return np.where(down.reshape(shape), (1 - 0.62 * shadow) * (1 - contact * (1 - 0.35 * shadow)), 1.0).astype(
            np.float32
        )


def _look_up(picture: Floats, x: Floats, y: Floats, shape: tuple[int, ...]) -> Floats:
    """A picture's values at fractional places; 0 outside it."""
    return np.asarray(
        cv2.remap(
            picture,
            x.reshape(shape).astype(np.float32),
            y.reshape(shape).astype(np.float32),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=0,
        )
    )
