"""The project file: one SQLite database to which every edit is committed as it happens.

There is no unsaved work: `ProjectFile.commit` writes exactly the rows that an edit's `Change` names, in one
transaction, together with what undo needs. A program killed at any moment leaves a file that opens with every
edit whose commit returned.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sqlite3
import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import immutables

from poseviewer.core.errors import PoseviewerError, ProjectFileError
from poseviewer.core.project import Change, Edit, FrameKey, Labels, Project
from poseviewer.io import project_journal, project_schema
from poseviewer.io.atomic import replacing
from poseviewer.io.bulk import no_garbage_collection
from poseviewer.io.project_journal import Step
from poseviewer.io.project_lock import ProjectLock
from poseviewer.io.project_media import (
    MEDIA_COLUMNS,
    found_path,
    media_of_row,
    media_rows,
    missing_media,
    stored_path,
)
from poseviewer.io.project_rows import (
    INSTANCE_COLUMNS,
    frames_of_rows,
    instance_rows,
    ranges_of,
    settings_of,
    skeleton_of,
)
from poseviewer.io.project_schema import transaction
from poseviewer.io.untitled import untitled_path, untitled_projects

__all__ = ["SUFFIX", "ProjectFile", "Step", "missing_media", "untitled_path", "untitled_projects"]

SUFFIX = ".poseproj"
_SQLITE_HEADER = b"SQLite format 3\x00"
_EVERYTHING = Change(media=True, skeleton=True, ranges=True, model=True, detector=True)


@dataclass(frozen=True)
class _Opened:
    """A connection with what is to be put back when it closes."""

    connection: sqlite3.Connection
    lock: ProjectLock | None = None
    read_only_reason: str = ""


class ProjectFile:
    """An open project file. Make one with `create`, `open` or `in_memory`; close it with `close`.

    Attributes:
        path: where it is; None for a project that lives in memory only.
        id: names the project wherever its file goes; a copy under a new name keeps it.
        project: what it holds, up to the last committed edit.
        read_only_reason: why nothing can be written to it, a sentence for the user; "" where it can.
    """

    def __init__(self, opened: _Opened, path: Path | None) -> None:
        self._connection = opened.connection
        self._lock = opened.lock
        self._identity = _identity(path)
        self.read_only_reason = opened.read_only_reason
        self.path = path
        self.project = _load(self._connection, path)
        self.id = _id_of(self._connection, path)

    @classmethod
    def create(cls, path: str | Path, project: Project) -> ProjectFile:
        """Write a new project file, replacing one that is there, and open it.

        Raises:
            ProjectFileError: it cannot be written, or another window has it open; an older file is then as it was.
        """
        path = _absolute(path)

        def fill(connection: sqlite3.Connection) -> None:
            project_schema.migrate(connection)
            with transaction(connection):
                _write_everything(connection, project, path.parent)

        _write_new(path, fill)
        return cls.open(path)

    @classmethod
    def open(cls, path: str | Path) -> ProjectFile:
        """Open a project file; one that cannot be written, or is open in another window, opens read-only.

        Raises:
            ProjectFileError: it is missing, damaged, not a project, or made by a newer version.
        """
        path = _absolute(path)
        _check_readable(path)
        opened = None
        try:
            opened = _open_connection(path)
            return cls(opened, path)
        except (sqlite3.Error, PoseviewerError, ValueError, KeyError, TypeError) as error:
            if opened is not None:
                _close(opened.connection, opened.lock)
            if isinstance(error, ProjectFileError):
                raise
            raise ProjectFileError(
                f"{path} is damaged ({error}); it was not changed: restore it from a backup, or start a new project."
            ) from error

    @classmethod
    def in_memory(cls, project: Project) -> ProjectFile:
        """A project without a file, for as long as the program runs."""
        connection = _connect(":memory:")
        project_schema.migrate(connection)
        with transaction(connection):
            _write_everything(connection, project, None)
        file = cls(_Opened(connection), None)
        file.project = project
        return file

    @property
    def read_only(self) -> bool:
        return bool(self.read_only_reason)

    def commit(self, edit: Edit, step: Step = Step.PUSH) -> None:
        """Write what an edit changed, all of it or nothing.

        Raises:
            ProjectFileError: it cannot be written; the file, and `project`, are as before the edit.
        """
        with self._writing(edit), transaction(self._connection):
            _write(self._connection, edit.after, edit.change, self._folder)
            project_journal.record(self._connection, edit, self._folder, step)
        self.project = edit.after

    def extend(self, number: int, edit: Edit) -> bool:
        """Write an edit as a part of an earlier one, so that undo takes back both at once; False where it cannot be.

        Args:
            number: the earlier one's, from `number_of`.

        Raises:
            ProjectFileError: it cannot be written; the file, and `project`, are as before the edit.
        """
        with self._writing(edit):
            if not project_journal.can_extend(self._connection, number, edit):
                return False
            with transaction(self._connection):
                _write(self._connection, edit.after, edit.change, self._folder)
                project_journal.extend(self._connection, number, edit, self._folder)
        self.project = edit.after
        return True

    def number_of(self, step: Step) -> int:
        """The number of the edit that undo (or redo) would take, 0 where there is none."""
        try:
            recorded = project_journal.latest(self._connection, step)
        except sqlite3.Error:  # closed, or an unreadable history: nothing can be undone
            return 0
        return 0 if recorded is None else recorded.number

    def is_undone(self, number: int) -> bool:
        """Whether the edit of this number was undone and not redone; of an old one that was forgotten, false."""
        try:
            return project_journal.is_undone(self._connection, number) is True
        except sqlite3.Error:
            return False

    def text_of(self, step: Step) -> str:
        """What undo (or redo) would undo, "" where there is nothing; also edits of earlier runs."""
        try:
            recorded = project_journal.latest(self._connection, step)
        except sqlite3.Error:  # closed, or an unreadable history: nothing can be undone
            return ""
        return "" if recorded is None else recorded.text

    def recall(self, step: Step) -> Edit | None:
        """The edit that takes the project one step back (or forth again); to be committed with that step.

        Raises:
            ProjectFileError: what undo needs cannot be read.
        """
        try:
            return project_journal.recall(self._connection, step, self.project, self._folder)
        except (sqlite3.Error, PoseviewerError, ValueError, KeyError, TypeError) as error:
            raise ProjectFileError(
                f"The history in {self.path} cannot be read ({error}), so this cannot be undone; "
                "the project itself is intact."
            ) from error

    def save_as(self, path: str | Path) -> ProjectFile:
        """Write a copy of the whole file, its history included, and open the copy; this one stays open.

        Raises:
            ProjectFileError: it cannot be written, or another window has it open; an older file is then as it was.
        """
        path = _absolute(path)
        if path == self.path:
            raise ProjectFileError(f"{path} is this project itself, and it is saved already; choose another name.")

        def fill(connection: sqlite3.Connection) -> None:
            self._connection.backup(connection)
            with transaction(connection):
                _move_media(connection, self._folder, path.parent)

        _write_new(path, fill)
        return ProjectFile.open(path)

    def close(self) -> None:
        """Fold the write-ahead log into the file and let others write to it; harmless when repeated."""
        _close(self._connection, self._lock)
        self._lock = None

    @contextlib.contextmanager
    def _writing(self, edit: Edit) -> Iterator[None]:
        """Nothing is written to a file that must not be, or is not ours any more; what goes wrong is explained."""
        if self.read_only:
            raise ProjectFileError(self.read_only_reason)
        if self._identity != _identity(self.path):
            raise ProjectFileError(
                f'{self.path} was moved, replaced or deleted while it was open, so "{edit.text}" was not saved; '
                "save the project under a new name."
            )
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise ProjectFileError(f'"{edit.text}" was not saved: {_explain(error, self.path)}') from error

    @property
    def _folder(self) -> Path | None:
        return None if self.path is None else self.path.parent


# Reading


def _load(connection: sqlite3.Connection, path: Path | None) -> Project:
    where = str(path)
    settings = dict(connection.execute("SELECT key, value FROM settings"))
    skeleton = skeleton_of(settings, where)
    labels = _load_labels(connection, skeleton.joint_count)
    folder = None if path is None else path.parent
    media = connection.execute(f"SELECT {MEDIA_COLUMNS} FROM media ORDER BY position")
    return Project(
        skeleton=skeleton,
        ranges=ranges_of(settings, where, skeleton),
        media=tuple(media_of_row(row, folder) for row in media),
        labels=labels,
        model=settings.get("model", ""),
        detector=settings.get("detector", ""),
    )


def _id_of(connection: sqlite3.Connection, path: Path | None) -> str:
    """The project's id; for a file without one that cannot be written, one that comes from its place."""
    row = connection.execute("SELECT value FROM settings WHERE key = 'id'").fetchone()
    return str(row[0]) if row else uuid.uuid5(uuid.NAMESPACE_URL, str(path)).hex


