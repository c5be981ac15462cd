"""Zoom, pan and fit keep what they promise, and coordinates go there and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poseviewer.app.annotate.viewport import FIT_MARGIN, MAX_SCALE, Viewport, clamped, fitted, inside

IMAGE = (200.0, 100.0)
WINDOW = st.floats(50, 3000)
PLACE = st.floats(-500, 3000)


def test_a_fitted_image_touches_the_margin_and_is_centred() -> None:
    part = fitted(400 + 2 * FIT_MARGIN, 900, IMAGE)
    assert part.scale == pytest.approx(2)
    corners = part.to_screen(np.array([[-0.5, -0.5], [199.5, 99.5]]))
    assert corners[:, 0] == pytest.approx([FIT_MARGIN, 400 + FIT_MARGIN])
    assert corners[:, 1].mean() == pytest.approx(450)


def test_integer_coordinates_are_pixel_centres() -> None:
    part = Viewport(100, 100, (0.0, 0.0), 10)
    assert part.to_image(50, 50) == (0, 0)
    assert part.to_image(45, 45) == pytest.approx((-0.5, -0.5))


@given(WINDOW, WINDOW, PLACE, PLACE, st.floats(0.05, 20))
def test_screen_and_image_coordinates_are_inverse(w: float, h: float, x: float, y: float, factor: float) -> None:
    part = fitted(w, h, IMAGE).zoomed(factor, w / 3, h / 4, IMAGE)
    back = part.to_screen(np.array(part.to_image(x, y)))
    assert back == pytest.approx([x, y], abs=1e-6)


@given(st.floats(1.0, 8.0))
def test_zooming_keeps_the_place_under_the_mouse(factor: float) -> None:
    part = fitted(640, 480, IMAGE)
    x, y = 300.0, 250.0
    assert part.zoomed(factor, x, y, IMAGE).to_image(x, y) == pytest.approx(part.to_image(x, y))


@given(st.lists(st.sampled_from([0.01, 100.0, 3.0]), max_size=8))
def test_zoom_has_ends(factors: list[float]) -> None:
    part = fitted(640, 480, IMAGE)
    lowest = part.scale / 2
    for factor in factors:
        part = part.zoomed(factor, 0, 0, IMAGE)
        assert lowest - 1e-9 <= part.scale <= MAX_SCALE


@given(st.floats(-1e5, 1e5), st.floats(-1e5, 1e5))
def test_the_image_cannot_be_dragged_out_of_sight(dx: float, dy: float) -> None:
    part = fitted(640, 480, IMAGE).panned(dx, dy, IMAGE)
    assert inside(IMAGE, *part.center)


def test_a_pan_moves_the_image_by_screen_pixels() -> None:
    part = fitted(640, 480, IMAGE)
    point = np.array([100.0, 50.0])
    assert part.panned(12, -7, IMAGE).to_screen(point) - part.to_screen(point) == pytest.approx([12, -7])


def test_one_pixel_is_shown_large_but_not_endlessly() -> None:
    assert fitted(640, 480, (1, 1)).scale == MAX_SCALE


@given(PLACE, PLACE)
def test_clamped_is_inside_and_leaves_what_is_inside(x: float, y: float) -> None:
    held = clamped(IMAGE, x, y)
    assert inside(IMAGE, *held)
    assert held == (x, y) or not inside(IMAGE, x, y)
