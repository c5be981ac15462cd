"""Turning in front of a camera: signs, inverses, and the camera of the rest of the program."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from poseviewer.geometry.camera import body_to_camera
from poseviewer.geometry.rotations import planar_vectors, rotate, trailing_vectors, view_rotations
from poseviewer.geometry.turns import NEAREST, back_project, project, seen_from, tilt, turn

angles = st.floats(-math.pi, math.pi)
POINTS = np.random.default_rng(0).normal(size=(3, 5, 3))


def test_what_is_to_the_right_goes_away_by_a_quarter_turn() -> None:
    np.testing.assert_allclose(turn(np.array([[1.0, 2.0, 0.0]]), np.asarray(math.pi / 2)), [[0, 2, 1]], atol=1e-12)


def test_a_camera_that_looks_down_sees_what_is_far_higher_up() -> None:
    far = tilt(np.array([[0.0, 0.0, 1.0]]), np.asarray(math.radians(20)))
    assert far[0, 1] == pytest.approx(-math.sin(math.radians(20)))


@given(angles, angles)
def test_both_are_undone_by_the_opposite_angle(azimuth: float, elevation: float) -> None:
    a, e = np.full(3, azimuth), np.full(3, elevation)
    np.testing.assert_allclose(turn(tilt(tilt(turn(POINTS, a), e), -e), -a), POINTS, atol=1e-12)


@given(angles, st.floats(-1.5, 1.5))
def test_the_camera_around_a_pose_is_that_of_the_synthesis(azimuth: float, elevation: float) -> None:
    a, e = np.full(3, azimuth), np.full(3, elevation)
    zero = np.zeros(3)
    turned = trailing_vectors(rotate(view_rotations(a, e, zero, zero), planar_vectors(POINTS)))
    np.testing.assert_allclose(seen_from(POINTS, a, e), body_to_camera(turned), atol=1e-12)


@pytest.mark.parametrize("distance", [math.inf, 22.0, 3.5])
def test_a_pose_is_projected_to_the_keypoints_that_it_came_from(distance: float) -> None:
    keypoints, depth = POINTS[..., :2], POINTS[..., 2]
    np.testing.assert_allclose(project(back_project(keypoints, depth, distance), distance), keypoints, atol=1e-12)


def test_nothing_comes_behind_the_camera() -> None:
    behind = back_project(np.ones((1, 1, 2)), np.array([[-100.0]]), 10.0)
    assert behind[0, 0, 2] == pytest.approx(-10 * NEAREST)
    assert np.isfinite(project(np.array([[[1.0, 1.0, -99.0]]]), 10.0)).all()


def test_torch_goes_through_the_same_code() -> None:
    a, e = np.full(3, 0.3), np.full(3, 0.2)
    ours = seen_from(torch.from_numpy(POINTS), torch.from_numpy(a), torch.from_numpy(e))
    np.testing.assert_allclose(ours.numpy(), seen_from(POINTS, a, e), atol=1e-12)
