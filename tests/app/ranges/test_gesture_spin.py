from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from poseviewer.app.ranges.gesture_spin import GestureSpin

Key = Qt.Key
NO = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def spin(qtbot: QtBot) -> Any:
    widget = GestureSpin("flexion minimum", -720, 720, suffix="°")
    qtbot.addWidget(widget)
    with qtbot.waitActive(widget):
        widget.show()
        widget.activateWindow()
    widget.show_value(-65.04)
    widget.told = []
    for name in ("previewed", "committed"):
        getattr(widget, name).connect(lambda value, name=name: widget.told.append((name, value)))
    widget.cancelled.connect(lambda: widget.told.append("cancelled"))
    return widget


def type_in(qtbot: QtBot, spin: Any, text: str) -> None:
    spin.selectAll()
    qtbot.keyClicks(spin, text)


def test_a_typed_number_is_committed_once(spin: Any, qtbot: QtBot) -> None:
    spin.setFocus()
    type_in(qtbot, spin, "-80.5")
    assert spin.told == [] and spin.shown == -65.0
    qtbot.keyClick(spin, Key.Key_Return)
    spin.show_value(-80.5)
    spin.clearFocus()

    assert spin.told == [("committed", -80.5)]


def test_steps_preview_and_commit_as_the_key_rises(spin: Any, qtbot: QtBot) -> None:
    for _ in range(2):
        qtbot.keyPress(spin, Key.Key_Up)
        spin.show_value(spin.value())
    assert spin.held
    qtbot.keyRelease(spin, Key.Key_Up)

    assert spin.told == [("previewed", -64), ("previewed", -63), ("committed", -63)] and not spin.held


def test_escape_leaves_it_as_it_was(spin: Any, qtbot: QtBot) -> None:
    type_in(qtbot, spin, "12")
    qtbot.keyClick(spin, Key.Key_Escape)
    assert spin.value() == -65.0 and spin.told == []
    qtbot.keyPress(spin, Key.Key_Down)
    qtbot.keyClick(spin, Key.Key_Escape)
    assert spin.told[-1] == "cancelled" and not spin.held


@pytest.mark.parametrize("typed", ["nan", "inf", "left"])
def test_what_is_no_number_cannot_be_typed(spin: Any, qtbot: QtBot, typed: str) -> None:
    spin.setFocus()
    type_in(qtbot, spin, typed)
    spin.clearFocus()

    assert spin.value() == -65.0 and spin.told == []


def test_the_wheel_scrolls_the_panel(spin: Any) -> None:
    here, button, phase = QPointF(5, 5), Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
    wheel = QWheelEvent(here, here, QPoint(), QPoint(0, 120), button, NO, phase, False)
    QApplication.sendEvent(spin, wheel)

    assert not wheel.isAccepted() and spin.value() == -65.0 and spin.told == []


def test_keys_are_its_own_but_undo_is_the_project_s(spin: Any, qtbot: QtBot) -> None:
    def keeps(key: Qt.Key, modifiers: Qt.KeyboardModifier = NO) -> bool:
        event = QKeyEvent(QEvent.Type.ShortcutOverride, key, modifiers)
        event.ignore()
        QApplication.sendEvent(spin, event)
        return event.isAccepted()

    assert keeps(Key.Key_Up) and keeps(Key.Key_PageDown)
    assert not keeps(Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    type_in(qtbot, spin, "1")
    assert keeps(Key.Key_Z, Qt.KeyboardModifier.ControlModifier) and keeps(Key.Key_Escape)
