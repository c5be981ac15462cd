"""A labelled image as it might have been taken: nearer or farther, turned, mirrored, in another light.

Sizes follow how a detector looks: at the whole frame to find the animal, then closely at the animal. One network
learns both, so a crop of any size between them is a fair question too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from poseviewer.core.skeleton import Skeleton
from poseviewer.geometry.crops import SIDE
from poseviewer.models.track import SMALLEST_SHARE
from training.labelled_images import LabelledImage

GREY = (114, 114, 114)
WIDER = 1.1
"""A crop that shows the whole frame is this many times as large at most."""
LEAST_TURN = 20.0
"""Degrees to either side that pictures are turned at least."""
FREE_SPREAD = 40.0
"""Degrees: labelled animals that are turned by more than this (circular standard deviation) may head anywhere."""
_LEVELS = 4


@dataclass(frozen=True)
class Augmentation:
    """How much images are changed.

    whole: share of crops that show (about) the whole frame; near: share that show the animal closely, `nearest` to
        `farthest` times its box; the rest lies anywhere between.
    turn: degrees to either side. stretch: of one axis against the other, as a logarithm.
    mirror: share of mirrored images; only where `partners`, the joints with left and right exchanged, is given.
    light: strength of changes of brightness, contrast and colour; 0 for none.
    """

    whole: float = 0.3
    near: float = 0.5
    nearest: float = 1.05
    farthest: float = 1.8
    shift: float = 0.12
    turn: float = 180.0
    stretch: float = 0.1
    mirror: float = 0.5
    light: float = 1.0
    partners: tuple[int, ...] = field(default=())


@dataclass(frozen=True, eq=False)
class Level:
    """A labelled image at another size: its pixels are those of the label's image times `scale` plus `offset`."""

    image: NDArray[np.uint8]
    scale: float
    offset: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Pyramid:
    """A labelled image at several sizes, so that a small crop of a large image shows no noise of single pixels.

    levels: of the image itself. wide: of the whole frame, where the image is only a part of it.
    """

    label: LabelledImage
    levels: tuple[Level, ...]
    wide: tuple[Level, ...]

    @classmethod
    def of(cls, label: LabelledImage) -> Pyramid:
        own = _levels(Level(label.image, 1.0, np.zeros(2)))
        view = label.overview
        return cls(label, own, _levels(Level(view.image, view.scale, view.offset)) if view else ())

    def frame(self) -> tuple[NDArray[np.float64], float]:
        """The middle (2,) and the longer side of the whole frame, in pixels of the image."""
        level = self.wide[0] if self.wide else self.levels[0]
        size = np.array(level.image.shape[1::-1], dtype=np.float64)
        return ((size - 1) / 2 - level.offset) / level.scale, float(size.max()) / level.scale

    def level(self, scale: float, size: float) -> Level:
        """The one to take a crop from that shows a pixel of the image `scale` times as large, `size` pixels of it."""
        levels = self.wide if self.wide and size > max(self.label.image.shape[:2]) else self.levels
        return next((level for level in reversed(levels) if level.scale >= scale), levels[0])


