"""Colours and light."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.io.skeleton_files import load_ranges
from poseviewer.synthesis.picture_cameras import body_of, figure_rows, sample_figures
from poseviewer.synthesis.picture_coats import (
    COAT_ROWS,
    NUMBERS,
    Ink,
    any_colour,
    fur_colour,
    sample_coats,
    shade,
    solid,
    surface,
    tinted,
)
from poseviewer.synthesis.picture_cones import Canvas, cone_terms, draw_cone
from poseviewer.synthesis.picture_draws import Draws
from poseviewer.synthesis.picture_textures import textures

ROWS = np.random.default_rng(0).random((COAT_ROWS, 500), dtype=np.float32)


def test_hues_are_where_they_should_be() -> None:
    colours = tinted(np.array([0, 1 / 3, 2 / 3, 1.0]), np.ones(4), np.ones(4))

    assert pytest.approx(np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]]), abs=1e-6) == colours.T
    assert tinted(np.array([0.4]), np.zeros(1), np.array([0.3]))[:, 0] == pytest.approx([0.3] * 3)


def test_furs_are_mostly_brown_and_of_every_brightness() -> None:
    fur, cloth = fur_colour(Draws(ROWS)), any_colour(Draws(ROWS))

    assert fur.min() >= 0
    assert fur.max() <= 1
    assert (fur[0] >= fur[2]).mean() > 0.85
    assert (cloth[0] >= cloth[2]).mean() < 0.7
    assert np.quantile(fur.mean(axis=0), [0.1, 0.9]) == pytest.approx([0.05, 0.8], abs=0.15)


@pytest.mark.parametrize("name", ["quadruped16", "human17", "hand21"])
def test_every_role_has_a_colour(name: str) -> None:
    ranges = load_ranges(name)
    uniforms = np.random.default_rng(1).random((figure_rows(ranges), 500), dtype=np.float32)
    figures = sample_figures(ranges, uniforms, 64)
    roles = body_of(ranges).plan.roles
    coats = sample_coats(roles, figures, ROWS)

    assert coats.colours.shape == (3, len(roles), 500)
    assert np.isfinite(coats.colours).all()
    assert coats.numbers.shape == (len(NUMBERS), 500)
    assert np.linalg.norm(coats.light, axis=0) == pytest.approx(1, abs=0.1)
    assert coats.reach.min() >= 0
    assert coats.reach.max() <= 1


def test_the_side_towards_the_light_is_brighter() -> None:
    ends = np.array([[[32.0, 32.0, 0.0]]] * 2)[:, :, :, None].astype(np.float32)
    canvas = Canvas.blank(1, 64, ends)
    draw_cone(canvas, (0, 0, 64, 64), cone_terms(ends, np.full((2, 1, 1), 20, np.float32))[:, 0, :], 1, None)
    numbers = {name: np.zeros(1, np.float32) for name in NUMBERS}
    numbers["scale"] += 1
    numbers["ambient"] += 0.2
    one = np.ones((1, 3), np.float32)
    colours = np.zeros((1, 2, 3), np.float32)
    colours[0, 1] = (0.8, 0.4, 0.2)
    ink = Ink(
        colours, np.zeros((1, 2), np.float32), 0 * one, numbers, one, one, np.array([[-1, 0, 0]], np.float32),
        np.eye(3, dtype=np.float32)[None], 32 * one, np.array([40], np.float32),
    )  # fmt: skip
    whole = surface(canvas, (8, 8, 56, 56))
    lit = np.stack(shade(whole, ink, textures().like(one)), axis=1)

    assert lit.shape == (1, 3, 48, 48)
    assert lit[0, 0, 24, 8] > 2 * lit[0, 0, 24, 40]
    assert lit[0, 0, 24, 24] / lit[0, 1, 24, 24] == pytest.approx(2, rel=0.01)
    some, place = solid(whole)
    assert len(place) == (whole.cover > 0).sum()
    for whole_channel, some_channel in zip(lit[0], shade(some, ink, textures().like(one)), strict=True):
        np.testing.assert_allclose(whole_channel.ravel()[place], some_channel[0, 0], atol=1e-5)
