"""What the sun sees of a ball, and the shadow under it."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.synthesis.body import PosedParts
from poseviewer.synthesis.scene import look_at
from poseviewer.synthesis.shadow import GroundShade, SunMap
from poseviewer.synthesis.solids import Solids

RADIUS, HEIGHT = 50.0, 80.0


def ball() -> tuple[Solids, PosedParts]:
    """A ball over the origin."""
    place = np.array([[0.0, 0.0, HEIGHT]])
    parts = PosedParts(
        maps=np.eye(3)[None], offsets=-place, lengths=np.array([1e-3]), radii=np.array([[RADIUS, RADIUS]]),
        widths=np.ones(1), ends=np.repeat(place[None], 2, axis=1),
    )  # fmt: skip
    return Solids(parts.maps, parts.offsets, parts.lengths, parts.radii, parts.widths), parts


SUN = np.array([0.6, 0.0, 0.8])


def sun_map() -> SunMap:
    solids, parts = ball()
    return SunMap(solids, SUN, parts)


def columns(*places: tuple[float, float, float]) -> np.ndarray:
    return np.array(places, dtype=np.float32).T


def test_behind_the_ball_it_is_dark_beside_and_before_it_light() -> None:
    centre = np.array([0.0, 0.0, HEIGHT])
    behind, before = centre - 3 * RADIUS * SUN, centre + 3 * RADIUS * SUN

    lit = sun_map().lit(columns(tuple(behind), tuple(before), (0.0, 3 * RADIUS, 0.0)))

    assert lit == pytest.approx([0, 1, 1])


def test_the_lit_side_of_the_ball_does_not_shade_itself() -> None:
    surface = np.array([0.0, 0.0, HEIGHT]) + RADIUS * SUN

    assert sun_map().lit(columns(tuple(surface))) == pytest.approx([1])


def test_the_shadow_on_the_ground_is_opposite_the_sun() -> None:
    solids, parts = ball()
    shade = GroundShade(SunMap(solids, SUN, parts), parts, 0.0)
    camera = look_at(np.array([0.0, -1000.0, 600.0]), np.zeros(3), 300.0, (120, 90))

    factor = shade.over(camera)

    def at(x: float, y: float) -> float:
        column, row = np.rint(camera.project(np.array([x, y, 0.0]))).astype(int)
        return float(factor[row, column])

    fallen = -HEIGHT * SUN[0] / SUN[2]
    assert at(fallen, 0) < 0.55
    assert at(-fallen + RADIUS, 0) > 0.7
    assert at(160, 100) == pytest.approx(1, abs=0.06)


def test_above_the_horizon_there_is_no_shadow() -> None:
    solids, parts = ball()
    camera = look_at(np.array([0.0, -500.0, 50.0]), np.array([0.0, 0.0, 80.0]), 60.0, (60, 60))

    factor = GroundShade(SunMap(solids, SUN, parts), parts, 0.0).over(camera)

    assert (factor[:15] == 1).all()
    assert factor.min() < 0.8
