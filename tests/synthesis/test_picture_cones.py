"""A cone drawn by formula has the depth of many spheres drawn one by one."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.synthesis.picture_cones import FAR, Canvas, cone_terms, draw_cone, joined, windows

SIDE = 48
FULL = (0, 0, SIDE, SIDE)


def spheres(ends: np.ndarray, radii: np.ndarray, count: int = 1500) -> np.ndarray:
    """(SIDE, SIDE) depth of a cone by brute force. ends: (2, 3), radii: (2,)."""
    y, x = np.mgrid[:SIDE, :SIDE].astype(float)
    depth = np.full((SIDE, SIDE), FAR)
    for s in np.linspace(0, 1, count):
        centre, radius = ends[0] + s * (ends[1] - ends[0]), radii[0] + s * (radii[1] - radii[0])
        inside = radius**2 - (x - centre[0]) ** 2 - (y - centre[1]) ** 2
        depth = np.where(inside > 0, np.minimum(depth, centre[2] - np.sqrt(np.maximum(inside, 0))), depth)
    return depth


def drawn(ends: np.ndarray, radii: np.ndarray, window: tuple[int, int, int, int] = FULL) -> Canvas:
    """ends: (2, 3), radii: (2,)."""
    ends, radii = ends[:, None, :, None].astype(np.float32), radii[:, None, None].astype(np.float32)
    canvas = Canvas.blank(1, SIDE, ends)
    draw_cone(canvas, window, cone_terms(ends, radii)[:, 0, :], 7, None)
    return canvas


@pytest.mark.parametrize("seed", range(12))
def test_depth_is_that_of_the_spheres(seed: int) -> None:
    random = np.random.default_rng(seed)
    ends = random.uniform(8, 40, (2, 3))
    radii = random.uniform(2, 9, 2)
    if np.hypot(*(ends[1] - ends[0])[:2]) <= abs(radii[1] - radii[0]) + 1:
        pytest.skip("one end hides the other: drawn apart below")
    canvas, truth = drawn(ends, radii), spheres(ends, radii)
    well_inside = (truth < FAR) & (canvas.cover[0] == 1)

    assert well_inside.sum() > 20
    assert np.abs(canvas.depth[0] - truth)[well_inside].max() < 0.05
    assert (canvas.cone[0][well_inside] == 7).all()
    assert ((canvas.cover[0] > 0.5) != (truth < FAR)).sum() <= 3


def test_a_cone_that_points_at_the_camera_still_has_its_thick_end() -> None:
    ends = np.array([[24.0, 24.0, 40.0], [25.0, 24.0, 10.0]])
    canvas, truth = drawn(ends, np.array([9.0, 4.0])), spheres(ends, np.array([9.0, 4.0]))

    assert ((canvas.depth[0] < FAR - 100) != (truth < FAR)).mean() < 0.02


def test_a_sphere_is_a_cone_of_no_length() -> None:
    ends, radii = np.array([[20.0, 22.0, 5.0]] * 2), np.array([8.0, 8.0])
    canvas, truth = drawn(ends, radii), spheres(ends, radii, 2)
    inside = canvas.cover[0] == 1

    assert np.abs(canvas.depth[0] - truth)[inside].max() < 0.02
    assert inside.sum() == pytest.approx(np.pi * 64, rel=0.15)


def test_the_window_holds_the_whole_cone() -> None:
    ends, radii = np.array([[30.0, 10.0, 5.0], [40.0, 44.0, 9.0]]), np.array([4.0, 7.0])
    box = windows(ends[:, None, :, None], radii[:, None, None], SIDE)[:, 0, 0]
    window = joined([box.tolist()])
    whole, part = drawn(ends, radii), drawn(ends, radii, window)

    assert np.array_equal(whole.depth, part.depth)
    assert np.array_equal(whole.cover, part.cover)
    assert (window[2] - window[0]) * (window[3] - window[1]) < SIDE * SIDE / 2


def test_the_nearer_of_two_is_in_front_whatever_comes_first() -> None:
    near = np.array([[[20.0, 20.0, 5.0], [28.0, 20.0, 5.0]]])
    far = near + np.array([4.0, 4.0, 30.0])
    for order in ((0, 1), (1, 0)):
        canvas = Canvas.blank(1, SIDE, np.zeros(1, np.float32))
        for k in order:
            ends = (near, far)[k].transpose(1, 0, 2)[:, :, :, None].astype(np.float32)
            terms = cone_terms(ends, np.full((2, 1, 1), 6, np.float32))[:, 0, :]
            draw_cone(canvas, FULL, terms, k + 1, None)
        assert canvas.cone[0, 20, 24] == 1
        assert canvas.cone[0, 29, 31] == 2
        assert canvas.cone[0, 2, 2] == 0


def test_skins_go_over_into_each_other() -> None:
    """Where two melting spheres meet, the skin bulges out of both by at most a quarter of the melt."""
    ends = np.array([[[18.0, 24.0, 20.0], [18.0, 24.0, 20.0]], [[30.0, 24.0, 20.0], [30.0, 24.0, 20.0]]])
    ends = ends.transpose(1, 0, 2)[:, :, :, None].astype(np.float32)
    terms = cone_terms(ends, np.full((2, 2, 1), 8, np.float32))
    hard, soft = (Canvas.blank(1, SIDE, np.zeros(1, np.float32)) for _ in range(2))
    for k in range(2):
        draw_cone(hard, FULL, terms[:, k, :], k + 1, None)
        draw_cone(soft, FULL, terms[:, k, :], k + 1, np.array([4.0], np.float32))
    rise = hard.depth - soft.depth

    assert rise[0, 24, 24] == pytest.approx(1.0, abs=0.05)
    assert rise.min() >= 0
    assert rise.max() < 1.01


def test_empty_boxes_do_not_count() -> None:
    assert joined([[0.0, 5.0, 0.0, 9.0], [3.0, 4.0, 6.0, 8.0]]) == (3, 4, 6, 8)
    assert joined([[0.0, 0.0, 0.0, 0.0]]) == (0, 0, 0, 0)
