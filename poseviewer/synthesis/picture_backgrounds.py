"""What is behind the body: floors, walls, grass, arenas, or frames of the user's own video."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from array_api_compat import array_namespace, is_numpy_array

from poseviewer.synthesis.picture_coats import any_colour, fur_colour, tinted
from poseviewer.synthesis.picture_draws import Draws, within
from poseviewer.synthesis.picture_textures import CLOUDS, COUNT, GRAIN, look_up

Array = Any

BACKGROUND_ROWS = 96

OWN = 0.6
"""Share of pictures with a frame of the user's behind them, where there are any."""


@dataclass(frozen=True)
class Backgrounds:
    """Numbers (N,) or (3, N) of N procedural backgrounds, by name; see `paint`. own: (5, N) which frame of the user's,
    where and how large; `own[0]` is negative where there is none."""

    numbers: dict[str, Array]
    colours: dict[str, Array]
    own: Array


def sample_backgrounds(uniforms: Array, elevation: Array, frames: int) -> Backgrounds:
    """Backgrounds from uniform numbers (BACKGROUND_ROWS, N); `elevation` (N,) of the camera, radians."""
    xp = array_namespace(uniforms)
    draws = Draws(uniforms)
    arena = draws.chance(0.3)
    kinds = [xp.astype(draws.one() * COUNT, xp.int64) for _ in range(2)]
    wall, floor, earth = any_colour(draws, 0.7), any_colour(draws, 0.5), _earth(draws)
    floor = floor + draws.chance(0.55) * (earth - floor)
    # The floor of a box or a cage is a grey of its own.
    grey = draws.between(0.15, 1.0)
    floor = floor + 0.85 * arena * (grey - floor)
    one_colour = draws.chance(0.4)
    wall = wall + one_colour * (floor - wall)
    spread = (0.2 + 0.9 * draws.one()) * (1 - 0.85 * arena)
    level = xp.astype(elevation < 0.9, elevation.dtype)
    # The horizon of a camera that looks down leaves the picture at the top.
    horizon = 0.55 - 1.3 * elevation + draws.between(-0.3, 0.3) - 3 * (1 - level)
    numbers = {
        "horizon": horizon,
        "depth": draws.between(0.0, 6.0) * level,
        "soft": draws.scale(0.6, 20.0),
        "tilt": draws.between(-0.12, 0.12),
        "turn": draws.one() * math.pi,
        "zoom": draws.scale(0.4, 3.0),
        "gain": draws.scale(1.0, 5.0),
        "u": draws.between(4096, 8192),
        "v": draws.between(4096, 8192),
        "grain": draws.one() ** 2 * (0.8 - 0.7 * arena),
        "mottle": draws.one() * (1 - 0.9 * arena),
        "coarse": draws.scale(0.3, 1.0),
        "slope_x": draws.between(-0.35, 0.35),
        "slope_y": draws.between(-0.35, 0.35),
        "vignette": draws.between(-0.35, 0.15) * (1 + arena),
        "blur": draws.chance(0.45) * draws.one(),
        "wall": xp.astype(kinds[0], elevation.dtype),
        "floor": xp.astype(kinds[1], elevation.dtype),
    }
    other = [any_colour(draws, 0.7), _earth(draws), fur_colour(draws)]
    colours = {
        "third": floor + (0.3 + 0.7 * draws.one()) * (_earth(draws) - floor),
        "wall": wall,
        "wall_other": wall + spread * (other[0] + one_colour * (other[1] - other[0]) - wall),
        "floor": floor,
        "floor_other": floor + spread * (other[1] + draws.chance(0.3) * (other[2] - other[1]) - floor),
    }
    which = draws.many(6)
    own = xp.where(which[0, ...] < (OWN if frames else 0.0), which[1, ...] * frames, -1 + 0 * horizon)
    return Backgrounds(numbers, colours, xp.stack([own, *(which[k, ...] for k in range(2, 6))]))


def _earth(draws: Draws) -> Array:
    """Grass, soil, sand, snow, wood, stone, bedding."""
    xp = array_namespace(draws.uniforms)
    green = draws.chance(0.4)
    hue = draws.between(0.05, 0.13) + green * draws.between(0.07, 0.2)
    value = draws.one()
    return tinted(hue, draws.between(0.05, 0.75) * (1 - 0.6 * value * value), 0.08 + 0.87 * value + 0 * xp.abs(hue))


