"""Smooth random fields in three dimensions, repeatable from a seed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
SIDE = 32


class Noise:
    """A field of smooth random values in [-1, 1] with features of one unit; it repeats every 32 units."""

    def __init__(self, seed: int) -> None:
        self.lattice = np.random.default_rng(seed).uniform(-1, 1, (SIDE, SIDE, SIDE)).astype(np.float32)

    def __call__(self, points: Floats) -> Floats:
        """(3, n) -> (n,)."""
        cell = np.floor(points)
        inside = points - cell
        fade = inside * inside * (3 - 2 * inside)
        low = cell.astype(np.int64) % SIDE
        high = (low + 1) % SIDE
        (x0, y0, z0), (x1, y1, z1), (u, v, w) = low, high, fade
        grid = self.lattice

        def along_x(y: NDArray[np.int64], z: NDArray[np.int64]) -> Floats:
            start = grid[x0, y, z]
            return np.asarray(start + u * (grid[x1, y, z] - start))

        front, back = along_x(y0, z0), along_x(y0, z1)
        front = front + v * (along_x(y1, z0) - front)
        back = back + v * (along_x(y1, z1) - back)
        return np.asarray(front + w * (back - front))

    def layers(self, points: Floats, count: int) -> Floats:
        """(3, n) -> (n,): `count` octaves, each half as large and half as strong as the last; about [-1, 1]."""
        total = self(points)
        for octave in range(1, count):
            total = total + self(points * 2**octave + 7.3 * octave) * 0.5**octave
        return total


def plane_noise(noise: Noise, size: int, cells: int, octaves: int = 1) -> Floats:
    """A square picture (size, size) of noise that repeats without a seam: `cells` features to a side, a power of 2."""
    steps = np.arange(size) * (cells / size)
    total = np.zeros((size, size), dtype=np.float32)
    for octave in range(octaves):
        u, v = np.meshgrid(steps * 2**octave % SIDE, steps * 2**octave % SIDE)
        flat = np.stack([u.ravel(), v.ravel(), np.full(u.size, octave + 0.5)]).astype(np.float32)
        total += noise(flat).reshape(size, size) * 0.5**octave
    return total
