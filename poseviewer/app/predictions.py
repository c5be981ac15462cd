"""What is done with many predictions at once: accept those up to here, or all, or clear them."""

from __future__ import annotations

from PySide6.QtCore import QObject

from poseviewer.app.document import Document
from poseviewer.app.live_index import LiveIndex
from poseviewer.app.notices import Notices
from poseviewer.app.selection import Selection
from poseviewer.core import edits
from poseviewer.core.project import Edit, FrameKey


class Predictions(QObject):
    """Each is one step of undo, and says how many frames it was."""

    def __init__(
        self, document: Document, selection: Selection, index: LiveIndex, notices: Notices, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._document, self._selection, self._index, self._notices = document, selection, index, notices

    def accept_to_here(self) -> None:
        """Those of the shown media up to the shown frame, itself included."""
        frame = self._selection.frame
        if frame is not None:
            keys = [key for key in self._of(frame.media) if key.frame <= frame.frame]
            self._push(edits.accept_predictions(self._document.project, keys))

    def accept_all(self) -> None:
        self._push(edits.accept_predictions(self._document.project, self._everywhere()))

    def clear(self) -> None:
        """Those of all media; what is the user's own stays."""
        self._push(edits.clear_predictions(self._document.project, self._everywhere()))

    def _of(self, media: str) -> list[FrameKey]:
        return [FrameKey(media, number) for number in self._index.of(media).predicted.tolist()]

    def _everywhere(self) -> list[FrameKey]:
        return [key for media in self._document.project.media for key in self._of(media.id)]

    def _push(self, edit: Edit) -> None:
        if edit.empty:
            self._notices.say("There are no predictions up to this frame.")
        elif self._document.push(edit):
            self._notices.say(f"{edit.text}: done. Undo takes it back.")
