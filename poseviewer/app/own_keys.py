"""Lists and sliders keep the keys that move in them, although the window uses the same keys for frames and joints."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QAbstractSlider, QWidget

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
