"""What else is in a picture: things behind the body, things and grass in front of it, and its shadow on the floor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from array_api_compat import array_namespace

from poseviewer.synthesis.picture_cameras import Figures
from poseviewer.synthesis.picture_coats import any_colour
from poseviewer.synthesis.picture_cones import Canvas, Window
from poseviewer.synthesis.picture_draws import Draws, within
from poseviewer.synthesis.picture_textures import GRAIN, look_up

Array = Any

CLUTTER_ROWS = 192
SHADOW_ROWS = 8
BEHIND, FRONT, BOARDS, GRASS = 6, 2, 4, 1
"""Cones behind and in front; boards, half of them in front; grass."""
THINGS = BEHIND + FRONT + BOARDS + GRASS
OUTSIDE = -1e4


@dataclass(frozen=True)
class Clutter:
    """Of N pictures: cones (ends (2, K, 3, N), radii (2, K, N)), boards (6, BOARDS, N): x, y, half sizes, cosine and
    sine; their depths (BOARDS, N); grass (4, N): height, slant, width of a blade, place in the texture;
    colours (3, THINGS, N) and reach (THINGS, N) of the coat's pattern."""

    ends: Array
    radii: Array
    boards: Array
    board_depth: Array
    grass: Array
    grass_depth: Array
    colours: Array
    reach: Array


def sample_clutter(figures: Figures, uniforms: Array, side: int) -> Clutter:
    """Things from uniform numbers (CLUTTER_ROWS, N)."""
    xp = array_namespace(uniforms)
    draws = Draws(uniforms)
    far = xp.max(xp.max(figures.ends[:, :, 2, :], axis=0), axis=0)
    near = xp.min(xp.min(figures.ends[:, :, 2, :], axis=0), axis=0)
    cluttered, hidden = draws.chance(0.3), draws.chance(0.25)
    firsts, lasts, radii = [], [], []
    for k in range(BEHIND + FRONT):
        behind = k < BEHIND
        there = cluttered * draws.chance(0.6) if behind else hidden * draws.chance(0.45)
        x, y = draws.between(-0.1, 1.1) * side, draws.between(-0.1, 1.1) * side
        dx, dy = draws.between(-0.6, 0.6) * side, draws.between(-0.6, 0.6) * side
        r = draws.scale(0.01, 0.12 if behind else 0.07) * side
        depth = (
            far + 2.5 * side + 40 * k if behind else near - side + (far - near) * draws.one() ** 2 * 0.6 + 0.9 * side
        )
        x = there * x + (1 - there) * OUTSIDE
        firsts.append(xp.stack([x, y, depth]))
        lasts.append(xp.stack([x + dx, y + dy, depth + draws.between(-0.1, 0.1) * side]))
        radii.append(xp.stack([r, r * draws.scale(0.5, 1.0)]))
    boards, depths = [], []
    for k in range(BOARDS):
        behind = k < BOARDS // 2
        there = draws.chance(0.25) if behind else hidden * draws.chance(0.35)
        x, y = draws.between(-0.1, 1.1) * side, draws.between(-0.1, 1.1) * side
        turn = draws.between(-0.3, 0.3)
        long, wide = (0.7, 0.4) if behind else (0.5, 0.12)
        a, b = draws.scale(0.05, long) * side, draws.scale(0.02, wide) * side
        swap = draws.chance(0.5)
        x = there * x + (1 - there) * OUTSIDE
        boards.append(xp.stack([x, y, a + swap * (b - a), b + swap * (a - b), xp.cos(turn), xp.sin(turn)]))
        depths.append(far + 8 * side - 20 * k if behind else near + (far - near) * 0.5 * draws.one() ** 2 - 2)
    height = draws.chance(0.12) * draws.between(0.08, 0.35) * side
    grass = xp.stack([height, draws.between(-0.6, 0.6), draws.between(0.25, 0.8), draws.between(0, 400)])
    colours = xp.stack([any_colour(draws, 0.6) for _ in range(THINGS - 1)] + [_green(draws)], axis=1)
    reach = xp.astype(draws.many(THINGS) < 0.5, height.dtype)
    return Clutter(
        xp.permute_dims(xp.stack([xp.stack(firsts), xp.stack(lasts)]), (0, 1, 2, 3)),
        xp.permute_dims(xp.stack(radii), (1, 0, 2)),
        xp.permute_dims(xp.stack(boards), (1, 0, 2)),
        xp.stack(depths),
        grass,
        near + (far - near) * 0.3 * draws.one() - 4,
        colours,
        reach,
    )


def _green(draws: Draws) -> Array:
    xp = array_namespace(draws.uniforms)
    dry, bright = draws.one(), draws.between(0.25, 0.9)
    return xp.stack([bright * (0.45 + 0.5 * dry), bright * 0.85, bright * (0.2 + 0.25 * dry)])


def board_windows(boards: Array, side: int) -> Array:
    """(6, K, N) -> (4, K, N)."""
    xp = array_namespace(boards)
    x, y, a, b, cos, sin = (boards[k, ...] for k in range(6))
    w = a * xp.abs(cos) + b * xp.abs(sin) + 1
    h = a * xp.abs(sin) + b * xp.abs(cos) + 1
    box = xp.stack([xp.floor(x - w), xp.floor(y - h), xp.ceil(x + w) + 1, xp.ceil(y + h) + 1])
    return within(box, 0.0, float(side))


