"""A few repeating grey pictures that everything random in a picture is cut from: cloudy, leafy, grainy, tiled, hairy.

They are the same numbers on every machine; what is random is where, how large and at which angle they are looked at.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from array_api_compat import array_namespace
from numpy.typing import NDArray

from poseviewer.geometry.constants import Constant

Array = Any
Floats = NDArray[np.float64]

SIDE = 256
CLOUDS, FOAM, LEAVES, SCRAPS, FIBRES, TILES, GRAIN, SPOTS = range(8)
"""Clouds: 1/f² noise. Foam: 1/f. Leaves: many overlapping discs, as in natural pictures (Lee, Mumford and Huang 2001).
Scraps: overlapping rectangles. Fibres: short strokes. Tiles: planks. Grain: normal noise, 0.5 ± 0.16.
Spots: how far the next of scattered points is."""

COUNT = 8


@cache
def textures() -> Constant:
    """(COUNT * SIDE * SIDE,) in [0, 1]; a constant of the program."""
    random = np.random.default_rng(20)
    pictures = [
        _power(random, 2.0),
        _power(random, 1.1),
        _leaves(random, discs=True),
        _leaves(random, discs=False),
        _power(random, 1.0, stretch=7.0),
        _tiles(random),
        np.clip(0.5 + 0.16 * random.standard_normal((SIDE, SIDE)), 0, 1),
        _spots(random),
    ]
    return Constant(np.stack(pictures).ravel())


def look_up(flat: Array, kind: Array, u: Array, v: Array) -> Array:
    """The values of textures at places (n, H, W), or (n, 1, W) and (n, H, 1), in texels.

    kind: which texture, a number or (n, 1, 1) integers.
    """
    xp = array_namespace(u)
    row = xp.astype(v, xp.int64)
    row &= SIDE - 1
    row *= SIDE
    row = row + kind * (SIDE * SIDE)
    column = xp.astype(u, xp.int64)
    column &= SIDE - 1
    index = row + column
    return xp.reshape(xp.take(flat, xp.reshape(index, (-1,)), axis=0), index.shape)


def _levelled(picture: Floats) -> Floats:
    """The same picture with every grey equally often."""
    order = np.argsort(picture, axis=None, kind="stable")
    flat = np.empty(picture.size)
    flat[order] = np.linspace(0, 1, picture.size)
    return flat.reshape(picture.shape)


def _power(random: np.random.Generator, slope: float, stretch: float = 1.0) -> Floats:
    """Noise whose amplitude falls with frequency to the power of `slope`."""
    frequency = np.fft.fftfreq(SIDE)
    reach = np.sqrt((frequency[:, None] / stretch) ** 2 + frequency[None, :] ** 2 * stretch**0.5)
    reach[0, 0] = 1
    wave = np.fft.fft2(random.standard_normal((SIDE, SIDE))) / reach**slope
    wave[0, 0] = 0
    return _levelled(np.fft.ifft2(wave).real)


def _leaves(random: np.random.Generator, discs: bool) -> Floats:
    picture = np.full((SIDE, SIDE), 0.5)
    sizes = np.sort(3 / random.uniform(0.035, 1, 700) ** 0.8)[::-1]
    for size in sizes:
        half = int(np.ceil(size * (1 if discs else 1.5)))
        y, x = np.mgrid[-half : half + 1, -half : half + 1]
        turn, flat = random.uniform(0, np.pi), random.uniform(0.4, 1)
        a, b = x * np.cos(turn) + y * np.sin(turn), (y * np.cos(turn) - x * np.sin(turn)) / flat
        inside = a * a + b * b < size * size if discs else np.maximum(abs(a), abs(b)) < size
        row, column = random.integers(0, SIDE, 2)
        rows, columns = (y + row) % SIDE, (x + column) % SIDE
        value = random.uniform() + 0.25 * random.uniform(-1, 1) * a / size
        picture[rows[inside], columns[inside]] = value[inside]
    return np.asarray(np.clip(picture, 0, 1))


def _tiles(random: np.random.Generator) -> Floats:
    """Planks of their own grey with dark joints."""
    greys = random.uniform(0.3, 1, (16, 8))
    y, x = np.mgrid[:SIDE, :SIDE]
    row = y // 16
    x = (x + 13 * row) % SIDE
    joint = (y % 16 < 1) | (x % 32 < 1)
    return np.asarray(np.where(joint, 0.08, greys[row, x // 32]))


def _spots(random: np.random.Generator) -> Floats:
    """How far the next of jittered points is: 0 at them."""
    cells = 12
    step = SIDE / cells
    row, column = np.mgrid[:cells, :cells]
    points = np.stack([row, column], -1).reshape(-1, 2) * step + random.uniform(0, step, (cells * cells, 2))
    nearest = np.full((SIDE, SIDE), np.inf)
    for py, px in points:
        top, left = int(py) - 44, int(px) - 44
        rows, columns = np.arange(top, top + 88), np.arange(left, left + 88)
        far = np.hypot((rows - py)[:, None], (columns - px)[None, :])
        at = np.ix_(rows % SIDE, columns % SIDE)
        nearest[at] = np.minimum(nearest[at], far)
    return np.clip(nearest / 24, 0, 1)
