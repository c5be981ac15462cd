"""Which of the drawn points is meant by a place on the screen."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def nearest_point(
    places: ArrayLike, cursor: ArrayLike, radius: float, depth: ArrayLike | None = None, same: float = 2.0
) -> int | None:
    """The index of the point nearest to the cursor, None where none is within `radius`.

    Args:
        places: (P, 2) pixels; points with NaN are never meant.
        cursor: (2,) pixels.
        radius: pixels; a point exactly at this distance still counts.
        depth: (P,) distance from the viewer. Points that cover each other (whose distances to the cursor
            differ by less than `same` pixels) are told apart by it: the one in front is meant.
        same: pixels.
    """
    points = np.asarray(places, dtype=np.float64).reshape(-1, 2)
    away = np.hypot(*(points - np.asarray(cursor, dtype=np.float64)).T)
    away = np.where(np.isfinite(away), away, np.inf)
    if not len(away) or not away.min() <= radius:
        return None
    if depth is None:
        return int(np.argmin(away))
    rivals = (away <= radius) & (away < away.min() + same)
    return int(np.argmin(np.where(rivals, np.asarray(depth, dtype=np.float64), np.inf)))
