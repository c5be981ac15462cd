"""What is chosen in the list of stops: whole stops, or single frames of them."""

from __future__ import annotations

import immutables
import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from poseviewer.app.ranges.check_lists import StopList, UnusedList
from poseviewer.app.ranges.range_check import CheckRequest, RangeCheck
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import FrameKey, Instance, Project
from poseviewer.core.ranges import Interval
from poseviewer.geometry.range_fit import RangeFit
from poseviewer.geometry.range_stops import RangeStop, UnusedRange
from poseviewer.io.skeleton_files import load_ranges

QUADRUPED = load_ranges("quadruped16")


@pytest.fixture
def check() -> RangeCheck:
    pose = Instance(Pose2D(np.arange(32.0).reshape(16, 2)))
    labels = immutables.Map({FrameKey("gone", n): (pose,) for n in range(4)})
    request = CheckRequest.of(Project(QUADRUPED.skeleton, QUADRUPED, (), labels))
    fit = RangeFit(QUADRUPED, np.ones(4, bool), *3 * [np.zeros((4, 1))], np.zeros(4), *5 * [np.zeros(4)], ())
    two, one = np.ones(2), np.ones(1)
    stops = (
        RangeStop((11,), "flexion", 1, 1.0, 1.5, (3, 0), 1.5 * two, 9 * two, two, 20.0),
        RangeStop((8, 7), "abduction", -1, -0.4, -0.6, (2,), -0.6 * one, 9 * one, one, 9.0),
    )
    unused = (UnusedRange(0, "flexion", Interval(-1.0, 1.0), Interval(0.0, 0.2), 0.1, 30),)
    return RangeCheck(request, fit, stops, unused)


@pytest.fixture
def rows(qtbot: QtBot, check: RangeCheck) -> StopList:
    made = StopList()
    qtbot.addWidget(made)
    made.set_check(check, Project(QUADRUPED.skeleton, QUADRUPED))
    return made


def test_the_first_stop_is_chosen_to_begin_with(rows: StopList, check: RangeCheck) -> None:
    assert rows.chosen() == [(check.stops[0], None)]


def test_frames_are_chosen_one_by_one(rows: StopList, check: RangeCheck) -> None:
    rows.clearSelection()
    rows.topLevelItem(0).child(1).setSelected(True)

    assert rows.chosen() == [(check.stops[0], [0])]
    assert rows.of_row(rows.topLevelItem(0).child(1)) == (check.stops[0], 0)


def test_a_stop_chosen_as_a_whole_outweighs_its_frames(rows: StopList, check: RangeCheck) -> None:
    rows.topLevelItem(0).child(1).setSelected(True)
    rows.topLevelItem(1).setSelected(True)

    assert rows.chosen() == [(check.stops[0], None), (check.stops[1], None)]


def test_setting_a_check_emits_nothing(qtbot: QtBot, rows: StopList, check: RangeCheck) -> None:
    with qtbot.assertNotEmitted(rows.itemSelectionChanged), qtbot.assertNotEmitted(rows.currentItemChanged):
        rows.set_check(check, Project(QUADRUPED.skeleton, QUADRUPED))
        rows.set_check(None, Project(QUADRUPED.skeleton, QUADRUPED))

    assert rows.topLevelItemCount() == 0 and rows.chosen() == []


def test_a_girdle_that_moves_as_one_is_said_to(rows: StopList) -> None:
    assert "both sides" in rows.topLevelItem(1).toolTip(0)
    assert "lower end" in rows.topLevelItem(1).toolTip(0)


def test_a_range_that_is_hardly_used_knows_its_bone(qtbot: QtBot, check: RangeCheck) -> None:
    rows = UnusedList()
    qtbot.addWidget(rows)
    rows.set_check(check)

    row = rows.topLevelItem(0)
    assert rows.of_row(row) == check.unused[0]
    assert row.text(0) == "neck to nose · flexion" and row.text(3) == "10%"


def test_a_narrow_list_keeps_the_names(qtbot: QtBot, rows: StopList) -> None:
    rows.resize(500, 200)
    rows.show()
    assert not any(rows.isColumnHidden(column) for column in range(4))

    rows.resize(300, 200)
    qtbot.waitUntil(lambda: rows.isColumnHidden(3))
    assert not rows.isColumnHidden(0) and not rows.isColumnHidden(1)
