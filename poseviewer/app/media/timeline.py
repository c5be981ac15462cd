"""The timeline: where in the media one is, which frames have labels, and the ways to go elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSpinBox, QToolTip, QWidget

from poseviewer.app.media.glyphs import GlyphButton
from poseviewer.app.media.track_marks import Numbers, Scale, TrackMarks, numbers, paint_marks

MARGIN = 8
NAME_WIDTH = 180
TRACK_WIDTH = 150
"""The shortest track that is still easy to aim at; words go before it gets shorter."""


class Timeline(QWidget):
    """Buttons, a track with a playhead and marks, the frame number and the time. Setters never emit."""

    frame_requested = Signal(int)
    play_toggled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = 0
        self._fps = 0.0
        self._name = ""
        self._previous = GlyphButton("previous", "Previous frame (Left)", self)
        self._play = GlyphButton("play", "Play (P)", self)
        self._next = GlyphButton("next", "Next frame (Right)", self)
        self._track = Track(self)
        self._spin = QSpinBox(self)
        self._spin.setKeyboardTracking(False)
        self._spin.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self._spin.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._spin.setToolTip("Go to frame: type a number and press Enter (Ctrl+J)")
        self._spin.setAccessibleName("Frame number")
        self._of = QLabel(self)
        self._time = QLabel(self)
        self._label = QLabel(self)
        for label in (self._of, self._time, self._label):
            label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._lay_out()
        self._previous.clicked.connect(lambda: self._step(-1))
        self._next.clicked.connect(lambda: self._step(1))
        self._play.clicked.connect(self.play_toggled)
        self._track.frame_requested.connect(self.frame_requested)
        self._spin.valueChanged.connect(self.frame_requested)
        self.set_media(0, 0.0)

    @property
    def frame(self) -> int:
        return self._track.frame

    def set_media(self, frame_count: int, fps: float) -> None:
        """How many frames there are; `fps` 0 for images, which have no time and do not play."""
        self._count, self._fps = frame_count, fps
        self._track.set_media(frame_count, fps)
        self._spin.blockSignals(True)
        self._spin.setRange(0, max(frame_count - 1, 0))
        self._spin.blockSignals(False)
        several = frame_count > 1
        for widget in (self._previous, self._next, self._track, self._spin):
            widget.setVisible(several)
        self._play.setVisible(several and fps > 0)
        self._reserve_widths()
        self._of.setText(
            f"/ {frame_count - 1:,}" if several else ("", "1 image")[frame_count] if fps <= 0 else "1 frame"
        )
        self.set_playing(False)
        self.set_frame(0)
        self._leave_out_words()

    def set_frame(self, frame: int) -> None:
        self._track.set_frame(frame)
        self._spin.blockSignals(True)
        self._spin.setValue(frame)
        self._spin.blockSignals(False)
        self._previous.setEnabled(frame > 0)
        self._next.setEnabled(frame < self._count - 1)
        if self._fps > 0:
            self._time.setText(f"{clock(frame / self._fps)} / {clock(self._count / self._fps)}")

    def set_marks(self, labelled: Numbers, damaged: Numbers, flawed: Numbers = ()) -> None:
        """Frames with labels of the user, frames that cannot be decoded, and frames that can be in part."""
        self._track.set_marks(labelled, damaged, flawed)

    def set_predictions(self, frames: Numbers, confidence: NDArray[np.float32]) -> None:
        """Frames with predictions, in order, and how sure each is, 0 to 1 (NaN: not said)."""
        self._track.set_predictions(frames, confidence)

    def set_suggestions(self, suggestions: Mapping[int, str]) -> None:
        """Frames worth labelling, each with the reason in words."""
        self._track.set_suggestions(suggestions)

    def set_colors(self, palette: str) -> None:
        """A key of `colors.PALETTES`."""
        self._track.set_colors(palette)

    def set_playing(self, playing: bool) -> None:
        self._play.set_glyph("pause" if playing else "play", "Pause (P)" if playing else "Play (P)")

    def set_label(self, name: str) -> None:
        """The name of what is shown: a video, or a folder or file of images."""
        self._name = name
        self._label.setToolTip(name)
        metrics = QFontMetrics(self._label.font())
        self._label.setText(metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, NAME_WIDTH))
        self._leave_out_words()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._leave_out_words()

    def _leave_out_words(self) -> None:
        """In a narrow window the name goes first, as the list of media has it too; then the time, then the count."""
        several = self._count > 1
        buttons = 2 + (self._fps > 0)
        left = self.width() - 2 * MARGIN
        if several:
            left -= TRACK_WIDTH + buttons * (self._next.sizeHint().width() + 4) + self._spin.minimumWidth() + 20
        for label, wanted in ((self._of, True), (self._time, several and self._fps > 0), (self._label, True)):
            left -= max(label.sizeHint().width(), label.minimumWidth()) + 16
            label.setVisible(wanted and left >= 0)

    def _step(self, step: int) -> None:
        self.frame_requested.emit(min(max(self.frame + step, 0), max(self._count - 1, 0)))

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(MARGIN, 3, MARGIN, 3)
        row.setSpacing(4)
        for button in (self._previous, self._play, self._next):
            row.addWidget(button)
        row.addSpacing(4)
        row.addWidget(self._track, 1)
        row.addSpacing(4)
        row.addWidget(self._spin)
        row.addWidget(self._of)
        row.addSpacing(8)
        row.addWidget(self._time)
        row.addSpacing(8)
        row.addWidget(self._label)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(TRACK_WIDTH)

    def _reserve_widths(self) -> None:
        """So that the track does not change its length while numbers change theirs."""
        metrics = self.fontMetrics()
        self._spin.setFixedWidth(metrics.horizontalAdvance("0" * max(len(str(self._count)), 3)) + 24)
        if self._fps > 0:
            longest = clock(self._count / self._fps)
            self._time.setFixedWidth(metrics.horizontalAdvance(f"{longest} / {longest}") + 4)


class Track(QWidget):
    """The line that is clicked and dragged. Frames stand at the middle of equal stretches of it."""

    frame_requested = Signal(int)

    MARGIN = 7.0

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.frame = 0
        self._count = 0
        self._fps = 0.0
        self._marks = TrackMarks()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumWidth(80)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Timeline")
        self.setAccessibleDescription(
            "Left and Right go one frame, Page Up and Page Down a tenth, Home and End to the ends"
        )

    def sizeHint(self) -> QSize:
        return QSize(400, 28)

    def set_media(self, frame_count: int, fps: float) -> None:
        self._count, self._fps = frame_count, fps
        self._marks = replace(TrackMarks(), colors=self._marks.colors)
        self.update()

    def set_frame(self, frame: int) -> None:
        if frame != self.frame:
            self.frame = frame
            self.update()

    def set_marks(self, labelled: Numbers, damaged: Numbers, flawed: Numbers) -> None:
        self._mark(labelled=numbers(labelled), damaged=numbers(damaged), flawed=numbers(flawed))

    def set_predictions(self, frames: Numbers, confidence: NDArray[np.float32]) -> None:
        self._mark(predicted=numbers(frames), confidence=np.asarray(confidence, np.float32))

    def set_suggestions(self, suggestions: Mapping[int, str]) -> None:
        self._mark(suggested=dict(suggestions))

    def set_colors(self, palette: str) -> None:
        self._mark(colors=palette)

    def _mark(self, **changes: Any) -> None:
        self._marks = replace(self._marks, **changes)
        self.update()

    @property
    def scale(self) -> Scale:
        """From frames to pixels."""
        last = max(self._count - 1, 1)
        return Scale(self.MARGIN, (self.width() - 2 * self.MARGIN) / last, self.height() / 2)

    def x_of(self, frame: int) -> float:
        """Where a frame is, in pixels."""
        return self.scale.start + self.scale.step * frame

    def frame_at(self, x: float) -> int:
        """The frame nearest to a place; those outside belong to the ends."""
        share = (x - self.MARGIN) / max(self.width() - 2 * self.MARGIN, 1.0)
        return min(max(round(share * (self._count - 1)), 0), max(self._count - 1, 0))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._ask(self.frame_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            frame = self.frame_at(event.position().x())
            self._ask(frame)
            QToolTip.showText(event.globalPosition().toPoint(), self.describe(frame), self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        tenth = max(self._count // 10, 1)
        last = self._count - 1
        goal = {
            Qt.Key.Key_Left: self.frame - 1,
            Qt.Key.Key_Right: self.frame + 1,
            Qt.Key.Key_PageUp: self.frame - tenth,
            Qt.Key.Key_PageDown: self.frame + tenth,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }.get(Qt.Key(event.key()))
        if goal is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        else:
            self._ask(min(max(goal, 0), max(last, 0)))

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.describe(self.frame_at(event.pos().x())), self)
            return True
        return super().event(event)

    def describe(self, frame: int) -> str:
        """What a tooltip says of a frame."""
        parts = [f"Frame {frame}"]
        if self._fps > 0:
            parts.append(clock(frame / self._fps))
        return " · ".join(parts + self._marks.words(frame))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        middle, palette = self.height() / 2, self.palette()
        accent = palette.color(QPalette.ColorRole.Highlight)
        groove = QRectF(self.MARGIN, middle - 2, self.width() - 2 * self.MARGIN, 4)
        painter.setBrush(_faint(palette.color(QPalette.ColorRole.WindowText), 50))
        painter.drawRoundedRect(groove, 2, 2)
        at = self.x_of(self.frame)
        painter.setBrush(_faint(accent, 150))
        painter.drawRoundedRect(QRectF(groove.left(), groove.top(), at - groove.left(), 4), 2, 2)
        paint_marks(painter, self._marks, self.scale, palette)
        painter.setPen(Qt.PenStyle.NoPen)
        self._paint_playhead(painter, QPointF(at, middle), accent)

    def _paint_playhead(self, painter: QPainter, at: QPointF, accent: QColor) -> None:
        if self.hasFocus():
            painter.setBrush(_faint(accent, 80))
            painter.drawEllipse(at, 9, 9)
        painter.setBrush(self.palette().color(QPalette.ColorRole.Window))
        painter.drawEllipse(at, 7, 7)
        painter.setBrush(accent)
        painter.drawEllipse(at, 5.5, 5.5)

    def _ask(self, frame: int) -> None:
        if self._count and frame != self.frame:
            self.frame_requested.emit(frame)


def clock(seconds: float) -> str:
    """0:07.25, or 1:02:07.25 from an hour on."""
    hundredths = round(seconds * 100)
    minutes, rest = divmod(hundredths, 6000)
    hours, minutes = divmod(minutes, 60)
    tail = f"{rest // 100:02d}.{rest % 100:02d}"
    return f"{hours}:{minutes:02d}:{tail}" if hours else f"{minutes}:{tail}"


def _faint(color: QColor, alpha: int) -> QColor:
    faint = QColor(color)
    faint.setAlpha(alpha)
    return faint
