"""Uniform numbers handed out one row after the other, so that each part of a picture knows only its own."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from array_api_compat import array_namespace

Array = Any


def within(values: Array, low: float, high: float) -> Array:
    """Values held between two numbers; on numpy arrays ten times as fast as `clip` for small ones."""
    if isinstance(values, np.ndarray):
        return np.minimum(np.maximum(values, low), high)
    return array_namespace(values).clip(values, low, high)


class Draws:
    """Rows of uniform numbers (C, N), used from the first on."""

    def __init__(self, uniforms: Array) -> None:
        self.uniforms = uniforms
        self.used = 0

    def one(self) -> Array:
        """(N,) in [0, 1)."""
        self.used += 1
        return self.uniforms[self.used - 1, ...]

    def many(self, count: int) -> Array:
        """(count, N) in [0, 1)."""
        self.used += count
        if self.used > self.uniforms.shape[0]:
            raise IndexError(f"{self.used} rows of uniform numbers are wanted, {self.uniforms.shape[0]} are there")
        return self.uniforms[self.used - count : self.used, ...]

    def between(self, low: float, high: float) -> Array:
        """(N,) uniform."""
        return low + (high - low) * self.one()

    def scale(self, low: float, high: float) -> Array:
        """(N,) log-uniform."""
        xp = array_namespace(self.uniforms)
        return xp.exp(self.between(math.log(low), math.log(high)))

    def chance(self, share: float) -> Array:
        """(N,) 1 in that share of the pictures, else 0."""
        xp = array_namespace(self.uniforms)
        return xp.astype(self.one() < share, self.uniforms.dtype)

    def rest(self, rows: int) -> Draws:
        """The next `rows` rows, for another part of the picture."""
        return Draws(self.many(rows))
