"""Labels of another tool into the project that is open: read beside the window, added as one edit."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from poseviewer.app import open_dialogs
from poseviewer.app.document import Document
from poseviewer.app.notices import Notices
from poseviewer.app.settings import SettingsStore
from poseviewer.app.tasks import Tasks

if TYPE_CHECKING:
    from poseviewer.io.labelled_frames import LabelFile


class LabelImporter(QObject):
    """What could not be kept is said; frames that the user has labelled stay as they are."""

    def __init__(
        self, document: Document, store: SettingsStore, notices: Notices, tasks: Tasks, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._document, self._store, self._notices, self._tasks = document, store, notices, tasks

    def choose(self) -> None:
        """Ask for a file of SLEAP, DeepLabCut, COCO or another tool and add what it says about the open media."""
        path = open_dialogs.ask_labels(None, self._store.current.folder)
        if path:
            self._store.change(folder=str(Path(path).parent))
            self._notices.say(f"Reading {Path(path).name}…")
            self._tasks.start(read, path, on_result=lambda labels: add_labels(self._document, self._notices, labels))


def add_labels(document: Document, notices: Notices, labels: LabelFile) -> None:
    """Add labels to the media of a project, as one edit, and say what could not be kept."""
    from poseviewer.core.errors import PoseviewerError
    from poseviewer.io.label_import import labels_to_project_edit

    try:
        # Here, and not beside the window: the user may have gone on clicking meanwhile.
        edit, report = labels_to_project_edit(document.project, labels)
    except PoseviewerError as error:
        notices.say("")
        notices.error(error)
        return
    if edit.empty:
        notices.say("")
        notices.warn(" ".join(["Nothing was imported.", *report]))
        return
    document.push(edit)
    notices.say(f"Imported labels on {len(edit.change.frames)} frames.")
    if report:
        notices.warn(" ".join(report))


def read(path: str) -> Generator[None, None, LabelFile]:
    """The labels of a file.

    Raises:
        LabelFileError: it is no file of labels, or damaged.
    """
    from poseviewer.io.label_files import read_labels

    yield
    return read_labels(Path(path))
