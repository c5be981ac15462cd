"""What a crash, or closing the window, cut short: offered at the top until the user decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from poseviewer.app.train.controls import narrow

if TYPE_CHECKING:
    from poseviewer.io.run_store import RunRecord


class InterruptedBar(QWidget):
    """One run at a time, the newest first."""

    continue_requested = Signal(str)
    keep_requested = Signal(str)
    discard_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._id = ""
        self.words = QLabel(wordWrap=True)
        self.go_on = QPushButton("Co&ntinue")
        self.keep = QPushButton("&Keep what there is")
        self.discard = QPushButton("&Discard")
        self.go_on.setToolTip("Train on from the last saved step, as if nothing had happened")
        self.keep.setToolTip("Leave it in the list with the model it has")
        self.discard.setToolTip("Delete the run and its model")
        self.go_on.clicked.connect(lambda: self.continue_requested.emit(self._id))
        self.keep.clicked.connect(lambda: self.keep_requested.emit(self._id))
        self.discard.clicked.connect(lambda: self.discard_requested.emit(self._id))
        row = QHBoxLayout()
        for button in (self.go_on, self.keep, self.discard):
            row.addWidget(narrow(button))
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.addWidget(self.words)
        column.addLayout(row)
        self.hide()

    def set_records(self, records: tuple[RunRecord, ...], free: bool = True) -> None:
        """Offer the first of these; hidden where there is none. `free`: nothing else trains, so it can go on."""
        self.setVisible(bool(records))
        self._id = records[0].id if records else ""
        if not records:
            return
        run, others = records[0], len(records) - 1
        more = f" {others} more {'was' if others == 1 else 'were'} too." if others else ""
        sentence = f"The run “{run.title}” was interrupted at step {run.step:,} of {run.steps:,}.{more}"
        self.words.setText(sentence)
        self.setAccessibleName(sentence)
        self.go_on.setEnabled(free)
        self.keep.setEnabled(run.model.is_file())
