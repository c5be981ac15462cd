"""A run as it goes, and as it ended."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from poseviewer.app.train.progress_view import MOST_POINTS, RunProgress


@pytest.fixture
def view(qtbot):
    widget = RunProgress()
    qtbot.addWidget(widget)
    widget.asked = []
    for name in ("pause_requested", "resume_requested", "stop_requested", "cancel_requested", "put_away"):
        getattr(widget, name).connect(lambda name=name: widget.asked.append(name))
    for name in ("use_requested", "compare_requested"):
        getattr(widget, name).connect(lambda run, name=name: widget.asked.append((name, run)))
    widget.resize(340, 900)
    widget.show()
    return widget


@pytest.fixture
def running(make_run, figures_at, history_to):
    return make_run(state="running", step=1000, history=history_to(1000), validation=figures_at(1000), seconds=20.0)


def click(qtbot, button):
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_how_far_how_fast_and_how_long_still(view, running, report_of):
    view.set_record(running)
    view.show_report(report_of(running, 1250))
    assert view.bar.value() == 1250 and view.bar.text() == "step 1,250 of 2,000"
    assert view.facts.text() == "about 1 min left · 2.6 million poses seen · 25,600 poses/s · CPU"


def test_a_detector_counts_pictures_and_is_not_compared(view, make_run):
    view.set_record(make_run(task="detector", validation={"held out median px": 3.4}, poses_seen=16_000, rate=60.0))
    assert view.facts.text() == "16,000 pictures seen · 60 pictures/s · CPU"
    assert not view.use.isHidden() and view.compare.isHidden()
    view.set_record(make_run(task="autoencoder"))
    assert view.use.isHidden()


def test_the_charts_say_on_what_they_are(view, make_run):
    figures = {"held out median px": 3.4, "held out PCK@0.1 %": 92.0}
    view.set_record(make_run(task="detector", history=({"step": 9, "losses": {"place": 1.0}, "validation": figures},)))
    assert view.charts.own.heading.text() == "On labelled frames kept aside"
    assert set(view.charts.own.charts) == set(figures)
    view.set_record(make_run(task="detector", history=()))
    assert "From 20 labelled frames on" in view.charts.own.nothing.text()


def test_an_unknown_time_is_left_out(view, running, report_of):
    view.set_record(running)
    view.show_report(report_of(running, 1050, eta_s=None))
    assert "left" not in view.facts.text()


def test_curves_go_on_where_the_record_ended(view, running, figures_at, report_of):
    view.set_record(running)
    before = len(view.charts.losses.charts["joint"].points)
    view.show_report(report_of(running, 1050))
    view.show_report(report_of(running, 1250, validation=figures_at(1250)))
    assert len(view.charts.losses.charts["joint"].points) == before + 2
    assert view.charts.own.charts["own hidden keypoint %"].points[-1][0] == 1250
    assert view.charts.synthetic.charts["L_ed"].points[-1][0] == 1250


def test_a_run_that_went_back_to_its_last_checkpoint_is_drawn_once(view, running, report_of):
    view.set_record(running)
    view.show_report(report_of(running, 800))
    assert view.charts.losses.charts["joint"].points[-1][0] == 800


def test_without_labelled_frames_it_says_what_they_would_be_good_for(view, make_run):
    view.set_record(make_run(state="running", history=({"step": 50, "losses": {"joint": 0.4}, "validation": {}},)))
    assert view.charts.own.nothing.isVisible() and "labelled" in view.charts.own.nothing.text()


def test_pause_becomes_resume(qtbot, view, running):
    view.set_record(running)
    click(qtbot, view.pause)
    view.set_state("paused")
    assert view.pause.text() == "&Resume" and view.state.text() == "Paused"
    click(qtbot, view.pause)
    click(qtbot, view.stop)
    assert view.asked == ["pause_requested", "resume_requested", "stop_requested"]


def test_little_work_is_cancelled_without_a_question(qtbot, view, running):
    view.set_record(running)
    click(qtbot, view.cancel)
    assert view.asked == ["cancel_requested"]


def test_more_than_a_minute_of_work_is_asked_about(qtbot, view, running, report_of):
    view.set_record(running)
    view.show_report(report_of(running, 1250))
    click(qtbot, view.cancel)
    assert view.asked == [] and view.question.words.text() == "Throw away 2 min of training?"
    click(qtbot, view.question.yes)
    assert view.asked == ["cancel_requested"]


def test_the_end_of_a_run_withdraws_the_question(qtbot, view, make_run):
    view.set_record(make_run(state="running", seconds=300.0))
    click(qtbot, view.cancel)
    view.set_state("finished")
    assert view.question.isHidden()


def test_a_finished_run_offers_what_comes_next(qtbot, view, make_run):
    run = make_run()
    view.set_record(run)
    assert view.pause.isHidden() and view.stop.isHidden() and view.cancel.isHidden()
    for button in (view.use, view.compare, view.again):
        click(qtbot, button)
    assert view.asked == [("use_requested", run.id), ("compare_requested", run.id), "put_away"]


def test_a_failed_run_says_why_and_offers_nothing_to_use(view, make_run):
    view.set_record(make_run(state="failed", message="The disk is full; free some space and continue."))
    assert view.message.isVisible() and view.use.isHidden() and view.again.isVisible()


def test_a_report_s_message_is_shown(view, running, report_of):
    view.set_record(running)
    assert view.message.isHidden()
    view.show_report(report_of(running, 1050, message="The GPU's memory was full: the batch is 1,024 now."))
    assert view.message.isVisible()


def test_a_run_of_hours_keeps_its_curves_short_and_its_checks_all(view, make_run, figures_at, report_of):
    run = make_run(state="running", steps=100_000, step=0, history=())
    view.set_record(run)
    for step in range(1, 2 * MOST_POINTS + 1):
        view.charts.add(report_of(run, step, steps=100_000, validation=figures_at(step) if step % 100 == 0 else {}))
    points = view.charts.losses.charts["joint"].points
    assert len(points) <= MOST_POINTS and points[0][0] == 1 and points[-1][0] == 2 * MOST_POINTS
    assert len(view.charts.own.charts["own hidden keypoint %"].points) == 2 * MOST_POINTS // 100
