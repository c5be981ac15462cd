"""Rotation matrices from uniform numbers and from view angles.

Matrices are (3, 3, N): nine contiguous rows of N numbers, which is what array arithmetic is fast at.
`trailing_matrices` turns them into the usual (N, 3, 3); vectors likewise are (3, K, N) and (N, K, 3).
"""

from __future__ import annotations

import math
from typing import Any

from array_api_compat import array_namespace

Array = Any


def random_rotations(u1: Array, u2: Array, u3: Array) -> Array:
    """Uniform rotations from three uniform numbers each (Shoemake 1992): (N,) x 3 -> (3, 3, N)."""
    xp = array_namespace(u1)
    a, b = xp.sqrt(1 - u1), xp.sqrt(u1)
    s, t = 2 * math.pi * u2, 2 * math.pi * u3
    x, y, z, w = a * xp.sin(s), a * xp.cos(s), b * xp.sin(t), b * xp.cos(t)
    x2, y2, z2 = 2 * x, 2 * y, 2 * z
    xx, yy, zz = x * x2, y * y2, z * z2
    xy, xz, yz = x * y2, x * z2, y * z2
    wx, wy, wz = w * x2, w * y2, w * z2
    return _matrix(
        xp,
        [
            [1 - (yy + zz), xy - wz, xz + wy],
            [xy + wz, 1 - (xx + zz), yz - wx],
            [xz - wy, yz + wx, 1 - (xx + yy)],
        ],
    )


def view_rotations(azimuth: Array, elevation: Array, roll: Array, pitch: Array) -> Array:
    """What turns the body frame so that the camera looks along +y: (N,) radians x 4 -> (3, 3, N).

    The animal tilts head up by `pitch` about its own left, then turns by `azimuth` about the vertical; a camera at
    positive `elevation` looks down on it; `roll` then turns the picture about the viewing direction.
    """
    xp = array_namespace(azimuth)
    cp, sp = xp.cos(pitch), xp.sin(pitch)
    ca, sa = xp.cos(azimuth), xp.sin(azimuth)
    ce, se = xp.cos(elevation), xp.sin(elevation)
    cr, sr = xp.cos(roll), xp.sin(roll)
    # Row by row: R_y(roll) R_x(elevation) R_z(azimuth) R_x(-pitch).
    turned = [ca, -sa * cp, -sa * sp]
    tilted = [
        [sa * ce, ca * cp * ce + sp * se, ca * sp * ce - cp * se],
        [sa * se, ca * cp * se - sp * ce, ca * sp * se + cp * ce],
    ]
    return _matrix(
        xp,
        [
            [cr * turned[j] + sr * tilted[1][j] for j in range(3)],
            tilted[0],
            [cr * tilted[1][j] - sr * turned[j] for j in range(3)],
        ],
    )


def rotate(matrices: Array, vectors: Array) -> Array:
    """(3, 3, N) applied to (3, K, N) -> (3, K, N)."""
    total = matrices[:, 0, None, :] * vectors[0, ...]
    total += matrices[:, 1, None, :] * vectors[1, ...]
    total += matrices[:, 2, None, :] * vectors[2, ...]
    return total


def trailing_matrices(planar: Array) -> Array:
    """(3, 3, N) -> (N, 3, 3)."""
    return array_namespace(planar).permute_dims(planar, (2, 0, 1))


def trailing_vectors(planar: Array) -> Array:
    """(3, K, N) -> (N, K, 3)."""
    return array_namespace(planar).permute_dims(planar, (2, 1, 0))


def planar_vectors(trailing: Array) -> Array:
    """(N, K, 3) -> (3, K, N): the inverse of `trailing_vectors`."""
    return array_namespace(trailing).permute_dims(trailing, (2, 1, 0))


def _matrix(xp: Any, rows: list[list[Array]]) -> Array:
    return xp.reshape(xp.stack([entry for row in rows for entry in row]), (3, 3, -1))
