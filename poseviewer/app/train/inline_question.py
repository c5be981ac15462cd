"""A question in the place it is about, instead of a dialog over everything: two buttons, Esc is no."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget


class InlineQuestion(QWidget):
    """Hidden until `ask`; hidden again by either answer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._do: Callable[[], object] | None = None
        self._back: QWidget | None = None
        self.words = QLabel(wordWrap=True)
        self.yes, self.no = QPushButton(), QPushButton()
        self.yes.clicked.connect(self._agree)
        self.no.clicked.connect(self.dismiss)
        for button in (self.yes, self.no):
            button.setAutoDefault(True)
        row = QHBoxLayout()
        row.addWidget(self.yes)
        row.addWidget(self.no)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.addWidget(self.words)
        column.addLayout(row)
        self.hide()

    def ask(self, sentence: str, yes: str, no: str, do: Callable[[], object]) -> None:
        """Show a question; `do` is called if the answer is yes. The safe answer has the focus."""
        self._do = do
        self._back = self.window().focusWidget()
        self.words.setText(sentence)
        self.yes.setText(yes)
        self.no.setText(no)
        self.setAccessibleName(sentence)
        self.show()
        self.no.setFocus(Qt.FocusReason.OtherFocusReason)

    def dismiss(self) -> None:
        """No answer, or no: nothing happens."""
        self._do = None
        had_focus = self.isAncestorOf(self.window().focusWidget()) if self.window().focusWidget() else False
        self.hide()
        if had_focus and self._back is not None and self._back.isVisible():
            self._back.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)

    def _agree(self) -> None:
        do = self._do
        self.dismiss()
        if do is not None:
            do()
