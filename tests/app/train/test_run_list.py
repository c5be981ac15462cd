"""The list of runs by mouse, by keyboard and for a screen reader."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from poseviewer.app.train.run_list import RunList, RunRow

A = RunRow("a", "Fine-tune, elbows", "2.4 % off", "today, 14:20 · quadruped16", used=True)
B = RunRow("b", "Quick", "", "failed · yesterday, 9:00")


@pytest.fixture
def runs(qtbot):
    widget = RunList()
    qtbot.addWidget(widget)
    widget.chosen, widget.used, widget.gone = [], [], []
    widget.run_chosen.connect(widget.chosen.append)
    widget.use_requested.connect(widget.used.append)
    widget.discard_requested.connect(widget.gone.append)
    widget.resize(340, 160)
    widget.show()
    widget.set_rows([A, B])
    return widget


def test_the_first_row_is_selected_and_setters_do_not_tell(runs):
    assert runs.current == "a" and runs.chosen == []
    runs.set_current("b")
    assert runs.current == "b" and runs.chosen == []


def test_keys_choose_use_and_discard(qtbot, runs):
    qtbot.keyClick(runs, Qt.Key.Key_Down)
    assert runs.chosen == ["b"]
    qtbot.keyClick(runs, Qt.Key.Key_Return)
    qtbot.keyClick(runs, Qt.Key.Key_Delete)
    assert runs.used == ["b"] and runs.gone == ["b"]


def test_a_new_run_on_top_leaves_the_selection_where_it_is(runs):
    runs.set_current("b")
    runs.set_rows([RunRow("c", "New", "3 %", "running"), A, B])
    assert runs.current == "b" and runs.chosen == []


def test_the_row_after_a_deleted_one_is_selected(runs):
    runs.set_rows([B])
    assert runs.current == "b"
    runs.set_rows([])
    assert runs.current == ""


def test_a_screen_reader_hears_the_whole_row(runs):
    said = runs.item(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert said == "Fine-tune, elbows, in use, 2.4 % off, today, 14:20 · quadruped16"


def test_the_run_in_use_has_a_bar_at_its_edge(runs):
    runs.set_current("b")
    picture = runs.viewport().grab().toImage()
    for number, marked in ((0, True), (1, False)):
        middle = runs.visualItemRect(runs.item(number)).center().y()
        behind = picture.pixelColor(runs.viewport().width() - 3, middle)
        assert (picture.pixelColor(1, middle) != behind) is marked


def test_the_list_is_as_high_as_its_rows_up_to_a_few(runs):
    two = runs.sizeHint().height()
    runs.set_rows([A, B, *(RunRow(str(i), "x", "", "") for i in range(9))])
    assert two < runs.sizeHint().height() < 3 * two
