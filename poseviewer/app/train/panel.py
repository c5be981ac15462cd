"""The training panel: a form or the run that goes, and under it (beside it, where it is wide) the list of runs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QScrollArea, QStyle, QVBoxLayout, QWidget

from poseviewer.app import open_dialogs
from poseviewer.app.document import Document
from poseviewer.app.notices import Notices
from poseviewer.app.settings import SettingsStore
from poseviewer.app.train.interrupted_bar import InterruptedBar
from poseviewer.app.train.new_run import NewRun
from poseviewer.app.train.plan import presets_for
from poseviewer.app.train.progress_view import RunProgress
from poseviewer.app.train.runs_part import RunsPart, Surroundings
from poseviewer.app.train.stages import DETECTOR, LIFTER, VERBS, Material, stage_of
from poseviewer.core.errors import SkeletonError
from poseviewer.core.ranges import RangePreset
from poseviewer.io.skeleton_files import load_ranges, shipped_ranges

if TYPE_CHECKING:
    from poseviewer.app.lifters.compare import Comparison, Other
    from poseviewer.app.train.plan import RunPlan
    from poseviewer.app.train.runner import Runner, RunReport
    from poseviewer.io.run_store import RunRecord

SIDE = 10
COUNT_MS = 150
"""After the last of several edits the labels are counted: a click in a large project need not wait for it."""
WIDE = 640
"""From this width on, the runs stand beside the form instead of under it."""


class TrainingPanel(QWidget):
    """Joins the runner to what is seen of it. The runs go on whether or not the panel is there."""

    compare_requested = Signal(object)
    """RunRecord to show beside the model in use; the same one again ends it. None: end it."""

    def __init__(
        self,
        runner: Runner,
        document: Document,
        store: SettingsStore,
        notices: Notices,
        parent: QWidget | None = None,
        now: Callable[[], datetime] = datetime.now,
    ) -> None:
        super().__init__(parent)
        self._runner, self._document, self._store, self._notices = runner, document, store, notices
        self._now = now
        self._compared = ""
        self._shown = ""
        self._counting = QTimer(self, interval=COUNT_MS, singleShot=True, timeout=self._follow_labels)
        self._records: tuple[RunRecord, ...] = runner.records()
        self.interrupted = InterruptedBar()
        self.form, self.progress, self.runs = NewRun(), RunProgress(), RunsPart()
        self._arrange()
        self._listen()
        self._follow_model()
        self.form.set_device(store.current.device)
        self._follow_ranges()

    def join(self, comparison: Comparison) -> None:
        """Ask this comparison for what the user wants compared; what it says stands over the 3D view."""
        self.compare_requested.connect(comparison.show_run)
        comparison.changed.connect(self._follow_comparison)
        self._follow_comparison(comparison.other)

    def choose(self, task: str) -> None:
        """Offer to train this stage; a run that goes stays in view."""
        if self._runner.current is None:
            self._put_away()
        self.form.choose(task)

    def _follow_comparison(self, other: Other | None) -> None:
        self._compared = other.run_id if other is not None else ""
        self._show_runs()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._follow_labels()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= WIDE
        self._columns.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)
        self._columns.setStretch(0, int(wide))

    def minimumSizeHint(self) -> QSize:
        """As wide as the widest part needs beside a scroll bar, whichever is shown: nothing is cut off at the side."""
        widest = max(part.minimumSizeHint().width() for part in (self.form, self.progress, self.runs))
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        return QSize(max(widest + 2 * SIDE + bar, self.interrupted.minimumSizeHint().width()), 120)

    # Composition

    def _arrange(self) -> None:
        upper = QWidget()
        top = QVBoxLayout(upper)
        top.setContentsMargins(0, 0, 0, 0)
        for widget in (self.form, self.progress):
            top.addWidget(widget)
        top.addStretch(1)
        inside = QWidget()
        self._columns = QBoxLayout(QBoxLayout.Direction.TopToBottom, inside)
        self._columns.setContentsMargins(SIDE, 10, SIDE, 12)
        self._columns.setSpacing(20)
        self._columns.addWidget(upper, 1)
        self._columns.addWidget(self.runs, 1)
        scroll = QScrollArea(frameShape=QFrame.Shape.NoFrame, widgetResizable=True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inside)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.interrupted)
        column.addWidget(scroll, 1)
        self.progress.hide()
        self.setFocusProxy(self.form.what)

    def _listen(self) -> None:
        runner, document = self._runner, self._document
        runner.runs_changed.connect(self._read_runs)
        runner.reported.connect(self._show_report)
        runner.state_changed.connect(self._show_state)
        document.ranges_changed.connect(self._follow_ranges)
        document.model_changed.connect(self._follow_model)
        document.detector_changed.connect(self._follow_model)
        document.skeleton_changed.connect(self._follow_model)
        document.frames_changed.connect(self._counting.start)
        document.media_changed.connect(self._counting.start)
        self.form.train_requested.connect(self._start)
        self.progress.pause_requested.connect(runner.pause)
        self.progress.resume_requested.connect(runner.resume)
        self.progress.stop_requested.connect(runner.stop)
        self.progress.cancel_requested.connect(self._cancel)
        self.progress.put_away.connect(self._put_away)
        for part in (self.progress, self.runs):
            part.use_requested.connect(self._use)
            part.compare_requested.connect(self._compare)
        self.runs.continue_requested.connect(self._continue)
        self.runs.export_requested.connect(self._export)
        self.runs.discard_requested.connect(self._discard)
        self.interrupted.continue_requested.connect(self._continue)
        self.interrupted.keep_requested.connect(self._keep)
        self.interrupted.discard_requested.connect(self._discard)

    # What the user asks for

    def _start(self, plan: RunPlan) -> None:
        run = self._runner.start(plan)
        if run:
            self._shown = run
            self._show_runs()
            self.runs.select(run)
            self.progress.pause.setFocus(Qt.FocusReason.OtherFocusReason)

    def _continue(self, run: str) -> None:
        if self._runner.continue_run(run):
            self._shown = run
            self._show_runs()

    def _cancel(self) -> None:
        current = self._runner.current
        if current is not None:
            self._runner.cancel()
            self._notices.say(f"The run “{current.title}” was thrown away.")
            self._put_away()

    def _use(self, run: str) -> None:
        record = self._record(run)
        if self._runner.accept(run) and record is not None:
            makes = stage_of(record.task).makes
            then = "Ctrl+D detects on a frame." if makes == DETECTOR else "Undo goes back to the model before."
            self._notices.say(f"The project now {VERBS.get(makes, 'work')}s with “{record.title}”. {then}")

    def _compare(self, run: str) -> None:
        record = self._record(run)
        if record is not None:
            self.compare_requested.emit(record)
        self._show_runs()  # the button is as the comparison is, not as it was clicked

    def _keep(self, run: str) -> None:
        self._runner.keep(run)
        self.runs.select(run)

    def _discard(self, run: str) -> None:
        record = self._record(run)
        if run == self._compared:
            self.compare_requested.emit(None)
        if self._runner.discard(run) and record is not None:
            self._notices.say(f"The run “{record.title}” was deleted.")

    def _export(self, run: str) -> None:
        record = self._record(run)
        if record is None:
            return
        path = open_dialogs.ask_model_name(self.window(), self._store.current.folder, file_name(record.title))
        if path is not None and self._runner.export(run, path):
            self._store.change(folder=str(path.parent))
            self._notices.say(f"The model was written to {path}.")

    def _put_away(self) -> None:
        """Back to the form; the run stays in the list."""
        self._shown = ""
        self._show_runs()
        self.form.train.setFocus(Qt.FocusReason.OtherFocusReason)

    # What is shown

    def _read_runs(self) -> None:
        """The runner reads them from the disk, so it is asked only when they have changed."""
        self._records = self._runner.records()
        self._show_runs()

    def _show_runs(self) -> None:
        """The list, the offers, and whether the form or a run is on top."""
        records = self._records
        project = self._document.project
        shipped = shipped_like(project.ranges)
        around = Surroundings(project.model, project.ranges, shipped, self._compared, project.detector)
        self.runs.set_runs(records, around, self._now())
        self.form.set_rates({(r.task, r.preset): r.rate for r in reversed(records) if r.rate > 0})
        self.form.set_runs(records)
        current = self._runner.current
        interrupted = tuple(record for record in records if record.state == "interrupted")
        self.interrupted.set_records(interrupted, free=current is None)
        if current is not None:
            self._shown = current.id
        shown = next((record for record in records if record.id == self._shown), None)
        if shown is None:
            self._shown = ""
        elif shown.id != self.progress.run_id:
            self.progress.set_record(shown)
        self.form.setVisible(shown is None)
        self.progress.setVisible(shown is not None)
        self.setFocusProxy(self.form.what if shown is None else self.progress)

    def _show_report(self, report: RunReport) -> None:
        if report.id == self.progress.run_id:
            self.progress.show_report(report)

    def _show_state(self, run: str, state: str) -> None:
        self._records = self._runner.records()
        if run == self.progress.run_id and state != "discarded":
            record = self._record(run)
            if record is not None and state not in ("running", "paused"):
                self.progress.set_record(record)
            self.progress.set_state(state)
        self._show_runs()

    def _follow_ranges(self) -> None:
        ranges = self._document.project.ranges
        self.form.set_ranges(ranges, shipped_like(ranges))
        self._show_runs()

    def _follow_labels(self) -> None:
        """Hidden, it costs nothing while somebody labels."""
        if self.isVisibleTo(self.window()):
            self.form.set_material(Material.of(self._document.project))

    def _follow_model(self) -> None:
        project = self._document.project
        own = {kind for kind, model in ((LIFTER, project.model), (DETECTOR, project.detector)) if model}
        self.form.set_presets(presets_for(project.skeleton, project.model, project.detector), frozenset(own))
        self._show_runs()

    def _record(self, run: str) -> RunRecord | None:
        return next((record for record in self._records if record.id == run), None)


def shipped_like(ranges: RangePreset) -> RangePreset | None:
    """The shipped ranges of the same name, else those of the skeleton; None where nothing is shipped for it."""
    names = shipped_ranges(ranges.skeleton.name)
    name = ranges.name if ranges.name in names else ranges.skeleton.name
    return _loaded(name) if name in names else None


@lru_cache(maxsize=16)
def _loaded(name: str) -> RangePreset | None:
    try:
        return load_ranges(name)
    except SkeletonError:
        return None


def file_name(title: str) -> str:
    """A run's title as the name of a file."""
    kept = "".join(c if c.isalnum() or c in " -_." else "-" for c in title).strip(" .-")
    return kept or "model"
