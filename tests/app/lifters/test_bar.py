"""The line over the 3D view: which lifter it is, and how two of them differ."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from poseviewer.app.lifters.bar import APART, OVER, LifterBar


@pytest.fixture
def bar(qtbot):
    made = LifterBar()
    qtbot.addWidget(made)
    made.resize(300, 40)
    made.show()
    return made


def test_a_long_name_is_cut_short_and_read_whole(bar):
    bar.set_lifter("Fine-tune on quadruped16 with wider elbows and knees", "CPU · it")
    assert "…" in bar.lifter.text() and bar.lifter.words.endswith("elbows and knees")
    assert bar.lifter.accessibleName().endswith("knees") and bar.lifter.toolTip() == "CPU · it"
    bar.resize(800, 40)
    assert bar.lifter.text() == "Lifter: Fine-tune on quadruped16 with wider elbows and knees ▾"
    assert bar.minimumSizeHint().width() < 300


def test_the_words_come_and_go_with_the_comparison(bar):
    assert not bar.words.isVisible()
    bar.set_comparison(True)
    bar.set_words("They differ most at the left knee (34°).")
    assert bar.words.isVisible() and bar.swap.isVisible() and bar.end.isVisible()
    bar.set_comparison(False)
    assert not bar.words.isVisible() and bar.words.text() == ""


def test_one_click_does_it(qtbot, bar):
    bar.set_comparison(True)
    for button, signal in (
        (bar.lifter, bar.choose_requested), (bar.swap, bar.swap_requested), (bar.end, bar.end_requested),
    ):  # fmt: skip
        with qtbot.waitSignal(signal):
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert bar.apart.text() == APART
    with qtbot.waitSignal(bar.apart_requested) as over:
        qtbot.mouseClick(bar.apart, Qt.MouseButton.LeftButton)
    assert over.args == [False] and bar.apart.text() == OVER


def test_every_button_is_reached_by_tab(bar):
    for button in (bar.lifter, bar.compare, bar.swap, bar.apart, bar.end):
        assert button.focusPolicy() & Qt.FocusPolicy.TabFocus and (button.accessibleName() or button.text())
