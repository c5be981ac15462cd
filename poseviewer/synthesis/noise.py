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
    """A square picture (size, size) of noise that repeats without a seam: `cells` features to a side.

    Raises:
        ValueError: `cells` is no multiple of 32, so that the picture would have a seam.
    """
    if cells % SIDE:
        raise ValueError(f"A picture of {cells} cells has a seam; their number must be a multiple of {SIDE}.")
    total = np.zeros((size, size), dtype=np.float32)
    for octave in range(octaves):
        weights = _weights(size, cells * 2**octave)
        # One slice of the lattice, mixed along the rows and then along the columns.
        total += weights @ noise.lattice[:, :, octave] @ weights.T * np.float32(0.5**octave)
    return total


def _weights(size: int, cells: int) -> Floats:
    """(size, 32): how much each row of the lattice has in each row of a picture that is `cells` wide."""
    steps = np.arange(size) * (cells / size)
    cell = np.floor(steps).astype(np.intp)
    inside = steps - cell
    fade = inside * inside * (3 - 2 * inside)
    weights = np.zeros((size, SIDE), dtype=np.float32)
    weights[np.arange(size), cell % SIDE] = 1 - fade
    weights[np.arange(size), (cell + 1) % SIDE] = fade
    return weights
