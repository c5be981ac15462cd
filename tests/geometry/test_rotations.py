"""Rotations are rotations, they are uniform, and cameras look from where they say."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from poseviewer.geometry.camera import body_to_camera
from poseviewer.geometry.rotations import (
    planar_vectors,
    random_rotations,
    rotate,
    trailing_matrices,
    trailing_vectors,
    view_rotations,
)

quick = settings(max_examples=40, deadline=None)  # a busy machine is no failure
unit = st.floats(0, 1)
angle = st.floats(-10, 10)
NOSE, TAIL, LEFT, UP = np.array([[0.0, -1.0, 0.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])


def seen_from(azimuth: float, elevation: float, roll: float, pitch: float, point: np.ndarray) -> np.ndarray:
    """Where the camera sees a point of the body: x right, y down, z away."""
    turn = view_rotations(*(np.array([math.radians(v)]) for v in (azimuth, elevation, roll, pitch)))
    return body_to_camera(turn[..., 0] @ point)


@quick
@given(unit, unit, unit)
def test_any_uniform_numbers_make_a_rotation(u1: float, u2: float, u3: float) -> None:
    matrix = random_rotations(*(np.array([u]) for u in (u1, u2, u3)))[..., 0]

    assert matrix @ matrix.T == pytest.approx(np.eye(3), abs=1e-12)
    assert np.linalg.det(matrix) == pytest.approx(1)


@quick
@given(st.lists(angle, min_size=4, max_size=4))
def test_any_angles_make_a_rotation(angles: list[float]) -> None:
    matrix = view_rotations(*(np.array([a]) for a in angles))[..., 0]

    assert matrix @ matrix.T == pytest.approx(np.eye(3), abs=1e-12)
    assert np.linalg.det(matrix) == pytest.approx(1)


def test_random_rotations_are_uniform() -> None:
    """Each turned axis is uniform on the sphere, and the angle of turn has the density (1 - cos a) / pi."""
    count = 200_000
    matrices = random_rotations(*np.random.default_rng(0).random((3, count)))

    for row in range(3):
        for column in range(3):
            # A coordinate of a point that is uniform on the sphere is uniform in [-1, 1] (Archimedes).
            shares = np.histogram(matrices[row, column], bins=20, range=(-1, 1))[0] / count
            assert shares == pytest.approx(np.full(20, 0.05), abs=0.003)
    turn = np.arccos(np.clip((np.trace(matrices) - 1) / 2, -1, 1))
    for below in (0.5, 1.0, 2.0, 3.0):
        assert np.mean(turn < below) == pytest.approx((below - math.sin(below)) / math.pi, abs=0.005)


def test_without_angles_the_camera_faces_the_nose() -> None:
    assert seen_from(0, 0, 0, 0, NOSE) == pytest.approx([0, 0, -1])
    assert seen_from(0, 0, 0, 0, UP) == pytest.approx([0, -1, 0])
    assert seen_from(0, 0, 0, 0, LEFT) == pytest.approx([1, 0, 0])


def test_a_camera_above_sees_the_back() -> None:
    assert seen_from(0, 90, 0, 0, UP) == pytest.approx([0, 0, -1])  # the back is nearest
    assert seen_from(0, 30, 0, 0, UP)[2] == pytest.approx(-0.5)
    assert seen_from(0, -30, 0, 0, UP)[2] == pytest.approx(0.5)
    assert seen_from(90, 45, 0, 0, UP)[2] < 0  # from any side


def test_azimuth_turns_the_animal_and_keeps_it_upright() -> None:
    assert abs(seen_from(90, 0, 0, 0, NOSE)[0]) == pytest.approx(1)  # seen from the side
    assert seen_from(180, 0, 0, 0, TAIL) == pytest.approx([0, 0, -1])  # seen from behind
    for azimuth in range(0, 360, 45):
        assert seen_from(azimuth, 0, 0, 0, UP) == pytest.approx([0, -1, 0])


def test_pitch_lifts_the_head_and_roll_turns_the_picture() -> None:
    assert seen_from(0, 0, 0, 30, NOSE)[1] == pytest.approx(-0.5)
    assert seen_from(0, 0, 0, 30, TAIL)[1] == pytest.approx(0.5)
    rolled = seen_from(0, 0, 30, 0, UP)
    assert rolled[2] == pytest.approx(0)
    assert math.degrees(math.acos(-rolled[1])) == pytest.approx(30)


def test_rotate_is_the_matrix_product() -> None:
    random = np.random.default_rng(2)
    matrices, vectors = random.normal(size=(3, 3, 7)), random.normal(size=(3, 4, 7))

    turned = rotate(matrices, vectors)

    assert turned == pytest.approx(np.einsum("ijn,jkn->ikn", matrices, vectors))
    assert trailing_vectors(turned) == pytest.approx(
        trailing_vectors(vectors) @ trailing_matrices(matrices).transpose(0, 2, 1)
    )
    assert np.array_equal(planar_vectors(trailing_vectors(vectors)), vectors)


def test_torch_and_numpy_agree() -> None:
    uniforms = np.random.default_rng(3).random((4, 50))
    tensors = torch.from_numpy(uniforms)

    assert random_rotations(*tensors[:3]).numpy() == pytest.approx(random_rotations(*uniforms[:3]), abs=1e-12)
    assert view_rotations(*tensors).numpy() == pytest.approx(view_rotations(*uniforms), abs=1e-12)
    assert random_rotations(*tensors[:3].float()).dtype == torch.float32
