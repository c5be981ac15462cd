"""A similarity is found again from points that were moved by it; a mirror image only where it is allowed."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from poseviewer.geometry.procrustes import fit_similarity

CORNERS = np.array([[[0, 0, 0], [1, 0, 0], [0, 2, 0], [0, 0, 3]]], dtype=float)
"""One pose without any symmetry."""
QUARTER_TURN = np.array([[0, 1, 0], [-1, 0, 0], [0, 0, 1]], dtype=float)
"""About z; row vectors: (1, 0, 0) becomes (0, 1, 0)."""


def test_a_known_similarity_is_found() -> None:
    found = fit_similarity(CORNERS, 2 * CORNERS @ QUARTER_TURN + [5, 6, 7])

    np.testing.assert_allclose(found.scale, [2])
    np.testing.assert_allclose(found.rotation[0], QUARTER_TURN, atol=1e-12)
    np.testing.assert_allclose(found.translation, [[5, 6, 7]])


@given(
    axis=st.tuples(*[st.floats(-1, 1)] * 3).filter(lambda a: np.linalg.norm(a) > 0.1),
    angle=st.floats(-3, 3),
    scale=st.floats(0.01, 100),
    shift=st.tuples(*[st.floats(-1000, 1000)] * 3),
)
def test_every_similarity_is_undone(
    axis: tuple[float, ...], angle: float, scale: float, shift: tuple[float, ...]
) -> None:
    x, y, z = np.array(axis) / np.linalg.norm(axis)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    rotation = np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross
    target = scale * CORNERS @ rotation + shift

    np.testing.assert_allclose(fit_similarity(CORNERS, target).apply(CORNERS), target, atol=1e-8)


def test_a_mirror_image_is_reached_only_by_reflection() -> None:
    mirrored = CORNERS * [-1, 1, 1]

    allowed = fit_similarity(CORNERS, mirrored, reflection=True)
    forbidden = fit_similarity(CORNERS, mirrored)

    np.testing.assert_allclose(allowed.apply(CORNERS), mirrored, atol=1e-12)
    assert np.linalg.det(allowed.rotation[0]) < 0 < np.linalg.det(forbidden.rotation[0])
    assert np.abs(forbidden.apply(CORNERS) - mirrored).max() > 0.3


def test_points_outside_the_mask_do_not_count() -> None:
    target = CORNERS + 1.0
    target[0, 3] = 1000.0
    mask = np.array([[True, True, True, False]])

    np.testing.assert_allclose(fit_similarity(CORNERS, target, mask).translation, [[1, 1, 1]], atol=1e-12)


def test_missing_points_do_not_count() -> None:
    target = CORNERS + 1.0
    target[0, 3] = np.nan

    np.testing.assert_allclose(fit_similarity(CORNERS, target).translation, [[1, 1, 1]], atol=1e-12)


def test_coincident_points_are_only_moved() -> None:
    found = fit_similarity(np.full((1, 4, 3), 7.0), CORNERS)

    np.testing.assert_array_equal(found.rotation[0], np.eye(3))
    np.testing.assert_allclose(found.apply(np.full((1, 4, 3), 7.0))[0], np.tile(CORNERS[0].mean(0), (4, 1)))


def test_each_pose_has_its_own_transform() -> None:
    source = np.concatenate([CORNERS, CORNERS])
    target = np.concatenate([CORNERS * 2, CORNERS * 3])

    np.testing.assert_allclose(fit_similarity(source, target).scale, [2, 3])
