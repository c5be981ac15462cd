"""The table of actions is sound, and becomes menus whose keys do what they say."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMainWindow

from poseviewer.app.actions import MENUS, ROWS, Actions, Row, conflicts, plain, resolve, shortcuts_in_force


class Part:
    def __init__(self) -> None:
        self.calls: list[object] = []

    def go(self) -> None:
        self.calls.append("go")

    def show(self, on: bool) -> None:
        self.calls.append(on)


SMALL = (
    Row("a.go", "&Go", "File", ("G",), "part.go", "frame"),
    Row("a.show", "&Show", "File", ("H",), "part.show", "", 1, True),
    Row("b.go", "Go &again", "Edit", ("Ctrl+G", "F9"), "part.go"),
)


@pytest.fixture
def window(qtbot):
    made = QMainWindow()
    qtbot.addWidget(made)
    return made


def test_ids_are_unique_and_menus_known():
    assert len({r.id for r in ROWS}) == len(ROWS)
    assert {r.menu for r in ROWS} <= set(MENUS)


def test_no_key_means_two_things():
    assert conflicts(shortcuts_in_force(ROWS, {})) == {}


def test_every_key_is_one_that_qt_knows():
    for row in ROWS:
        for key in row.keys:
            assert QKeySequence(key).toString() and "unknown" not in QKeySequence(key).toString().lower(), row.id


def test_letters_of_one_menu_are_not_used_twice():
    for menu in MENUS:
        marked = [r.text[r.text.index("&") + 1].lower() for r in ROWS if r.menu == menu and "&" in r.text]
        assert len(set(marked)) == len(marked), menu


def test_the_table_becomes_menus(window):
    part = Part()
    actions = Actions(window, {"part": part}.__getitem__, SMALL)
    assert [a.text() for a in window.menuBar().actions()] == ["&File", "&Edit"]
    entries = actions.menus["File"].actions()
    assert [a.text() for a in entries] == ["&Go", "", "&Show"] and entries[1].isSeparator()
    actions.by_id["a.go"].trigger()
    actions.by_id["a.show"].trigger()
    assert part.calls == ["go", True]


def test_actions_are_on_when_what_they_need_is_there(window):
    actions = Actions(window, lambda name: None, SMALL)
    actions.switch_on(frozenset())
    assert [actions.by_id[r.id].isEnabled() for r in SMALL] == [False, True, True]
    actions.switch_on(frozenset({"frame"}))
    assert actions.by_id["a.go"].isEnabled()


def test_a_key_given_to_one_action_is_taken_from_the_other(window):
    keys = shortcuts_in_force(SMALL, {"a.show": "g", "b.go": ""})
    assert keys == {"a.go": (), "a.show": ("g",), "b.go": ()}
    assert conflicts(keys) == {}
    actions = Actions(window, lambda name: None, SMALL, {"a.show": "g"})
    assert actions.by_id["a.show"].shortcut() == QKeySequence("G")


def test_conflicts_name_both_actions():
    assert conflicts({"x": ("Ctrl+A",), "y": ("ctrl+a", "B"), "z": ("C",)}) == {"Ctrl+A": ["x", "y"]}


def test_a_target_that_is_not_there_is_an_error():
    with pytest.raises(AttributeError):
        resolve("part.fly", {"part": Part()}.__getitem__)


def test_plain_text_has_no_mark():
    assert plain("Save &as…") == "Save as…"