def _levels(base: Level) -> tuple[Level, ...]:
    """The image itself, then a half, a third and a quarter of it."""
    levels = [base]
    for shrink in range(2, _LEVELS + 1):
        height, width = (max(1, side // shrink) for side in base.image.shape[:2])
        part = base.image[: height * shrink, : width * shrink]
        small = np.asarray(cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
        # A pixel of a level stands for shrink x shrink pixels, its centre for their middle.
        levels.append(Level(small, base.scale / shrink, (base.offset - (shrink - 1) / 2) / shrink))
    return tuple(levels)


@dataclass(frozen=True, eq=False)
class Sample:
    """One question to the network and its answer.

    image: (S, S, 3) uint8. keypoints: (J, 2) pixels of the image, also outside of it; NaN where unknown.
    visibility: (J,).
    """

    image: NDArray[np.uint8]
    keypoints: NDArray[np.float64]
    visibility: NDArray[np.uint8]


def augmented(source: Pyramid, how: Augmentation, rng: np.random.Generator) -> Sample:
    """One of the pictures that might have been taken of it."""
    matrix = _placement(source, how, rng)
    mirrored = bool(how.partners) and rng.random() < how.mirror
    if mirrored:
        matrix = np.array([[-1.0, 0, SIDE - 1], [0, 1, 0], [0, 0, 1]]) @ matrix
    image = _warped(source, matrix)
    points = source.label.keypoints @ matrix[:2, :2].T + matrix[:2, 2]
    seen = source.label.visibility
    if mirrored:
        order = list(how.partners)
        points, seen = points[order], seen[order]
    if how.light:
        image = _lit(image, how.light, rng)
    return Sample(image, points, seen)


def farther(
    image: NDArray[np.uint8],
    keypoints: NDArray[np.float64],
    visibility: NDArray[np.uint8],
    rng: np.random.Generator,
    share: float = 0.25,
) -> Sample:
    """A square picture (S, S, 3), at times shrunk and put somewhere on grey, as where a crop reaches beyond its frame.

    Rendered animals fill their pictures; in a whole frame an animal is small.
    """
    if rng.random() >= share:
        return Sample(image, keypoints, visibility)
    side = image.shape[0]
    scale = math.exp(rng.uniform(math.log(0.3), 0))
    small = max(8, round(side * scale))
    left, top = (int(n) for n in rng.integers(0, side - small + 1, 2))
    canvas = np.full_like(image, GREY)
    canvas[top : top + small, left : left + small] = cv2.resize(image, (small, small), interpolation=cv2.INTER_AREA)
    moved = (keypoints + 0.5) * (small / side) - 0.5 + (left, top)
    # Beyond the render's own edge there is no animal to be seen.
    beyond = ((keypoints < -0.5) | (keypoints > side - 0.5)).any(-1)
    moved[beyond] = -side
    return Sample(canvas, moved, visibility)


def _placement(source: Pyramid, how: Augmentation, rng: np.random.Generator) -> NDArray[np.float64]:
    """Pixels of the labelled image -> pixels of the crop, (3, 3)."""
    left, top, right, bottom = source.label.box
    centre, frame = source.frame()
    box = max(right - left, bottom - top, SMALLEST_SHARE * frame, 8.0)
    pick = rng.random()
    if pick < how.whole:
        size = frame * WIDER ** rng.uniform(-1, 1)
        middle = centre
        shift = how.shift * size * rng.uniform(-1, 1, 2)
    else:
        # Nobody looks at much more than the whole frame.
        low = min(how.nearest * box, frame / WIDER**2)
        high = max(min(how.farthest * box, frame * WIDER), low)
        if pick >= how.whole + how.near:
            low, high = min(high, frame), max(high, frame)
        size = math.exp(rng.uniform(math.log(low), math.log(high)))
        middle = np.array([(left + right) / 2, (top + bottom) / 2])
        # A wide crop may have the animal anywhere in it, a close one has it about its middle.
        shift = np.maximum(how.shift * size, 0.4 * (size - box)) * rng.uniform(-1, 1, 2)
    scale = SIDE / size
    angle = math.radians(rng.uniform(-how.turn, how.turn))
    stretch = math.exp(how.stretch * rng.uniform(-1, 1))
    turned = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    linear = turned @ np.diag([scale * stretch, scale / stretch])
    matrix = np.eye(3)
    matrix[:2, :2] = linear
    matrix[:2, 2] = (SIDE - 1) / 2 - linear @ middle + scale * shift
    return matrix


def _warped(source: Pyramid, matrix: NDArray[np.float64]) -> NDArray[np.uint8]:
    scale = math.sqrt(abs(float(np.linalg.det(matrix[:2, :2]))))
    level = source.level(scale, SIDE / scale)
    back = np.eye(3)
    back[[0, 1], [0, 1]] = 1 / level.scale
    back[:2, 2] = -level.offset / level.scale
    made = cv2.warpAffine(
        level.image, (matrix @ back)[:2], (SIDE, SIDE), flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT, borderValue=GREY,
    )  # fmt: skip
    return np.asarray(made, np.uint8)


def _lit(image: NDArray[np.uint8], strength: float, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Another light and another camera: gain, contrast and gamma, a tint, and at times grey, blur and noise."""
    ramp = np.arange(256, dtype=np.float32)[:, None] / 255
    gamma = math.exp(0.4 * strength * rng.uniform(-1, 1))
    contrast = math.exp(0.3 * strength * rng.uniform(-1, 1))
    tint = np.exp(0.08 * strength * rng.uniform(-1, 1, 3))
    middle = 0.5 + 0.15 * strength * rng.uniform(-1, 1)
    table = ((ramp**gamma - 0.5) * contrast + middle) * tint
    image = cv2.LUT(image, np.clip(table * 255, 0, 255).astype(np.uint8)[None])
    if rng.random() < 0.1:
        image = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    if rng.random() < 0.2:
        image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.5, 1.5))
    if rng.random() < 0.3:
        noise = rng.normal(0, 255 * 0.03 * strength, image.shape[:2]).astype(np.float32)[..., None]
        image = np.clip(image + noise, 0, 255).astype(np.uint8)
    return np.asarray(image, np.uint8)


def usual_turn(labels: Sequence[LabelledImage], skeleton: Skeleton) -> float:
    """How far to turn pictures to either side, in degrees: as far as the labelled animals are turned, and some more.

    A camera above sees animals head anywhere, one beside them sees them upright, whichever way they face. So of every
    animal the turn is taken that brings it closest to the first, as it is or mirrored.
    """
    poses = [label.keypoints for label in labels]
    if len(poses) < 2:
        return LEAST_TURN
    mirror = list(skeleton.mirror)
    turns = np.array([_turn_between(poses[0], pose, mirror) for pose in poses])
    turns = turns[np.isfinite(turns)]
    together = abs(np.exp(1j * turns).mean()) if len(turns) else 1.0
    spread = math.degrees(math.sqrt(-2 * math.log(max(together, 1e-6))))
    return 180.0 if spread > FREE_SPREAD else max(LEAST_TURN, 2 * spread)


def _turn_between(pose: NDArray[np.float64], other: NDArray[np.float64], mirror: list[int]) -> float:
    """Radians by which the other pose is turned against this one; NaN where they share fewer than two keypoints."""
    found, best = math.nan, -1.0
    for candidate in (other, (other * (-1, 1))[mirror]):
        both = np.isfinite(pose[:, 0]) & np.isfinite(candidate[:, 0])
        if both.sum() < 2:
            continue
        a, b = (points[both] @ np.array([1, 1j]) for points in (pose, candidate))
        product = complex(np.vdot(a - a.mean(), b - b.mean()))
        size = math.sqrt(float(np.vdot(a - a.mean(), a - a.mean()).real * np.vdot(b - b.mean(), b - b.mean()).real))
        alike = abs(product) / max(size, 1e-9)
        if alike > best + 1e-3:
            found, best = math.atan2(product.imag, product.real), alike
    return found