def draw_board(canvas: Canvas, window: Window, board: Array, depth: Array, number: int) -> None:
    """A flat rectangle at one depth. board: (6, n), depth: (n,)."""
    left, top, right, bottom = window
    if right <= left or bottom <= top:
        return
    xp = array_namespace(board)
    bx, by, a, b, cos, sin = (board[k, :][:, None, None] for k in range(6))
    x = canvas.steps[None, None, left:right] - bx
    y = canvas.steps[None, top:bottom, None] - by
    inside = xp.minimum(a - xp.abs(x * cos + y * sin), b - xp.abs(y * cos - x * sin))
    _lay(canvas, window, within(inside + 0.5, 0.0, 1.0), depth[:, None, None], number)


def draw_grass(canvas: Canvas, grass: Array, depth: Array, number: int, flat: Array, tallest: float) -> None:
    """Blades that stand up from the lower edge of the picture. grass: (4, n), depth: (n,)."""
    side = canvas.steps.shape[0]
    top = max(0, int(side - tallest - 1))
    height, slant, width, place = (grass[k, :][:, None, None] for k in range(4))
    x, up = canvas.steps[None, None, :], side - canvas.steps[None, top:, None]
    u = (x + slant * up + 512) * width
    tall = look_up(flat, GRAIN, u, place)
    cover = within((tall * 2 - 0.4) * height - up + 0.5, 0.0, 1.0)
    _lay(canvas, (0, top, side, side), cover, depth[:, None, None] + 4 * tall, number)


def _lay(canvas: Canvas, window: Window, cover: Array, depth: Array, number: int) -> None:
    xp = array_namespace(cover)
    left, top, right, bottom = window
    at = (slice(None), slice(top, bottom), slice(left, right))
    before = canvas.depth[at]
    nearer = xp.astype((cover > 0.5) & (depth < before), cover.dtype)
    canvas.cone[at] += nearer * (number - canvas.cone[at])
    canvas.depth[at] = before + nearer * (depth - before)
    canvas.cover[at] = xp.maximum(canvas.cover[at], cover)


CELL = 8
"""A shadow on the floor is drawn with cells of so many pixels."""


@dataclass(frozen=True)
class Shadows:
    """Of N pictures, the cones laid onto the floor: ends (2, P, 2, N) and radii (P, N) in cells, and how dark (N,)."""

    ends: Array
    radii: Array
    dark: Array


def sample_shadows(figures: Figures, light: Array, draws: Draws) -> Shadows:
    """Where the light, and the sky's, leaves a body's shadow on a floor under its feet."""
    xp = array_namespace(light)
    up = figures.turn[:, 2, :]
    ends = figures.ends
    height = ends[:, :, 0, :] * up[0, :] + ends[:, :, 1, :] * up[1, :] + ends[:, :, 2, :] * up[2, :]
    # Camera and body axes are both right-handed; `up` points away from the floor in both.
    floor = xp.min(xp.min(height - figures.radii, axis=0), axis=0)
    height = height - floor
    slanted = light + up * draws.between(0.5, 2.5)
    rise = within(xp.sum(slanted * up, axis=0), 0.35, 4.0)
    throw = [slanted[k, :] / rise for k in range(2)]
    flat = xp.stack([ends[:, :, k, :] - height * throw[k] for k in range(2)], axis=2)
    soft = 1 + 0.25 * xp.mean(height, axis=0) / figures.size
    seen = xp.astype(figures.elevation > 0.03, light.dtype) * draws.chance(0.75)
    radii = xp.mean(figures.radii, axis=0) * soft
    return Shadows(flat / CELL, radii / CELL, seen * draws.between(0.2, 0.75))


def shadow_cells(ends: Array, radii: Array, steps: Array) -> Array:
    """(n, c, c) how much of each cell of the floor is in the shadow of soft strokes: ends (2, P, 2, n), radii (P, n).

    steps: (c,) 0, 1, 2 ..., the cells' centres in pixels being (CELL - 1) / 2 beyond their first.
    """
    xp = array_namespace(ends)
    a = xp.permute_dims(ends[0, ...], (1, 2, 0))[:, :, :, None, None]
    d = xp.permute_dims(ends[1, ...], (1, 2, 0))[:, :, :, None, None] - a
    half = (CELL - 1) / 2 / CELL
    x, y = steps[None, None, None, :] + half - a[0, ...], steps[None, None, :, None] + half - a[1, ...]
    whole = d[0, ...] * d[0, ...] + d[1, ...] * d[1, ...] + 1e-3
    s = (d[0, ...] / whole) * x + (d[1, ...] / whole) * y
    s = within(s, 0.0, 1.0)
    px, py = x - s * d[0, ...], y - s * d[1, ...]
    px *= px
    py *= py
    px += py
    near = xp.sqrt(px)
    near /= xp.permute_dims(radii, (1, 0))[:, :, None, None]
    return within(1.5 - xp.min(near, axis=1), 0.0, 1.0)
