"""On top of the 3D view: which lifter makes the pose, and how it differs from another one while two are compared."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from poseviewer.app.train.controls import narrow

APART, OVER = "Over each other", "Side by side"
"""What the button says that changes how two poses are drawn, while they are drawn the other way."""


class LifterBar(QWidget):
    """Setters never emit."""

    choose_requested = Signal()
    """The user wants to see the lifters."""
    swap_requested = Signal()
    """B is to be the one in use, and the one in use is to be compared with."""
    apart_requested = Signal(bool)
    """Whether both poses are to stand side by side."""
    end_requested = Signal()
    """No more comparing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setStyleSheet("LifterBar { border-bottom: 1px solid palette(mid); }")
        self.lifter = WideButton("Lifter")
        self.lifter.setAccessibleName("Lifter")
        self.compare = QToolButton(text="Compare ▾", autoRaise=True)
        self.compare.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        self.compare.setAccessibleName("Compare with another lifter")
        self.compare.setToolTip("Show what another lifter makes of the same keypoints")
        self.compare.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.compare.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.others = QMenu(self)
        self.compare.setMenu(self.others)
        self.words = QLabel(wordWrap=True)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.swap = narrow(QPushButton("Use B"))
        self.swap.setToolTip("Lift with B from now on, and compare with A; undo takes it back")
        self.apart = narrow(QPushButton(APART))
        self.apart.setToolTip("Draw the two poses side by side, or over each other")
        self.end = QToolButton(text="✕", autoRaise=True, toolTip="End the comparison (Esc)")
        self.end.setAccessibleName("End the comparison")
        self.end.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._is_apart = True
        self._arrange()
        self.lifter.clicked.connect(self.choose_requested)
        self.swap.clicked.connect(self.swap_requested)
        self.apart.clicked.connect(self._turn)
        self.end.clicked.connect(self.end_requested)
        self.set_comparison(False)

    def set_lifter(self, title: str, tip: str) -> None:
        """What the lifter in use is called, and what to say about it where the pointer rests."""
        self.lifter.set_words(f"Lifter: {title}")
        self.lifter.setToolTip(tip)
        self.lifter.setAccessibleName(f"Lifter: {title}")

    @property
    def room(self) -> int:
        """How much higher it is while two lifters are compared: two lines of words, and buttons."""
        return self._below.sizeHint().height() + self.fontMetrics().height()

    def set_comparison(self, compared: bool) -> None:
        """Whether two lifters are compared."""
        self._below.setVisible(compared)
        if not compared:
            self.words.clear()

    def set_words(self, words: str) -> None:
        """How the two poses differ."""
        self.words.setText(words)
        self._below.setAccessibleName(words)

    def set_apart(self, apart: bool) -> None:
        """Whether the two poses stand side by side."""
        self._is_apart = apart
        self.apart.setText(APART if apart else OVER)
        narrow(self.apart)

    def _turn(self) -> None:
        self.set_apart(not self._is_apart)
        self.apart_requested.emit(self._is_apart)

    def _arrange(self) -> None:
        above = QHBoxLayout()
        above.setContentsMargins(4, 1, 4, 1)
        above.addWidget(self.lifter, 1)
        above.addWidget(self.compare)
        buttons = QHBoxLayout()
        buttons.addWidget(self.swap)
        buttons.addWidget(self.apart)
        buttons.addStretch(1)
        buttons.addWidget(self.end)
        self._below = QWidget()
        below = QVBoxLayout(self._below)
        below.setContentsMargins(10, 0, 6, 5)
        below.setSpacing(4)
        below.addWidget(self.words)
        below.addLayout(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(above)
        column.addWidget(self._below)


class WideButton(QPushButton):
    """A flat button with a small arrow whose words are cut short where there is no room for all of them."""

    ARROW = " ▾"

    def __init__(self, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, flat=True)
        self._words = words
        self.setStyleSheet("QPushButton { text-align: left; padding: 3px 6px; }")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._fit()

    @property
    def words(self) -> str:
        return self._words

    def set_words(self, words: str) -> None:
        self._words = words
        self._fit()

    def minimumSizeHint(self) -> QSize:
        return QSize(90, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        metrics = self.fontMetrics()
        room = self.width() - 16 - metrics.horizontalAdvance(self.ARROW)
        words = metrics.elidedText(self._words, Qt.TextElideMode.ElideMiddle, max(room, 40))
        self.setText(words.replace("&", "&&") + self.ARROW)
