"""The similarity transform that brings one set of points closest to another, for many pairs of sets at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Similarity:
    """`scale * points @ rotation + translation`, one per pose.

    Attributes:
        scale: (N,).
        rotation: (N, 3, 3) orthogonal, acting on row vectors; determinant -1 only where reflections were allowed.
        translation: (N, 3).
    """

    scale: Array
    rotation: Array
    translation: Array

    def apply(self, points: ArrayLike) -> Array:
        """Move (N, J, 3) points."""
        moved: Array = self.scale[:, None, None] * (np.asarray(points, dtype=np.float64) @ self.rotation)
        return moved + self.translation[:, None, :]


def present(points: ArrayLike) -> NDArray[np.bool_]:
    """(N, J) true where all coordinates of the (N, J, 2 or 3) points are numbers."""
    return np.asarray(np.all(np.isfinite(points), axis=-1), dtype=np.bool_)


def fit_similarity(
    source: ArrayLike, target: ArrayLike, mask: ArrayLike | None = None, reflection: bool = False
) -> Similarity:
    """Least-squares similarity from source to target (Umeyama 1991), one per pose.

    Args:
        source, target: (N, J, 3).
        mask: (N, J) true for the points that count; default: those finite in both.
        reflection: allow a mirror image where it fits better. A lift whose depths all have the wrong
            sign is then perfect, so figures made with and without it must not be compared.

    Where the source's points coincide (or none count), the transform only moves the middle: scale 1, no rotation.
    """
    x = np.asarray(source, dtype=np.float64)
    y = np.asarray(target, dtype=np.float64)
    keep = present(x) & present(y)
    if mask is not None:
        keep &= np.asarray(mask, dtype=bool)
    weight = keep[..., None].astype(np.float64)  # (N, J, 1)
    count = np.maximum(weight.sum(axis=1), 1.0)  # (N, 1)
    x, y = np.where(keep[..., None], x, 0.0), np.where(keep[..., None], y, 0.0)
    x_middle, y_middle = x.sum(axis=1) / count, y.sum(axis=1) / count  # (N, 3)
    x, y = (x - x_middle[:, None]) * weight, (y - y_middle[:, None]) * weight

    u, singular, vt = np.linalg.svd(np.swapaxes(x, -1, -2) @ y)
    if not reflection:
        sign = np.where(np.linalg.det(u @ vt) < 0, -1.0, 1.0)
        u[:, :, -1] *= sign[:, None]
        singular[:, -1] *= sign
    rotation = u @ vt
    size = (x**2).sum(axis=(1, 2))
    # Points this close together are one point up to rounding, and their ratio would be noise.
    point = size <= 1e-24 * np.maximum((x_middle**2).sum(axis=1), 1.0)
    scale = np.where(point, 1.0, singular.sum(axis=1) / np.where(point, 1.0, size))
    rotation = np.where(point[:, None, None], np.eye(3), rotation)
    translation = y_middle - scale[:, None] * np.einsum("ni,nij->nj", x_middle, rotation)
    return Similarity(scale, rotation, translation)
