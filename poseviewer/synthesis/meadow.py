"""The place where the sample's dog trots: a sandy path through a meadow, a fence, trees, hills and a summer sky."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from poseviewer.synthesis.noise import Noise, plane_noise
from poseviewer.synthesis.scene import Camera
from poseviewer.synthesis.sprites import Planted, grass_tuft, paint_all, tree

Floats = NDArray[np.float32]

HAZE = np.array([0.60, 0.72, 0.84], dtype=np.float32)
MEADOW_HAZE = np.array([0.30, 0.40, 0.24], dtype=np.float32)
CLEAR = 340_000.0
"""At this distance two thirds of a thing's colour is haze, mm."""
PATH_HALF = 430.0
FENCE_X = -6500.0
POST_STEP = 2300.0


class Meadow:
    """A fixed world around the path x = 0, z up, mm; the same seed grows the same meadow."""

    def __init__(self, seed: int, along: tuple[float, float]) -> None:
        """along: the stretch of the path (min y, max y) that a camera will look at."""
        self.noise = Noise(seed)
        # Pictures of the ground that repeat: their side on the ground in mm, and the picture.
        self.fine = plane_noise(self.noise, 1024, 256) * 0.6 + plane_noise(self.noise, 1024, 64) * 0.6
        self.medium = plane_noise(self.noise, 512, 32, 2)
        self.broad = plane_noise(self.noise, 512, 32, 3)
        random = np.random.default_rng(seed)
        self.plants = _verge(random, along) + _trees(random, along)

    def paint(self, camera: Camera, time: float = 0.0) -> Floats:
        """(H, W, 3) linear RGB of what the camera sees; `time` in seconds moves clouds and grass."""
        rays = camera.rays()
        shape = rays.shape[1:]
        directions = camera.rotation.T.astype(np.float32) @ rays.reshape(3, -1)
        below = directions[2] < -1e-4
        image = np.empty_like(directions)
        image[:, ~below] = self._sky(directions[:, ~below], time)
        image[:, below] = self._ground(directions[:, below], camera)
        # The horizon runs through the middle of a pixel: the hills end there, softly.
        far = directions[2] > -1.5 / camera.focal
        image[:, far] = self._hills(directions[:, far], image[:, far], camera.focal)
        picture = np.ascontiguousarray(image.reshape(3, *shape).transpose(1, 2, 0))
        self._fence(picture, camera)
        paint_all(picture, self.plants, camera, HAZE, CLEAR, time)
        return np.asarray(picture, dtype=np.float32)

    def _sky(self, directions: Floats, time: float) -> Floats:
        flat = np.sqrt(directions[0] ** 2 + directions[1] ** 2)
        height = np.clip(directions[2] / flat, 0, None)
        low, high = HAZE[:, None], np.array([[0.20], [0.42], [0.80]], dtype=np.float32)
        sky = high + np.exp(-height * 5.5) * (low - high)
        bearing = np.arctan2(directions[1], -directions[0])
        cloud = np.stack([bearing * 5 + 0.02 * time, height * 13, np.full_like(height, 3.5)])
        thick = np.clip((self.noise.layers(cloud, 4) - 0.12) * 1.5, 0, 1) * np.clip(height * 14 - 0.5, 0, 1)
        white = np.array([[0.97], [0.97], [0.98]], dtype=np.float32)
        return np.asarray(sky + 0.85 * thick * (white - sky), dtype=np.float32)

    def _hills(self, directions: Floats, image: Floats, focal: float) -> Floats:
        """Three ranges, the nearest with a wood on it; they are so far away that they only turn."""
        flat = np.sqrt(directions[0] ** 2 + directions[1] ** 2)
        height = directions[2] / flat
        bearing = np.arctan2(directions[1], -directions[0]).astype(np.float32)
        for layer, (base, rise, steps, rough, colour) in enumerate(
            (
                (0.085, 0.040, 3.0, 0.000, (0.42, 0.54, 0.66)),
                (0.058, 0.030, 5.0, 0.002, (0.26, 0.40, 0.36)),
                (0.030, 0.014, 9.0, 0.010, (0.115, 0.205, 0.085)),
            )
        ):
            slow = np.stack([bearing * steps, np.zeros_like(bearing), np.full_like(bearing, 11.5 + layer)])
            quick = np.stack([bearing * 90, np.zeros_like(bearing), np.full_like(bearing, 21.5 + layer)])
            ridge = base + rise * self.noise(slow) + rough * np.abs(self.noise.layers(quick, 2))
            spots = np.stack([bearing * 120, height * 200, np.full_like(bearing, 4.5)])
            mottle = 1 + (0.05 + 9 * rough) * self.noise(spots)
            inside = np.clip((ridge - height) * focal + 0.5, 0, 1)
            inside = inside * np.clip(0.5 + height * focal, 0, 1)
            image = image + inside * (np.array(colour, dtype=np.float32)[:, None] * mottle - image)
        return image

    def _ground(self, directions: Floats, camera: Camera) -> Floats:
        reach = np.minimum(-camera.position[2] / directions[2], 4e5).astype(np.float32)
        x = directions[0] * reach + np.float32(camera.position[0])
        y = directions[1] * reach + np.float32(camera.position[1])
        distance = np.sqrt((x - camera.position[0]) ** 2 + (y - camera.position[1]) ** 2)
        # Detail that is finer than a pixel is left out.
        near, middling = np.exp(-distance / 4500), np.exp(-distance / 22000)
        fine = _tiled(self.fine, x, y, 2200) * near
        medium = _tiled(self.medium, x, y, 5200) * middling
        broad = _tiled(self.broad, x, y, 82_000)
        deep, fresh, dry = (np.array(c, dtype=np.float32)[:, None]
                            for c in ((0.075, 0.135, 0.026), (0.195, 0.285, 0.058), (0.36, 0.33, 0.115)))  # fmt: skip
        mix = np.clip(0.52 + 0.42 * fine + 0.26 * medium + 0.20 * broad, 0, 1)
        grass = deep + mix * (fresh - deep)
        grass = grass + np.clip(0.20 + 0.5 * broad + 0.2 * medium, 0, 0.6) * (dry - grass)
        edge = np.abs(x) - PATH_HALF - 120 * medium - 45 * fine
        on_path = np.clip(0.5 - edge / 70, 0, 1)
        sand = np.array([0.50, 0.385, 0.245], dtype=np.float32)[:, None] * (1 + 0.14 * fine + 0.13 * medium)
        # A strip of grass is worn thin in the middle of the path's edges.
        ground = grass + on_path * (sand - grass)
        veil = 1 - np.exp(-distance / CLEAR)
        return np.asarray(ground + veil * (MEADOW_HAZE[:, None] - ground), dtype=np.float32)

    def _fence(self, picture: Floats, camera: Camera) -> None:
        """Posts and two rails along the path, far behind it."""
        first = np.floor((camera.position[1] - 30_000) / POST_STEP) * POST_STEP
        posts = first + POST_STEP * np.arange(34)
        wood = np.array([0.33, 0.265, 0.20], dtype=np.float32)
        for y in posts:
            for z in (800.0, 440.0):
                _board(picture, camera, (FENCE_X, y, z), (FENCE_X, y + POST_STEP, z + 14 * np.sin(y)), 95.0, wood)
                _board(picture, camera, (FENCE_X, y, z - 38), (FENCE_X, y + POST_STEP, z - 38), 26.0, wood * 0.62)
        for y in posts:
            _board(picture, camera, (FENCE_X + 40, y, 0.0), (FENCE_X + 40, y, 1010.0), 110.0, wood * 0.7)
            _board(picture, camera, (FENCE_X + 41, y - 18, 0.0), (FENCE_X + 41, y - 18, 1010.0), 74.0, wood * 1.2)


