"""A field for a number: steps by keys preview; it commits once, on Enter, on leaving or as the key rises."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QWheelEvent
from PySide6.QtWidgets import QDoubleSpinBox, QLineEdit, QWidget

STEPPING = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


def undoes_project(event: QKeyEvent, edit: QLineEdit) -> bool:
    """Whether undo or redo is pressed where nothing is being typed: then the project's is meant."""
    wanted = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)
    return not edit.isModified() and any(event.matches(key) for key in wanted)


class GestureSpin(QDoubleSpinBox):
    """Without a number there is none: letters, NaN and infinity cannot be typed. Setters never emit."""

    previewed = Signal(float)
    committed = Signal(float)
    cancelled = Signal()

    def __init__(
        self, name: str, low: float, high: float, step: float = 1.0, decimals: int = 1, suffix: str = "",
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._shown = 0.0
        self._stepping = False
        self.setRange(low, high)
        self.setSingleStep(step)
        self.setDecimals(decimals)
        self.setSuffix(suffix)
        self.setKeyboardTracking(False)
        self.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setAccessibleName(name)
        self.editingFinished.connect(self._finish)

    @property
    def shown(self) -> float:
        """What stands or is previewed, whatever is being typed."""
        return self._shown

    @property
    def held(self) -> bool:
        """Whether steps have been previewed that are not yet committed."""
        return self._stepping

    def show_value(self, value: float) -> None:
        """Show what stands, or what is being previewed."""
        self._shown = round(value, self.decimals())
        if self._shown != self.value() or self.lineEdit().isModified():
            self.setValue(self._shown)

    def drop_gesture(self) -> None:
        """Forget the steps in hand: what they were about is gone."""
        self._stepping = False

    def stepBy(self, steps: int) -> None:
        super().stepBy(steps)
        self._stepping = True
        self.previewed.emit(self.value())

    def event(self, event: QEvent) -> bool:
        """The window has the arrow keys for joints; here they step. Undo is the window's unless one types."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if undoes_project(event, self.lineEdit()):
                event.ignore()
                return False
            if event.key() in STEPPING or (event.key() == Qt.Key.Key_Escape and self._in_hand):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._in_hand:
            stepping, self._stepping = self._stepping, False
            self.setValue(self._shown)
            if stepping:
                self.cancelled.emit()
            return
        super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        super().keyReleaseEvent(event)
        if event.key() in STEPPING and not event.isAutoRepeat() and self._stepping:
            self._finish()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel scrolls the panel: a number must not change because the pointer came by."""
        event.ignore()

    @property
    def _in_hand(self) -> bool:
        return self._stepping or self.lineEdit().isModified()

    def _finish(self) -> None:
        if self._stepping or self.value() != self._shown:
            self._stepping = False
            self.committed.emit(self.value())
