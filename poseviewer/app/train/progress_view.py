"""A run as it goes: how far, how fast, how good; and the buttons that hold it, end it or drop it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from poseviewer.app.part_title import part_title
from poseviewer.app.train.controls import PrimaryButton, narrow, quiet
from poseviewer.app.train.inline_question import InlineQuestion
from poseviewer.app.train.loss_plot import SMALL_CELL, ChartGrid
from poseviewer.app.train.measures import LOSSES, OWN, SYNTHETIC, is_own
from poseviewer.app.train.run_words import STATES, count_words, duration_words
from poseviewer.app.train.stages import LIFTER, stage_of

if TYPE_CHECKING:
    from poseviewer.app.train.runner import RunReport
    from poseviewer.io.run_store import RunRecord

WORTH_ASKING_S = 60.0
"""Work that took longer than this is not dropped by one click."""
GOING = ("running", "paused")
MOST_POINTS = 300
"""Reports that are drawn; of a run of hours every second one goes, as often as needed."""

LIFTER_UNCHECKED = "The model is checked here on the labelled frames of this project, from its first checkpoint on."
DETECTOR_UNCHECKED = "From 20 labelled frames on, every fifth is kept aside to check the detector on."

Entry = tuple[int, Mapping[str, Any], Mapping[str, Any]]
"""A step, its losses and its figures of validation."""


class RunCharts(QWidget):
    """Everything a run has reported, by what it says: about the user's frames, about synthetic poses, the losses."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.own = ChartGrid(
            "On your labelled frames",
            OWN,
            dots=True,
            nothing=LIFTER_UNCHECKED,
        )
        self.synthetic = ChartGrid("On synthetic poses it never saw", SYNTHETIC, dots=True)
        self.losses = ChartGrid("Losses", LOSSES, cell=SMALL_CELL)
        self._history: list[Entry] = []
        self._steps = 1
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for grid in (self.own, self.synthetic, self.losses):
            column.addWidget(grid)

    def set_record(self, record: RunRecord) -> None:
        """Show a run from its beginning."""
        self._steps = record.steps
        lifts = stage_of(record.task).family == LIFTER
        self.own.set_heading("On your labelled frames" if lifts else "On labelled frames kept aside")
        self.own.set_nothing(LIFTER_UNCHECKED if lifts else DETECTOR_UNCHECKED if stage_of(record.task).labels else "")
        self.synthetic.set_heading("On synthetic poses it never saw" if lifts else "On pictures it never saw")
        self._history = [(h["step"], h.get("losses", {}), h.get("validation", {})) for h in record.history]
        self._draw_losses()
        self._draw_checks()

    def add(self, report: RunReport) -> None:
        """One more report of the same run; a step that was reported before is taken back with what came after."""
        self._steps = report.steps
        self._history = [entry for entry in self._history if entry[0] < report.step]
        self._history.append((report.step, report.losses, report.validation))
        if len(self._history) > MOST_POINTS:
            self._history = thinned(self._history)
        self._draw_losses()
        if report.validation:
            self._draw_checks()

    def _draw_losses(self) -> None:
        self.losses.set_series([(step, table) for step, table, _ in self._history if table], self._steps)

    def _draw_checks(self) -> None:
        checks = [(step, table) for step, _, table in self._history if table]
        own = [(step, {k: v for k, v in table.items() if is_own(k)}) for step, table in checks]
        synthetic = [(step, {k: v for k, v in table.items() if not is_own(k)}) for step, table in checks]
        self.own.set_series([entry for entry in own if entry[1]], self._steps)
        self.synthetic.set_series([entry for entry in synthetic if entry[1]], self._steps)


