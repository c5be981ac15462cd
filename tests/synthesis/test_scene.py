"""The camera sees what the frames of reference say, and colours come out as sRGB."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.geometry.camera import body_to_camera
from poseviewer.synthesis.scene import Light, look_along_body, look_at, to_display


def test_the_target_is_in_the_middle_and_up_is_up() -> None:
    camera = look_at(np.array([2000.0, -500.0, 700.0]), np.array([0.0, 100.0, 300.0]), 900.0, (641, 481))

    assert camera.project(np.array([0.0, 100.0, 300.0])) == pytest.approx([320, 240])
    assert camera.project(np.array([0.0, 100.0, 400.0]))[1] < 240
    assert np.linalg.det(camera.rotation) == pytest.approx(1)


def test_from_the_left_a_dog_faces_left_in_the_picture() -> None:
    camera = look_at(np.array([2000.0, 0.0, 300.0]), np.array([0.0, 0.0, 300.0]), 900.0, (640, 480))

    nose, tail = camera.project(np.array([[0.0, -300.0, 300.0], [0.0, 400.0, 300.0]]))

    assert nose[0] < tail[0]


def test_the_camera_frame_is_that_of_the_geometry() -> None:
    points = np.random.default_rng(0).normal(size=(5, 3))
    camera = look_along_body(10.0, 500.0, (64, 64))

    assert camera.to_camera(points) == pytest.approx(body_to_camera(points) + [0, 0, 10.0])


@pytest.mark.parametrize("oversample", [1, 2, 3])
def test_rays_go_through_their_pixels(oversample: int) -> None:
    camera = look_along_body(10.0, 50.0, (8, 6))

    rays = camera.rays(oversample)
    pixels = rays[:2] * camera.focal + camera.centre[:, None, None]

    assert rays.shape == (3, 6 * oversample, 8 * oversample)
    middle = pixels.reshape(2, 6, oversample, 8, oversample).mean(axis=(2, 4))
    rows, columns = np.mgrid[:6, :8]
    assert middle[0] == pytest.approx(columns, abs=1e-4)
    assert middle[1] == pytest.approx(rows, abs=1e-4)


def test_the_sun_is_one_long() -> None:
    assert np.linalg.norm(Light(sun=(3.0, 0.0, 4.0)).direction) == pytest.approx(1)


def test_display_values() -> None:
    shown = to_display(np.array([0.0, 0.001, 0.2140, 0.5, 50.0], dtype=np.float32))

    assert shown.tolist() == [0, 3, 127, 188, 255]
