"""The one place where the user is told that something went wrong."""

from __future__ import annotations

import logging

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from poseviewer.app.log_file import log_path
from poseviewer.core.errors import PoseviewerError

log = logging.getLogger("poseviewer")


def sentence_for(error: BaseException) -> str:
    """What the user reads: our own errors as they stand, the system's in plain words, others with where to look."""
    if isinstance(error, PoseviewerError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror}; nothing was changed, so correct that and try again."
    if isinstance(error, MemoryError):
        return "There was not enough memory for this; close other programs or use a smaller file."
    name = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return f"Something unexpected went wrong ({name}); your labels are safe, and the details are in {log_path()}."


class Notices(QObject):
    """Takes errors from everywhere in the window, logs them and says them in one sentence."""

    shown = Signal(str)
    """A sentence that stays until it is dismissed."""
    said = Signal(str)
    """A sentence that may pass, for the status line."""

    def error(self, error: BaseException) -> None:
        """Log with its traceback, and tell the user."""
        expected = isinstance(error, PoseviewerError)
        trace = (type(error), error, error.__traceback__)
        log.log(logging.WARNING if expected else logging.ERROR, "%s", error, exc_info=trace)
        self.shown.emit(sentence_for(error))

    def warn(self, sentence: str) -> None:
        log.warning("%s", sentence)
        self.shown.emit(sentence)

    def say(self, sentence: str) -> None:
        self.said.emit(sentence)


class NoticeBar(QWidget):
    """A calm line across the top of the window; the work below goes on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._label = QLabel()
        self._label.setWordWrap(True)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        close = QToolButton(text="✕", autoRaise=True, toolTip="Dismiss")
        close.setAccessibleName("Dismiss the message")
        close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 6, 6)
        row.addWidget(self._label, 1)
        row.addWidget(close)
        self.hide()

    @property
    def text(self) -> str:
        """What is shown now, "" when nothing is."""
        return self._label.text() if not self.isHidden() else ""

    def show_sentence(self, sentence: str) -> None:
        self._label.setText(sentence)
        self.setAccessibleName(sentence)
        self.show()
