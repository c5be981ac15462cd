"""Rays, distances and normals of K round cones at once: the formulas under the renderer.

A round cone is the union of spheres with centres c(s) = (0, 0, s L) and radii r(s) = r0 + s (r1 - r0), s in [0, 1].
Points and rays are given per part in its own frame, as arrays (K, 3, n), float32.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


class Solids:
    """K posed parts, in arrays that broadcast against n points.

    Attributes:
        maps, offsets: (K, 3, 3), (K, 3, 1): local = maps @ point + offsets.
        lengths, r0, slope: (K, 1): length of the axis, radius at its start and growth of the radius over it.
        widths: (K, 1): the factor by which the part was narrowed along local x.
    """

    def __init__(
        self, maps: NDArray[np.floating], offsets: NDArray[np.floating], lengths: NDArray[np.floating],
        radii: NDArray[np.floating], widths: NDArray[np.floating],
    ) -> None:  # fmt: skip
        self.maps = maps.astype(np.float32)
        self.offsets = offsets.astype(np.float32).reshape(-1, 3, 1)
        self.lengths = np.maximum(lengths, 1e-3).astype(np.float32)[:, None]
        self.r0 = radii[:, :1].astype(np.float32)
        self.slope = (radii[:, 1:] - radii[:, :1]).astype(np.float32)
        self.widths = widths.astype(np.float32)[:, None]

    def __len__(self) -> int:
        return len(self.maps)

    def __getitem__(self, chosen: NDArray[np.intp]) -> Solids:
        radii = np.concatenate([self.r0, self.r0 + self.slope], axis=1)[chosen]
        return Solids(
            self.maps[chosen], self.offsets[chosen], self.lengths[chosen, 0], radii, self.widths[chosen, 0]
        )  # fmt: skip

    def grown(self, by: float) -> Solids:
        """The same parts with a thicker skin."""
        radii = np.concatenate([self.r0, self.r0 + self.slope], axis=1) + by
        return Solids(self.maps, self.offsets, self.lengths[:, 0], radii, self.widths[:, 0])

    def local(self, points: Floats) -> Floats:
        """(3, n) -> (K, 3, n)."""
        return np.asarray(np.matmul(self.maps, points) + self.offsets)

    def hit(self, origins: Floats, directions: Floats) -> Floats:
        """How far along each ray (3, n) each part begins: (K, n), infinite where it is missed."""
        o = np.matmul(self.maps, origins) + self.offsets
        d = np.matmul(self.maps, directions)
        dd, od, oo = _dot(d, d), _dot(o, d), _dot(o, o)
        first = _sphere(dd, od, oo, self.r0)
        # The sphere about the far end is the first one, moved along the axis.
        od_end = od - self.lengths * d[:, 2]
        oo_end = oo - 2 * self.lengths * o[:, 2] + self.lengths**2
        nearest = np.minimum(first, _sphere(dd, od_end, oo_end, self.r0 + self.slope))
        return np.minimum(nearest, self._side(o, d, dd, od, oo))

    def _side(self, o: Floats, d: Floats, dd: Floats, od: Floats, oo: Floats) -> Floats:
        """Where rays meet the side, the envelope of all spheres: (|p - c(s)|² - r(s)²) minimal over s and zero.

        The minimum is at s = (L p_z + r0 dr) / (L² - dr²), which makes it a quadratic in the distance.
        The root taken is where the ray comes in, also for a ray so steep that it also meets the cone beyond its tip.
        """
        L, dr = self.lengths, self.slope
        spread = L**2 - dr**2
        open_side = spread > 1e-3 * L**2
        spread = np.where(open_side, spread, 1)
        s0 = (L * o[:, 2] + self.r0 * dr) / spread
        s1 = L * d[:, 2] / spread
        a = dd - s1**2 * spread
        b = od - s0 * s1 * spread
        c = oo - self.r0**2 - s0**2 * spread
        root = b * b - a * c
        fair = (root > 0) & (np.abs(a) > 1e-9) & open_side
        t = np.where(fair, (-b - np.sqrt(np.maximum(root, 0))) / np.where(fair, a, 1), np.inf)
        s = s0 + np.where(fair, t, 0) * s1
        return np.where((s >= 0) & (s <= 1) & (t > 0), t, np.inf).astype(np.float32)

    def distance(self, local: Floats) -> tuple[Floats, Floats]:
        """Signed distances (K, n) of local points, and the outward normals (K, 3, n) in the local frame.

        Exact for parts with width 1; for others exact to first order at the skin.
        """
        x, y, z = local[:, 0], local[:, 1], local[:, 2]
        across = np.sqrt(x * x + y * y)
        lean = self.slope / self.lengths
        tangent = -lean / np.sqrt(np.maximum(1 - lean**2, 1e-4))
        s = np.clip((z - across * tangent) / self.lengths, 0, 1)
        dz = z - s * self.lengths
        norm = np.sqrt(x * x + y * y + dz * dz) + 1e-6
        normal = np.stack([x / norm, y / norm, dz / norm], axis=1)
        stretch = np.sqrt(1 + normal[:, 0] ** 2 * (1 / self.widths**2 - 1))
        distance: Floats = (norm - self.r0 - s * self.slope) / stretch
        return distance, normal

    def world_normals(self, normals: Floats) -> Floats:
        """Local normals (K, 3, n) -> unit normals in the frame the parts were posed in."""
        turned = np.matmul(np.swapaxes(self.maps, 1, 2), normals)
        return np.asarray(turned / (np.sqrt(_dot(turned, turned))[:, None] + 1e-9))


def _dot(a: Floats, b: Floats) -> Floats:
    """(K, 3, n) with (K, 3, n) -> (K, n)."""
    return np.asarray(a[:, 0] * b[:, 0] + a[:, 1] * b[:, 1] + a[:, 2] * b[:, 2])


def _sphere(dd: Floats, od: Floats, oo: Floats, radius: Floats) -> Floats:
    root = od * od - dd * (oo - radius**2)
    t = np.where(root > 0, (-od - np.sqrt(np.maximum(root, 0))) / dd, np.inf)
    return np.where(t > 0, t, np.inf).astype(np.float32)
