"""The runs of the project: the list, what can be done with the selected one, and its details."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from poseviewer.app.own_keys import OwnKeys
from poseviewer.app.part_title import part_title
from poseviewer.app.train.controls import quiet
from poseviewer.app.train.in_use import comes_from, is_latest
from poseviewer.app.train.inline_question import InlineQuestion
from poseviewer.app.train.measures import HIDDEN, KEPT_ASIDE, OWN, SYNTHETIC
from poseviewer.app.train.run_actions import GOING, RunActions
from poseviewer.app.train.run_details import RunDetails
from poseviewer.app.train.run_list import RunList, RunRow
from poseviewer.app.train.run_words import STATES, ranges_words, when_words
from poseviewer.app.train.stages import DETECTOR, LIFTER, stage_of
from poseviewer.core.ranges import RangePreset

if TYPE_CHECKING:
    from poseviewer.io.run_store import RunRecord

NO_RUNS = "No runs yet. Choose what to train and press Train: every run is kept here, with its settings and results."


@dataclass(frozen=True)
class Surroundings:
    """What a run is seen against.

    model, detector: the project's, "" for the shipped one. ranges: the project's now. shipped: the ranges as they
    come with the program, None where there are none. compared: the id of the run that is shown beside the model in use.
    """

    model: str
    ranges: RangePreset
    shipped: RangePreset | None
    compared: str = ""
    detector: str = ""

    def in_use(self, record: RunRecord) -> str:
        """The project's own model of the kind that a run makes."""
        return {LIFTER: self.model, DETECTOR: self.detector}.get(stage_of(record.task).makes, "")


class RunsPart(QWidget):
    """Setters never emit; only discarding is asked about here, in place."""

    use_requested = Signal(str)
    compare_requested = Signal(str)
    continue_requested = Signal(str)
    export_requested = Signal(str)
    discard_requested = Signal(str)
    """The user has confirmed it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._records: dict[str, RunRecord] = {}
        self._around: Surroundings | None = None
        self.nothing = quiet(NO_RUNS)
        self.list, self.actions, self.details = RunList(), RunActions(), RunDetails()
        self.question = InlineQuestion()
        self.list.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        OwnKeys(self.list)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(part_title("Runs"))
        for widget in (self.nothing, self.list, self.actions, self.question, self.details):
            column.addWidget(widget)
        column.addStretch(1)
        self._listen()

    def set_runs(self, records: Sequence[RunRecord], around: Surroundings, now: datetime) -> None:
        """Show these, newest first."""
        self._records = {record.id: record for record in records}
        self._around = around
        self.list.set_rows([row_of(record, around, now) for record in records])
        for widget in (self.list, self.actions, self.details):
            widget.setVisible(bool(records))
        self.nothing.setVisible(not records)
        self._show_selected()

    def select(self, run: str) -> None:
        """Go to a run's row."""
        self.list.set_current(run)
        self._show_selected()

    def ask_discard(self, run: str) -> None:
        """Ask whether a run shall go for good; a run that trains, or whose model is in use, is not asked about."""
        record = self._records.get(run)
        if record is None or record.state in GOING or self._is_used(record):
            return
        words = f"Delete the run “{record.title}” and its model? This cannot be undone."
        self.question.ask(words, "Delete", "Keep", lambda: self.discard_requested.emit(run))

    def _listen(self) -> None:
        self.list.run_chosen.connect(self._go_to)
        self.list.use_requested.connect(self._use)
        self.list.discard_requested.connect(self.ask_discard)
        self.list.menu_requested.connect(self._show_menu)
        self.actions.use_requested.connect(self.use_requested)
        self.actions.compare_requested.connect(self.compare_requested)
        self.actions.continue_requested.connect(self.continue_requested)
        self.actions.export_requested.connect(self.export_requested)
        self.actions.discard_requested.connect(self.ask_discard)

    def _go_to(self, run: str) -> None:
        self.question.dismiss()
        self._show_selected()

    def _use(self, run: str) -> None:
        """Enter or a double click on a row: as its button, where that is on."""
        if self.actions.use.isEnabled():
            self.use_requested.emit(run)

    def _show_menu(self, run: str, place: QPoint) -> None:
        self.select(run)
        self.actions.menu.popup(place)

    def _show_selected(self) -> None:
        if self._around is None:
            return
        record = self._records.get(self.list.current)
        free = not any(r.state in GOING for r in self._records.values())
        compared = record is not None and record.id == self._around.compared
        used = record is not None and self._is_used(record)
        latest = record is not None and is_latest(self._around.in_use(record), record)
        self.actions.set_record(record, used, latest, compared, free)
        self.details.set_record(record, self._around.ranges)

    def _is_used(self, record: RunRecord) -> bool:
        return self._around is not None and comes_from(self._around.in_use(record), record)


def row_of(record: RunRecord, around: Surroundings, now: datetime) -> RunRow:
    """What the list says of a run: the state only where it is not the usual end."""
    state = "" if record.state == "finished" else STATES.get(record.state, record.state)
    stage = stage_of(record.task)
    told = (
        state,
        when_words(record.created, now),
        ranges_words(record.ranges, around.shipped)
        if stage.draws
        else stage.title
        if stage.why
        else stage.title.lower(),
        record.preset,
        f"{record.steps:,} steps",
    )
    detail = " · ".join(part for part in told if part)
    return RunRow(record.id, record.title, result_words(record), detail, comes_from(around.in_use(record), record))


def result_words(record: RunRecord) -> str:
    """The one number that says most: how far a run is, or how good it became."""
    if record.state in GOING:
        return f"{100 * record.step // max(record.steps, 1)} %"
    for key, known in ((HIDDEN, OWN), (KEPT_ASIDE, OWN), ("median px", OWN), ("L_ed", SYNTHETIC)):
        if key in record.validation:
            return f"{next(m for m in known if m.key == key).words(record.validation[key])} off"
    return ""
