"""The status line: what happens, which frame this is, how well the pose fits, and what computes it."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QStatusBar, QWidget

SHOWN_MS = 8000
GAP = 6


class StatusLine(QStatusBar):
    """Messages on the left pass; the fields on the right stay."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.frame = self._field("Frame")
        self.lift = self._field("3D pose")
        self.model = self._field("Device and model in use")
        self.setSizeGripEnabled(False)

    def say(self, sentence: str) -> None:
        self.showMessage(sentence, SHOWN_MS)

    def clear_fields(self) -> None:
        for field in (self.frame, self.lift, self.model):
            field.clear()

    def _field(self, what: str) -> QLabel:
        label = QLabel(toolTip=what)
        label.setAccessibleName(what)
        label.setContentsMargins(GAP, 0, GAP, 0)
        self.addPermanentWidget(label)
        return label
