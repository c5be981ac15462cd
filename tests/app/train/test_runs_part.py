"""The list, its buttons and details move together."""

from __future__ import annotations

from datetime import datetime

import pytest
from PySide6.QtCore import Qt

from poseviewer.app.train.runs_part import RunsPart, Surroundings, result_words, row_of

NOW = datetime(2026, 3, 2, 16)


@pytest.fixture
def part(qtbot):
    widget = RunsPart()
    qtbot.addWidget(widget)
    widget.asked = []
    for name in ("use", "compare", "continue", "export", "discard"):
        getattr(widget, f"{name}_requested").connect(lambda run, name=name: widget.asked.append((name, run)))
    widget.resize(340, 700)
    widget.show()
    return widget


@pytest.fixture
def around(dog, widened):
    return Surroundings("", widened, dog)


def test_a_row_says_what_tells_runs_apart(make_run, around):
    row = row_of(make_run(state="stopped", step=1200), around, NOW)
    assert row.detail == (
        "stopped early · today, 14:20 · quadruped16 · 2 bones differ from shipped · finetune · 2,000 steps"
    )
    assert not row.used


def test_the_result_is_the_number_that_says_most(make_run):
    assert result_words(make_run(validation={"own hidden keypoint %": 2.43, "L_ed": -0.9})) == "2.43\u00a0% off"
    assert result_words(make_run(validation={"L_ed": -1.0})) == "0° off"
    assert result_words(make_run(state="running", step=1250)) == "62 %"
    assert result_words(make_run(validation={})) == ""


def test_a_detector_is_told_by_its_pixels_and_by_what_the_project_detects_with(make_run, widened, dog):
    run = make_run(task="detector", preset="default", validation={"held out median px": 3.4})
    around = Surroundings("", widened, dog, detector=str(run.model.with_name("detector-default-2000.safetensors")))
    row = row_of(run, around, NOW)
    assert row.used and row.detail == "today, 14:20 · detector · default · 2,000 steps"
    assert result_words(run) == "3.40\u00a0px off"
    assert not row_of(run, Surroundings(around.detector, widened, dog), NOW).used


def test_without_runs_it_says_what_to_do(part, around):
    part.set_runs((), around, NOW)
    assert part.nothing.isVisible() and part.list.isHidden() and part.actions.isHidden()


def test_the_run_in_use_is_marked(part, make_run, dog, widened):
    run, other = make_run(), make_run()
    part.set_runs((run, other), Surroundings(str(run.model), widened, dog), NOW)
    assert [row.used for row in part.list.rows] == [True, False]
    assert part.actions.use.text() == "In use"
    part.select(other.id)
    assert part.actions.use.text() == "&Use this model"


def test_a_run_goes_only_after_a_second_word(qtbot, part, make_run, around):
    run = make_run()
    part.set_runs((run,), around, NOW)
    qtbot.keyClick(part.list, Qt.Key.Key_Delete)
    assert part.asked == [] and "cannot be undone" in part.question.words.text()
    qtbot.mouseClick(part.question.yes, Qt.MouseButton.LeftButton)
    assert part.asked == [("discard", run.id)]


def test_the_run_that_trains_or_is_in_use_is_not_asked_about(part, make_run, dog, widened):
    used, running = make_run(), make_run(state="running")
    part.set_runs((running, used), Surroundings(str(used.model), widened, dog), NOW)
    for run in (used, running):
        part.ask_discard(run.id)
        assert part.question.isHidden()


def test_going_to_another_run_withdraws_the_question(qtbot, part, make_run, around):
    part.set_runs((make_run(), make_run()), around, NOW)
    part.ask_discard(part.list.current)
    qtbot.keyClick(part.list, Qt.Key.Key_Down)
    assert part.question.isHidden()


def test_enter_uses_a_run_only_where_its_button_would(qtbot, part, make_run, around):
    part.set_runs((make_run(model_there=False), run := make_run()), around, NOW)
    qtbot.keyClick(part.list, Qt.Key.Key_Return)
    assert part.asked == []
    qtbot.keyClick(part.list, Qt.Key.Key_Down)
    qtbot.keyClick(part.list, Qt.Key.Key_Return)
    assert part.asked == [("use", run.id)]