def _load_labels(connection: sqlite3.Connection, joint_count: int) -> Labels:
    query = f"SELECT {INSTANCE_COLUMNS} FROM instances ORDER BY media, frame, instance"
    with no_garbage_collection():
        rows = connection.execute(query).fetchall()
        if rows and len(rows[0][4]) != joint_count:
            raise ValueError("its poses are not of its skeleton")
        return immutables.Map(frames_of_rows(rows))


# Writing


def _write_everything(connection: sqlite3.Connection, project: Project, folder: Path | None) -> None:
    _write(connection, project, _EVERYTHING, folder)
    _insert_instances(connection, project, project.labels.keys())
    _give_id(connection)


def _give_id(connection: sqlite3.Connection) -> None:
    """A file that has no id gets one: new ones, and those from before there were ids."""
    if connection.execute("SELECT 1 FROM settings WHERE key = 'id'").fetchone() is None:
        connection.execute("INSERT INTO settings VALUES ('id', ?)", (uuid.uuid4().hex,))


def _write(connection: sqlite3.Connection, project: Project, change: Change, folder: Path | None) -> None:
    """Make the tables say what `project` says about all that `change` names."""
    connection.executemany("DELETE FROM instances WHERE media = ? AND frame = ?", change.frames)
    _insert_instances(connection, project, change.frames)
    connection.executemany("INSERT OR REPLACE INTO settings VALUES (?, ?)", settings_of(project, change).items())
    if change.media:
        connection.execute("DELETE FROM media")
        connection.executemany(
            "INSERT INTO media VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", media_rows(project, folder)
        )