class RunProgress(QWidget):
    """One run, while it goes and after it ended until it is put away. It only asks."""

    pause_requested = Signal()
    resume_requested = Signal()
    stop_requested = Signal()
    cancel_requested = Signal()
    use_requested = Signal(str)
    compare_requested = Signal(str)
    put_away = Signal()
    """The user has seen how the run ended and wants the form back."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._id, self._state, self._seconds = "", "running", 0.0
        self._stage = stage_of(LIFTER)
        self.title, self.facts, self.message = part_title(""), quiet(), quiet()
        self.title.setWordWrap(True)
        self.state = QLabel(objectName="muted")
        self.bar = QProgressBar()
        self.pause = QPushButton("&Pause")
        self.stop = QPushButton("Stop and &keep")
        self.cancel = QPushButton("Cance&l")
        self.use = PrimaryButton("&Use this model")
        self.compare = QPushButton("&Compare")
        self.again = QPushButton("Ne&w run")
        self.question = InlineQuestion()
        self.charts = RunCharts()
        self._arrange()
        self._listen()
        self.set_state("running")  # no more buttons side by side than there ever are, also before the first run

    @property
    def run_id(self) -> str:
        """Which run is shown, "" while none is."""
        return self._id

    def set_record(self, record: RunRecord) -> None:
        """Show a run as it stands in the store."""
        self._id, self._stage = record.id, stage_of(record.task)
        self.title.setText(record.title)
        self.charts.set_record(record)
        self._seconds = record.seconds
        self._show_place(record.step, record.steps)
        self.message.setText(record.message)
        self.message.setVisible(bool(record.message))
        self._facts(record.poses_seen, record.rate, None, record.device)
        self.set_state(record.state)

    def set_state(self, state: str) -> None:
        """Which buttons mean something."""
        self._state = state
        going = state in GOING
        self.state.setText("" if state == "running" else STATES.get(state, state).capitalize())
        self.pause.setText("&Resume" if state == "paused" else "&Pause")
        self.pause.setToolTip("Go on" if state == "paused" else "Hold the run; it goes on at the same step")
        for button in (self.pause, self.stop, self.cancel):
            button.setVisible(going)
        usable = state in ("finished", "stopped")
        self.use.setVisible(usable and bool(self._stage.makes))
        self.compare.setVisible(usable and self._stage.makes == LIFTER)
        self.again.setVisible(not going)
        self.setFocusProxy(self.pause if going else self.again)
        if not going:
            self.question.dismiss()

    def show_report(self, report: RunReport) -> None:
        """The newest numbers of the run that goes."""
        self._seconds = report.poses_seen / report.rate if report.rate > 0 else self._seconds
        self._show_place(report.step, report.steps)
        self._facts(report.poses_seen, report.rate, report.eta_s, report.device)
        if report.message:
            self.message.setText(report.message)
            self.message.show()
        self.charts.add(report)

    # Composition

    def _arrange(self) -> None:
        self.bar.setAccessibleName("Progress of the run")
        self.stop.setToolTip("End now with the model as it is; it can be continued later")
        self.cancel.setToolTip("End now and throw the run away")
        self.use.setToolTip("Let the project use this model from now on; undo takes it back")
        self.compare.setToolTip("Show this model's pose beside the current one's")
        self.message.hide()
        top = QHBoxLayout()
        top.addWidget(self.title, 1)
        top.addWidget(self.state)
        buttons = QHBoxLayout()
        for button in (self.pause, self.stop, self.cancel, self.use, self.compare, self.again):
            buttons.addWidget(narrow(button))
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(top)
        for widget in (self.bar, self.facts, self.message):
            column.addWidget(widget)
        column.addLayout(buttons)
        column.addWidget(self.question)
        column.addWidget(self.charts)

    def _listen(self) -> None:
        self.pause.clicked.connect(self._hold_or_go_on)
        self.stop.clicked.connect(self.stop_requested)
        self.cancel.clicked.connect(self._drop)
        self.use.clicked.connect(lambda: self.use_requested.emit(self._id))
        self.compare.clicked.connect(lambda: self.compare_requested.emit(self._id))
        self.again.clicked.connect(self.put_away)

    def _hold_or_go_on(self) -> None:
        (self.resume_requested if self._state == "paused" else self.pause_requested).emit()

    def _drop(self) -> None:
        """Little work is dropped at once; more is asked about, in place."""
        if self._seconds < WORTH_ASKING_S:
            self.cancel_requested.emit()
            return
        words = f"Throw away {duration_words(self._seconds)} of training?"
        self.question.ask(words, "Throw away", "Go on training", self.cancel_requested.emit)

    def _show_place(self, step: int, steps: int) -> None:
        self.bar.setRange(0, max(steps, 1))
        self.bar.setValue(step)
        self.bar.setFormat(f"step {step:,} of {steps:,}" if steps else "getting ready…")

    def _facts(self, poses: int, rate: float, left: float | None, device: str) -> None:
        facts = [f"{count_words(poses)} {self._stage.unit} seen"]
        if rate > 0:
            facts.append(f"{count_words(rate)} {self._stage.unit}/s")
        if device:
            facts.append(device.upper())
        if left is not None:
            facts.insert(0, f"about {duration_words(left)} left")
        self.facts.setText(" · ".join(facts))


def thinned(history: list[Entry]) -> list[Entry]:
    """Every second report and the last one; those with figures of validation all stay."""
    last = len(history) - 1
    return [entry for i, entry in enumerate(history) if i % 2 == 0 or entry[2] or i == last]
