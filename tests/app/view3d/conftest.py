"""A small animal whose left, right and front are known, and a 3D view that shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from poseviewer.app.view3d.panel import OpenGl, View3D
from poseviewer.core.skeleton import Skeleton


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
