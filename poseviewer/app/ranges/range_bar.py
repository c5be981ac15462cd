"""A slider with two handles: the range of one angle on its full travel. It only shows and asks; in degrees."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

AT_STOP = QColor("#d93636")
"""Reads on light and dark alike; the dot at a stop also has another shape."""

Degrees = tuple[float, float]
FINE = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier


class Grip(Enum):
    """What is held: one handle, or the bar between them and with it both."""

    LOW = "minimum"
    HIGH = "maximum"
    BOTH = "both ends"


@dataclass
class _Gesture:
    """A drag or a run of key presses: what it began with, and where the pointer would have it by now."""

    grip: Grip
    start: Degrees
    x: float = 0.0
    wanted: float = 0.0
    moved: bool = False


def grip_at(x: float, low: float, high: float, reach: float) -> Grip | None:
    """What lies under a place, all in pixels. The handles stand outside the bar: without width they do not overlap."""
    if low - reach <= x <= low + min(3.0, (high - low) / 3) and x <= (low + high) / 2:
        return Grip.LOW
    if high - min(3.0, (high - low) / 3) <= x <= high + reach:
        return Grip.HIGH
    return Grip.BOTH if low < x < high else None


def pulled(grip: Grip, start: Degrees, wanted: float, travel: Degrees, step: float) -> Degrees:
    """The ends once `grip` is at `wanted` (for both: that far from `start`); they never cross or leave the travel."""
    low, high = start
    if grip is Grip.BOTH:
        by = min(max(round(wanted / step) * step, travel[0] - low), travel[1] - high)
        return round(low + by, 1), round(high + by, 1)
    at = round(round(wanted / step) * step, 1)
    if grip is Grip.LOW:
        return min(max(at, min(travel[0], low)), high), high
    return low, max(min(at, max(travel[1], high)), low)


def at_stop(value: float, low: float, high: float, within: float = 1.0) -> bool:
    """Whether an angle is outside its range, or inside within a degree of an end; without width only outside."""
    if not low - within <= value <= high + within:
        return True
    return high - low > 2 * within and not low + within < value < high - within


class RangeBar(QWidget):
    """Setters never emit. A gesture previews at each move and commits once, on release."""

    previewed = Signal(float, float)
    committed = Signal(float, float)
    cancelled = Signal()

    HEIGHT, MIDDLE, HANDLE = 34, 14.0, 8.0
    MARGIN = 11.0
    REACH = 12.0
    """How far outside its end a handle can be caught, in pixels."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._travel: Degrees = (-180.0, 180.0)
        self._ends: Degrees = (0.0, 0.0)
        self._committed: Degrees | None = None
        self._reset: Degrees | None = None
        self._now: float | None = None
        self._color = QColor("#808080")
        self._active = Grip.LOW
        self._hovered: Grip | None = None
        self._gesture: _Gesture | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumWidth(120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(260, self.HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.HEIGHT)

    @property
    def ends(self) -> Degrees:
        return self._ends

    @property
    def travel(self) -> Degrees:
        return self._travel

    @property
    def active(self) -> Grip:
        """The handle that keys move."""
        return self._active

    @property
    def held(self) -> bool:
        """Whether a gesture is under way."""
        return self._gesture is not None

    @property
    def now(self) -> float | None:
        return self._now

    @property
    def now_color(self) -> QColor:
        """Of the dot: red where the pose is at the stop or beyond it."""
        red = self._now is not None and at_stop(self._now, *self._ends)
        return AT_STOP if red else self.palette().color(QPalette.ColorRole.WindowText)

    def set_travel(self, low: float, high: float) -> None:
        """How far the ends may go: the whole track."""
        self._set("_travel", (low, high))

    def set_ends(self, low: float, high: float) -> None:
        self._set("_ends", (low, high))

    def set_committed(self, ends: Degrees | None) -> None:
        """What stands in the project while something else is previewed; a thin line."""
        self._set("_committed", ends)

    def set_reset(self, ends: Degrees | None) -> None:
        """Where reset would bring the ends; two ticks."""
        self._set("_reset", ends)

    def set_now(self, value: float | None) -> None:
        """The angle of the pose that is shown; a dot."""
        self._set("_now", value)

    def set_color(self, color: QColor) -> None:
        self._set("_color", color)

    def drop_gesture(self) -> None:
        """Forget the gesture in hand without saying so: what it was about is gone."""
        self._gesture = None
        self.update()

    def x_of(self, value: float) -> float:
        """Where an angle is, in pixels."""
        low, high = self._travel
        return self.MARGIN + (self.width() - 2 * self.MARGIN) * (value - low) / (high - low)

    def _set(self, name: str, value: object) -> None:
        if getattr(self, name) != value:
            setattr(self, name, value)
            self.update()

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        grip = self._grip_at(event.position())
        if event.button() != Qt.MouseButton.LeftButton or grip is None:
            event.ignore()
            return
        if grip is not Grip.BOTH:
            self._active = grip
        low, high = self._ends
        wanted = {Grip.LOW: low, Grip.HIGH: high, Grip.BOTH: 0.0}[grip]
        self._gesture = _Gesture(grip, self._ends, event.position().x(), wanted)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        gesture = self._gesture
        if gesture is None or not event.buttons() & Qt.MouseButton.LeftButton:
            self._hover(self._grip_at(event.position()))
            return
        fine = bool(event.modifiers() & FINE)
        per_pixel = (self._travel[1] - self._travel[0]) / max(self.width() - 2 * self.MARGIN, 1.0)
        gesture.wanted += (event.position().x() - gesture.x) * per_pixel * (0.1 if fine else 1.0)
        gesture.x = event.position().x()
        self._pull(pulled(gesture.grip, gesture.start, gesture.wanted, self._travel, 0.1 if fine else 1.0))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._finish()
            self._hover(self._grip_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)

    # Keys

    def event(self, event: QEvent) -> bool:
        """The window has the arrow keys for frames; here they belong to the handle, and Escape to the gesture."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            own = self._key_move(event) is not None or (event.key() == Qt.Key.Key_Escape and self.held)
            if own:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._gesture is not None:
            self._ends, self._gesture = self._gesture.start, None
            self.update()
            self.cancelled.emit()
            return
        move = self._key_move(event)
        if move is None:
            super().keyPressEvent(event)
            return
        if self._gesture is None:
            self._gesture = _Gesture(self._active, self._ends)
        low, high = self._ends
        wanted = (low if self._active is Grip.LOW else high) + move
        self._pull(pulled(self._active, self._ends, wanted, self._travel, 0.1))

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if self._key_move(event) is None:
            super().keyReleaseEvent(event)
        elif not event.isAutoRepeat():
            self._finish()

    def focusInEvent(self, event: QFocusEvent) -> None:
        if event.reason() == Qt.FocusReason.TabFocusReason:
            self._active = Grip.LOW
        elif event.reason() == Qt.FocusReason.BacktabFocusReason:
            self._active = Grip.HIGH
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._finish()
        super().focusOutEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes from handle to handle before it leaves."""
        self._finish()
        first, second = (Grip.LOW, Grip.HIGH) if forward else (Grip.HIGH, Grip.LOW)
        if self._active is first:
            self._active = second
            self.update()
            return True
        return super().focusNextPrevChild(forward)

    def _key_move(self, event: QKeyEvent) -> float | None:
        """By how much a key moves the handle; None for other keys."""
        fine = bool(event.modifiers() & FINE)
        if event.modifiers() & (Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier):
            return None
        small, far = (0.1 if fine else 1.0), self._travel[1] - self._travel[0]
        return {
            Qt.Key.Key_Left: -small,
            Qt.Key.Key_Down: -small,
            Qt.Key.Key_Right: small,
            Qt.Key.Key_Up: small,
            Qt.Key.Key_PageDown: -10.0,
            Qt.Key.Key_PageUp: 10.0,
            Qt.Key.Key_Home: -far,
            Qt.Key.Key_End: far,
        }.get(Qt.Key(event.key()))

    # Gestures

    def _grip_at(self, at: QPointF) -> Grip | None:
        return grip_at(at.x(), self.x_of(self._ends[0]), self.x_of(self._ends[1]), self.REACH)

    def _pull(self, ends: Degrees) -> None:
        if self._gesture is not None and ends != self._ends:
            self._gesture.moved = True
            self._ends = ends
            self.update()
            self.previewed.emit(*ends)

    def _finish(self) -> None:
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            self.update()
            if gesture.moved:
                self.committed.emit(*self._ends)

    def _hover(self, grip: Grip | None) -> None:
        if grip is not self._hovered:
            self._hovered = grip
            shapes = {Grip.BOTH: Qt.CursorShape.SizeAllCursor, None: Qt.CursorShape.ArrowCursor}
            self.setCursor(shapes.get(grip, Qt.CursorShape.SizeHorCursor))
            self.update()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        low, high = (self.x_of(v) for v in self._ends)
        text = self.palette().color(QPalette.ColorRole.WindowText)
        color = self._color if self.isEnabled() else _faint(self._color, 110)
        self._paint_track(painter, text)
        painter.setBrush(color)
        # A range without width is still seen between its handles.
        painter.drawRect(QRectF(low - 1, self.MIDDLE - 3.5, max(high - low, 0.0) + 2, 7))
        self._paint_marks(painter, text)
        for grip, x in ((Grip.LOW, low), (Grip.HIGH, high)):
            self._paint_handle(painter, grip, x, color)
        if self._now is not None:
            self._paint_now(painter, self._now)

    def _paint_track(self, painter: QPainter, text: QColor) -> None:
        painter.setBrush(_faint(text, 45))
        painter.drawRoundedRect(QRectF(self.MARGIN, self.MIDDLE - 2, self.width() - 2 * self.MARGIN, 4), 2, 2)
        if self._travel[0] <= 0 <= self._travel[1]:
            painter.setBrush(_faint(text, 110))
            painter.drawRect(QRectF(self.x_of(0) - 0.5, self.MIDDLE - 7, 1, 14))

    def _paint_marks(self, painter: QPainter, text: QColor) -> None:
        """Below the bar the ticks of reset; above it the line of what stands while something else is shown."""
        if self._reset is not None:
            painter.setBrush(_faint(text, 130))
            for x in (self.x_of(v) for v in self._reset):
                tick = QPainterPath(QPointF(x, self.MIDDLE + 11))
                tick.lineTo(x - 3.5, self.MIDDLE + 17)
                tick.lineTo(x + 3.5, self.MIDDLE + 17)
                painter.drawPath(tick)
        if self._committed is not None and self._committed != self._ends:
            painter.setBrush(_faint(text, 170))
            low, high = (self.x_of(v) for v in self._committed)
            painter.drawRoundedRect(QRectF(low - 1, 1, max(high - low, 0.0) + 2, 2.5), 1, 1)

    def _paint_handle(self, painter: QPainter, grip: Grip, x: float, color: QColor) -> None:
        """Half a disc outside the bar: both together are a whole one where the range has no width."""
        radius = self.HANDLE
        path = QPainterPath(QPointF(x, self.MIDDLE - radius))
        sweep = 180.0 if grip is Grip.LOW else -180.0
        path.arcTo(QRectF(x - radius, self.MIDDLE - radius, 2 * radius, 2 * radius), 90.0, sweep)
        path.closeSubpath()
        focused = self.hasFocus() and self._active is grip
        if focused:
            painter.setBrush(_faint(self.palette().color(QPalette.ColorRole.Highlight), 120))
            side = -1 if grip is Grip.LOW else 1
            painter.drawEllipse(QPointF(x + side * 3.5, self.MIDDLE), radius + 2.5, radius + 3.5)
        warm = self._hovered in (grip, Grip.BOTH) and self.isEnabled()
        painter.setBrush(color.lighter(118) if warm else color)
        painter.setPen(self.palette().color(QPalette.ColorRole.Window))
        painter.drawPath(path)
        painter.setPen(Qt.PenStyle.NoPen)

    def _paint_now(self, painter: QPainter, now: float) -> None:
        """A dot in the range, a diamond at its stop."""
        at = QPointF(min(max(self.x_of(now), 5.0), self.width() - 5.0), self.MIDDLE)
        color = self.now_color
        painter.setBrush(color)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Base), 1.8))
        if color == AT_STOP:
            painter.translate(at)
            painter.rotate(45)
            painter.drawRect(QRectF(-4.5, -4.5, 9, 9))
            painter.resetTransform()
        else:
            painter.drawEllipse(at, 4.5, 4.5)
        painter.setPen(Qt.PenStyle.NoPen)


def _faint(color: QColor, alpha: int) -> QColor:
    faint = QColor(color)
    faint.setAlpha(alpha)
    return faint
