"""The document: the one place that holds the project, and the one road by which it changes.

A panel pushes an `Edit`; the document commits it to the file, swaps its frozen project and says by typed signals
what changed. Undo and redo are edits too and take the same road.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from poseviewer.core.errors import ProjectFileError
from poseviewer.core.project import Change, Edit, Project
from poseviewer.io import untitled
from poseviewer.io.project_file import ProjectFile, Step


class Document(QObject):
    """An open project.

    Signals come after `project` has its new value, the specific ones before `history_changed`.
    """

    frames_changed = Signal(object)
    """frozenset[FrameKey]: the frames whose instances changed."""
    media_changed = Signal()
    skeleton_changed = Signal()
    ranges_changed = Signal()
    model_changed = Signal()
    detector_changed = Signal()
    history_changed = Signal()
    """What undo and redo would do, or the path, changed."""
    failed = Signal(str)
    """An edit could not be saved and did not happen; one sentence for the user."""

    def __init__(self, project: Project, file: ProjectFile | None = None, parent: QObject | None = None) -> None:
        """A document on a file (whose project is then the truth), or on a project that lives in memory only."""
        super().__init__(parent)
        self._file = file or ProjectFile.in_memory(project)

    @property
    def project(self) -> Project:
        return self._file.project

    @property
    def path(self) -> Path | None:
        """The project file; None while there is none."""
        return self._file.path

    @property
    def project_id(self) -> str:
        """Names the project wherever its file goes; a copy under a new name keeps it."""
        return self._file.id

    @property
    def untitled(self) -> bool:
        """Whether the user has yet to give the project a name."""
        return self.path is None or untitled.is_untitled(self.path)

    @property
    def read_only(self) -> bool:
        return self._file.read_only

    @property
    def read_only_reason(self) -> str:
        return self._file.read_only_reason

    @property
    def can_undo(self) -> bool:
        return not self.read_only and bool(self.undo_text)

    @property
    def can_redo(self) -> bool:
        return not self.read_only and bool(self.redo_text)

    @property
    def undo_text(self) -> str:
        """What undo would take back ("Place left hip"), "" where there is nothing."""
        return self._file.text_of(Step.UNDO)

    @property
    def redo_text(self) -> str:
        return self._file.text_of(Step.REDO)

    def push(self, edit: Edit) -> bool:
        """Make an edit of the present project: save it, then show it. False where it could not be saved.

        Raises:
            ValueError: the edit was made from a project that is no longer the present one; make it anew, or what
                was done in between would be lost.
        """
        if edit.empty:
            return True
        if edit.before is not self.project:
            raise ValueError(f'"{edit.text}" is an edit of a project that has changed since')
        return self._apply(edit, Step.PUSH)

    def push_part(self, edit: Edit, whole: int) -> int:
        """Make an edit that is a part of a longer piece of work, which undo takes back as one.

        The parts must be of different frames. Where the user has meanwhile done what makes them inseparable from it,
        the work goes on under a number of its own.

        Args:
            whole: what this returned for the part before, 0 for the first.

        Returns:
            The number of the work in the history; 0 where the edit could not be saved (and `failed` says why).
        """
        if edit.empty:
            return whole
        if edit.before is not self.project:
            raise ValueError(f'"{edit.text}" is an edit of a project that has changed since')
        try:
            extended = bool(whole) and self._file.extend(whole, edit)
        except ProjectFileError as error:
            self.failed.emit(str(error))
            return 0
        if extended:
            self._announce(edit.change)
            return whole
        return self._file.number_of(Step.UNDO) if self._apply(edit, Step.PUSH) else 0

    def is_undone(self, number: int) -> bool:
        """Whether the edit of this number in the history was undone and not redone."""
        return self._file.is_undone(number)

    def undo(self) -> bool:
        """Take back the last edit, of this run or an earlier one; False where there is none or it cannot be saved."""
        return self._step(Step.UNDO)

    def redo(self) -> bool:
        return self._step(Step.REDO)

    def save_as(self, path: Path) -> bool:
        """Go on in a copy of the project under a new name; an untitled file that it replaces is removed."""
        try:
            file = self._file.save_as(path)
        except ProjectFileError as error:
            self.failed.emit(str(error))
            return False
        self.adopt(file)
        return True

    def adopt(self, file: ProjectFile) -> None:
        """Go on in another file of the same project; the present one is closed, and removed if it was untitled."""
        old, before = self._file, self.project
        self._file = file
        old.close()
        if old.path is not None and old.path != file.path and untitled.is_untitled(old.path):
            untitled.discard(old.path)
        self._announce(
            Change(
                frames=frozenset(before.labels) | frozenset(self.project.labels),
                media=True,
                skeleton=True,
                ranges=True,
                model=True,
                detector=True,
            )
        )

    def close(self) -> None:
        """Close the file; an untitled project in which nothing was done leaves none behind."""
        path, project = self.path, self.project
        self._file.close()
        if path is not None and untitled.is_untitled(path) and not (project.media or project.labels):
            untitled.discard(path)

    def _step(self, step: Step) -> bool:
        try:
            edit = self._file.recall(step)
        except ProjectFileError as error:
            self.failed.emit(str(error))
            return False
        return edit is not None and self._apply(edit, step)

    def _apply(self, edit: Edit, step: Step) -> bool:
        try:
            self._file.commit(edit, step)
        except ProjectFileError as error:
            self.failed.emit(str(error))
            return False
        self._announce(edit.change)
        return True

    def _announce(self, change: Change) -> None:
        """Skeleton first: whoever draws frames must know which joints they have."""
        if change.skeleton:
            self.skeleton_changed.emit()
        if change.ranges:
            self.ranges_changed.emit()
        if change.model:
            self.model_changed.emit()
        if change.detector:
            self.detector_changed.emit()
        if change.media:
            self.media_changed.emit()
        if change.frames:
            self.frames_changed.emit(change.frames)
        self.history_changed.emit()
