"""The list of lifters: what is said of each, and what can be done with it by mouse and keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from poseviewer.app.lifters.choices import LifterEntry
from poseviewer.app.lifters.picker import LifterPicker, row_of, table_of

SHIPPED = LifterEntry("", "quadruped16", "comes with it", "masked network", (("Method", "Masked & kept"),), used=True)
MOUSE = LifterEntry("quadruped16.mouse", "quadruped16.mouse", "comes with it", "masked network")
BROKEN = LifterEntry("gone", "gone", "file", problem="There is no model gone; choose another.")


@pytest.fixture
def picker(qtbot):
    made = LifterPicker()
    qtbot.addWidget(made)
    made.asked = []
    made.use_requested.connect(lambda entry: made.asked.append(("use", entry)))
    made.compare_requested.connect(lambda entry: made.asked.append(("compare", entry)))
    made.file_requested.connect(lambda: made.asked.append("file"))
    made.set_entries([SHIPPED, MOUSE, BROKEN], "quadruped16")
    made.show()
    return made


def test_the_one_in_use_is_looked_at_first_and_is_not_used_again(picker):
    assert picker.current is SHIPPED and "Masked &amp; kept" in picker.details.text()
    assert not picker.use.isEnabled() and not picker.compare.isEnabled()
    picker.list.use_requested.emit(SHIPPED.key)
    assert picker.asked == []


def test_another_one_is_used_by_enter_and_compared_by_c(qtbot, picker):
    QTest.keyClick(picker.list, Qt.Key.Key_Down)
    assert picker.current is MOUSE and picker.use.isEnabled()
    QTest.keyClick(picker.list, Qt.Key.Key_Return)
    assert picker.asked == [("use", MOUSE)] and picker.isHidden()
    picker.show()
    QTest.keyClick(picker.list, Qt.Key.Key_C)
    assert picker.asked[-1] == ("compare", MOUSE) and picker.isHidden()


def test_what_cannot_be_used_says_why(picker):
    picker.list.setCurrentRow(2)
    assert not picker.use.isEnabled() and picker.problem.isVisible() and "There is no model" in picker.problem.text()


def test_the_buttons_do_what_they_say(qtbot, picker):
    for button, wanted in ((picker.use, ("use", MOUSE)), (picker.compare, ("compare", MOUSE)), (picker.file, "file")):
        picker.show()
        picker.list.setCurrentRow(1)
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert picker.asked[-1] == wanted and picker.isHidden()


def test_without_a_lifter_it_says_how_to_get_one(picker):
    picker.set_entries([], "hand21")
    assert picker.nothing.isVisible() and "hand21" in picker.nothing.text() and picker.list.isHidden()
    assert not picker.use.isEnabled() and picker.file.isEnabled()


def test_it_opens_under_its_button_within_the_screen(qtbot, picker):
    button = QPushButton("Lifter")
    qtbot.addWidget(button)
    room = button.screen().availableGeometry()
    button.move(room.right() - 30, room.bottom() - 30)
    button.show()
    picker.close()
    picker.open_under(button)
    assert picker.isVisible() and room.contains(picker.geometry())


def test_rows_and_tables_are_words():
    assert row_of(SHIPPED).used and row_of(MOUSE, MOUSE.key).result == "compared"
    assert row_of(BROKEN).result == "cannot be used" and row_of(MOUSE).detail == "comes with it · masked network"
    assert "<td>Masked &amp; kept</td>" in table_of(SHIPPED, "#888888")
