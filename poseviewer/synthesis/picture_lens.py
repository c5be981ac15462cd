"""What a camera does to a picture: blur, contrast, colour, noise and compression. Keypoints stay where they are."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from array_api_compat import array_namespace

from poseviewer.geometry.constants import Constant
from poseviewer.synthesis.picture_draws import Draws, within
from poseviewer.synthesis.picture_textures import GRAIN, SIDE, look_up

Array = Any

LENS_ROWS = 48

DIRECTIONS = ((0, 1), (1, 0), (1, 1), (1, -1))
REACHES = (1, 2, 4)
BLOCK = 8


def sample_lens(uniforms: Array) -> dict[str, Array]:
    """Numbers (N,) by name, from uniform numbers (LENS_ROWS, N)."""
    xp = array_namespace(uniforms)
    draws = Draws(uniforms)
    defocus = draws.chance(0.55) * draws.one() ** 1.5 * 2.6
    moving, way = draws.chance(0.15) * draws.between(0.5, 3.0), draws.one() * 4
    numbers = {}
    for k, reach in enumerate(REACHES):
        for d, _ in enumerate(DIRECTIONS):
            along = xp.astype(xp.astype(way, xp.int64) == d, way.dtype) * moving
            total = along + (defocus if d < 2 else 0 * defocus)
            numbers[f"blur {reach} {d}"] = within(total - k, 0.0, 1.0)
    numbers |= {
        "exposure": draws.scale(0.75, 1.3),
        "contrast": draws.scale(0.7, 1.4),
        "gamma": draws.scale(0.7, 1.45),
        "grey": draws.chance(0.22),
        "saturation": draws.between(0.5, 1.25),
        "haze": draws.chance(0.15) * draws.between(0.0, 0.35),
        "noise": draws.one() ** 4 * 0.06 + 0.003,
        "noise_u": draws.between(0, SIDE),
        "noise_v": draws.between(0, SIDE),
        "noise_size": 1 - 0.5 * draws.chance(0.3),
        "press": draws.chance(0.3) * draws.between(0.1, 1.0),
    }
    warm = draws.between(-0.1, 0.1)
    numbers["red"], numbers["blue"] = 1 + warm, 1 - warm
    return numbers


def blur(pictures: Array, weights: dict[tuple[int, int], Array]) -> Array:
    """Blur (n, C, S, S) in place with three taps 1/4, 1/2, 1/4: weights (n,) 0 to 1 by (reach, direction)."""
    xp = array_namespace(pictures)
    for (reach, direction), weight in weights.items():
        if bool(xp.any(weight > 0)):
            _taps(pictures, reach, direction, weight[:, None, None, None] * 0.5)
    return pictures


def _taps(pictures: Array, reach: int, direction: int, weight: Array) -> None:
    down, right = (reach * d for d in DIRECTIONS[direction])
    height, width = pictures.shape[2:]
    if height <= 2 * reach or width <= 2 * reach:
        return
    columns = slice(abs(right), width - abs(right))
    rows = slice(down, height - down)
    first = pictures[:, :, 0 : height - 2 * down, abs(right) - right : width - abs(right) - right]
    last = pictures[:, :, 2 * down : height, abs(right) + right : width - abs(right) + right]
    change = first + last
    change *= 0.5
    change -= pictures[:, :, rows, columns]
    change *= weight
    pictures[:, :, rows, columns] += change


def develop(pictures: Array, lens: dict[str, Array], steps: Array, flat: Array) -> Array:
    """(n, 3, S, S) about [0, 1] -> (n, S, S, 3) uint8. lens: (n,) each."""
    xp = array_namespace(pictures)
    n = {name: value[:, None, None] for name, value in lens.items()}
    blur(pictures, {(r, d): lens[f"blur {r} {d}"] for r in REACHES for d in range(len(DIRECTIONS))})
    gain = n["exposure"] * n["contrast"] * (1 - n["haze"])
    lift = 0.5 * (1 - n["contrast"]) + n["haze"] * 0.8
    grey = pictures[:, 0, ...] * 0.3
    grey += pictures[:, 1, ...] * 0.59
    grey += pictures[:, 2, ...] * 0.11
    full = n["saturation"] * (1 - n["grey"])
    tint = {0: 1 + (n["red"] - 1) * (1 - n["grey"]), 1: 1 + 0 * full, 2: 1 + (n["blue"] - 1) * (1 - n["grey"])}
    grain = _grain(n, steps, flat)
    channels = []
    for k in range(3):
        channel = pictures[:, k, ...] - grey
        channel *= full
        channel += grey
        channel *= gain * tint[k]
        channel += lift
        # Light cannot be negative, and film saturates softly.
        channel = within(channel, 0.0, 1.0)
        channel = _gamma(channel, n["gamma"])
        channel += grain
        channels.append(channel)
    picture = xp.stack(channels, axis=1)
    if bool(xp.any(lens["press"] > 0)):
        picture = _press(picture, lens["press"])
    picture = within(picture * 255 + 0.5, 0.0, 255.0)
    return xp.permute_dims(xp.astype(picture, xp.uint8), (0, 2, 3, 1))


def _gamma(values: Array, gamma: Array) -> Array:
    """values ** gamma to within 1 %, for gamma about 1: a curve through 0 and 1."""
    bent = values * (1 - values)
    bent *= (1 - gamma) * (0.9 + 0 * gamma)
    bent += values
    return bent


def _grain(n: dict[str, Array], steps: Array, flat: Array) -> Array:
    u = steps[None, None, :] * n["noise_size"] + n["noise_u"]
    v = steps[None, :, None] * n["noise_size"] + n["noise_v"]
    whole = look_up(flat, GRAIN, u, v)
    whole -= 0.5
    whole *= n["noise"] * 6
    return whole


def _transform() -> Constant:
    """(64, 64): the cosine transform of a block of 8 by 8 pixels, row by row."""
    k = np.arange(BLOCK)
    one = np.sqrt(2 / BLOCK) * np.cos((2 * k[None, :] + 1) * k[:, None] * math.pi / (2 * BLOCK))
    one[0] /= math.sqrt(2)
    return Constant(np.kron(one, one))


def _steps() -> Constant:
    """(64,) how coarsely each frequency is kept, relative to the finest."""
    k = np.arange(BLOCK)
    return Constant((1.2 + k[:, None] + k[None, :]).ravel() / 8)


TRANSFORM, STEPS = _transform(), _steps()


def _press(pictures: Array, strength: Array) -> Array:
    """Blocks lose what is fine in them, as in a JPEG file: (n, 3, S, S) -> the same."""
    xp = array_namespace(pictures)
    count, _, height, width = pictures.shape
    rows, columns = height // BLOCK, width // BLOCK
    if rows * BLOCK != height or columns * BLOCK != width:
        return pictures
    matrix = TRANSFORM.like(pictures)
    blocks = xp.reshape(pictures, (count * 3, rows, BLOCK, columns, BLOCK))
    blocks = xp.reshape(xp.permute_dims(blocks, (0, 1, 3, 2, 4)), (-1, BLOCK * BLOCK))
    waves = blocks @ matrix.T
    step = xp.reshape(strength, (-1, 1)) * STEPS.like(pictures) * 0.3 + 1e-3
    step = xp.reshape(xp.broadcast_to(step[:, None, :], (count, 3 * rows * columns, 64)), (-1, 64))
    waves /= step
    waves = xp.round(waves)
    waves *= step
    blocks = xp.reshape(waves @ matrix, (count * 3, rows, columns, BLOCK, BLOCK))
    return xp.reshape(xp.permute_dims(blocks, (0, 1, 3, 2, 4)), (count, 3, height, width))
