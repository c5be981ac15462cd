"""Everything about one run: how good it became, what it was asked for, and on which ranges."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from poseviewer.app.train.controls import MoreButton
from poseviewer.app.train.measures import OWN, SYNTHETIC, is_own, measures_in
from poseviewer.app.train.progress_view import RunCharts
from poseviewer.app.train.run_words import STATES, comparable, count_words, difference_lines, duration_words
from poseviewer.app.train.stages import stage_of

if TYPE_CHECKING:
    from poseviewer.core.ranges import RangePreset
    from poseviewer.io.run_store import RunRecord

STARTS = {"shipped": "the shipped model", "nothing": "random weights"}
MOST_LINES = 12
"""Differences listed one by one; beyond them they are counted."""

Rows = list[tuple[str, str]]


class RunDetails(QWidget):
    """A table of words, and the curves behind a button. It only shows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._current: RangePreset | None = None
        super().__init__(parent)
        self.table = QLabel(wordWrap=True, textFormat=Qt.TextFormat.RichText)
        self.table.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.table.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.table.setAccessibleName("Details of the run")
        self.curves = MoreButton("Curves")
        self.charts = RunCharts()
        self.charts.hide()
        self._record: RunRecord | None = None
        self.curves.toggled.connect(self._show_charts)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.table)
        column.addWidget(self.curves, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.charts)

    def set_record(self, record: RunRecord | None, current: RangePreset) -> None:
        """Show one run, or nothing; its ranges are compared with the project's current ones."""
        self._record, self._current = record, current
        self.setVisible(record is not None)
        if record is None:
            return
        parts = (
            ("", results(record)),
            ("What it was asked for", settings(record)),
            ("Its ranges, against the project's now", ranges(record, current) if from_ranges(record) else []),
        )
        self.table.setText(_html(parts, self.palette().color(QPalette.ColorRole.PlaceholderText).name()))
        self.curves.setVisible(bool(record.history))
        self._show_charts(self.curves.isChecked())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._current is not None:
            self.set_record(self._record, self._current)

    def _show_charts(self, wanted: bool) -> None:
        """Curves are drawn once somebody wants to see them."""
        there = wanted and self._record is not None and bool(self._record.history)
        if there and self._record is not None:
            self.charts.set_record(self._record)
        self.charts.setVisible(there)


def results(record: RunRecord) -> Rows:
    """How far a run came and how good it was, own frames first."""
    rows = [(STATES.get(record.state, record.state).capitalize(), f"step {record.step:,} of {record.steps:,}")]
    if record.message:
        rows.append(("", record.message))
    own = {k: v for k, v in record.validation.items() if is_own(k)}
    rest = {k: v for k, v in record.validation.items() if not is_own(k)}
    rows += [(m.title, m.words(own[m.key])) for m in measures_in(own, OWN)]
    rows += [(m.title, m.words(rest[m.key])) for m in measures_in(rest, SYNTHETIC)]
    return rows


def settings(record: RunRecord) -> Rows:
    """What a run was asked for and what it took."""
    began = STARTS.get(record.start, f"the model {Path(record.start).stem}")
    rows = [("Preset", f"{record.task} · {record.preset}"), ("Began with", began)]
    rows += [
        (name.replace("_", " ").capitalize(), _value(value))
        for name, value in record.settings.items()
        if value is not None
    ]
    rows.append((f"{stage_of(record.task).unit.capitalize()} seen", count_words(record.poses_seen)))
    if record.seconds:
        rows.append(("Time", f"{duration_words(record.seconds)} on {record.device.upper() or 'an unknown device'}"))
    return rows


def from_ranges(record: RunRecord) -> bool:
    """Whether a run drew poses from its ranges."""
    return stage_of(record.task).draws


def ranges(record: RunRecord, current: RangePreset) -> Rows:
    """How the ranges of a run differ from those that the project has now."""
    if not comparable(current, record.ranges):
        return [(record.ranges.name, f"{record.ranges.kind} ranges of {record.skeleton}, of another kind than now")]
    lines = difference_lines(current, record.ranges)
    if not lines:
        return [(record.ranges.name, "the same")]
    rows = [(bone, change.replace("→", "now, here")) for bone, change in lines[:MOST_LINES]]
    if len(lines) > MOST_LINES:
        rows.append(("", f"and {len(lines) - MOST_LINES} more"))
    return rows


def _value(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(Path(str(part)).name for part in value)
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _html(parts: Sequence[tuple[str, Rows]], muted: str) -> str:
    """One table, so that the words of all parts begin at the same place."""
    lines = []
    for title, rows in parts:
        if title and rows:
            lines.append(f'<tr><td colspan="2" style="padding: 10px 0 2px 0;"><b>{escape(title)}</b></td></tr>')
        for name, words in rows:
            style = f"color: {muted}; padding: 1px 14px 1px 0;"
            lines.append(f'<tr><td style="{style}">{escape(name)}</td><td>{escape(words)}</td></tr>')
    return f"<table cellspacing='0'>{''.join(lines)}</table>"
