"""What both painters of the 3D view understand: flat and round strokes on the screen, back to front. Without Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

LIGHT = np.array([-0.42, -0.62, 0.66]) / np.linalg.norm([-0.42, -0.62, 0.66])
"""Where the light comes from: x right, y down, z towards the viewer."""
AMBIENT = 0.52
DIFFUSE = 0.62


@dataclass(frozen=True, eq=False)
class Strokes:
    """M lines of round cross-section, drawn in order, each over those before it.

    Attributes:
        start, end: (M, 2) pixels. A stroke of length zero is a ball.
        radius: (M,) pixels.
        color: (M, 4) in 0..1, alpha not multiplied in.
        shade: (M,) 0 is drawn flat, 1 is lit like a rod or a ball.
        butt: (M,) true where the stroke stops square at its ends instead of round.
    """

    start: Array
    end: Array
    radius: Array
    color: Array
    shade: Array
    butt: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.radius)

    def taken(self, index: ArrayLike) -> Strokes:
        """Those at an index array or mask, in its order."""
        i = np.asarray(index)
        return Strokes(self.start[i], self.end[i], self.radius[i], self.color[i], self.shade[i], self.butt[i])


def strokes(
    start: ArrayLike, end: ArrayLike, radius: ArrayLike, color: ArrayLike, shade: float = 0.0, butt: bool = False
) -> Strokes:
    """M strokes; radius and color may be given once for all."""
    first = np.asarray(start, dtype=np.float64).reshape(-1, 2)
    count = len(first)
    return Strokes(
        start=first,
        end=np.asarray(end, dtype=np.float64).reshape(-1, 2),
        radius=np.broadcast_to(np.asarray(radius, dtype=np.float64), (count,)),
        color=np.broadcast_to(np.asarray(color, dtype=np.float64), (count, 4)),
        shade=np.full(count, shade),
        butt=np.full(count, butt),
    )


def joined(parts: Sequence[Strokes]) -> Strokes:
    return Strokes(
        np.concatenate([p.start for p in parts]),
        np.concatenate([p.end for p in parts]),
        np.concatenate([p.radius for p in parts]),
        np.concatenate([p.color for p in parts]),
        np.concatenate([p.shade for p in parts]),
        np.concatenate([p.butt for p in parts]),
    )


NOTHING = strokes(np.zeros((0, 2)), np.zeros((0, 2)), 0.0, (0.0, 0.0, 0.0, 0.0))


@dataclass(frozen=True, eq=False)
class Picture:
    """One view of the scene, in the order in which it is drawn.

    Attributes:
        shadow: drawn as one shape: where strokes overlap it is no darker.
        floor: the grid.
        body: bones, joints and everything else that has a depth, sorted from far to near.
    """

    shadow: Strokes = NOTHING
    floor: Strokes = NOTHING
    body: Strokes = NOTHING


def brightness(normals: ArrayLike) -> Array:
    """How bright a lit surface is (1 is its own colour), for unit normals (..., 3)."""
    lit: Array = AMBIENT + DIFFUSE * np.maximum(np.asarray(normals, dtype=np.float64) @ LIGHT, 0.0)
    return lit
