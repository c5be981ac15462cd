"""A lifter from a file of the user's own, or back to the one that comes with the skeleton."""

from __future__ import annotations

from PySide6.QtCore import QObject

from poseviewer.app import open_dialogs
from poseviewer.app.document import Document
from poseviewer.app.settings import SettingsStore
from poseviewer.core import edits


class ModelChooser(QObject):
    """The choice is an edit of the project like any other; whether the file can be used is said by the live lift."""

    def __init__(self, document: Document, store: SettingsStore, parent: QObject) -> None:
        super().__init__(parent)
        self._document, self._store = document, store

    def choose(self) -> None:
        path = open_dialogs.ask_model(None, self._store.current.folder)
        if path:
            self._store.put(self._store.current.with_lifter(path))
            self._document.push(edits.set_model(self._document.project, path))

    def use_shipped(self) -> None:
        self._document.push(edits.set_model(self._document.project, ""))
