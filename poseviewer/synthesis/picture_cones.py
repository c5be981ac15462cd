"""Round cones drawn into a depth buffer by formula, each within the window of its own pixels.

Seen without perspective, the spheres of a cone with ends a, b and radii r_a, r_b have their foremost common envelope
where |p - c(s)|² = r(s)² and its derivative by s vanish: a quadratic in the depth whose coefficients are polynomials
in x and y. So one root gives the place s along the cone, and the sphere there gives the depth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from array_api_compat import array_namespace, device

Array = Any

FAR = 4096.0
"""Depth where nothing is, in pixels."""

Window = tuple[int, int, int, int]
"""left, top, right, bottom; right and bottom are the first outside."""


@dataclass
class Canvas:
    """What is drawn of n pictures so far, each (n, H, W): depth, coverage (0 to 1) and the number of the cone."""

    depth: Array
    cover: Array
    cone: Array
    bounds: tuple[Array, Array]
    steps: Array

    @classmethod
    def blank(cls, count: int, side: int, like: Array) -> Canvas:
        xp = array_namespace(like)
        shape = (count, side, side)
        depth, cover, cone = (xp.empty(shape, dtype=like.dtype, device=device(like)) for _ in range(3))
        depth[...] = FAR
        cover[...] = 0
        cone[...] = 0
        zero = xp.zeros((), dtype=like.dtype, device=device(like))
        steps = xp.arange(side, dtype=like.dtype, device=device(like))
        return cls(depth, cover, cone, (zero, zero + 1), steps)


def windows(ends: Array, radii: Array, side: int) -> Array:
    """(2, P, 3, N), (2, P, N) -> (4, P, N): the box of each cone in the picture, as whole numbers."""
    xp = array_namespace(ends)
    reach = radii + 1
    x, y = ends[:, :, 0, :], ends[:, :, 1, :]
    low = xp.stack([xp.min(x - reach, axis=0), xp.min(y - reach, axis=0)])
    high = xp.stack([xp.max(x + reach, axis=0), xp.max(y + reach, axis=0)])
    box = xp.concat([xp.floor(low), xp.ceil(high) + 1])
    return xp.clip(box, 0.0, float(side))


def joined(boxes: list[list[float]]) -> Window:
    """The window around the boxes [left, top, right, bottom] of several pictures; empty ones do not count."""
    full = [b for b in boxes if b[2] > b[0] and b[3] > b[1]]
    if not full:
        return 0, 0, 0, 0
    return (
        int(min(b[0] for b in full)),
        int(min(b[1] for b in full)),
        int(max(b[2] for b in full)),
        int(max(b[3] for b in full)),
    )


TERMS = 17


def cone_terms(ends: Array, radii: Array) -> Array:
    """(2, P, 3, N), (2, P, N) -> (TERMS, P, N): the numbers in the formula of each cone."""
    xp = array_namespace(ends)
    ax, ay, az = (ends[0, :, k, :] for k in range(3))
    dx, dy, dz = (ends[1, :, k, :] - ends[0, :, k, :] for k in range(3))
    ra, dr = radii[0, ...], radii[1, ...] - radii[0, ...]
    flat = dx * dx + dy * dy
    open_side = flat - dr * dr
    floor = 1e-3 * (flat + dz * dz) + 1e-4
    spread = open_side + dz * dz
    spread = xp.where(spread > floor, spread, floor)
    # Seen from within its own cone it has no side; a little of one keeps the root real.
    lean = xp.clip(open_side / spread, 0.02, 1.0)
    g = dz / (lean * spread)
    thick = xp.clip(radii[0, ...] + radii[1, ...], 1.0, FAR)
    return xp.stack(
        [dx / spread, dy / spread, (ra * dr - dx * ax - dy * ay) / spread, ax, ay, ra * ra, spread, lean, g,
         1 + dz * g, 2 * spread, open_side, 1 / thick, az, dz, ra, dr]
    )  # fmt: skip


def draw_cone(canvas: Canvas, window: Window, terms: Array, number: int, melt: Array | None) -> None:
    """Draw a cone into n pictures. terms: (TERMS, n); melt: (n,) how deep skins go over into each other, or None."""
    left, top, right, bottom = window
    if right <= left or bottom <= top:
        return
    xp = array_namespace(terms)
    at = (slice(None), slice(top, bottom), slice(left, right))
    x = canvas.steps[None, None, left:right]
    y = canvas.steps[None, top:bottom, None]
    mx, my, m0, ax, ay, rr, spread, lean, g, c1, twice, open_side, thin, az, dz, _, _ = terms[:, :, None, None]
    zero, one = canvas.bounds
    m = mx * x + (my * y + m0)
    px, py = x - ax, y - ay
    out = (px * px - rr) + py * py
    root = m * m
    root *= spread
    root -= lean * out
    root = xp.sqrt(xp.maximum(root, zero))
    root *= g
    s = m * c1
    s -= root
    s = xp.minimum(xp.maximum(s, zero), one)
    m *= twice
    m -= s * open_side
    m *= s
    m -= out  # how far within the sphere at s: r² - d²
    cover = m * thin
    cover += 0.5
    cover = xp.minimum(xp.maximum(cover, zero), one)
    s *= dz
    s += az
    s -= xp.sqrt(xp.maximum(m, zero))
    # Out of the cone's outline nothing is near: pushed away, without a branch.
    s += FAR * xp.astype(cover <= 0, s.dtype)
    before = canvas.depth[at]
    change = number - canvas.cone[at]
    change *= xp.astype(s < before, s.dtype)
    canvas.cone[at] += change
    new = xp.minimum(s, before)
    if melt is not None:
        k = melt[:, None, None]
        s -= before
        gap = xp.maximum(k - xp.abs(s), zero)
        gap *= gap
        gap *= 0.25 / k
        new -= gap
    canvas.depth[at] = new
    canvas.cover[at] = xp.maximum(canvas.cover[at], cover)
