from __future__ import annotations

import math
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDoubleSpinBox
from pytestqt.qtbot import QtBot

from poseviewer.app.ranges.length_fields import LengthFields, percent_of_spread
from poseviewer.core.ranges import BoneLength, Interval

LENGTH = BoneLength(0.31004, 0.1, Interval(0.72, 1.02))


@pytest.fixture
def fields(qtbot: QtBot) -> Any:
    widget = LengthFields()
    qtbot.addWidget(widget)
    with qtbot.waitActive(widget):
        widget.show()
        widget.activateWindow()
    widget.show_length(LENGTH)
    widget.told, widget.errors = [], []
    widget.committed.connect(widget.told.append)
    widget.refused.connect(widget.errors.append)
    return widget


def type_in(qtbot: QtBot, spin: QDoubleSpinBox, text: str) -> None:
    spin.selectAll()
    qtbot.keyClicks(spin, text)
    qtbot.keyClick(spin, Qt.Key.Key_Return)


def test_spread_is_shown_as_a_share(fields: Any) -> None:
    assert fields.spread.value() == 10.5 == pytest.approx(percent_of_spread(0.1), abs=0.05)
    fields.set_editable(True, "", paired=True)
    assert "0.1000" in fields.spread.toolTip() and "one length" in fields.spread.toolTip()


def test_one_field_changes_and_the_others_stay_exact(fields: Any, qtbot: QtBot) -> None:
    type_in(qtbot, fields.spread, "20")

    assert fields.told == [BoneLength(0.31004, math.log1p(0.2), LENGTH.flex)]


def test_flex_in_percent(fields: Any, qtbot: QtBot) -> None:
    type_in(qtbot, fields.flex_low, "60")

    assert fields.told == [BoneLength(0.31004, 0.1, Interval(0.6, 1.02))]


@pytest.mark.parametrize(("name", "text"), [("template", "0"), ("flex_low", "110"), ("flex_low", "0")])
def test_what_is_no_length_is_refused(fields: Any, qtbot: QtBot, name: str, text: str) -> None:
    type_in(qtbot, getattr(fields, name), text)

    assert fields.told == [] and len(fields.errors) == 1
