from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from poseviewer.app.ranges.rest_fields import RestFields, vector_from_text, vector_text
from poseviewer.core.errors import SkeletonError

REST = (0.0, 0.6, -0.8)
Key = Qt.Key


@pytest.fixture
def rest(qtbot: QtBot) -> Any:
    widget = RestFields()
    qtbot.addWidget(widget)
    with qtbot.waitActive(widget):
        widget.show()
        widget.activateWindow()
    widget.show_rest(REST)
    widget.told, widget.errors = [], []
    widget.previewed.connect(lambda v: widget.told.append(("preview", v)))
    widget.committed.connect(lambda v: widget.told.append(("commit", v)))
    widget.refused.connect(widget.errors.append)
    return widget


def test_one_direction_in_three_ways(rest: Any) -> None:
    assert (rest.elevation.value(), rest.heading.value()) == (-53.1, 180)
    assert rest.exact.text() == "0, 0.6, -0.8" and rest.told == []


def test_an_angle_is_typed(rest: Any, qtbot: QtBot) -> None:
    rest.heading.selectAll()
    qtbot.keyClicks(rest.heading, "90")
    qtbot.keyClick(rest.heading, Key.Key_Return)

    (what, vector), = rest.told  # fmt: skip
    assert what == "commit" and vector == pytest.approx((0.6, 0, -0.8), abs=1e-3)


def test_numbers_are_typed_exactly(rest: Any, qtbot: QtBot) -> None:
    rest.exact.setText("0; 0.5 -0.5")
    qtbot.keyClick(rest.exact, Key.Key_Return)

    assert rest.told == [("commit", (0.0, 0.5, -0.5))]


@pytest.mark.parametrize("text", ["0, 1", "down", "", "1, 2, 3, 4"])
def test_what_is_no_direction_is_refused(rest: Any, qtbot: QtBot, text: str) -> None:
    rest.exact.setText(text)
    qtbot.keyClick(rest.exact, Key.Key_Return)

    assert rest.told == [] and "enter three numbers" in str(rest.errors[0])
    assert rest.exact.text() == "0, 0.6, -0.8"


def test_escape_leaves_the_numbers(rest: Any, qtbot: QtBot) -> None:
    rest.exact.setText("1, 0, 0")
    qtbot.keyClick(rest.exact, Key.Key_Escape)
    qtbot.keyClick(rest.exact, Key.Key_Return)

    assert rest.told == [] and rest.exact.text() == "0, 0.6, -0.8"


def test_text_and_direction() -> None:
    assert vector_text((0.0, 0.49827, -0.867)) == "0, 0.498, -0.867"
    assert vector_from_text("(0, 0.5, −0.87)") == (0, 0.5, -0.87)
    with pytest.raises(SkeletonError):
        vector_from_text("x, y, z")
