from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QPalette
from pytestqt.qtbot import QtBot

from poseviewer.app.colors import WARNING
from poseviewer.app.ranges.gap_map import GapMap
from poseviewer.io.skeleton_files import load_ranges
from poseviewer.synthesis.reality_gap import GRID, Axis, RealityGap


@pytest.fixture
def gap() -> RealityGap:
    """Four labelled poses: two inside, one outside, one that could not be compared."""
    rng = np.random.default_rng(0)
    density = np.zeros((GRID, GRID))
    density[12:36, 12:36] = 1.0
    return RealityGap(
        ranges=load_ranges("quadruped16"),
        synthetic=rng.normal(0, 0.3, (500, 2)),
        axes=(Axis("facing left", "facing right", 0.4), Axis("", "", 0.2)),
        density=density,
        extent=(-1.0, 1.0, -1.0, 1.0),
        labelled=np.array([[0.0, 0.0], [0.5, -0.5], [1.4, 1.2], [np.nan, np.nan]]),
        quantile=np.array([0.2, 0.5, 0.999, np.nan]),
        excess=np.array([0.3, 0.6, 1.7, np.nan]),
        contribution=np.full((4, 16), np.nan),
    )


@pytest.fixture
def shown(qtbot: QtBot, gap: RealityGap) -> GapMap:
    made = GapMap()
    qtbot.addWidget(made)
    made.resize(320, 300)
    with qtbot.waitExposed(made):
        made.show()
    made.set_gap(gap, lambda pose: f"pose {pose}")
    return made


def test_a_click_on_a_dot_says_which_pose_it_is(qtbot: QtBot, shown: GapMap) -> None:
    clicked: list[int] = []
    shown.pose_clicked.connect(clicked.append)

    for pose in (1, 2):
        x, y = shown.place_of(pose)
        qtbot.mouseClick(shown.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(y)))
    qtbot.mouseClick(shown.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(300, 150))

    assert clicked == [1, 2] and shown.place_of(3) is None


def test_all_of_it_is_in_view_and_up_is_up(shown: GapMap) -> None:
    places = [shown.place_of(pose) for pose in range(3)]

    assert all(0 < x < shown.width() and 0 < y < shown.height() for x, y in places)
    assert places[2][0] > places[1][0] > places[0][0]
    assert places[2][1] < places[0][1] < places[1][1]


def test_what_is_outside_has_another_colour(shown: GapMap) -> None:
    image = shown.grab().toImage()
    ratio = image.width() / shown.width()

    def color(pose: int) -> QColor:
        x, y = shown.place_of(pose)
        return image.pixelColor(round(x * ratio), round(y * ratio))

    outside = color(2)
    assert max(abs(outside.red() - WARNING[0]), abs(outside.green() - WARNING[1])) < 25
    assert color(0) == shown.palette().color(QPalette.ColorRole.Highlight)


def test_the_cloud_lies_where_the_poses_are(shown: GapMap) -> None:
    """The density fills the middle of its extent; beside it there is only background."""
    image = shown.grab().toImage()
    ratio = image.width() / shown.width()
    (x0, y0), (x1, y1) = shown.place_of(0), shown.place_of(1)
    # From the first two poses, what lies at (0.3, 0.3) and at (-0.9, -0.9), where no label is.
    unit_x, unit_y = (x1 - x0) / 0.5, (y0 - y1) / 0.5
    inside = [image.pixelColor(round((x0 + a * unit_x) * ratio), round((y0 - b * unit_y) * ratio)).lightness()
              for a in (0.28, 0.33, 0.38) for b in (0.26, 0.31, 0.36)]  # fmt: skip
    beside = image.pixelColor(round((x0 - 0.9 * unit_x) * ratio), round((y0 + 0.9 * unit_y) * ratio)).lightness()
    assert abs(float(np.median(inside)) - beside) > 20


def test_axes_have_words_where_there_are_any(shown: GapMap, gap: RealityGap) -> None:
    assert shown.words == ["", "← facing left", "facing right →"]
    shown.set_gap(None)
    assert shown.words == ["", "", ""]


def test_a_ring_around_the_frame_that_is_looked_at(shown: GapMap) -> None:
    plain = shown.grab().toImage()
    shown.set_current(1)
    assert shown.grab().toImage() != plain
    shown.set_current(3)
    assert shown.grab().toImage() == plain, "a pose without a place has no ring"


def test_nothing_to_show(qtbot: QtBot) -> None:
    empty = GapMap()
    qtbot.addWidget(empty)
    empty.show()
    empty.fit()
    empty.set_current(None)
    assert empty.place_of(0) is None
    empty.setPalette(QPalette(QColor("#202427")))
