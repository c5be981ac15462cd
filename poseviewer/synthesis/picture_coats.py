"""What colour a body is, and how light makes a picture of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from array_api_compat import array_namespace

from poseviewer.synthesis.picture_cameras import Figures
from poseviewer.synthesis.picture_cones import Canvas, Window
from poseviewer.synthesis.picture_draws import Draws, within
from poseviewer.synthesis.picture_lens import blur
from poseviewer.synthesis.picture_textures import CLOUDS, FIBRES, FOAM, GRAIN, SPOTS, look_up

Array = Any

COAT_ROWS = 96

BARE = ("nose", "eye", "shoe", "face", "skin", "hair")
"""Roles that no pattern of the coat reaches."""


@dataclass(frozen=True)
class Coats:
    """Of N pictures: colours (3, R, N) of the R roles, colours (3, N) of the pattern on them, `reach` (R, N) how
    strongly the pattern shows on each role, and (N,) numbers: one row each of `numbers` (K, N), named by `K_`."""

    colours: Array
    pattern: Array
    reach: Array
    numbers: Array
    sun: Array
    sky: Array
    light: Array


NUMBERS = (
    "patches", "stripes", "spots", "mottle", "hair", "counter", "scale", "turn_u", "turn_v", "gloss", "bend", "edge",
    "ambient", "rough",
)  # fmt: skip


def sample_coats(roles: tuple[str, ...], figures: Figures, uniforms: Array) -> Coats:
    """Coats and light of N bodies from uniform numbers (COAT_ROWS, N)."""
    xp = array_namespace(uniforms)
    draws = Draws(uniforms)
    person = "trousers" in roles
    colours, reach = _person(roles, draws) if person else _animal(roles, draws)
    second = any_colour(draws, 0.5) if person else fur_colour(draws)
    kind = draws.one()
    strength = draws.between(0.45, 1.0)
    plain = 0.35
    numbers = xp.stack(
        [
            strength * xp.astype((kind > plain) & (kind < 0.68), kind.dtype),
            strength * xp.astype(kind > 0.92, kind.dtype),
            strength * xp.astype((kind > 0.84) & (kind < 0.92), kind.dtype),
            strength * xp.astype((kind > 0.68) & (kind < 0.84), kind.dtype),
            draws.one() ** 2 * (0.12 if person else 0.4),
            draws.between(-0.25, 0.8) * (0.0 if person else 1.0),
            draws.scale(0.5, 2.0),
            draws.between(0, 512),
            draws.between(0, 512),
            draws.one() ** 3 * 0.45,
            draws.between(0.0, 3.0),
            draws.between(0.3, 0.7),
            draws.between(0.35, 0.9),
            draws.one() ** 2 * 0.9,
        ]
    )
    up = figures.turn[:, 2, :]
    aside = xp.stack([draws.between(-1, 1), draws.between(-1, 1), draws.between(-1.2, 0.4)])
    light = up * draws.between(0.1, 1.4) + aside
    light = light / xp.sqrt(xp.sum(light * light, axis=0) + 1e-3)
    warm = draws.between(-0.12, 0.22)
    sun = xp.stack([1 + warm, 1 + 0.3 * warm, 1 - warm]) * draws.between(0.5, 1.2)
    cool = draws.between(-0.1, 0.2)
    sky = xp.stack([1 - cool, 1 + 0 * cool, 1 + cool])
    return Coats(colours, second, reach, numbers, sun, sky, light)


def fur_colour(draws: Draws) -> Array:
    """(3, N): black, white, grey, browns, reds, sand; one in seven something else."""
    xp = array_namespace(draws.uniforms)
    hue = draws.between(0.04, 0.13)
    full = draws.between(0.0, 0.75)
    light = draws.one()
    value = 0.04 + 0.92 * (0.4 * light + 0.6 * (0.5 - 0.5 * xp.cos(math.pi * light)))
    full = full * (1 - 0.65 * value**3)
    odd = draws.chance(0.14)
    hue = hue + odd * draws.one()
    return tinted(hue, full, value)


def any_colour(draws: Draws, fullest: float = 0.9) -> Array:
    """(3, N)."""
    return tinted(draws.one(), draws.one() ** 1.5 * fullest, draws.between(0.03, 0.97))


def tinted(hue: Array, full: Array, value: Array) -> Array:
    """Hue (1 is once round), saturation and brightness (N,) -> (3, N)."""
    xp = array_namespace(hue)
    channels = []
    for shift in (0.0, 2 / 3, 1 / 3):
        turn = hue + shift
        turn = turn - xp.floor(turn)
        bright = within(xp.abs(turn * 6 - 3) - 1, 0.0, 1.0)
        channels.append(value * (1 - full * (1 - bright)))
    return xp.stack(channels)


def _animal(roles: tuple[str, ...], draws: Draws) -> tuple[Array, Array]:
    """Coat, points (legs, ears, tail, muzzle in another colour) and dark features."""
    xp = array_namespace(draws.uniforms)
    base, points = fur_colour(draws), fur_colour(draws)
    dark = tinted(draws.between(0.0, 0.1), draws.between(0.0, 0.4), draws.between(0.01, 0.16))
    pink = tinted(draws.between(0.97, 1.04), draws.between(0.1, 0.4), draws.between(0.4, 0.85))
    pink_skin = draws.chance(0.35)
    features = {"nose": dark + pink_skin * (pink - dark) * 0.8, "eye": dark}
    pointed = draws.chance(0.35)
    colours, reach = [], []
    for role in roles:
        if role in features:
            colours.append(features[role])
            reach.append(0 * pointed)
            continue
        often = {"paw": 0.6, "leg": 0.45, "ear": 0.55, "muzzle": 0.55, "tail": 0.35, "foot": 0.5, "head": 0.35}.get(
            role, 0.1
        )
        mix = pointed * draws.chance(often) * draws.between(0.5, 1.0)
        shade = draws.between(0.9, 1.1) - (0.15 * draws.one() if role in ("ear", "muzzle") else 0)
        colour = (base + mix * (points - base)) * shade
        if role in ("paw", "tail", "ear"):
            colour = colour + pink_skin * (pink - colour) * 0.7 * draws.one()
        colours.append(colour)
        reach.append((1 - mix) * (0.5 if role in ("paw", "muzzle", "leg") else 1.0))
    return xp.stack(colours, axis=1), xp.stack(reach)


def _person(roles: tuple[str, ...], draws: Draws) -> tuple[Array, Array]:
    xp = array_namespace(draws.uniforms)
    dark = draws.one()
    skin = xp.stack([0.93 - 0.62 * dark, 0.74 - 0.56 * dark, 0.62 - 0.51 * dark]) * draws.between(0.85, 1.08)
    shirt, trousers = any_colour(draws), any_colour(draws, 0.6)
    bare_arms, bare_legs = draws.chance(0.5), draws.chance(0.35)
    suit = draws.chance(0.15)
    trousers = trousers + suit * (shirt - trousers)
    hair = fur_colour(draws) * draws.between(0.2, 1.0)
    topless = draws.chance(0.05)
    shirt = shirt + topless * (skin - shirt)
    worn = {
        "shirt": shirt,
        "sleeve": shirt + bare_arms * (skin - shirt),
        "trousers": trousers,
        "shin": trousers + bare_legs * (skin - trousers),
        "skin": skin,
        "face": skin,
        "hair": hair,
        "shoe": any_colour(draws),
        "eye": skin * 0.25,
    }
    colours = xp.stack([worn[role] for role in roles], axis=1)
    reach = {"shirt": 1 - topless, "sleeve": (1 - bare_arms), "trousers": suit, "shin": suit * (1 - bare_legs)}
    return colours, xp.stack([reach.get(role, 0 * dark) for role in roles])


@dataclass(frozen=True)
class Ink:
    """What `shade` needs of n pictures: each cone's colour (n, C, 3), reach (n, C), and the coats' numbers by name."""

    colours: Array
    reach: Array
    pattern: Array
    numbers: dict[str, Array]
    sun: Array
    sky: Array
    light: Array
    into_body: Array
    centre: Array
    size: Array


@dataclass(frozen=True)
class Surface:
    """What is to be lit: x, y, depth, slopes along x and y, cone and cover, of the pixels of a window (n, h, w), or of
    the K pixels of one picture that are not empty (1, 1, K)."""

    x: Array
    y: Array
    depth: Array
    nx: Array
    ny: Array
    cone: Array
    cover: Array


def surface(canvas: Canvas, window: Window) -> Surface:
    """The surface within a window; skin is rounder than where two cones meet."""
    xp = array_namespace(canvas.depth)
    left, top, right, bottom = window
    at = (slice(None), slice(top, bottom), slice(left, right))
    depth = canvas.depth[at]
    slopes = xp.stack([_slope(depth, 2), _slope(depth, 1)], axis=1)
    full = xp.ones_like(canvas.steps[: depth.shape[0]])
    blur(slopes, {(reach, way): full for reach in (1, 2) for way in (0, 1)})
    x, y = canvas.steps[None, None, left:right], canvas.steps[None, top:bottom, None]
    return Surface(x, y, depth, slopes[:, 0, ...], slopes[:, 1, ...], canvas.cone[at], canvas.cover[at])


def solid(whole: Surface) -> tuple[Surface, Array]:
    """Of one picture, what is not empty, and its place in the window (K,): most of a window is empty."""
    xp = array_namespace(whole.depth)
    place = xp.nonzero(xp.reshape(whole.cover, (-1,)) > 0)[0]
    width = whole.depth.shape[2]
    row = place // width

    def picked(values: Array) -> Array:
        return xp.reshape(xp.take(xp.reshape(values, (-1,)), place, axis=0), (1, 1, -1))

    x = xp.reshape(xp.take(whole.x[0, 0, :], place - row * width, axis=0), (1, 1, -1))
    y = xp.reshape(xp.take(whole.y[0, :, 0], row, axis=0), (1, 1, -1))
    rest = (picked(v) for v in (whole.depth, whole.nx, whole.ny, whole.cone, whole.cover))
    return Surface(x, y, *rest), place


def shade(seen: Surface, ink: Ink, flat: Array) -> list[Array]:
    """The lit surface: red, green and blue, each of the surface's shape, about [0, 1]."""
    xp = array_namespace(seen.depth)
    depth, nx, ny = seen.depth, seen.nx, seen.ny
    n = {name: value[:, None, None] for name, value in ink.numbers.items()}
    x = seen.x - ink.centre[:, 0, None, None]
    y = seen.y - ink.centre[:, 1, None, None]
    z = depth - ink.centre[:, 2, None, None]
    # Places on the body, in its own axes and about a hundred to its length.
    per = 100 / ink.size[:, None, None]
    body = [
        (r[:, 0, None, None] * per) * x + (r[:, 1, None, None] * per) * y + (r[:, 2, None, None] * per) * z
        for r in (ink.into_body[:, axis, :] for axis in range(3))
    ]
    u = body[1] + 0.35 * body[0]
    v = body[2] + 0.6 * body[0]
    fine_u, fine_v = u * (3 * n["scale"]) + (n["turn_v"] + 8192), v * (3 * n["scale"]) + (n["turn_u"] + 8192)
    hair = look_up(flat, FIBRES, fine_u, fine_v)
    hair += look_up(flat, GRAIN, fine_u, fine_v)
    hair -= 1
    nx = nx + (n["rough"] * 1.2) * hair
    length = xp.sqrt(nx * nx + ny * ny + 1)
    facing = 1 / length
    nx *= facing
    ny = ny * facing
    index = _cone_index(seen.cone, ink.reach.shape[1])
    tone = _pattern(ink, n, u, v, body, flat)
    tone *= xp.reshape(xp.take(xp.reshape(ink.reach, (-1,)), index, axis=0), depth.shape)
    up = [ink.into_body[:, 2, axis, None, None] for axis in range(3)]
    upward = up[0] * nx + up[1] * ny - up[2] * facing
    l0, l1, l2 = (ink.light[:, axis, None, None] for axis in range(3))
    lit = l0 * nx + l1 * ny - l2 * facing
    lit += 0.2
    lit *= 0.83
    lit = within(lit, 0.0, 8.0)
    ambient = n["ambient"] * (0.72 + 0.28 * upward)
    ambient *= 0.75 + 0.25 * facing
    belly = within(-upward, 0.0, 1.0)
    belly *= n["counter"]
    hair *= n["hair"]
    hair += 1
    hair += belly
    shine = lit * lit
    shine *= shine
    shine *= n["gloss"]
    colours = []
    for channel in range(3):
        albedo = xp.reshape(xp.take(xp.reshape(ink.colours[:, :, channel], (-1,)), index, axis=0), depth.shape)
        albedo += tone * (ink.pattern[:, channel, None, None] - albedo)
        albedo *= hair
        light = lit * ink.sun[:, channel, None, None]
        light += ambient * ink.sky[:, channel, None, None]
        albedo *= light
        albedo += shine
        colours.append(albedo)
    return colours


def _pattern(ink: Ink, n: dict[str, Array], u: Array, v: Array, body: list[Array], flat: Array) -> Array:
    """(n, h, w) 0 to 1: where the second colour is."""
    xp = array_namespace(u)
    coarse = look_up(flat, CLOUDS, u * n["scale"] + (n["turn_u"] + 8192), v * n["scale"] + (n["turn_v"] + 8192))
    tone = n["patches"] * _step(coarse - n["edge"], 14)
    tone += n["mottle"] * look_up(
        flat, FOAM, u * (2 * n["scale"]) + (n["turn_v"] + 8192), v * n["scale"] + (n["turn_u"] + 8192)
    )
    if bool(xp.any(ink.numbers["stripes"] > 0)):
        wave = xp.sin((0.35 * n["scale"]) * (u + 0.4 * n["bend"] * body[2]) + 6 * n["bend"] * coarse)
        tone += n["stripes"] * _step(wave - 0.6 + n["edge"] * 0.8, 4)
    if bool(xp.any(ink.numbers["spots"] > 0)):
        dots = look_up(flat, SPOTS, u * (2.2 * n["scale"]) + 8192, v * (2.2 * n["scale"]) + 8192)
        tone += n["spots"] * _step(0.55 - dots * (0.7 + 0.6 * n["edge"]), 12)
    return tone


def _step(values: Array, steep: float) -> Array:
    """0 to 1, through a half at 0."""
    return within(values * steep + 0.5, 0.0, 1.0)


def _cone_index(cone: Array, count: int) -> Array:
    """(n * h * w,) the place of each pixel's cone in a table (n, count)."""
    xp = array_namespace(cone)
    index = xp.astype(cone, xp.int64)
    if cone.shape[0] > 1:
        index += xp.reshape(xp.arange(cone.shape[0], dtype=xp.int64, device=cone.device) * count, (-1, 1, 1))
    return xp.reshape(index, (-1,))


def _slope(depth: Array, axis: int) -> Array:
    """How the depth changes from pixel to pixel, at most 3 either way; 0 at the window's edge."""
    xp = array_namespace(depth)
    slope = xp.zeros_like(depth)
    if depth.shape[axis] < 3:
        return slope
    if axis == 2:
        inner = depth[:, :, 2:] - depth[:, :, :-2]
    else:
        inner = depth[:, 2:, :] - depth[:, :-2, :]
    inner *= 0.5
    inner = within(inner, -3.0, 3.0)
    if axis == 2:
        slope[:, :, 1:-1] = inner
    else:
        slope[:, 1:-1, :] = inner
    return slope