def paint(backgrounds: Backgrounds, at: slice, steps: Array, flat: Array) -> Array:
    """(n, 3, S, S) of the pictures `at`. steps: (S,) 0, 1, 2 ..."""
    xp = array_namespace(steps)
    side = steps.shape[0]
    n = {name: value[at][:, None, None] for name, value in backgrounds.numbers.items()}
    x, y = (steps / side - 0.5)[None, None, :], (steps / side)[None, :, None]
    below = y - n["horizon"] + n["tilt"] * x
    on_floor = within(below * (side / n["soft"]), 0.0, 1.0)
    # A floor is seen at a slant: nearer, and so larger, the lower.
    shrink = (n["zoom"] * side) / (1 + n["depth"] * within(below, 0.0, 4.0))
    cos, sin = xp.cos(n["turn"]), xp.sin(n["turn"])
    u = (x * cos + y * sin) * shrink
    u += n["u"]
    v = (y * cos - x * sin) * shrink
    v += n["v"]
    kind = n["wall"] + (n["floor"] - n["wall"]) * xp.astype(on_floor > 0.5, steps.dtype)
    texture = look_up(flat, xp.astype(kind, xp.int64), u, v)
    texture -= 0.5
    texture *= n["gain"]
    texture += 0.5
    texture = within(texture, 0.0, 1.0)
    coarse = look_up(flat, CLOUDS, u * n["coarse"] + 77, v * n["coarse"] + 177)
    coarse = within(coarse * 3 - 1, 0.0, 1.0) * n["mottle"]
    u *= 2.3
    v *= 2.3
    grain = look_up(flat, GRAIN, u, v)
    grain -= 0.5
    grain *= n["grain"]
    grain += 1 + n["slope_x"] * x + n["slope_y"] * (y - 0.5)
    grain += n["vignette"] * (x * x + (y - 0.5) ** 2) * 2
    channels = []
    for k in range(3):
        a, b, c, d = (
            backgrounds.colours[name][k, at][:, None, None] for name in ("wall", "wall_other", "floor", "floor_other")
        )
        wall = texture * (b - a)
        wall += a
        floor = texture * (d - c)
        floor += c
        floor -= wall
        floor *= on_floor
        wall += floor
        wall += coarse * (backgrounds.colours["third"][k, at][:, None, None] - wall)
        wall *= grain
        channels.append(wall)
    return xp.stack(channels, axis=1)


def own_frames(backgrounds: Backgrounds, at: slice, frames: Array, steps: Array) -> tuple[Array, Array]:
    """Random parts of the user's frames (M, h, w, 3): (n, 3, S, S) in [0, 1], and (n, 1, 1, 1) 1 where there is one."""
    xp = array_namespace(steps)
    count, height, width, _ = frames.shape
    which, size, left, top, flip = (backgrounds.own[k, at][:, None, None] for k in range(5))
    side = steps.shape[0]
    least = min(height, width)
    span = least * (0.4 + 0.6 * size)
    x = left * (width - span) + (span / side) * (steps[None, None, :] + 0 * left)
    x = xp.where(flip < 0.5, x, width - 1 - x)
    y = top * (height - span) + (span / side) * (steps[None, :, None] + 0 * top)
    number = xp.clip(xp.astype(which, xp.int64), 0, count - 1)
    column = xp.clip(xp.astype(x, xp.int64), 0, width - 1)
    row = xp.clip(xp.astype(y, xp.int64), 0, height - 1)
    index = xp.reshape((number * height + row) * width + column, (-1,))
    picked = xp.take(xp.reshape(frames, (-1, 3)), index, axis=0)
    picture = xp.reshape(xp.astype(picked, steps.dtype), (which.shape[0], side, side, 3)) * (1 / 255)
    chosen = xp.astype(which >= 0, steps.dtype)[..., None]
    return xp.permute_dims(picture, (0, 3, 1, 2)), chosen


def same_kind(frames: Any, like: Array) -> Array:
    """Frames as an array of the library and on the device of `like`."""
    if is_numpy_array(frames) == is_numpy_array(like) and getattr(frames, "device", None) == getattr(
        like, "device", None
    ):
        return frames
    xp = array_namespace(like)
    return xp.asarray(frames, device=like.device)
