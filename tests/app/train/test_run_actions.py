"""What can be done with a run depends on what it is."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from poseviewer.app.train.run_actions import RunActions

ASKED = ("use", "compare", "continue", "export", "discard")


@pytest.fixture
def actions(qtbot):
    widget = RunActions()
    qtbot.addWidget(widget)
    widget.asked = []
    for name in ASKED:
        getattr(widget, f"{name}_requested").connect(lambda run, name=name: widget.asked.append((name, run)))
    widget.show()
    return widget


def test_everything_asks_for_its_run(qtbot, actions, make_run):
    run = make_run(state="stopped")
    actions.set_record(run)
    for button in (actions.use, actions.compare, actions.go_on):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    for action in actions.menu.actions():
        action.trigger()
    assert actions.asked == [(name, run.id) for name in ASKED]


def test_a_finished_run_is_not_continued(actions, make_run):
    actions.set_record(make_run())
    assert actions.use.isEnabled() and actions.go_on.isHidden()


def test_the_run_in_use_says_so_and_stays(actions, make_run):
    actions.set_record(make_run(), used=True)
    assert actions.use.text() == "In use" and not actions.use.isEnabled()
    assert not actions.compare.isEnabled() and not actions.discard.isEnabled() and actions.export.isEnabled()


def test_a_run_that_went_on_after_it_was_accepted_has_a_newer_model_to_use(actions, make_run):
    actions.set_record(make_run(), used=True, latest=False)
    assert actions.use.isEnabled() and actions.compare.isEnabled() and not actions.discard.isEnabled()


def test_a_run_that_trains_is_left_alone(actions, make_run):
    actions.set_record(make_run(state="running"))
    assert not actions.use.isEnabled() and not actions.discard.isEnabled() and actions.go_on.isHidden()


def test_only_one_run_trains_at_a_time(actions, make_run):
    actions.set_record(make_run(state="stopped"), free=False)
    assert not actions.go_on.isEnabled() and "let it end" in actions.go_on.toolTip()


def test_a_run_without_a_model_can_only_go(actions, make_run):
    actions.set_record(make_run(model_there=False, state="failed"))
    assert not any(a.isEnabled() for a in (actions.use, actions.compare, actions.export))
    assert actions.discard.isEnabled()


@pytest.mark.parametrize(("task", "use", "compare"), [("detector", True, False), ("skips", False, False)])
def test_only_lifters_are_compared_and_only_what_is_of_use_is_used(actions, make_run, task, use, compare):
    actions.set_record(make_run(task=task))
    assert (not actions.use.isHidden(), not actions.compare.isHidden()) == (use, compare)
    assert not use or actions.use.toolTip().startswith("Detect with this model")


def test_no_run_nothing_to_do(qtbot, actions):
    actions.set_record(None)
    assert not actions.use.isEnabled() and not actions.more.isEnabled()
    actions.discard.trigger()
    assert actions.asked == []
