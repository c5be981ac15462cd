"""The label index of the open document: always that of its present project."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from poseviewer.app.document import Document
from poseviewer.core.label_index import LabelIndex, MediaLabels
from poseviewer.core.project import FrameKey


class LiveIndex(QObject):
    """Make it before whatever asks it, and listen to its `changed` where the document's own would come too soon."""

    changed = Signal(object)
    """frozenset[FrameKey]: the frames whose instances changed, once the index knows of them."""

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._index = LabelIndex(document.project)
        document.frames_changed.connect(self._follow)

    def of(self, media_id: str) -> MediaLabels:
        return self._index.of(media_id)

    @property
    def any_predicted(self) -> bool:
        return self._index.any_predicted

    def _follow(self, frames: frozenset[FrameKey]) -> None:
        self._index.update(self._document.project, frames)
        self.changed.emit(frames)
