"""Curves of a run, each number in its own small plot: terms of very different sizes stay readable side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from poseviewer.app.train.curve import Curve
from poseviewer.app.train.measures import Measure, measures_in, number_with_unit

CELL = 230
"""Charts narrower than this are put under each other: name and two values have room."""
SMALL_CELL = 150
"""The same for a name and one value."""


class MeasureChart(QWidget):
    """A name, the last value, and the curve. Nothing in it is edited, so the keyboard passes it by."""

    def __init__(self, measure: Measure, dots: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.measure = measure
        self._dots = dots
        self._steps, self._values = np.zeros(0), np.zeros(0)
        self.title = QLabel(measure.title, objectName="muted")
        self.value = QLabel()
        self.curve = Curve(dots)
        self.curve.pointed.connect(self._say)
        self._arrange()

    def set_points(self, steps: Sequence[float], values: Sequence[float], last_step: float) -> None:
        """Show reported values at their steps; the plot is as wide as the run is long."""
        self._steps = np.asarray(steps, dtype=np.float64)
        self._values = np.array([self.measure.shown(v) for v in values], dtype=np.float64)
        self.curve.set_points(self._steps, self._values, last_step)
        self._say(-1)

    @property
    def points(self) -> list[tuple[float, float]]:
        """Steps and shown values, in order."""
        return list(zip(self._steps.tolist(), self._values.tolist(), strict=True))

    def _arrange(self) -> None:
        self.setToolTip(self.measure.about)
        self.setAccessibleDescription(self.measure.about)
        bold = self.value.font()
        bold.setWeight(bold.Weight.DemiBold)
        self.value.setFont(bold)
        self.value.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        words = QHBoxLayout()
        words.addWidget(self.title, 1)
        words.addWidget(self.value)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        column.addLayout(words)
        column.addWidget(self.curve)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def _say(self, index: int) -> None:
        """The value at one point: the last one, or the one under the mouse with its step."""
        if not len(self._values):
            self.value.setText("–")
            return
        words = number_with_unit(float(self._values[index]), self.measure.unit)
        first = number_with_unit(float(self._values[0]), "")
        moved = first != number_with_unit(float(self._values[-1]), "")
        was = f"{first} → " if self._dots and moved else ""
        self.value.setText(f"step {self._steps[index]:,.0f}: {words}" if index >= 0 else f"{was}{words}")
        self.setAccessibleName(f"{self.measure.title}: {words}")


class ChartGrid(QWidget):
    """A heading and a chart per number, in as many columns as there is room for."""

    def __init__(
        self, heading: str, known: tuple[Measure, ...], dots: bool = False, nothing: str = "", cell: int = CELL
    ) -> None:
        """Make an empty grid.

        Args:
            heading: above the charts. known: what the numbers are called, in the order in which they are shown.
            dots: every value was measured on its own (validation); otherwise the curve is a stream.
            nothing: what is said while there is no number; without it the grid is hidden until there is one.
            cell: the narrowest chart, pixels.
        """
        super().__init__()
        self._known, self._dots, self._cell = known, dots, cell
        self.charts: dict[str, MeasureChart] = {}
        self.heading = QLabel(heading)
        bold = self.heading.font()
        bold.setWeight(bold.Weight.DemiBold)
        self.heading.setFont(bold)
        self.nothing = QLabel(nothing, objectName="muted", wordWrap=True)
        self.nothing.setVisible(bool(nothing))
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(18)
        self._grid.setVerticalSpacing(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.heading)
        column.addWidget(self.nothing)
        column.addLayout(self._grid)
        self._columns = 1
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setVisible(bool(nothing))

    def set_heading(self, heading: str) -> None:
        self.heading.setText(heading)

    def set_nothing(self, words: str) -> None:
        """What to say while there is no number; "" hides the grid then."""
        self.nothing.setText(words)

    def set_series(self, series: Sequence[tuple[int, Mapping[str, Any]]], last_step: float) -> None:
        """Show a table per step; numbers that a table lacks leave a gap in their curve only."""
        seen: dict[str, float] = {}
        for _, table in series:
            seen.update({key: value for key, value in table.items() if isinstance(value, int | float)})
        measures = measures_in(seen, self._known)
        if [m.key for m in measures] != list(self.charts):
            self._remake(measures)
        for key, chart in self.charts.items():
            points = [(step, float(table[key])) for step, table in series if key in table]
            chart.set_points([p[0] for p in points], [p[1] for p in points], last_step)
        self.setVisible(bool(self.charts) or bool(self.nothing.text()))
        self.nothing.setVisible(not self.charts and bool(self.nothing.text()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        columns = max(1, self.width() // self._cell)
        if columns != self._columns:
            self._columns = columns
            self._place()

    def _remake(self, measures: list[Measure]) -> None:
        for chart in self.charts.values():
            self._grid.removeWidget(chart)
            chart.deleteLater()
        self.charts = {m.key: MeasureChart(m, self._dots, self) for m in measures}
        self._place()

    def _place(self) -> None:
        for chart in self.charts.values():
            self._grid.removeWidget(chart)
        for number, chart in enumerate(self.charts.values()):
            self._grid.addWidget(chart, number // self._columns, number % self._columns)
            chart.show()
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, int(column < min(self._columns, len(self.charts))))
