"""Rays and distances of round cones, against shapes whose answers are known."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.synthesis.solids import Solids


def solid(length: float, r0: float, r1: float, width: float = 1.0) -> Solids:
    """One part with its axis on +z from the origin."""
    maps = np.diag([1 / width, 1.0, 1.0])[None]
    return Solids(maps, np.zeros((1, 3)), np.array([length]), np.array([[r0, r1]]), np.array([width]))


def hit(part: Solids, origin: tuple[float, float, float], direction: tuple[float, float, float]) -> float:
    columns = (np.array(v, dtype=np.float32)[:, None] for v in (origin, direction))
    return float(part.hit(*columns)[0, 0])


def test_a_ray_meets_a_sphere() -> None:
    assert hit(solid(0, 2, 2), (-10, 0, 0), (1, 0, 0)) == pytest.approx(8)
    assert hit(solid(0, 2, 2), (-10, 0, 0), (2, 0, 0)) == pytest.approx(4)


def test_a_ray_meets_the_side_and_the_ends_of_a_capsule() -> None:
    capsule = solid(10, 2, 2)

    assert hit(capsule, (-10, 0, 5), (1, 0, 0)) == pytest.approx(8)
    assert hit(capsule, (0, 0, -10), (0, 0, 1)) == pytest.approx(8)
    assert hit(capsule, (0, 0, 30), (0, 0, -1)) == pytest.approx(18)


def test_a_ray_beside_or_behind_meets_nothing() -> None:
    assert np.isinf(hit(solid(10, 2, 2), (-10, 2.1, 5), (1, 0, 0)))
    assert np.isinf(hit(solid(10, 2, 2), (10, 0, 5), (1, 0, 0)))


def test_a_narrow_part_is_narrow_along_x() -> None:
    assert hit(solid(10, 2, 2, width=0.5), (-10, 0, 5), (1, 0, 0)) == pytest.approx(9)
    assert hit(solid(10, 2, 2, width=0.5), (0, -10, 5), (0, 1, 0)) == pytest.approx(8)


@pytest.mark.parametrize(("length", "r0", "r1"), [(10, 2, 2), (10, 4, 1), (10, 1, 4), (3, 5, 1), (0.5, 2, 1)])
def test_where_rays_meet_a_part_its_distance_is_zero(length: float, r0: float, r1: float) -> None:
    random = np.random.default_rng(7)
    part = solid(length, r0, r1)
    origins = random.normal(size=(3, 400))
    origins = (origins / np.linalg.norm(origins, axis=0) * 40).astype(np.float32)
    targets = random.normal(size=(3, 400)) * r0 * 0.6
    directions = (targets - origins).astype(np.float32)

    t = part.hit(origins, directions)[0]
    met = np.isfinite(t)
    distance, _ = part.distance(part.local(origins[:, met] + t[met] * directions[:, met]))

    assert met.mean() > 0.5
    assert np.abs(distance).max() < 0.02


@pytest.mark.parametrize("width", [1.0, 0.5, 1.4])
def test_normals_point_where_the_distance_grows(width: float) -> None:
    part = solid(10, 3, 1, width)
    points = (np.random.default_rng(1).normal(size=(3, 50)) * 2 + [[0], [0], [5]]).astype(np.float32)
    _, normals = part.distance(part.local(points))
    outward = part.world_normals(normals)[0]

    here, there = (part.distance(part.local(points + step * outward))[0][0] for step in (0.0, 0.05))

    assert np.linalg.norm(outward, axis=0) == pytest.approx(np.ones(50), abs=1e-4)
    assert (there > here).all()
    if width == 1.0:
        assert there - here == pytest.approx(np.full(50, 0.05), abs=1e-3)


def test_a_thicker_skin() -> None:
    part = solid(10, 2, 1).grown(0.5)

    assert hit(part, (-10, 0, 0), (1, 0, 0)) == pytest.approx(hit(solid(10, 2.5, 1.5), (-10, 0, 0), (1, 0, 0)))


def test_choosing_parts_keeps_their_order() -> None:
    radii = np.array([[1.0, 1], [3.0, 2]])
    both = Solids(np.stack([np.eye(3)] * 2), np.zeros((2, 3)), np.array([1.0, 2.0]), radii, np.ones(2))

    chosen = both[np.array([1])]

    assert len(chosen) == 1
    assert (float(chosen.lengths[0, 0]), float(chosen.r0[0, 0]), float(chosen.slope[0, 0])) == (2, 3, -1)
