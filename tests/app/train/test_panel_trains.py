"""The training panel on the real runner: a run of a few steps is trained, held, compared, used and thrown away."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QObject, Qt, Signal

from poseviewer.app.document import Document
from poseviewer.app.lifters.compare import Comparison
from poseviewer.app.live_lift import ModelChoice, load_shipped
from poseviewer.app.notices import Notices
from poseviewer.app.settings import SettingsStore
from poseviewer.app.tasks import Tasks
from poseviewer.app.train.panel import TrainingPanel
from poseviewer.app.train.runner import Runner
from poseviewer.core import edits
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import FrameKey, Project
from poseviewer.io.run_store import RunStore

PRESET = """
title = "Tiny"
about = "For tests."
network = "default"
recipe = "default"
batch = 16
steps = 12
learning_rate = 1e-3
schedule = "cosine"
ema = 0.9
clip = 1.0
report_every = 1

[shape]
width = 16
blocks = 1
"""


class Link(QObject):
    """The pose that is shown, lifted by the shipped model."""

    shown_changed = Signal(object)
    shown_pose = None


class Drawn:
    shown = None

    def set_comparison(self, points, *more):
        self.shown = points


@pytest.fixture
def make(qtbot, tmp_path, monkeypatch, dog, dog_keypoints):
    """A panel on a project with one labelled frame, whose only preset is the tiny one.

    With a document: the panel of another window on the same project.
    """
    from training import presets

    (tmp_path / "presets").mkdir()
    (tmp_path / "presets" / "lifter.tiny.toml").write_text(PRESET, encoding="utf-8")
    monkeypatch.setattr(presets, "_HERE", tmp_path / "presets")
    made = []

    labelled = edits.set_pose(Project(dog.skeleton, dog), FrameKey("m", 0), 0, Pose2D(dog_keypoints)).after

    def make_panel(document=None):
        notices, document = Notices(), document or Document(labelled)
        tasks = Tasks(notices)
        runner = Runner(document, tasks, notices, RunStore(tmp_path / "runs"))
        panel = TrainingPanel(runner, document, SettingsStore(tmp_path / "settings.toml"), notices)
        qtbot.addWidget(panel)
        panel.runner, panel.document, panel.tasks, panel.heard = runner, document, tasks, []
        notices.said.connect(panel.heard.append)
        notices.shown.connect(panel.heard.append)
        panel.form.set_device("cpu")
        panel.resize(370, 900)
        panel.show()
        made.append(panel)
        return panel

    yield make_panel
    for panel in made:
        panel.runner.close()
        panel.tasks.close()
    for document in {panel.document for panel in made}:
        document.close()


def click(qtbot, button):
    assert button.isEnabled() and button.isVisible(), button.text()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def train(qtbot, panel):
    """A whole run; returns its record."""
    click(qtbot, panel.form.train)
    qtbot.waitUntil(lambda: panel.progress.use.isVisible(), timeout=60_000)
    return panel.runner.records()[0]


def test_a_run_is_trained_used_and_undone(qtbot, make):
    panel = make()
    assert panel.form.what.currentText() == "Tiny" and panel.form.plan.start == "nothing"
    record = train(qtbot, panel)
    assert record.state == "finished" and panel.progress.bar.value() == 12
    assert {"joint", "depth", "direction", "length", "nll"} <= set(panel.progress.charts.losses.charts)
    assert "own hidden keypoint %" in panel.progress.charts.own.charts
    assert "L_ed" in panel.progress.charts.synthetic.charts
    assert panel.runs.list.rows[0].result.endswith("off")
    click(qtbot, panel.progress.use)
    assert panel.document.project.model and panel.runs.list.rows[0].used
    assert panel.runs.actions.use.text() == "In use"
    panel.document.undo()
    assert panel.document.project.model == "" and not panel.runs.list.rows[0].used


def test_a_run_is_held_goes_on_and_is_stopped_and_continued(qtbot, make):
    panel = make()
    panel.form.steps.setValue(400)
    click(qtbot, panel.form.train)
    with qtbot.waitSignal(panel.runner.reported, timeout=60_000):
        pass
    click(qtbot, panel.progress.pause)
    qtbot.waitUntil(lambda: panel.progress.state.text() == "Paused", timeout=20_000)
    held = panel.progress.bar.value()
    click(qtbot, panel.progress.pause)
    qtbot.waitUntil(lambda: panel.progress.bar.value() > held, timeout=20_000)
    click(qtbot, panel.progress.stop)
    qtbot.waitUntil(lambda: panel.progress.use.isVisible(), timeout=20_000)
    stopped = panel.runner.records()[0]
    assert stopped.state == "stopped" and held < stopped.step < 400
    click(qtbot, panel.progress.again)
    click(qtbot, panel.runs.actions.go_on)
    assert panel.progress.isVisible()
    qtbot.waitUntil(lambda: panel.progress.bar.value() > stopped.step, timeout=20_000)
    click(qtbot, panel.progress.cancel)
    assert panel.runner.records() == () and panel.runs.nothing.isVisible()
    assert panel.heard[-1].endswith("was thrown away.")
    qtbot.waitUntil(lambda: not panel.tasks.count, timeout=20_000)


def test_what_was_cut_short_is_offered_in_the_next_window(qtbot, make):
    panel = make()
    record = train(qtbot, panel)
    panel.runner.store.save(replace(record, state="running"))
    panel.runner.store.release(record.id)
    again = make(panel.document)
    assert again.interrupted.isVisible() and "step 12 of 12" in again.interrupted.words.text()
    click(qtbot, again.interrupted.keep)
    assert again.interrupted.isHidden() and again.runner.records()[0].state == "stopped"


def test_the_trained_model_is_compared_with_the_shipped_one(qtbot, make, dog, dog_keypoints):
    panel = make()
    link, view3d, canvas = Link(), Drawn(), Drawn()
    comparison = Comparison(panel.document, link, view3d, canvas, panel)
    panel.join(comparison)
    words = []
    comparison.said.connect(words.append)
    train(qtbot, panel)
    link.shown_pose = load_shipped(ModelChoice(dog.skeleton)).lift(dog_keypoints[None])
    click(qtbot, panel.runs.actions.compare)
    qtbot.waitUntil(lambda: "A off by" in "".join(words[-1:]), timeout=20_000)
    assert view3d.shown is not None and canvas.shown is not None
    click(qtbot, panel.runs.actions.compare)
    assert view3d.shown is None and words[-1] == ""
    comparison.close()


def test_a_run_that_is_deleted_is_gone_from_the_disk(qtbot, make):
    panel = make()
    record = train(qtbot, panel)
    panel.runs.actions.discard.trigger()
    click(qtbot, panel.runs.question.yes)
    assert not record.model.parent.exists() and panel.runner.records() == ()
    assert panel.form.isVisible()
