"""The turntable camera: known places for known angles."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from poseviewer.app.view3d.orbit import FARTHEST, NEAREST, OrbitCamera, wrapped

FRONT = OrbitCamera(azimuth=0.0, elevation=0.0, distance=5.0)
angles = st.floats(-10.0, 10.0)


def test_at_angles_zero_it_stands_where_the_photo_was_taken() -> None:
    at = FRONT.project([[0, 0, 0], [0.5, 0, 0], [0, 0, 0.5], [0, 1, 0]], 200, 100)
    assert_allclose(at.places[0], [100, 50])
    assert at.places[1, 0] > 100 and at.places[1, 1] == pytest.approx(50)
    assert at.places[2, 1] < 50 and at.places[2, 0] == pytest.approx(100)
    assert_allclose(at.depth, [5, 5, 5, 6])


def test_from_its_left_the_animal_s_back_is_to_the_right() -> None:
    left = OrbitCamera(azimuth=math.pi / 2, elevation=0.0)
    at = left.project([[0, 0, 0], [0, 1, 0], [1, 0, 0]], 100, 100)
    assert at.places[1, 0] > 50
    assert at.depth[2] < at.depth[0]


def test_from_above_up_on_the_screen_is_away_from_the_photo_s_camera() -> None:
    above = OrbitCamera(azimuth=0.0, elevation=math.pi / 2)
    at = above.project([[0, 1, 0], [1, 0, 0], [0, 0, 1]], 100, 100)
    assert at.places[0, 1] < 50 and at.places[0, 0] == pytest.approx(50)
    assert at.places[1, 0] > 50
    assert_allclose(at.places[2], [50, 50], atol=1e-9)


@given(angles, angles, st.floats(-3, 3), st.floats(-3, 3))
def test_the_picture_never_flips(azimuth: float, elevation: float, more: float, higher: float) -> None:
    camera = OrbitCamera().orbited(azimuth, elevation).orbited(more, higher)
    right, up, back = camera.axes()
    assert up[2] >= -1e-9
    assert right[2] == 0
    assert_allclose(np.cross(right, up), back, atol=1e-9)


@given(angles, angles)
def test_matrices_and_formula_agree(azimuth: float, elevation: float) -> None:
    camera = OrbitCamera(distance=4.0, target=(0.1, 0.2, 0.3)).orbited(azimuth, elevation)
    points = np.array([[0.3, -0.2, 0.5], [-0.7, 0.4, 0.0]])
    clip = (camera.projection_matrix(300, 200) @ camera.view_matrix() @ np.c_[points, [1, 1]].T).T
    screen = (clip[:, :2] / clip[:, 3:] * (1, -1) + 1) / 2 * (300, 200)
    assert_allclose(camera.project(points, 300, 200).places, screen, atol=1e-9)


def test_scale_is_pixels_per_unit_at_that_depth() -> None:
    at = FRONT.project([[0, 1, 0], [0.25, 1, 0]], 100, 100)
    assert (at.places[1, 0] - at.places[0, 0]) / 0.25 == pytest.approx(at.scale[0])


def test_what_is_behind_the_viewer_is_told() -> None:
    assert FRONT.project([[0, 0, 0], [0, -6, 0], [0, -5, 0]], 100, 100).behind.tolist() == [False, True, True]


def test_zoom_stops_at_both_ends() -> None:
    assert FRONT.zoomed(2.0).distance == 2.5
    assert FRONT.zoomed(1e9).distance == NEAREST
    assert FRONT.zoomed(1e-9).distance == FARTHEST


@given(angles, st.floats(-1.4, 1.4))
def test_a_pan_moves_the_target_by_that_many_pixels(azimuth: float, elevation: float) -> None:
    camera = OrbitCamera(azimuth=azimuth, elevation=elevation)
    moved = camera.panned(30.0, -20.0, 300, 200)
    assert_allclose(moved.project([camera.target], 300, 200).places[0], [150 + 30, 100 - 20], atol=1e-6)


@pytest.mark.parametrize("size", [(400, 400), (900, 200), (200, 900)])
@given(angles, st.floats(-math.pi / 2, math.pi / 2))
def test_all_of_a_fitted_pose_is_in_view_and_stays_so_when_turned(
    size: tuple[int, int], azimuth: float, elevation: float
) -> None:
    points = np.array([[-1, 0, 0], [1, 0.2, 0.4], [0, 0, -0.7], [0.3, -0.4, 0.5]], dtype=float) + 3.0
    camera = OrbitCamera(elevation=elevation).fitted(points, *size).orbited(azimuth, 0.0)
    places = camera.project(points, *size).places
    assert (places >= 0).all() and (places <= size).all()


def test_a_fitted_pose_is_not_tiny() -> None:
    points = np.array([[-1, 0, 0], [1, 0, 0], [0, 0, 0.5]], dtype=float)
    places = OrbitCamera(0.0, 0.0).fitted(points, 400, 400).project(points, 400, 400).places
    assert np.ptp(places[:, 0]) > 280


def test_a_wide_view_is_filled_from_top_to_bottom() -> None:
    points = np.array([[-1, 0, 0], [1, 0, 0], [0, 0, -0.6]], dtype=float)
    camera = OrbitCamera().fitted(points, 600, 200)
    turned = [camera.orbited(a, 0.0).project(points, 600, 200).places[:, 1] for a in np.linspace(0, 2 * math.pi, 60)]
    top, bottom = np.min(turned), 200 - np.max(turned)
    assert 0 < top < 30 and 0 < bottom < 30


def test_one_point_is_fitted_without_a_division_by_zero() -> None:
    camera = OrbitCamera().fitted([[1.0, 2.0, 3.0]], 0, 0)
    assert camera.target == (1.0, 2.0, 3.0) and camera.distance == NEAREST


def test_angles_are_wrapped() -> None:
    assert wrapped(math.pi + 0.1) == pytest.approx(-math.pi + 0.1)
    assert wrapped(-5 * math.pi / 2) == pytest.approx(-math.pi / 2)


@given(angles, angles, st.floats(-2, 2), st.floats(-2, 2), st.floats(-2, 2))
def test_the_ray_through_a_pixel_meets_what_appears_there(
    azimuth: float, elevation: float, x: float, y: float, z: float
) -> None:
    camera = OrbitCamera(distance=8.0).orbited(azimuth, elevation)
    at = camera.project([x, y, z], 300, 200)
    towards = np.array([x, y, z]) - camera.eye
    assert_allclose(camera.ray(*at.places[0], 300, 200), towards / np.linalg.norm(towards), atol=1e-9)
