"""Joints are found where they are drawn."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.app.view3d.composer import Emphasis, SceneSkeleton, Stage
from poseviewer.app.view3d.framing import Framing
from poseviewer.app.view3d.look import look_for
from poseviewer.app.view3d.orbit import OrbitCamera
from poseviewer.app.view3d.scenery import PICK_RADIUS, Scenery
from poseviewer.core.skeleton import Skeleton

STAGE = Stage(OrbitCamera(), 400, 360, look_for((255, 255, 255), (0, 0, 0), (0, 128, 128)))
NOSE, LEFT_FORE = 1, 3


@pytest.fixture
def scenery(table: Skeleton, standing: np.ndarray) -> Scenery:
    joints = standing.copy()
    joints[LEFT_FORE] = np.nan
    return Scenery(STAGE, table, SceneSkeleton.of(table, "default"), Framing().placed(joints))


def test_a_joint_is_meant_by_its_place_and_what_is_near(scenery: Scenery) -> None:
    place = scenery.joint_place(NOSE)
    assert place is not None
    assert scenery.joint_at(*place) == NOSE
    assert scenery.joint_at(place[0] - 0.9 * PICK_RADIUS, place[1]) == NOSE
    assert scenery.joint_at(5, 5) is None
    assert scenery.joint_place(LEFT_FORE) is None


def test_names_are_those_of_joints_that_are_drawn(scenery: Scenery) -> None:
    named = scenery.names(Emphasis(selected=NOSE, hovered=LEFT_FORE))
    assert [(name, strong) for name, _, strong in named] == [("nose", True)]
    both = scenery.names(Emphasis(selected=NOSE, hovered=NOSE))
    assert len(both) == 1
    assert [n for n, _, _ in scenery.names(Emphasis(hovered=6))] == ["right hind"]
    assert scenery.names(Emphasis(selected=99)) == []


def test_a_name_does_not_cover_the_handles_of_a_range(scenery: Scenery) -> None:
    assert scenery.names(Emphasis(selected=NOSE), crowded=True) == []
    assert [strong for _, _, strong in scenery.names(Emphasis(selected=NOSE, hovered=NOSE), crowded=True)] == [True]


def test_the_table_faces_the_photo_s_camera(scenery: Scenery) -> None:
    facing = scenery.facing
    assert facing is not None and facing[1] < -0.9
