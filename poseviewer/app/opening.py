"""How projects and media get into the window and out of it."""

from __future__ import annotations

import uuid
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from poseviewer.app import open_dialogs
from poseviewer.app.notices import Notices
from poseviewer.app.settings import SettingsStore
from poseviewer.app.tasks import Tasks

if TYPE_CHECKING:
    from poseviewer.core.skeleton import Skeleton
    from poseviewer.io.labelled_frames import LabelFile

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
        others = [p for p in chosen if p not in projects]
        if projects:
            self.open_project(projects[-1])
        if others:
            self._notices.say(f"Reading {Path(others[0]).name}…")
            self._tasks.start(read_media, others, on_result=self._add)

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

    def _add(self, found: Found) -> None:
        from poseviewer.app.label_importer import add_labels
        from poseviewer.core import edits

        for error in found.errors[:1]:
            self._notices.error(error)
        if not found.media and (not found.labels or self.document is None):
            self._notices.say("")  # it is not being read any more
            if found.labels:
                self._notices.warn(
                    "There is nothing to put these labels on; open them together with their videos or images."
                )
            return
        if self.document is None and not self._begin_untitled(found.skeleton):
            return
        for media in found.media:
            if not self.document.push(edits.add_media(self.document.project, media.ref)):
                return
        if found.media:
            self._notices.say(f"Added {_names(found.media)}.")
        for labels in found.labels:
            add_labels(self.document, self._notices, labels)
        if found.media:
            self.media_added.emit(found.media)

    def _begin_untitled(self, own: Skeleton | None = None) -> bool:
        """A new project: with the skeleton that the user chose, or that of the labels that come with its media."""
        from poseviewer.app.document import Document
        from poseviewer.core.project import Project
        from poseviewer.core.wide_ranges import wide_ranges
        from poseviewer.io.project_file import ProjectFile
        from poseviewer.io.skeleton_files import load_ranges, load_skeleton, shipped_skeletons
        from poseviewer.io.untitled import untitled_path

        try:
            skeleton = own or load_skeleton(self._store.current.skeleton)
            shipped = skeleton.name in shipped_skeletons()
            project = Project(skeleton, load_ranges(skeleton.name, skeleton) if shipped else wide_ranges(skeleton))
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


@dataclass(frozen=True, eq=False)
class Found:
    """What was in files and folders that the user gave.

    skeleton: that of the labels, None where there are none. errors: of what could not be read.
    """

    media: tuple[OpenedMedia, ...] = ()
    labels: tuple[LabelFile, ...] = ()
    skeleton: Skeleton | None = None
    errors: tuple[Exception, ...] = ()


def read_media(paths: list[str]) -> Generator[str, None, Found]:
    """Open and describe each media, and read labels that come with them; what cannot be read keeps no other out."""
    from poseviewer.core.errors import PoseviewerError
    from poseviewer.io.labelled_folder import is_labels, look_into
    from poseviewer.io.media import describe, open_media

    opened: list[OpenedMedia] = []
    errors: list[Exception] = []
    label_paths = [Path(path) for path in paths if is_labels(path)]
    media_paths: list[Path] = []
    for path in (Path(path) for path in paths if not is_labels(path)):
        inside = look_into(path)
        media_paths += inside.media if inside is not None else [path]
        label_paths += inside.labels if inside is not None else []
    for path in media_paths:
        yield path.name
        try:
            reader = open_media(path)
            opened.append(OpenedMedia(describe(reader, uuid.uuid4().hex), reader))
        except (PoseviewerError, OSError) as error:
            errors.append(error)
    labels: list[LabelFile] = []
    if label_paths:
        from poseviewer.io.label_files import read_labels

        for path in label_paths:
            yield path.name
            try:
                labels.append(read_labels(path))
            except (PoseviewerError, OSError) as error:
                errors.append(error)
    skeleton = skeleton_for(labels, Path(paths[0])) if labels else None
    return Found(tuple(opened), tuple(labels), skeleton, tuple(errors))


def skeleton_for(labels: list[LabelFile], given: Path) -> Skeleton:
    """The skeleton of labels: a shipped one that has all their joints, else one of their own, called by the folder."""
    from poseviewer.io.label_skeleton import skeleton_of

    return skeleton_of(labels[0], given.name if given.is_dir() else given.parent.name)
