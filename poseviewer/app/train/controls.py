"""The few controls that the training panel has more than one of."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QToolButton, QWidget


class PrimaryButton(QPushButton):
    """The one thing to do next, in the colour that says "here"."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setAutoDefault(True)
        self.setStyleSheet(
            "QPushButton { background: palette(highlight); color: palette(highlighted-text); font-weight: 600;"
            " border: 1px solid palette(highlight); border-radius: 4px; padding: 6px 14px; }"
            "QPushButton:focus { border: 2px solid palette(text); padding: 5px 13px; }"
            "QPushButton:disabled { background: palette(mid); color: palette(placeholder-text);"
            " border-color: palette(mid); }"
        )


class MoreButton(QToolButton):
    """Opens and closes what is rarely needed."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setCheckable(True)
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setArrowType(Qt.ArrowType.RightArrow)
        self.toggled.connect(self._turn)

    def _turn(self, open_: bool) -> None:
        self.setArrowType(Qt.ArrowType.DownArrow if open_ else Qt.ArrowType.RightArrow)


def narrow(button: QPushButton) -> QPushButton:
    """The same button, as narrow as its words: several of them stand side by side in a dock."""
    button.setMinimumWidth(button.fontMetrics().horizontalAdvance(button.text().replace("&", "")) + 18)
    return button


def quiet(text: str = "") -> QLabel:
    """Words that explain; they wrap, and ask for no width."""
    label = QLabel(text, objectName="muted", wordWrap=True)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label
