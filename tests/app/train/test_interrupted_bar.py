"""Runs that were cut short are offered until the user decides."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from poseviewer.app.train.interrupted_bar import InterruptedBar


@pytest.fixture
def bar(qtbot):
    widget = InterruptedBar()
    qtbot.addWidget(widget)
    widget.asked = []
    for name in ("continue", "keep", "discard"):
        getattr(widget, f"{name}_requested").connect(lambda run, name=name: widget.asked.append((name, run)))
    return widget


def test_nothing_to_offer_nothing_shown(bar):
    bar.set_records(())
    assert bar.isHidden()


def test_the_sentence_says_which_and_how_far(bar, make_run):
    run = make_run(title="Elbows", state="interrupted", step=1200)
    bar.set_records((run, make_run(state="interrupted")))
    assert bar.words.text() == "The run “Elbows” was interrupted at step 1,200 of 2,000. 1 more was too."
    assert bar.accessibleName() == bar.words.text()


def test_three_answers(qtbot, bar, make_run):
    run = make_run(state="interrupted")
    bar.set_records((run,))
    for button in (bar.go_on, bar.keep, bar.discard):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert bar.asked == [("continue", run.id), ("keep", run.id), ("discard", run.id)]


def test_what_cannot_be_answered_is_off(bar, make_run):
    bar.set_records((make_run(model_there=False, state="interrupted"),), free=False)
    assert not bar.go_on.isEnabled() and not bar.keep.isEnabled() and bar.discard.isEnabled()
