"""The sheet lists every key there is and finds it by a word."""

from __future__ import annotations

import pytest

from poseviewer.app.actions import ROWS, plain, shortcuts_in_force
from poseviewer.app.keys_sheet import GESTURES, KeysSheet, entries, matching

LINES = entries(ROWS, shortcuts_in_force(ROWS, {}))


@pytest.fixture
def sheet(qtbot):
    made = KeysSheet(LINES)
    qtbot.addWidget(made)
    return made


def test_every_key_and_gesture_is_listed(sheet):
    assert len(sheet.shown) == len([r for r in ROWS if r.keys]) + len(GESTURES)
    assert all(plain(r.text) in sheet.shown for r in ROWS if r.keys)


def test_typing_narrows_the_list(qtbot, sheet):
    qtbot.keyClicks(sheet.search, "labelled next")
    assert sheet.shown == ["Next labelled frame"]
    sheet.search.setText("xyzzy")
    assert sheet.shown == []
    sheet.search.clear()
    assert len(sheet.shown) == len(LINES)


def test_a_key_finds_what_it_does():
    assert "Fit the image" in [e.what for e in matching(LINES, "ctrl+=")]


def test_a_key_that_the_user_changed_is_the_one_listed():
    changed = entries(ROWS, shortcuts_in_force(ROWS, {"go.play": "Ctrl+P"}))
    assert [e.how for e in changed if e.what == "Play or pause"] == ["Ctrl+P"]
