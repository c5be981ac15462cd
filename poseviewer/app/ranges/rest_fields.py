"""Where the chosen bone points at rest: in words, as two angles, and exactly as three numbers."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPalette
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QLineEdit, QWidget

from poseviewer.app.ranges.gesture_spin import GestureSpin, undoes_project
from poseviewer.app.ranges.range_words import angles_of_rest, rest_from_angles, rest_words
from poseviewer.core.errors import SkeletonError
from poseviewer.core.ranges import Vector


class RestFields(QWidget):
    """Setters never emit."""

    previewed = Signal(object)
    """Vector: a direction in the body frame."""
    committed = Signal(object)
    cancelled = Signal()
    refused = Signal(object)
    """SkeletonError: what was typed is no direction."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rest: Vector | None = None
        self._words = QLabel(self)
        self.elevation = GestureSpin("rest direction above level", -90, 90, suffix="°", parent=self)
        self.heading = GestureSpin("rest direction around", -180, 180, suffix="°", parent=self)
        self.exact = _VectorEdit(self)
        self._tips = {
            self.elevation: "Above level: 90 is straight up, −90 straight down",
            self.heading: "Around: 0 is forwards, 90 left, −90 right, 180 backwards",
            self.exact: "The direction as left, back and up; of any length, it is made 1",
        }
        self._arrange()
        for spin in (self.elevation, self.heading):
            spin.previewed.connect(lambda _: self.previewed.emit(self._from_angles()))
            spin.committed.connect(lambda _: self.committed.emit(self._from_angles()))
            spin.cancelled.connect(self.cancelled)
        self.exact.editingFinished.connect(self._take_text)

    @property
    def held(self) -> bool:
        return self.elevation.held or self.heading.held

    def show_rest(self, rest: Vector) -> None:
        if rest == self._rest and not self.exact.isModified():
            return
        self._rest = rest
        elevation, heading = angles_of_rest(rest)
        self.elevation.show_value(elevation)
        self.heading.show_value(heading)
        self.exact.show_text(vector_text(rest))
        self._words.setText(rest_words(rest))

    def drop_gesture(self) -> None:
        for spin in (self.elevation, self.heading):
            spin.drop_gesture()

    def set_editable(self, editable: bool, reason: str) -> None:
        for part, tip in self._tips.items():
            part.setEnabled(editable)
            part.setToolTip(tip if editable else reason)

    def _arrange(self) -> None:
        self._words.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._words.setWordWrap(True)
        angles = QHBoxLayout()
        angles.setSpacing(4)
        for spin, label in ((self.elevation, "up"), (self.heading, "around")):
            spin.setFixedWidth(spin.fontMetrics().horizontalAdvance("−180.0°") + 18)
            angles.addWidget(spin)
            angles.addWidget(QLabel(label, self))
        angles.addStretch(1)
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        form.addRow("Points", self._words)
        form.addRow("Angles", angles)
        form.addRow("Exactly", self.exact)

    def _from_angles(self) -> Vector:
        return rest_from_angles(self.elevation.value(), self.heading.value())

    def _take_text(self) -> None:
        if self._rest is None or self.exact.text() == vector_text(self._rest):
            return
        try:
            rest = vector_from_text(self.exact.text())
        except SkeletonError as error:
            self.exact.show_text(vector_text(self._rest))
            self.refused.emit(error)
            return
        self.committed.emit(rest)


class _VectorEdit(QLineEdit):
    """Escape leaves it as it was."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._shown = ""
        self.setAccessibleName("rest direction as left, back and up")

    def show_text(self, text: str) -> None:
        self._shown = text
        self.setText(text)
        self.setCursorPosition(0)

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and undoes_project(event, self)
        ):
            event.ignore()
            return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text() != self._shown:
            self.show_text(self._shown)
        else:
            super().keyPressEvent(event)


def vector_text(vector: Vector) -> str:
    """`0, 0.498, -0.867`: left, back, up."""
    return ", ".join(f"{round(c, 3) + 0.0:g}" for c in vector)


def vector_from_text(text: str) -> Vector:
    """Three numbers with commas, semicolons or spaces between.

    Raises:
        SkeletonError: it is something else.
    """
    words = text.replace(";", " ").replace(",", " ").replace("−", "-").strip(" ()[]").split()
    try:
        x, y, z = (float(word) for word in words)
    except ValueError:
        raise SkeletonError(
            f"“{text}” is no direction; enter three numbers, left, back and up, such as 0, 0.5, -0.87."
        ) from None
    return x, y, z
