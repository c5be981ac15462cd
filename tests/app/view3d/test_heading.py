"""Which way the table faces, and where to stand to see it."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose

from poseviewer.app.view3d.framing import Framing
from poseviewer.app.view3d.heading import heading, next_view_angles, view_angles
from poseviewer.app.view3d.orbit import OrbitCamera
from poseviewer.core.skeleton import Skeleton


def turned(points: np.ndarray, degrees: float) -> np.ndarray:
    a = math.radians(degrees)
    return points @ np.array([[math.cos(a), math.sin(a), 0], [-math.sin(a), math.cos(a), 0], [0, 0, 1]])


@pytest.fixture
def world(standing: np.ndarray) -> np.ndarray:
    return Framing().placed(standing).joints


@pytest.mark.parametrize("degrees", [0, 30, 90, 180, -120])
def test_it_faces_where_its_nose_points(world: np.ndarray, table: Skeleton, degrees: float) -> None:
    a = math.radians(degrees)
    assert_allclose(heading(turned(world, degrees), table), [math.sin(a), -math.cos(a)], atol=1e-9)


def test_a_striding_leg_does_not_turn_it(world: np.ndarray, table: Skeleton) -> None:
    world[3, 1] -= 0.25
    world[4, 1] += 0.25
    facing = heading(world, table)
    assert facing is not None
    assert facing @ [0.0, -1.0] > math.cos(math.radians(2))


def test_a_turned_head_does_not_turn_it(world: np.ndarray, table: Skeleton) -> None:
    world[1] = world[0] + (0.9, 0.0, 0.0)
    assert_allclose(heading(world, table), [0.0, -1.0], atol=1e-9)


def test_upright_it_faces_away_from_its_shoulders_line(table: Skeleton) -> None:
    standing_up = np.array([[0, 0, 1], [0, -0.02, 1.2], [0, 0, 0], *[[x, 0, z] for z in (1, 0) for x in (0.3, -0.3)]])
    assert_allclose(heading(turned(standing_up, 50), table), [math.sin(math.radians(50)), -math.cos(math.radians(50))])


def test_without_known_pairs_there_is_no_heading(world: np.ndarray, table: Skeleton) -> None:
    world[[4, 5]] = np.nan
    assert heading(world, table) is None


def test_the_missing_joints_of_one_pair_are_left_out(world: np.ndarray, table: Skeleton) -> None:
    world[[1, 4]] = np.nan
    assert_allclose(heading(world, table), [0.0, -1.0], atol=1e-9)


@pytest.mark.parametrize("degrees", [0, 70, 200])
def test_presets_stand_where_they_say(world: np.ndarray, table: Skeleton, degrees: float) -> None:
    points = turned(world, degrees)
    facing = heading(points, table)

    def seen(view: str) -> tuple[np.ndarray, np.ndarray]:
        at = OrbitCamera(*view_angles(view, facing)).project(points, 200, 200)  # type: ignore[arg-type]
        return at.places, at.depth

    neck, nose, rump, left, right = 0, 1, 2, 3, 4
    places, depth = seen("front")
    assert depth[nose] < depth[neck] < depth[rump]
    assert places[left, 0] > places[right, 0]  # face to face, its left is on the right
    places, depth = seen("side")
    assert depth[left] < depth[right]
    assert places[nose, 0] < places[rump, 0]
    places, _ = seen("top")
    assert places[nose, 1] < places[rump, 1]
    assert places[left, 0] < places[right, 0]


def test_the_camera_preset_does_not_depend_on_the_animal() -> None:
    assert view_angles("camera", np.array([1.0, 0.0])) == (0.0, 0.0) == view_angles("camera", None)


def test_without_a_heading_front_is_the_photo_s_side() -> None:
    assert view_angles("front", None)[0] == 0.0


def test_the_front_again_is_the_back_and_the_top_again_is_the_top() -> None:
    facing = (0.0, -1.0)
    front = view_angles("front", facing)
    assert next_view_angles("front", facing, (1.0, 0.2)) == front
    behind = next_view_angles("front", facing, front)
    assert math.cos(behind[0] - front[0]) == pytest.approx(-1) and behind[1] == front[1]
    assert next_view_angles("front", facing, behind) == front
    top = view_angles("top", facing)
    assert next_view_angles("top", facing, top) == top
