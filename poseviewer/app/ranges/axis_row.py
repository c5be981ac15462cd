"""One angle of the chosen bone: its name, its two ends as numbers, its slider, and what its numbers mean."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from poseviewer.app.colors import text_color
from poseviewer.app.ranges.gesture_spin import GestureSpin
from poseviewer.app.ranges.range_bar import AT_STOP, Degrees, RangeBar, at_stop
from poseviewer.app.ranges.range_words import number
from poseviewer.core.range_edits import LIMITS
from poseviewer.core.ranges import Interval

WIDEST = 720.0
"""What can be typed: beyond the limits of an angle, so that the edit is refused in words and not by a dead key."""

TITLES = {"theta": "Theta, from up", "phi": "Phi, around"}


def degrees_of(interval: Interval) -> Degrees:
    return math.degrees(interval.min), math.degrees(interval.max)


def travel_of(axis: str, interval: Interval) -> Degrees:
    """The track of a slider, in degrees: the limits of the angle; of phi the full turn that its range lies in."""
    low, high = (round(end) for end in degrees_of(LIMITS[axis]))
    if axis != "phi":
        return float(low), float(high)
    middle = round(math.degrees(interval.middle) / 90) * 90
    start, end = degrees_of(interval)
    return max(float(low), min(middle - 180.0, start)), min(float(high), max(middle + 180.0, end))


class AxisRow(QWidget):
    """In degrees. Setters never emit."""

    previewed = Signal(float, float)
    committed = Signal(float, float)
    cancelled = Signal()

    def __init__(self, axis: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.axis = axis
        self.bar = RangeBar(self)
        self.low, self.high = (
            GestureSpin(f"{axis} {end}", -WIDEST, WIDEST, suffix="°", parent=self) for end in ("minimum", "maximum")
        )
        self._title, self._caption, self._now_words = QLabel(self), QLabel(self), QLabel(self)
        self._now: float | None = None
        self._arrange()
        self._connect()

    @property
    def held(self) -> bool:
        """Whether a gesture on the slider or the fields is under way."""
        return self.bar.held or self.low.held or self.high.held

    def set_words(self, caption: str, bone: str, color: QColor) -> None:
        """What the numbers mean, whose they are, and the colour of that bone."""
        self._caption.setText(caption)
        self.bar.setAccessibleName(f"{self.axis} range of {bone}")
        self.bar.set_color(color)

    def show_interval(self, shown: Interval, committed: Interval, reset: Interval) -> None:
        """The range as it is shown, as it stands in the project, and as reset would have it."""
        if not self.bar.held:
            self.bar.set_travel(*travel_of(self.axis, _home(reset, committed)))
        low, high = degrees_of(shown)
        self.bar.set_ends(round(low, 1), round(high, 1))
        self.bar.set_committed(tuple(round(v, 1) for v in degrees_of(committed)))  # type: ignore[arg-type]
        self.bar.set_reset(degrees_of(reset))
        self.low.show_value(low)
        self.high.show_value(high)
        self._say_now()

    def set_now(self, radians: float | None) -> None:
        """The pose's angle; None where it is not known."""
        if radians is None or not math.isfinite(radians):
            self._now = None
        else:
            low, high = self.bar.travel
            middle, degrees = (low + high) / 2, math.degrees(radians)
            self._now = degrees - 360 * round((degrees - middle) / 360)
        self.bar.set_now(self._now)
        self._say_now()

    def drop_gesture(self) -> None:
        for part in (self.bar, self.low, self.high):
            part.drop_gesture()

    def set_editable(self, editable: bool, reason: str) -> None:
        for part in (self.bar, self.low, self.high):
            part.setEnabled(editable)
            part.setToolTip(reason)
        if editable:
            self.bar.setToolTip(
                "Pull an end, or the bar to move both. Shift for tenths of a degree; Escape to leave it as it was."
            )

    def _arrange(self) -> None:
        self._title.setText(TITLES.get(self.axis, self.axis.capitalize()))
        font = self._title.font()
        font.setBold(True)
        self._title.setFont(font)
        for label in (self._caption, self._now_words):
            label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._caption.setWordWrap(True)
        self._caption.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self._now_words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        for spin in (self.low, self.high):
            spin.setFixedWidth(spin.fontMetrics().horizontalAdvance("−180.0°") + 18)
        self.bar.setAccessibleDescription(
            "Tab goes to the other end; arrow keys move an end by 1 degree, with Shift by 0.1, Page Up and Down by 10"
        )
        top, bottom = QHBoxLayout(), QHBoxLayout()
        top.setSpacing(5)
        top.addWidget(self._title, 1)
        for part in (self.low, QLabel("to", self), self.high):
            top.addWidget(part)
        bottom.addWidget(self._caption, 1)
        bottom.addWidget(self._now_words)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(top)
        column.addWidget(self.bar)
        column.addLayout(bottom)
        self.setTabOrder(self.low, self.high)
        self.setTabOrder(self.high, self.bar)

    def _connect(self) -> None:
        for signal, told in (("previewed", self.previewed), ("committed", self.committed)):
            getattr(self.bar, signal).connect(told)
            getattr(self.low, signal).connect(lambda value, told=told: told.emit(value, self.high.shown))
            getattr(self.high, signal).connect(lambda value, told=told: told.emit(self.low.shown, value))
        for part in (self.bar, self.low, self.high):
            part.cancelled.connect(self.cancelled)

    def _say_now(self) -> None:
        if self._now is None:
            self._now_words.setText("")
            return
        stopped = at_stop(self._now, *self.bar.ends)
        outside = not self.bar.ends[0] - 1 <= self._now <= self.bar.ends[1] + 1
        ending = ", outside" if outside else ", at its stop" if stopped else ""
        self._now_words.setText(f"now {number(self._now)}°{ending}")
        words = f"now {number(self._now)}°{ending}"
        if stopped:
            window = self.palette().color(QPalette.ColorRole.Window)
            red = text_color(AT_STOP.toTuple()[:3], window.toTuple()[:3])
            words = f'<span style="color: rgb{red};">{words}</span>'
        self._now_words.setText(words)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_now"):
            self._say_now()


def _home(reset: Interval, committed: Interval) -> Interval:
    """What the track of phi is laid around: reset's range while what stands fits, so that it does not move."""
    low, high = travel_of("phi", reset)
    start, end = degrees_of(committed)
    return reset if low <= start and end <= high else committed
