"""Rotation matrices from the angles that motion capture files give, in any order of axes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def turned(axes: str, angles: Array) -> Array:
    """(..., 3, 3) the product R(axes[0]) R(axes[1]) ... of turns about x, y or z, each once or more often.

    Args:
        axes: K letters of "xyz".
        angles: (..., K) radians.

    Example:
        >>> turned("zxy", angles)  # BVH's channels Zrotation Xrotation Yrotation
    """
    product = np.broadcast_to(np.eye(3), (*angles.shape[:-1], 3, 3))
    for k, axis in enumerate(axes):
        product = product @ _about("xyz".index(axis), angles[..., k])
    return product


def _about(axis: int, angle: Array) -> Array:
    """(..., 3, 3) the right-handed turn about one axis."""
    i, j = (axis + 1) % 3, (axis + 2) % 3
    matrix = np.zeros((*angle.shape, 3, 3))
    matrix[..., axis, axis] = 1
    matrix[..., i, i] = matrix[..., j, j] = np.cos(angle)
    matrix[..., j, i] = np.sin(angle)
    matrix[..., i, j] = -matrix[..., j, i]
    return matrix
