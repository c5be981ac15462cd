"""Things before and behind a body, grass, and the shadow on the floor."""

from __future__ import annotations

import numpy as np

from poseviewer.io.skeleton_files import load_ranges
from poseviewer.synthesis.picture_cameras import figure_rows, sample_figures
from poseviewer.synthesis.picture_clutter import (
    BEHIND,
    CELL,
    CLUTTER_ROWS,
    FRONT,
    THINGS,
    board_windows,
    draw_board,
    draw_grass,
    sample_clutter,
    sample_shadows,
    shadow_cells,
)
from poseviewer.synthesis.picture_cones import Canvas, joined, windows
from poseviewer.synthesis.picture_draws import Draws
from poseviewer.synthesis.picture_textures import textures

SIDE, COUNT = 64, 200
RANGES = load_ranges("quadruped16")
RANDOM = np.random.default_rng(0)
FIGURES = sample_figures(RANGES, RANDOM.random((figure_rows(RANGES), COUNT), dtype=np.float32), SIDE)
CLUTTER = sample_clutter(FIGURES, RANDOM.random((CLUTTER_ROWS, COUNT), dtype=np.float32), SIDE)


def blank() -> Canvas:
    return Canvas.blank(1, SIDE, np.zeros(1, np.float32))


def test_things_behind_are_behind_the_whole_body() -> None:
    far = FIGURES.ends[:, :, 2, :].max(axis=(0, 1))
    behind = CLUTTER.ends[:, :BEHIND, 2, :] - CLUTTER.radii[:, :BEHIND]

    assert (behind > far).all()
    assert CLUTTER.colours.shape == (3, THINGS, COUNT)


def test_some_pictures_have_things_and_most_have_nothing_in_front() -> None:
    boxes = windows(CLUTTER.ends, CLUTTER.radii, SIDE)
    there = (boxes[2] > boxes[0]) & (boxes[3] > boxes[1])

    assert 0.1 < there[:BEHIND].any(axis=0).mean() < 0.5
    assert 0.03 < there[BEHIND : BEHIND + FRONT].any(axis=0).mean() < 0.4


def test_a_board_is_a_rectangle_at_its_place() -> None:
    board = np.array([[30], [20], [10], [4], [1], [0]], np.float32)
    window = joined([board_windows(board[:, None, :], SIDE)[:, 0, 0].tolist()])
    canvas = blank()
    draw_board(canvas, window, board, np.array([7], np.float32), 3)
    rows, columns = np.nonzero(canvas.cone[0] == 3)

    assert (columns.min(), columns.max(), rows.min(), rows.max()) == (21, 39, 17, 23)
    assert (canvas.depth[0][canvas.cone[0] == 3] == 7).all()


def test_what_is_nearer_than_a_board_stays() -> None:
    canvas = blank()
    canvas.depth[:, :, :32] = 5
    draw_board(
        canvas,
        (0, 0, SIDE, SIDE),
        np.array([[32], [32], [20], [20], [1], [0]], np.float32),
        np.array([7], np.float32),
        3,
    )

    assert canvas.cone[0, 32, 20] == 0
    assert canvas.cone[0, 32, 40] == 3


def test_grass_grows_from_below() -> None:
    canvas = blank()
    grass = np.array([[20], [0.2], [0.5], [9]], np.float32)
    draw_grass(canvas, grass, np.array([3], np.float32), 5, textures().like(grass), 32.0)
    share = (canvas.cone[0] == 5).mean(axis=1)

    assert share[-1] > 0.9
    assert 0.02 < share[-14] < 0.9
    assert share[: SIDE - 34].max() == 0


def test_a_shadow_is_darkest_along_its_stroke() -> None:
    ends = np.array([[3, 8], [12, 8]], np.float32)[:, None, :, None]
    cells = shadow_cells(ends, np.array([[2]], np.float32), np.arange(16, dtype=np.float32))

    assert cells[0, 8, 8] == 1
    assert 0 < cells[0, 10, 8] < 1
    assert cells[0, 0].max() == 0


def test_shadows_lie_under_bodies_that_are_seen_from_above_the_floor() -> None:
    light = np.zeros((3, COUNT), np.float32) + FIGURES.turn[:, 2, :]
    shadows = sample_shadows(FIGURES, light, Draws(RANDOM.random((8, COUNT), dtype=np.float32)))
    down = -FIGURES.turn[1, 2, :] > 0.9  # upright, seen from the side: shadows lie low
    bottom = shadows.ends[:, :, 1, down].mean(axis=(0, 1)) * CELL
    middle = FIGURES.ends[:, :, 1, down].mean(axis=(0, 1))

    assert (shadows.dark[FIGURES.elevation < 0.03] == 0).all()
    assert (bottom > middle).mean() > 0.95
