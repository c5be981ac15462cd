"""Label, Ranges, Train: three buttons in the corner of the menu bar that lay the panels out for that work."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QWidget

from poseviewer.app.docks import LAYOUTS


class LayoutSwitch(QWidget):
    chosen = Signal(str)
    """The name of a layout, by the user's click."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("layout_switch")
        self.setAccessibleName("Layout")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 6, 0)
        row.setSpacing(2)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QToolButton] = {}
        for number, layout in enumerate(LAYOUTS, 1):
            button = QToolButton()
            button.setText(layout.title)
            button.setToolTip(f"{layout.hint} (Ctrl+{number})")
            button.setCheckable(True)
            button.setAutoRaise(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, name=layout.name: self.chosen.emit(name))
            self._group.addButton(button)
            self._buttons[layout.name] = button
            row.addWidget(button)

    def set_layout_name(self, name: str) -> None:
        self._buttons[name].setChecked(True)