def _tiled(picture: Floats, x: Floats, y: Floats, side: float) -> Floats:
    """The values of a repeating picture, `side` mm wide on the ground, at places (n,)."""
    size = len(picture)
    column, row = (v / side * size % size for v in (x, y))
    wrapped = np.pad(picture, ((0, 1), (0, 1)), mode="wrap")
    # OpenCV takes pictures of fewer than 32768 rows.
    folded = (-len(column)) % 1024
    column, row = (np.pad(v, (0, folded)).reshape(-1, 1024).astype(np.float32) for v in (column, row))
    return np.asarray(cv2.remap(wrapped, column, row, cv2.INTER_LINEAR)).ravel()[: len(x)]


def _board(
    picture: Floats, camera: Camera, start: tuple[float, float, float], end: tuple[float, float, float],
    width: float, colour: Floats,
) -> None:  # fmt: skip
    """A flat board between two places, seen from the camera, in place."""
    ends = np.array([start, end])
    seen = camera.to_camera(ends)
    if (seen[:, 2] < 500).any():
        return
    pixels = camera.project(ends)
    half = camera.focal * width / seen[:, 2:] / 2
    run = pixels[1] - pixels[0]
    across = np.array([-run[1], run[0]]) / (np.linalg.norm(run) + 1e-9)
    corners = np.concatenate([pixels + half * across, (pixels - half * across)[::-1]])
    low = np.maximum(np.floor(corners.min(axis=0)).astype(int) - 1, 0)
    high = np.minimum(np.ceil(corners.max(axis=0)).astype(int) + 2, camera.size)
    if (low >= high).any():
        return
    mask = np.zeros((high[1] - low[1], high[0] - low[0]), dtype=np.uint8)
    cv2.fillConvexPoly(mask, np.rint((corners - low) * 16).astype(np.int32), 255, cv2.LINE_AA, 4)
    veil = 1 - np.exp(-float(seen[:, 2].mean()) / CLEAR)
    paint = colour + veil * (HAZE - colour)
    window = picture[low[1] : high[1], low[0] : high[0]]
    window += (mask[..., None] / np.float32(255)) * (paint - window)


