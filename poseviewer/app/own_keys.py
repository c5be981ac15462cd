"""Widgets keep the keys that they have a use for, although the window uses the same keys for frames and joints."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

MOVING = frozenset(
    {
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
        Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown,
        Qt.Key.Key_Delete,
    }
)


LENT = "lendsReturn"
RETURN = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
USES_RETURN = (QLineEdit, QAbstractSpinBox, QComboBox, QAbstractItemView, QPlainTextEdit)
USES_SPACE = (QAbstractButton, QComboBox, QPlainTextEdit)


class OwnKeys(QObject):
    """Watches the lists and sliders inside a panel; not the whole application, where it would slow every event."""

    def __init__(self, panel: QWidget) -> None:
        super().__init__(panel)
        for kind in (QAbstractItemView, QAbstractSlider):
            for widget in panel.findChildren(kind):
                widget.installEventFilter(self)
        if isinstance(panel, QAbstractItemView | QAbstractSlider):
            panel.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
            if plain and event.key() in MOVING:
                event.accept()
                return True
        return False


class FocusedKeys(QObject):
    """Return and Space belong to the widget in focus where it has a use for them, else to the window.

    Only the widget in focus is watched.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._follow)
        self._follow(None, QApplication.focusWidget())

    def _follow(self, old: QWidget | None, new: QWidget | None) -> None:
        if old is not None:
            old.removeEventFilter(self)
        if new is not None:
            new.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and uses_key(watched, event):
            event.accept()
            return True
        return False


def lend_keys(view: QWidget) -> None:
    """A list whose rows have nothing to open leaves Return to the window."""
    view.setProperty(LENT, True)


def uses_key(widget: QObject, event: QKeyEvent) -> bool:
    """Whether a widget has a use for a key without modifiers."""
    if event.modifiers() not in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier):
        return False
    if event.key() in RETURN:
        return isinstance(widget, USES_RETURN) and not widget.property(LENT)
    return event.key() == Qt.Key.Key_Space and isinstance(widget, USES_SPACE)
