"""The list of frames that are worth labelling: which, why, and how much; a click goes there."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QLabel, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from poseviewer.app.own_keys import lend_keys
from poseviewer.app.selection import Selection
from poseviewer.app.suggest.suggestions import WORDS, Suggestions, frame_name
from poseviewer.core.project import FrameKey
from poseviewer.geometry.suggestions import Suggestion

PLACE = Qt.ItemDataRole.UserRole
HINT = "Space goes to the next one, Return accepts its prediction. What you label leaves the list."


class SuggestionPanel(QWidget):
    """Shows the suggestions of the media in view, the most worth first, with the shown frame marked."""

    def __init__(self, suggestions: Suggestions, selection: Selection, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._suggestions, self._selection = suggestions, selection
        self.words = QLabel(self)
        self.words.setWordWrap(True)
        self.list = QTreeWidget(self)
        self.hint = QLabel(HINT, self)
        self.hint.setWordWrap(True)
        self.hint.setObjectName("muted")
        self._arrange()
        suggestions.changed.connect(self._refresh)
        selection.frame_changed.connect(self._mark)
        self.list.itemClicked.connect(self._open)
        self._refresh()

    def _arrange(self) -> None:
        self.list.setHeaderLabels(["Frame", "Why", "Worth"])
        self.list.setAccessibleName("Frames worth labelling")
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setMinimumHeight(70)
        lend_keys(self.list)
        header = self.list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.ResizeToContents)
        self.list.headerItem().setToolTip(2, "How much there is to gain from looking at it, of 100")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(8)
        column.addWidget(self.words)
        column.addWidget(self.list, 1)
        column.addWidget(self.hint)

    def _refresh(self) -> None:
        found, media = self._suggestions.found, self._suggestions.media
        self.words.setText(self._said())
        self.list.clear()
        for place, suggestion in enumerate(found):
            assert media is not None
            why = WORDS[suggestion.reason]
            row = QTreeWidgetItem([frame_name(media, suggestion.frame), why, f"{100 * suggestion.score:.0f}"])
            row.setTextAlignment(2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            row.setToolTip(1, why)
            row.setData(0, PLACE, place)
            self.list.addTopLevelItem(row)
        self._mark(self._selection.frame)

    def _said(self) -> str:
        """The line above the list."""
        found, media = self._suggestions.found, self._suggestions.media
        if media is None:
            return "Open a video or images to see which frames to label."
        name = Path(media.path).name
        if not found:
            return f"No frame of {name} needs a look."
        frames = f"{len(found)} frame{'s' if len(found) > 1 else ''} of {name}"
        if self._suggestions.from_predictions:
            return f"{frames} where the predictions look doubtful:"
        return f"{frames}, spread out. Detect, and the doubtful ones are listed here:"

    def _mark(self, key: FrameKey | None) -> None:
        shown = None
        for number in range(self.list.topLevelItemCount()):
            row = self.list.topLevelItem(number)
            if row is not None and key is not None and self._of(row).frame == key.frame:
                shown = row
        self.list.setCurrentItem(shown)

    def _open(self, row: QTreeWidgetItem) -> None:
        self._suggestions.show(self._of(row))

    def _of(self, row: QTreeWidgetItem) -> Suggestion:
        place: int = row.data(0, PLACE)
        return self._suggestions.found[place]