def _verge(random: np.random.Generator, along: tuple[float, float]) -> list[Planted]:
    """Tufts and flowers beside the path; the near side's are low, so that they never hide a paw."""
    tufts = [grass_tuft(random) for _ in range(5)]
    flowers = [grass_tuft(random, colour) for colour in ((0.85, 0.85, 0.82), (0.80, 0.55, 0.03), (0.62, 0.05, 0.03))]
    planted = []
    for _ in range(int((along[1] - along[0]) / 1000 * 26)):
        y = float(random.uniform(*along))
        far = random.uniform() < 0.72
        out = float(random.exponential(700 if far else 350))
        sprite = flowers[random.integers(3)] if random.uniform() < 0.16 else tufts[random.integers(5)]
        size = float(random.uniform(110, 220) if far else random.uniform(60, 95))
        x = -PATH_HALF - 40 - out if far else PATH_HALF + 150 + out
        planted.append(Planted(sprite, x, y, size, float(random.uniform(0.85, 1.2)), 0.06))
    return planted


def _trees(random: np.random.Generator, along: tuple[float, float]) -> list[Planted]:
    """Single trees and bushes beyond the fence."""
    kinds = [tree(random, hue) for hue in (0.0, 0.25, 0.5, 0.9)]
    planted = []
    for _ in range(46):
        x = -float(random.uniform(14_000, 70_000))
        y = float(random.uniform(along[0] - 35_000, along[1] + 60_000))
        size = float(random.uniform(3500, 7500) if random.uniform() < 0.7 else random.uniform(1400, 2400))
        planted.append(Planted(kinds[random.integers(4)], x, y, size, float(random.uniform(0.85, 1.1)), 0.004))
    return planted
