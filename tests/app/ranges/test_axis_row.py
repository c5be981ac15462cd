from __future__ import annotations

import math
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from poseviewer.app.ranges.axis_row import AxisRow, travel_of
from poseviewer.core.ranges import Interval


def degrees(low: float, high: float) -> Interval:
    return Interval(math.radians(low), math.radians(high))


@pytest.fixture
def row(qtbot: QtBot) -> Any:
    widget = AxisRow("flexion")
    qtbot.addWidget(widget)
    with qtbot.waitActive(widget):
        widget.show()
        widget.activateWindow()
    widget.show_interval(degrees(-65, 70), degrees(-65, 70), degrees(-65, 70))
    widget.told = []
    widget.previewed.connect(lambda *ends: widget.told.append(("preview", ends)))
    widget.committed.connect(lambda *ends: widget.told.append(("commit", ends)))
    return widget


def words(row: AxisRow) -> list[str]:
    return [label.text() for label in row.findChildren(QLabel)]


def test_a_typed_end_goes_with_the_one_that_stands(row: Any, qtbot: QtBot) -> None:
    row.high.selectAll()
    qtbot.keyClicks(row.high, "80")
    qtbot.keyClick(row.high, Qt.Key.Key_Return)

    assert row.told == [("commit", (-65, 80))]


def test_a_preview_shows_beside_what_stands(row: Any) -> None:
    row.show_interval(degrees(-70, 70), degrees(-65, 70), degrees(-60, 60))

    assert row.bar.ends == (-70, 70) and row.low.value() == -70 and row.told == []
    assert row.bar._committed == (-65, 70) and row.bar._reset == pytest.approx((-60, 60))


@pytest.mark.parametrize(
    ("axis", "ends", "travel"),
    [
        ("theta", (110, 180), (0, 180)),
        ("abduction", (0, 1), (-90, 90)),
        ("phi", (-140, -40), (-270, 90)),
        ("phi", (110, 290), (0, 360)),
        ("phi", (-360, 360), (-360, 360)),
    ],
)
def test_the_track_is_the_full_travel(axis: str, ends: tuple[float, float], travel: tuple[float, float]) -> None:
    assert travel_of(axis, degrees(*ends)) == pytest.approx(travel)


def test_phi_keeps_its_track_while_it_fits(qtbot: QtBot) -> None:
    row = AxisRow("phi")
    qtbot.addWidget(row)
    row.show_interval(degrees(0, 150), degrees(0, 150), degrees(-140, -40))
    assert row.bar.travel == pytest.approx((-90, 270))
    row.show_interval(degrees(-50, 80), degrees(-50, 80), degrees(-140, -40))
    assert row.bar.travel == pytest.approx((-270, 90))


def test_the_pose_is_said_and_wrapped_onto_the_track(row: Any) -> None:
    row.set_now(math.radians(200))
    assert row.bar.now == pytest.approx(-160) and any("now −160°, outside" in w for w in words(row))
    row.set_now(math.radians(69.5))
    assert any("now 69.5°, at its stop" in w for w in words(row))
    row.set_now(0.0)
    assert "now 0°" in words(row)
    row.set_now(math.nan)
    assert row.bar.now is None and not any("now" in w for w in words(row))


def test_closed_it_says_why(row: Any) -> None:
    row.set_editable(False, "locked")

    assert all(not part.isEnabled() and part.toolTip() == "locked" for part in (row.bar, row.low, row.high))