def _insert_instances(connection: sqlite3.Connection, project: Project, frames: Iterable[FrameKey]) -> None:
    connection.executemany("INSERT INTO instances VALUES (?, ?, ?, ?, ?, ?, ?, ?)", instance_rows(project, frames))


def _move_media(connection: sqlite3.Connection, old: Path | None, new: Path) -> None:
    """Media paths are relative to the project file: write them anew for another folder."""
    for table in ("media", "edit_media"):
        for path, last_seen in connection.execute(f"SELECT DISTINCT path, last_seen FROM {table}").fetchall():
            moved = stored_path(found_path(path, last_seen, old), new)
            connection.execute(
                f"UPDATE {table} SET path = ? WHERE path = ? AND last_seen = ?", (moved, path, last_seen)
            )


def _write_new(path: Path, fill: Callable[[sqlite3.Connection], None]) -> None:
    """Write a whole new file under a temporary name, then put it in the place of an older one."""
    try:
        lock = ProjectLock.take(path)
    except OSError as error:
        raise ProjectFileError(f"No project was written: {_explain(error, path)}") from error
    if lock is None:
        raise ProjectFileError(f"{path} is open in another window; close it there, or choose another name.")
    try:
        with replacing(path) as temporary:
            with contextlib.closing(_connect(str(temporary))) as connection:
                fill(connection)
                connection.execute("PRAGMA journal_mode = DELETE")  # one file, whole, ready to be renamed
            # The log of the file that is being replaced must not be taken for one of the new file.
            for log in _logs(path):
                log.unlink(missing_ok=True)
    except (sqlite3.Error, OSError) as error:
        raise ProjectFileError(f"No project was written: {_explain(error, path)}") from error
    finally:
        lock.release()


# Connections


def _open_connection(path: Path) -> _Opened:
    """The best connection that can be had: one that writes, else one that reads and the reason why.

    Raises:
        ProjectFileError: the file is not a project, or of a newer version.
        sqlite3.Error: it is damaged.
    """
    reason = (
        f"{path} cannot be written (the file or its folder is read-only, or the disk is full), so the project was "
        "opened for reading only; save it under a new name to edit it."
    )
    if os.access(path, os.W_OK):
        try:
            lock = ProjectLock.take(path)
        except OSError:
            return _Opened(_connect_unwritable(path), None, reason)
        if lock is None:
            return _Opened(
                _checked(_connect(path.as_uri() + "?mode=ro"), path),
                None,
                f"{path} is open in another window, so it was opened for reading only here; close the other window "
                "to edit it.",
            )
        try:
            return _Opened(_connect_writable(path), lock)
        except sqlite3.OperationalError as error:
            lock.release()
            if _code(error) not in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL):
                raise
        except BaseException:
            lock.release()
            raise
    return _Opened(_connect_unwritable(path), None, reason)


