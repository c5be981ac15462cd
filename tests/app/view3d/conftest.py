"""A small animal whose left, right and front are known, and a 3D view that shows it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from poseviewer.app.view3d.panel import OpenGl, View3D
from poseviewer.app.view3d.range_patch import RangeOfBone, RangeShown
from poseviewer.core.ranges import Interval, SwingRange
from poseviewer.core.skeleton import Skeleton
from poseviewer.geometry.camera import body_to_camera
from poseviewer.geometry.kinematics import swing_frame

LEFT_FORELEG = 2


@pytest.fixture
def table() -> Skeleton:
    """A table with a head: a spine, four straight legs. Joint 0 is the neck."""
    return Skeleton.from_names(
        "table",
        ["neck", "nose", "rump", "left_fore", "right_fore", "left_hind", "right_hind"],
        [
            ("neck", "nose"), ("neck", "rump"), ("neck", "left_fore"), ("neck", "right_fore"),
            ("rump", "left_hind"), ("rump", "right_hind"),
        ],
        [("left_fore", "right_fore"), ("left_hind", "right_hind")],
    )  # fmt: skip


@pytest.fixture
def standing() -> np.ndarray:
    """(7, 3) the table in the camera frame, pixels: it faces the photo's camera, its left is at +x."""
    body = np.array(
        [[0, -50, 0], [0, -90, 10], [0, 50, 0], [20, -50, -60], [-20, -50, -60], [20, 50, -60], [-20, 50, -60]],
        dtype=np.float64,
    )
    return np.stack([body[:, 0], -body[:, 2], body[:, 1]], axis=-1) - (0.0, 0.0, -50.0)


@pytest.fixture
def make_view(qtbot: QtBot, table: Skeleton) -> Iterator[Callable[[OpenGl], View3D]]:
    """Make a shown view of 400 x 360 for the table; all are closed at the end."""
    made: list[View3D] = []

    def make(opengl: OpenGl = "off") -> View3D:
        view = View3D(opengl=opengl)
        qtbot.addWidget(view)
        made.append(view)
        view.resize(400, 400)
        view.set_skeleton(table)
        with qtbot.waitSignal(view.drawn):
            view.show()
        return view

    yield make
    for view in made:
        view.close()


@pytest.fixture
def view(make_view: Callable[[OpenGl], View3D], standing: np.ndarray) -> View3D:
    """A painted view of the standing table."""
    view = make_view("off")
    view.set_pose(standing)
    return view


@pytest.fixture
def table_range() -> RangeShown:
    """The left foreleg of the standing table hangs straight down in a range of -40..50 by -20..30 degrees.

    Its frame is at rest: flexion swings it backwards, abduction to its left.
    """
    down = SwingRange((0.0, 0.0, -1.0), degrees(-40, 50), degrees(-20, 30))
    frame = body_to_camera(swing_frame(down).T).T
    return RangeShown(RangeOfBone(LEFT_FORELEG, down, frame))


def degrees(low: float, high: float) -> Interval:
    return Interval(math.radians(low), math.radians(high))
