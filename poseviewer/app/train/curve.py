"""A small plot of one number over the steps of a run: painted here, because a dozen of them are made at once.

A general plotting widget takes some 40 ms to make and 4 ms to draw, by which the window would be late while it trains.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from poseviewer.app.train.measures import number_with_unit

Array = NDArray[np.float64]

HEIGHT = 52
LOG_FROM = 4.0
"""A curve that falls by this factor is drawn on a logarithmic scale, where its end is not flat."""
LEAST_SPAN = 0.2
"""Changes that are small beside the value look small: the axis covers at least this share of it."""
MARGIN, GAP, DOT = 6, 6, 2.5


@dataclass(frozen=True)
class Scale:
    """From values to heights: `low` and `high` are the ends, 0 and 1."""

    low: float
    high: float
    log: bool

    def heights(self, values: Array) -> Array:
        """Values (N,) as shares of the height from the bottom; NaN where there is none."""
        if self.high == self.low:
            return np.where(np.isfinite(values), 0.5, np.nan)
        if not self.log:
            shares: Array = (values - self.low) / (self.high - self.low)
            return shares
        logarithms = np.log(np.where(values > 0, values, np.nan))
        return np.asarray((logarithms - math.log(self.low)) / (math.log(self.high) - math.log(self.low)))


def scale_of(values: Array) -> Scale | None:
    """The scale that fits values (N,), at least `LEAST_SPAN` of them high; None where no value is finite."""
    good = values[np.isfinite(values)]
    if not len(good):
        return None
    low, high = float(good.min()), float(good.max())
    lacking = max(LEAST_SPAN * max(abs(low), abs(high)) - (high - low), 0.0)
    low, high = low - lacking / 2, high + lacking / 2
    return Scale(low, high, log=low > 0 and high / low >= LOG_FROM)


class Curve(QWidget):
    """Paints a line, with a dot at each value or without; the axis says the smallest and the largest."""

    pointed = Signal(int)
    """The index of the value under the mouse, -1 once it has left."""

    def __init__(self, dots: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dots = dots
        self._steps, self._values, self._last = np.zeros(0), np.zeros(0), 1.0
        self._scale: Scale | None = None
        self._small = QFont(self.font())
        self._small.setPointSizeF(self._small.pointSizeF() * 0.8)
        self.setMouseTracking(True)
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_points(self, steps: Array, values: Array, last_step: float) -> None:
        """Show values (N,) at steps (N,); the plot is as wide as the run is long."""
        self._steps, self._values = steps, values
        self._last = max(last_step, float(steps[-1]) if len(steps) else 1.0, 1.0)
        self._scale = scale_of(values)
        self.update()

    @property
    def lines(self) -> list[QPolygonF]:
        """What is painted: a line for every stretch of values without a gap, in pixels."""
        if self._scale is None:
            return []
        area = self._area()
        # Every other pixel is fine enough, and the last value is always there.
        stride = max(1, int(2 * len(self._steps) / max(area.width(), 1)))
        chosen = slice((len(self._steps) - 1) % stride, None, stride)
        x = area.left() + area.width() * self._steps[chosen] / self._last
        y = area.bottom() - area.height() * self._scale.heights(self._values[chosen])
        there = np.isfinite(y)
        edges = np.flatnonzero(np.diff(np.concatenate([[False], there, [False]]).astype(np.int8)))
        return [
            QPolygonF([QPointF(a, b) for a, b in zip(x[first:end], y[first:end], strict=True)])
            for first, end in zip(edges[::2], edges[1::2], strict=True)
        ]

    def sizeHint(self) -> QSize:
        return QSize(160, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._scale is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_axis(painter, self._scale)
        line = self.palette().color(QPalette.ColorRole.Accent)
        for polygon in self.lines:
            painter.setPen(QPen(line, 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline(polygon)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(line)
            if self._dots or len(polygon) == 1:
                for point in polygon.toList():
                    painter.drawEllipse(point, DOT, DOT)
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if len(self._steps):
            area = self._area()
            step = (event.position().x() - area.left()) / max(area.width(), 1) * self._last
            self.pointed.emit(int(np.argmin(np.abs(self._steps - step))))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.pointed.emit(-1)

    def _area(self) -> QRectF:
        """Where the curve goes: right of the axis' numbers, with room for half a line of them above and below."""
        left = QFontMetrics(self._small).horizontalAdvance("−0.0000") + GAP
        return QRectF(left, MARGIN, max(self.width() - left - DOT - 1, 1), self.height() - 2 * MARGIN)

    def _paint_axis(self, painter: QPainter, scale: Scale) -> None:
        area = self._area()
        painter.setPen(self.palette().color(QPalette.ColorRole.Mid))
        painter.drawLine(area.bottomLeft(), area.topLeft())
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        painter.setFont(self._small)
        half = QFontMetrics(self._small).height() / 2
        places = {scale.low: area.bottom(), scale.high: area.top()}
        if len(places) == 1:
            places = {scale.low: area.center().y()}
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for value, y in places.items():
            painter.drawText(QRectF(0, y - half, area.left() - GAP, 2 * half), right, number_with_unit(value, ""))
