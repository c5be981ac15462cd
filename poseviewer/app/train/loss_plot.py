"""Curves of a run, each number in its own small plot: terms of very different sizes stay readable side by side."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPalette, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from poseviewer.app.train.measures import Measure, measures_in, number_with_unit

PLOT_HEIGHT = 52
CELL = 230
"""Charts narrower than this are put under each other: name and two values have room."""
SMALL_CELL = 150
"""The same for a name and one value."""
LOG_FROM = 4.0
"""A curve that falls by this factor is drawn on a logarithmic scale, where its end is not flat."""


class MeasureChart(QWidget):
    """A name, the last value, and the curve. Nothing in it is edited, so the keyboard passes it by."""

    def __init__(self, measure: Measure, dots: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.measure = measure
        self._dots = dots
        self._steps, self._values = np.zeros(0), np.zeros(0)
        self.title = QLabel(measure.title, objectName="muted")
        self.value = QLabel()
        self.value.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.plot = pg.PlotWidget(background=None)
        self._axis = self.plot.getAxis("left")
        self._curve = self.plot.plot([], [])
        self._arrange()
        self._paint()
        self.plot.scene().sigMouseMoved.connect(self._say_value_under)

    def set_points(self, steps: Sequence[float], values: Sequence[float], last_step: float) -> None:
        """Show reported values at their steps; the plot is as wide as the run is long."""
        self._steps = np.asarray(steps, dtype=np.float64)
        self._values = np.array([self.measure.shown(v) for v in values], dtype=np.float64)
        good = self._values[np.isfinite(self._values)]
        self.plot.setVisible(len(good) > 0)
        self._say(-1)
        if not len(good):
            return
        low, high = float(good.min()), float(good.max())
        log = low > 0 and high / low >= LOG_FROM
        heights = np.log10(np.where(self._values > 0, self._values, np.nan)) if log else self._values
        self._curve.setData(self._steps, heights, connect="finite")
        bottom, top = (math.log10(low), math.log10(high)) if log else (low, high)
        room = 0.12 * (top - bottom) or abs(top) * 0.1 or 1.0
        self.plot.setXRange(0, max(last_step, float(self._steps[-1]), 1.0), padding=0)
        self.plot.setYRange(bottom - room, top + room, padding=0)
        ends = [(bottom, low), (top, high)] if high > low else [(bottom, low)]
        self._axis.setTicks([[(place, number_with_unit(value, "")) for place, value in ends]])

    @property
    def points(self) -> list[tuple[float, float]]:
        """Steps and shown values, in order."""
        return list(zip(self._steps.tolist(), self._values.tolist(), strict=True))

    def sizeHint(self) -> QSize:
        return QSize(CELL, PLOT_HEIGHT + self.title.sizeHint().height() + 4)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_curve"):
            self._paint()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._say(-1)

    def _arrange(self) -> None:
        self.setToolTip(self.measure.about)
        self.setAccessibleDescription(self.measure.about)
        bold = self.value.font()
        bold.setWeight(bold.Weight.DemiBold)
        self.value.setFont(bold)
        small = self.font()
        small.setPointSizeF(small.pointSizeF() * 0.8)
        self._axis.setStyle(tickFont=small, tickLength=-3, autoExpandTextSpace=False, hideOverlappingLabels=False)
        self._axis.setWidth(QFontMetrics(small).horizontalAdvance("−0.0000") + 8)
        self.plot.hideAxis("bottom")
        self.plot.hideButtons()
        self.plot.setMouseEnabled(x=False, y=False)
        self.plot.setMenuEnabled(False)
        self.plot.setFixedHeight(PLOT_HEIGHT)
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.setFrameShape(pg.PlotWidget.Shape.NoFrame)
        self.plot.viewport().setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, False)
        words = QHBoxLayout()
        words.addWidget(self.title, 1)
        words.addWidget(self.value)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        column.addLayout(words)
        column.addWidget(self.plot)
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def _paint(self) -> None:
        line = self.palette().color(QPalette.ColorRole.Accent)
        muted = self.palette().color(QPalette.ColorRole.PlaceholderText)
        # A stream has hundreds of points and is drawn twice a second: wider than a pixel takes five times as long.
        self._curve.setPen(pg.mkPen(line, width=1.6 if self._dots else 1))
        self._curve.setSymbol("o" if self._dots else None)
        self._curve.setSymbolSize(5)
        self._curve.setSymbolBrush(line)
        self._curve.setSymbolPen(None)
        self._axis.setPen(pg.mkPen(QColor(self.palette().color(QPalette.ColorRole.Mid))))
        self._axis.setTextPen(muted)

    def _say_value_under(self, place: QPointF) -> None:
        if len(self._steps):
            x = self.plot.getViewBox().mapSceneToView(place).x()
            self._say(int(np.argmin(np.abs(self._steps - x))))

    def _say(self, index: int) -> None:
        """The value at one point: the last one, or the one under the mouse with its step."""
        if not len(self._values):
            self.value.setText("–")
            return
        words = number_with_unit(float(self._values[index]), self.measure.unit)
        under_mouse = index >= 0
        first = number_with_unit(float(self._values[0]), "")
        was = f"{first} → " if self._dots and len(self._values) > 1 else ""
        self.value.setText(f"step {self._steps[index]:,.0f}: {words}" if under_mouse else f"{was}{words}")
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
            chart.plot.close()
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
