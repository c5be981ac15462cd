"""What is done with many predictions at once: accept those up to here, or all, or clear them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from poseviewer.app.document import Document
from poseviewer.app.live_index import LiveIndex
from poseviewer.app.notices import Notices
from poseviewer.app.selection import Selection
from poseviewer.core import edits
from poseviewer.core.project import Edit, FrameKey, Project

PART = 200
"""Frames that are done between two looks at what the user does."""

Make = Callable[[Project, list[FrameKey], str], Edit]


class Predictions(QObject):
    """Each is one step of undo, and says how many frames it was. However many they are, the window goes on."""

    def __init__(
        self, document: Document, selection: Selection, index: LiveIndex, notices: Notices, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._document, self._selection, self._index, self._notices = document, selection, index, notices
        self._make: Make = edits.accept_predictions
        self._text = ""
        self._waiting: list[FrameKey] = []
        self._whole = 0
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._go_on)

    @property
    def busy(self) -> bool:
        """Whether there are frames left of what was begun."""
        return bool(self._waiting)

    def accept_to_here(self) -> None:
        """Those of the shown media up to the shown frame, itself included."""
        frame = self._selection.frame
        if frame is not None:
            keys = [key for key in self._of(frame.media) if key.frame <= frame.frame]
            self._begin(edits.accept_predictions, "Accept", keys)

    def accept_all(self) -> None:
        self._begin(edits.accept_predictions, "Accept", self._everywhere())

    def clear(self) -> None:
        """Those of all media; what is the user's own stays."""
        self._begin(edits.clear_predictions, "Clear", self._everywhere())

    def close(self) -> None:
        """Leave the rest as it is."""
        self._waiting = []
        self._timer.stop()

    def _of(self, media: str) -> list[FrameKey]:
        return [FrameKey(media, number) for number in self._index.of(media).predicted.tolist()]

    def _everywhere(self) -> list[FrameKey]:
        return [key for media in self._document.project.media for key in self._of(media.id)]

    def _begin(self, make: Make, verb: str, keys: list[FrameKey]) -> None:
        if self.busy:
            self._notices.say(f"{self._text}: not done yet.")
            return
        if not keys:
            self._notices.say("There are no predictions up to this frame.")
            return
        self._make, self._waiting, self._whole = make, keys, 0
        self._text = f"{verb} prediction" if len(keys) == 1 else f"{verb} {len(keys):,} predictions"
        self._go_on()

    def _go_on(self) -> None:
        """The next part, until all are done, undone meanwhile, or cannot be saved (which was then said)."""
        if self._whole and self._document.is_undone(self._whole):
            self.close()
            return
        part, self._waiting = self._waiting[:PART], self._waiting[PART:]
        edit = self._make(self._document.project, part, self._text)
        self._whole = self._document.push_part(edit, self._whole)
        if not self._whole:
            self.close()
        elif self._waiting:
            self._notices.say(f"{self._text}: {len(self._waiting):,} to go…")
            self._timer.start()
        else:
            self.close()
            self._notices.say(f"{self._text}: done. Undo takes it back.")
