"""The training panel with a runner that answers at once: what is asked of it, and what is shown of its answers."""

from __future__ import annotations

from datetime import datetime

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest

from poseviewer.app import open_dialogs
from poseviewer.app.document import Document
from poseviewer.app.lifters.compare import Other
from poseviewer.app.notices import Notices
from poseviewer.app.settings import SettingsStore
from poseviewer.app.train import panel as panel_module
from poseviewer.app.train.panel import TrainingPanel, file_name, shipped_like
from poseviewer.core import edits
from poseviewer.core.project import Project


@pytest.fixture
def make_panel(qtbot, tmp_path, monkeypatch, dog, widened, make_run, noting_runner, presets):
    """A shown panel on a project with widened elbows and these runs."""
    monkeypatch.setattr(panel_module, "presets_for", lambda *_: list(presets))

    def make(*records, model=""):
        document = Document(Project(dog.skeleton, widened, model=model))
        runner, notices = noting_runner(document, records, make_run), Notices()
        store = SettingsStore(tmp_path / "settings.toml")
        made = TrainingPanel(runner, document, store, notices, now=lambda: datetime(2026, 3, 2, 16))
        qtbot.addWidget(made)
        made.runner, made.document, made.store, made.said = runner, document, store, []
        notices.said.connect(made.said.append)
        made.resize(370, 900)
        with qtbot.waitExposed(made):
            made.show()
        return made

    return make


def click(qtbot, button):
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_the_first_time_there_is_a_form_and_what_to_do(make_panel):
    panel = make_panel()
    assert panel.form.isVisible() and panel.progress.isHidden() and panel.runs.nothing.isVisible()
    assert "2 bones differ from shipped" in panel.form.ranges.text()


def test_train_pause_resume_and_stop(qtbot, make_panel):
    panel = make_panel()
    click(qtbot, panel.form.train)
    ((asked, plan),) = panel.runner.asked
    assert asked == "start" and plan.preset == "finetune"
    assert panel.progress.isVisible() and panel.form.isHidden()
    assert panel.runs.list.current == panel.progress.run_id
    click(qtbot, panel.progress.pause)
    assert panel.runner.current.state == "paused" and panel.progress.state.text() == "Paused"
    click(qtbot, panel.progress.pause)
    assert panel.runner.current.state == "running"
    click(qtbot, panel.progress.stop)
    assert panel.runner.current is None
    assert panel.progress.isVisible() and panel.progress.use.isVisible(), "how it ended stays until it is put away"
    click(qtbot, panel.progress.again)
    assert panel.form.isVisible() and panel.progress.isHidden()


def test_reports_move_the_bar_and_those_of_another_run_do_not(make_panel, make_run, report_of):
    run = make_run(state="running", step=1000)
    panel = make_panel(run)
    panel.runner.reported.emit(report_of(run, 1500))
    assert panel.progress.bar.value() == 1500
    panel.runner.reported.emit(report_of(make_run(), 1900))
    assert panel.progress.bar.value() == 1500


def test_a_cancelled_run_is_gone_and_that_is_said(qtbot, make_panel, make_run):
    panel = make_panel(make_run(title="Elbows", state="running", seconds=10.0))
    click(qtbot, panel.progress.cancel)
    assert panel.runner.records() == () and panel.form.isVisible()
    assert panel.said == ["The run “Elbows” was thrown away."]


def test_using_a_model_marks_it_and_undo_takes_it_back(qtbot, make_panel, make_run):
    run = make_run()
    panel = make_panel(run)
    click(qtbot, panel.runs.actions.use)
    assert panel.document.project.model == str(run.model)
    assert panel.runs.list.rows[0].used and panel.runs.actions.use.text() == "In use"
    assert "Undo goes back" in panel.said[-1]
    panel.document.undo()
    assert not panel.runs.list.rows[0].used


def test_who_goes_to_the_panel_can_go_on_at_once(qtbot, make_panel, make_run):
    panel = make_panel(make_run(state="running"))
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    panel.setFocus()
    assert panel.focusWidget() is panel.progress.pause
    panel.runner.stop()
    panel.progress.again.click()
    panel.setFocus()
    assert panel.focusWidget() is panel.form.what


def test_interrupted_runs_are_offered_first(qtbot, make_panel, make_run):
    panel = make_panel(make_run(state="interrupted", step=1200))
    assert panel.interrupted.isVisible() and "step 1,200 of 2,000" in panel.interrupted.words.text()
    click(qtbot, panel.interrupted.go_on)
    assert panel.runner.asked[0][0] == "continue"
    assert panel.interrupted.isHidden() and panel.progress.isVisible()


def test_what_was_interrupted_can_be_kept_or_discarded(qtbot, make_panel, make_run):
    kept, gone = make_run(state="interrupted"), make_run(state="interrupted")
    panel = make_panel(kept, gone)
    click(qtbot, panel.interrupted.keep)
    assert panel.runner.records()[0].state == "stopped"
    click(qtbot, panel.interrupted.discard)
    assert [r.id for r in panel.runner.records()] == [kept.id] and panel.interrupted.isHidden()


