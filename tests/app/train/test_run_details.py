"""A run's results, settings and ranges in words."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from poseviewer.app.train.run_details import RunDetails, ranges, results, settings
from poseviewer.io.skeleton_files import load_ranges


@pytest.fixture
def details(qtbot):
    widget = RunDetails()
    qtbot.addWidget(widget)
    widget.resize(340, 500)
    return widget


def test_own_frames_come_before_synthetic_poses(make_run):
    names = [name for name, _ in results(make_run())]
    assert names[0] == "Finished"
    assert names.index("Hidden keypoint off by") < names.index("Bone direction off by")


def test_why_a_run_failed_is_said(make_run):
    rows = results(make_run(state="failed", step=300, message="The loss was not a number at step 300.", validation={}))
    assert rows == [("Failed", "step 300 of 2,000"), ("", "The loss was not a number at step 300.")]


def test_settings_are_those_asked_for(make_run):
    rows = dict(settings(make_run(start="/models/mine.safetensors")))
    assert rows["Steps"] == "2,000" and rows["Seed"] == "0" and rows["Began with"] == "the model mine"
    assert rows["Poses seen"] == "4.1 million" and rows["Time"] == "3 min on CPU"


def test_ranges_are_told_against_the_present_ones(make_run, dog, widened):
    run = make_run()
    assert ranges(run, widened) == [("quadruped16", "the same")]
    rows = ranges(run, dog)
    assert len(rows) == 2 and "now, here" in rows[0][1]
    ((_, words),) = ranges(run, load_ranges("quadruped16.paper"))
    assert "of another kind" in words


def test_names_are_not_taken_for_markup(details, make_run, dog):
    details.set_record(make_run(message="<b>5 < 6</b>"), dog)
    assert "&lt;b&gt;5 &lt; 6" in details.table.text()


def test_curves_are_drawn_when_they_are_wanted(qtbot, details, make_run, dog):
    details.set_record(make_run(), dog)
    details.show()
    assert details.charts.isHidden() and not details.charts.losses.charts
    qtbot.mouseClick(details.curves, Qt.MouseButton.LeftButton)
    assert details.charts.isVisible() and "joint" in details.charts.losses.charts
    details.set_record(make_run(history=()), dog)
    assert details.curves.isHidden() and details.charts.isHidden()


def test_no_run_no_details(details, dog):
    details.set_record(None, dog)
    assert details.isHidden()