def _connect_writable(path: Path) -> sqlite3.Connection:
    connection = _checked(_connect(path.as_uri() + "?mode=rw"), path)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # a commit survives the power cut, not only the crash
        project_schema.migrate(connection)
        _give_id(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _connect_unwritable(path: Path) -> sqlite3.Connection:
    """Read a file beside which nothing can be written, with what a killed program left in its log."""
    log = _logs(path)[0]
    if not (log.exists() and log.stat().st_size):
        return _checked(_connect(path.as_uri() + "?immutable=1"), path)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        shutil.copyfile(path, copy)
        shutil.copyfile(log, _logs(copy)[0])
        with contextlib.closing(_connect(str(copy))) as connection:
            memory = _connect(":memory:")
            connection.backup(memory)
    return _checked(memory, path)


def _connect(name: str) -> sqlite3.Connection:
    """Transactions are ours to begin; a project may be loaded by one thread and handed to another."""
    connection = sqlite3.connect(name, uri=True, timeout=5, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _checked(connection: sqlite3.Connection, path: Path) -> sqlite3.Connection:
    """The connection, once it is known to hold a project that this version understands; nothing is written."""
    try:
        ours, version = project_schema.is_ours(connection), project_schema.file_version(connection)
        if not ours:
            raise ProjectFileError(_not_a_project(path))
        if version > project_schema.version():
            raise ProjectFileError(
                f"{path} was made by a newer poseviewer (format {version}; this one reads up to "
                f"{project_schema.version()}); update poseviewer to open it."
            )
    except BaseException:
        connection.close()
        raise
    return connection


def _close(connection: sqlite3.Connection, lock: ProjectLock | None) -> None:
    with contextlib.suppress(sqlite3.Error):  # a log that cannot be folded in now is folded in at the next opening
        connection.close()
    if lock is not None:
        lock.release()


# Paths and sentences


def _absolute(path: str | Path) -> Path:
    return Path(os.path.normpath(Path(path).absolute()))  # links stay: media beside a link stay beside it


def _logs(path: Path) -> tuple[Path, Path]:
    """SQLite's write-ahead log and its index."""
    return path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")


def _identity(path: Path | None) -> tuple[int, int] | None:
    """Which file has this name now; None for none."""
    if path is None:
        return None
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _check_readable(path: Path) -> None:
    try:
        with path.open("rb") as stream:
            header = stream.read(len(_SQLITE_HEADER))
    except FileNotFoundError:
        raise ProjectFileError(f"There is no project at {path}; check its name, or where it was moved to.") from None
    except IsADirectoryError:
        raise ProjectFileError(f"{path} is a folder; choose the {SUFFIX} file inside it.") from None
    except OSError as error:
        raise ProjectFileError(f"{path} cannot be read ({error.strerror}); ask its owner for access.") from error
    if header != _SQLITE_HEADER:
        raise ProjectFileError(_not_a_project(path))


def _not_a_project(path: Path) -> str:
    return f"{path} is not a poseviewer project, or its beginning was destroyed; choose a file made by poseviewer."


def _explain(error: sqlite3.Error | OSError, path: Path | None) -> str:
    """Why a file could not be written and what to do, for the user."""
    code = _code(error)
    number = error.errno if isinstance(error, OSError) else None
    if code == sqlite3.SQLITE_FULL or number in (errno.ENOSPC, errno.EDQUOT):
        return f"the disk that holds {path} is full; make room on it and do this again."
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN) or number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{path} or its folder is read-only; save the project in a folder of your own."
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return f"another program is using {path}; close it there and do this again."
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return f"{path} is damaged on the disk; save the project under a new name."
    if number == errno.ENOENT:
        return f"the folder of {path} does not exist; choose another one."
    return f"{path} cannot be written ({error}); save the project under a new name or on another disk."


def _code(error: Exception) -> int:
    """SQLite's primary result code, 0 where there is none."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF
