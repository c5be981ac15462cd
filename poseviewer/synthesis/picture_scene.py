"""Everything about N pictures before the first pixel, and what is solid in them: who is in front of whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from array_api_compat import array_namespace

from poseviewer.core.ranges import RangePreset
from poseviewer.synthesis.picture_backgrounds import BACKGROUND_ROWS, Backgrounds, sample_backgrounds
from poseviewer.synthesis.picture_cameras import Body, Figures, body_of, figure_rows, sample_figures
from poseviewer.synthesis.picture_clutter import (
    BEHIND,
    BOARDS,
    CLUTTER_ROWS,
    FRONT,
    SHADOW_ROWS,
    THINGS,
    Clutter,
    Shadows,
    board_windows,
    draw_board,
    draw_grass,
    sample_clutter,
    sample_shadows,
)
from poseviewer.synthesis.picture_coats import COAT_ROWS, Coats, sample_coats
from poseviewer.synthesis.picture_cones import Canvas, Window, cone_terms, draw_cone, joined, windows
from poseviewer.synthesis.picture_draws import Draws, within
from poseviewer.synthesis.picture_lens import LENS_ROWS, sample_lens

Array = Any

MELT = 0.09
"""How deep the skins of neighbouring cones go over into each other, in units of the body."""


@dataclass(frozen=True)
class Scene:
    """N pictures in numbers.

    terms, thing_terms: of the cones, see `cone_terms`. boxes: by name, windows and sizes as Python numbers, which say
    where to draw.
    """

    body: Body
    figures: Figures
    coats: Coats
    clutter: Clutter
    shadows: Shadows
    backgrounds: Backgrounds
    lens: dict[str, Array]
    terms: Array
    thing_terms: Array
    boxes: dict[str, list[Any]]


def picture_rows(ranges: RangePreset) -> int:
    """How many uniform numbers one picture takes."""
    return figure_rows(ranges) + COAT_ROWS + CLUTTER_ROWS + SHADOW_ROWS + BACKGROUND_ROWS + LENS_ROWS


def sample_scene(ranges: RangePreset, uniforms: Array, side: int, frames: int) -> Scene:
    """The pictures of uniform numbers (C, N), C = `picture_rows(ranges)`.

    frames: how many frames of their own the user has given.
    """
    xp = array_namespace(uniforms)
    draws = Draws(uniforms)
    body = body_of(ranges)
    figures = sample_figures(ranges, draws.many(figure_rows(ranges)), side)
    coats = sample_coats(body.plan.roles, figures, draws.many(COAT_ROWS))
    clutter = sample_clutter(figures, draws.many(CLUTTER_ROWS), side)
    shadows = sample_shadows(figures, coats.light, draws.rest(SHADOW_ROWS))
    backgrounds = sample_backgrounds(draws.many(BACKGROUND_ROWS), figures.elevation, frames)
    lens = sample_lens(draws.many(LENS_ROWS))
    boxes = {
        "body": windows(figures.ends, figures.radii, side),
        "things": windows(clutter.ends, clutter.radii, side),
        "boards": board_windows(clutter.boards, side),
    }
    lists = {name: xp.permute_dims(box, (1, 2, 0)).tolist() for name, box in boxes.items()}
    lists["grass"] = clutter.grass[0, :].tolist()
    lists["dark"] = shadows.dark.tolist()
    return Scene(
        body, figures, coats, clutter, shadows, backgrounds, lens,
        cone_terms(figures.ends, figures.radii), cone_terms(clutter.ends, clutter.radii), lists,
    )  # fmt: skip


def fill(canvas: Canvas, scene: Scene, at: slice, flat: Array) -> Window:
    """Draw all that is solid, from far to near, and say within which window it is."""
    plan, clutter, boxes = scene.body.plan, scene.clutter, scene.boxes
    cones = len(plan.cones)
    used = []

    def thing(k: int) -> None:
        used.append(joined(boxes["things"][k][at]))
        draw_cone(canvas, used[-1], scene.thing_terms[:, k, at], cones + 1 + k, None)

    def board(k: int) -> None:
        used.append(joined(boxes["boards"][k][at]))
        number = cones + 1 + BEHIND + FRONT + k
        draw_board(canvas, used[-1], clutter.boards[:, k, at], clutter.board_depth[k, at], number)

    for k in range(BOARDS // 2):
        board(k)
    for k in range(BEHIND):
        thing(k)
    melt = MELT * scene.figures.size[at]
    for k, cone in enumerate(plan.cones):
        used.append(joined(boxes["body"][k][at]))
        draw_cone(canvas, used[-1], scene.terms[:, k, at], k + 1, melt if cone.melts else None)
    for k in range(BEHIND, BEHIND + FRONT):
        thing(k)
    for k in range(BOARDS // 2, BOARDS):
        board(k)
    tallest = max(boxes["grass"][at]) * 1.6
    if tallest > 0:
        side = canvas.steps.shape[0]
        draw_grass(canvas, clutter.grass[:, at], clutter.grass_depth[at], cones + THINGS, flat, tallest)
        used.append((0, max(0, int(side - tallest - 1)), side, side))
    return joined([list(map(float, w)) for w in used])


def visibility(canvas: Canvas, figures: Figures, at: slice, side: int) -> Array:
    """(n, J): a joint is seen where no more than its own flesh is in front of it."""
    xp = array_namespace(canvas.depth)
    x, y = figures.keypoints[0, :, at], figures.keypoints[1, :, at]
    inside = (x >= -0.5) & (x < side - 0.5) & (y >= -0.5) & (y < side - 0.5)
    column = xp.astype(within(xp.round(x), 0.0, side - 1.0), xp.int64)
    row = xp.astype(within(xp.round(y), 0.0, side - 1.0), xp.int64)
    picture = xp.arange(at.stop - at.start, dtype=xp.int64, device=canvas.depth.device)[None, :]
    index = (picture * side + row) * side + column
    front = xp.reshape(xp.take(xp.reshape(canvas.depth, (-1,)), xp.reshape(index, (-1,)), axis=0), index.shape)
    allowed = figures.flesh[:, at] + 0.5 * MELT * figures.size[at] + 1
    clear = figures.depth[:, at] - front <= allowed
    seen = xp.astype(inside, xp.uint8) + xp.astype(inside & clear, xp.uint8)
    return xp.permute_dims(seen, (1, 0))
