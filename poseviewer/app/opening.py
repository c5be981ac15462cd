"""How projects and media get into the window and out of it."""

from __future__ import annotations

import uuid
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from poseviewer.app import open_dialogs
from poseviewer.app.notices import Notices
from poseviewer.app.settings import SettingsStore
from poseviewer.app.tasks import Tasks

SUFFIX = ".poseproj"


@dataclass(frozen=True, eq=False)
class OpenedMedia:
    """A media that could be read: its description for the project, and the reader that described it."""

    ref: Any
    reader: Any


class Opening(QObject):
    """Opens, adds, saves and closes. What is open is its `document`; the window shows it."""

    closing = Signal()
    """What is open is about to be closed: let go of it."""
    document_changed = Signal(object)
    """Document or None: what is open now."""
    media_added = Signal(object)
    """tuple[OpenedMedia, ...]: new in the project; the first is to be shown."""

    def __init__(self, window: QWidget, store: SettingsStore, notices: Notices, tasks: Tasks) -> None:
        super().__init__(window)
        self._window = window
        self._store = store
        self._notices = notices
        self._tasks = tasks
        self.document: Any = None

    # What menus and the start page ask for

    def new_project(self) -> None:
        """A new project on media that the user chooses."""
        paths = open_dialogs.ask_media(self._window, self._store.current.folder)
        if paths:
            self.close_project()
            self.open_paths(paths)

    def choose(self) -> None:
        """A project, or media: for the open project if there is one."""
        self.open_paths(open_dialogs.ask_anything(self._window, self._store.current.folder))

    def choose_folder(self) -> None:
        folder = open_dialogs.ask_folder(self._window, self._store.current.folder)
        self.open_paths([folder] if folder else [])

    def open_paths(self, paths: Iterable[str]) -> None:
        """Projects replace what is open; media join it, or begin an untitled project."""
        chosen = [str(Path(p).expanduser().absolute()) for p in paths]
        if not chosen:
            return
        self._store.change(folder=str(Path(chosen[0]).parent))
        projects = [p for p in chosen if p.lower().endswith(SUFFIX)]
        media = [p for p in chosen if p not in projects]
        if projects:
            self.open_project(projects[-1])
        if media:
            self._notices.say(f"Reading {Path(media[0]).name}…")
            self._tasks.start(read_media, media, on_result=self._add_media)

    def open_project(self, path: str) -> None:
        from poseviewer.app.document import Document
        from poseviewer.io.project_file import ProjectFile

        if self.document is not None and self.document.path == Path(path):
            self._notices.say(f"{Path(path).stem} is open already.")
            return
        try:
            file = ProjectFile.open(path)
        except Exception as error:
            self._notices.error(error)
            return
        self._change_document(Document(file.project, file))

    def open_sample(self) -> None:
        from poseviewer.app.sample import sample_project

        try:
            path = sample_project()
        except Exception as error:
            self._notices.error(error)
            return
        self.open_project(str(path))

    def save(self) -> None:
        """An untitled project gets a name; a named one is saved already, and that is worth saying."""
        if self.document.untitled:
            self.save_as()
        else:
            self._notices.say(f"All is saved in {self.document.path.name}: every edit is written as you make it.")

    def save_as(self) -> None:
        document = self.document
        name = "My project" if document.untitled else document.path.stem
        path = open_dialogs.ask_project_name(self._window, self._store.current.folder, name)
        if path is not None and document.save_as(path):
            self._store.put(self._store.current.with_recent(str(path)))
            self._notices.say(f"Saved as {path}. From here on every edit is written there as you make it.")

    def close_project(self) -> None:
        self._change_document(None)

    # What follows from it

    def _add_media(self, found: tuple[tuple[OpenedMedia, ...], tuple[Exception, ...]]) -> None:
        from poseviewer.core import edits

        opened, errors = found
        for error in errors[:1]:
            self._notices.error(error)
        if not opened:
            self._notices.say("")  # it is not being read any more
            return
        if self.document is None and not self._begin_untitled():
            return
        for media in opened:
            if not self.document.push(edits.add_media(self.document.project, media.ref)):
                return
        self._notices.say(f"Added {_names(opened)}.")
        self.media_added.emit(opened)

    def _begin_untitled(self) -> bool:
        from poseviewer.app.document import Document
        from poseviewer.core.project import Project
        from poseviewer.io.project_file import ProjectFile
        from poseviewer.io.skeleton_files import load_ranges, load_skeleton
        from poseviewer.io.untitled import untitled_path

        try:
            skeleton = load_skeleton(self._store.current.skeleton)
            project = Project(skeleton, load_ranges(skeleton.name, skeleton))
            file = ProjectFile.create(untitled_path(), project)
        except Exception as error:
            self._notices.error(error)
            return False
        self._change_document(Document(project, file))
        return True

    def _change_document(self, new: Any) -> None:
        old = self.document
        if old is not None:
            self.closing.emit()
            old.close()
        self.document = new
        if new is not None:
            new.failed.connect(self._notices.warn)
            if not new.untitled:
                self._store.put(self._store.current.with_recent(str(new.path)))
            if new.read_only:
                self._notices.warn(new.read_only_reason)
        if old is not new:
            self.document_changed.emit(new)


def _names(opened: tuple[OpenedMedia, ...]) -> str:
    first = Path(opened[0].ref.path).name
    return first if len(opened) == 1 else f"{first} and {len(opened) - 1} more"


def read_media(
    paths: list[str],
) -> Generator[str, None, tuple[tuple[OpenedMedia, ...], tuple[Exception, ...]]]:
    """Open and describe each media; one that cannot be read does not keep the others out."""
    from poseviewer.core.errors import PoseviewerError
    from poseviewer.io.media import describe, open_media

    opened: list[OpenedMedia] = []
    errors: list[Exception] = []
    for path in paths:
        yield Path(path).name
        try:
            reader = open_media(Path(path))
            opened.append(OpenedMedia(describe(reader, uuid.uuid4().hex), reader))
        except (PoseviewerError, OSError) as error:
            errors.append(error)
    return tuple(opened), tuple(errors)