def test_a_run_is_exported_under_a_name_of_the_user_s(monkeypatch, make_panel, make_run, tmp_path):
    run = make_run(title="Elbows: wider/20°")
    panel = make_panel(run)
    names = []
    monkeypatch.setattr(
        open_dialogs, "ask_model_name", lambda parent, folder, name: names.append(name) or tmp_path / "mine.safetensors"
    )
    panel.runs.actions.export.trigger()
    assert names == ["Elbows- wider-20"]
    assert panel.runner.asked == [("export", run.id, tmp_path / "mine.safetensors")]
    assert panel.store.current.folder == str(tmp_path)


def test_no_name_no_export(monkeypatch, make_panel, make_run):
    panel = make_panel(make_run())
    monkeypatch.setattr(open_dialogs, "ask_model_name", lambda *_: None)
    panel.runs.actions.export.trigger()
    assert panel.runner.asked == []


class Comparing(QObject):
    """A comparison that loads nothing."""

    changed = Signal(object)

    def __init__(self):
        super().__init__()
        self.other = None

    def show_run(self, record):
        again = record is None or (self.other is not None and record.id == self.other.run_id)
        self.other = None if again else Other(str(record.model), record.title, record)
        self.changed.emit(self.other)


def test_compare_again_ends_it_wherever_it_was_begun(qtbot, make_panel, make_run):
    run = make_run()
    panel, comparing = make_panel(run, make_run()), Comparing()
    panel.join(comparing)
    for end in (lambda: click(qtbot, panel.runs.actions.compare), lambda: comparing.show_run(None)):
        click(qtbot, panel.runs.actions.compare)
        assert comparing.other.run_id == run.id and panel.runs.actions.compare.isChecked()
        end()
        assert comparing.other is None and not panel.runs.actions.compare.isChecked()


def test_discarding_the_compared_run_ends_the_comparison(qtbot, make_panel, make_run):
    panel, comparing = make_panel(make_run()), Comparing()
    panel.join(comparing)
    click(qtbot, panel.runs.actions.compare)
    panel.runs.ask_discard(panel.runs.list.current)
    click(qtbot, panel.runs.question.yes)
    assert comparing.other is None and panel.runner.records() == () and "was deleted" in panel.said[-1]


def test_edited_ranges_are_those_of_the_next_run(make_panel, dog, make_run):
    panel = make_panel(make_run())
    panel.document.push(edits.set_ranges(panel.document.project, dog))
    assert "as shipped" in panel.form.ranges.text()
    assert "flexion" in panel.runs.details.table.text()


def test_a_run_that_fails_says_why_where_it_was_seen(make_panel, make_run):
    panel = make_panel(run := make_run(state="running", message="The disk is full; free some space."))
    panel.runner.set_state(run.id, "failed")
    assert panel.progress.message.text() == "The disk is full; free some space." and panel.progress.again.isVisible()


def test_wide_panels_put_the_runs_beside_the_form(qtbot, make_panel, make_run):
    panel = make_panel(make_run())
    below = panel.runs.mapTo(panel, panel.runs.rect().topLeft())
    assert below.x() < 30 and below.y() > 150
    panel.resize(1000, 300)
    qtbot.waitUntil(lambda: panel.runs.mapTo(panel, panel.runs.rect().topLeft()).x() > 400)


def test_nothing_is_cut_off_in_a_narrow_dock(qtbot, make_panel, make_run):
    panel = make_panel(make_run(state="running"), make_run(title="A very long name of a run that goes on " * 3))
    narrow = panel.minimumSizeHint().width()
    assert narrow <= 300, "the narrowest dock of a small window"
    panel.resize(narrow, 500)
    inside = panel.runs.parentWidget()
    qtbot.waitUntil(lambda: inside.width() <= narrow)
    for part in (panel.progress, panel.runs):
        assert part.mapTo(panel, part.rect().topRight()).x() <= narrow


def test_a_panel_without_runs_asks_for_no_more_room_than_with(make_panel):
    assert make_panel().minimumSizeHint().width() <= 300


def test_everything_is_reached_by_tab(qtbot, make_panel, make_run):
    panel = make_panel(make_run())
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    panel.form.what.setFocus()
    reached = set()
    for _ in range(40):
        reached.add(panel.focusWidget())
        QTest.keyClick(panel.focusWidget(), Qt.Key.Key_Tab)
    actions = panel.runs.actions
    wanted = {panel.form.what, panel.form.more, panel.form.train, panel.runs.list, actions.use, actions.compare}
    assert wanted <= reached
    assert QKeySequence.mnemonic(panel.form.train.text()).toString() == "Alt+T"


def test_the_title_of_a_run_becomes_the_name_of_a_file():
    assert file_name("Dog: 2 bones/wider") == "Dog- 2 bones-wider"
    assert file_name("..") == "model"


def test_ranges_are_compared_with_the_shipped_ones_of_their_name(dog, widened):
    assert shipped_like(widened) == dog
    assert shipped_like(dog).name == "quadruped16"
