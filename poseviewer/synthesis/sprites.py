"""Small painted pictures that stand upright in a scene: tufts of grass, flowers, trees.

They are linear RGB with premultiplied alpha.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from poseviewer.synthesis.scene import Camera

Floats = NDArray[np.float32]
SIDE = 256


@dataclass(frozen=True, eq=False)
class Sprite:
    """A square picture whose foot is at the middle of its lower edge, and ever smaller copies of it."""

    levels: tuple[Floats, ...]

    @classmethod
    def of(cls, picture: Floats) -> Sprite:
        levels = [picture]
        while len(levels[-1]) > 8:
            half = len(levels[-1]) // 2
            levels.append(cv2.resize(levels[-1], (half, half), interpolation=cv2.INTER_AREA))
        return cls(tuple(levels))


@dataclass(frozen=True, eq=False)
class Planted:
    """A sprite at a place on the ground. size: its height, mm. shade: factor on its light."""

    sprite: Sprite
    x: float
    y: float
    size: float
    shade: float = 1.0
    sway: float = 0.0


def paint_all(image: Floats, planted: list[Planted], camera: Camera, haze: Floats, clear: float, time: float) -> None:
    """Paint sprites onto an image (H, W, 3) in place, the farthest first.

    Args:
        haze: (3,) the colour of the distance; clear: how far one sees, mm. time: seconds, for the wind.
    """
    feet = np.array([[p.x, p.y, 0.0] for p in planted])
    depth = camera.to_camera(feet)[:, 2]
    for i in np.argsort(-depth):
        if depth[i] > 600:
            pixel = camera.project(feet[i])
            _paint(image, planted[i], pixel, camera.focal / depth[i], haze, 1 - np.exp(-depth[i] / clear), time)


def _paint(
    image: Floats, plant: Planted, foot: NDArray[np.float64], scale: float, haze: Floats, veil: float, time: float
) -> None:
    height, width = image.shape[:2]
    size = plant.size * scale
    left, right = int(np.floor(foot[0] - size * 0.6)), int(np.ceil(foot[0] + size * 0.6)) + 1
    top, bottom = int(np.floor(foot[1] - size)) - 1, int(np.ceil(foot[1])) + 2
    left, right, top, bottom = max(left, 0), min(right, width), max(top, 0), min(bottom, height)
    if left >= right or top >= bottom or size < 1.5:
        return
    level = next((v for v in reversed(plant.sprite.levels) if len(v) >= size), plant.sprite.levels[0])
    grow = size / len(level)
    wind = plant.sway * np.sin(2.1 * time + plant.x * 0.004 + plant.y * 0.003)
    # From the picture to the image; the foot stays, the top leans with the wind.
    move = np.array(
        [
            [grow, -grow * wind, foot[0] - left - grow * len(level) / 2 + grow * wind * len(level)],
            [0, grow, foot[1] - top - grow * len(level)],
        ]
    )
    drawn = cv2.warpAffine(level, move, (right - left, bottom - top), flags=cv2.INTER_LINEAR)
    window = image[top:bottom, left:right]
    colour = drawn[..., :3] * plant.shade
    window *= 1 - drawn[..., 3:]
    window += colour + veil * (drawn[..., 3:] * haze - colour)


def grass_tuft(random: np.random.Generator, flower: tuple[float, float, float] | None = None) -> Sprite:
    """A fan of curved blades; with a few flowers of a colour."""
    picture = np.zeros((SIDE, SIDE, 4), dtype=np.float32)
    for _ in range(34):
        lean, tall = random.normal(0, 0.32), random.uniform(0.35, 0.95)
        green = np.array([0.10, 0.19, 0.030]) * random.uniform(0.55, 1.55) + random.uniform(0, 0.05) * np.array(
            [1, 0.8, 0]
        )
        start = SIDE / 2 + random.normal(0, 20)
        u = np.linspace(0, 1, 12)
        x = start + SIDE * 0.45 * lean * u**1.8
        y = SIDE * random.uniform(0.90, 0.99) - SIDE * 0.88 * tall * u
        _stroke(picture, x, y, 5.5 * (1 - u) + 1.0, green, 0.55 + 0.6 * u)
    if flower is not None:
        for _ in range(5):
            top, side = SIDE * random.uniform(0.08, 0.5), random.normal(0, 45)
            stem = np.linspace(0, 1, 8)
            green, thin, even = np.array([0.08, 0.15, 0.03]), np.full(8, 2.0), np.ones(8)
            _stroke(picture, SIDE / 2 + side * stem, SIDE * 0.97 + (top - SIDE * 0.97) * stem, thin, green, even)
            _disc(picture, SIDE / 2 + side, top, random.uniform(10, 15), np.array(flower))
            _disc(picture, SIDE / 2 + side, top, 5, np.array([0.75, 0.45, 0.03]))
    return Sprite.of(picture)


def tree(random: np.random.Generator, hue: float) -> Sprite:
    """A round crown of leaves on a trunk, lit from the upper left. hue: 0 deep green, 1 yellow-green."""
    picture = np.zeros((SIDE, SIDE, 4), dtype=np.float32)
    trunk = np.linspace(0, 1, 10)
    _stroke(picture, SIDE / 2 + 4 * np.sin(3 * trunk), SIDE - SIDE * 0.5 * trunk, 13 - 6 * trunk,
            np.array([0.10, 0.07, 0.045]), 0.6 + 0.4 * trunk)  # fmt: skip
    deep, bright = np.array([0.045, 0.095, 0.022]), np.array([0.15, 0.24, 0.045]) + hue * np.array([0.12, 0.07, 0.0])
    clumps = []
    for _ in range(240):
        angle, out = random.uniform(0, 2 * np.pi), np.sqrt(random.uniform(0, 1))
        x, y = out * np.cos(angle), out * np.sin(angle)
        light = np.clip(0.45 - 0.34 * x - 0.5 * y + random.normal(0, 0.16), 0, 1)
        clumps.append((light, SIDE / 2 + 88 * x, SIDE * 0.385 + 84 * y, random.uniform(9, 19) * (1.15 - 0.4 * out)))
    for light, x, y, radius in sorted(clumps):
        _disc(picture, x, y, radius, deep + light * (bright - deep))
    return Sprite.of(picture)


def _stroke(
    picture: Floats, x: NDArray[np.float64], y: NDArray[np.float64], thickness: NDArray[np.float64],
    colour: NDArray[np.float64], light: NDArray[np.float64],
) -> None:  # fmt: skip
    for i in range(len(x) - 1):
        points = np.rint(np.array([[x[i], y[i]], [x[i + 1], y[i + 1]]]) * 16).astype(int)
        paint = (*(colour * light[i]).tolist(), 1.0)
        width = max(1, round(float(thickness[i])))
        cv2.line(picture, points[0].tolist(), points[1].tolist(), paint, width, cv2.LINE_8, 4)


def _disc(picture: Floats, x: float, y: float, radius: float, colour: NDArray[np.float64]) -> None:
    centre = (round(x * 16), round(y * 16))
    cv2.circle(picture, centre, round(radius * 16), (*colour.tolist(), 1.0), -1, cv2.LINE_8, 4)
