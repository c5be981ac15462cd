"""The frames of reference: which way is which in the body, in the camera and in the image."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from poseviewer.geometry.camera import body_to_camera, camera_to_body, project_orthographic, project_perspective


def test_left_up_and_front_of_the_body_in_the_camera() -> None:
    left, backwards, up = np.eye(3)

    assert body_to_camera(left).tolist() == [1, 0, 0]  # the camera stands before the animal's nose: x to its right
    assert body_to_camera(up).tolist() == [0, -1, 0]  # y points down in an image
    assert body_to_camera(backwards).tolist() == [0, 0, 1]  # the tail is farther away than the nose


@pytest.mark.parametrize("shape", [(3,), (5, 3), (2, 4, 3)])
def test_there_and_back(shape: tuple[int, ...]) -> None:
    points = np.random.default_rng(0).normal(size=shape)

    assert np.array_equal(camera_to_body(body_to_camera(points)), points)
    assert np.array_equal(body_to_camera(torch.from_numpy(points)).numpy(), body_to_camera(points))


def test_an_orthographic_camera_drops_the_depth() -> None:
    assert project_orthographic(np.array([[3.0, 4.0, 99.0]])).tolist() == [[3.0, 4.0]]


def test_a_perspective_camera_keeps_its_plane_and_enlarges_what_is_near() -> None:
    joints = np.array([[1.0, 2.0, 0.0], [1.0, 2.0, -5.0], [1.0, 2.0, 10.0]])

    seen = project_perspective(joints, np.array(10.0))

    assert seen.tolist() == [[1.0, 2.0], [2.0, 4.0], [0.5, 1.0]]


def test_a_far_perspective_camera_is_an_orthographic_one() -> None:
    joints = np.random.default_rng(1).normal(size=(4, 16, 3))

    seen = project_perspective(joints, np.full(4, 1e9))

    assert seen == pytest.approx(project_orthographic(joints), abs=1e-7)
