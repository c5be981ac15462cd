"""One window at a time writes to a project; the system takes the lock back when a program dies, however it dies."""

from __future__ import annotations

import contextlib
import errno
import sqlite3
from pathlib import Path


class ProjectLock:
    """The right to write to one project file.

    It is SQLite's own lock on an empty file beside the project: the same on every system and released by the
    kernel, so nothing has to guess whether a process named in a file still lives.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    @classmethod
    def take(cls, project: Path) -> ProjectLock | None:
        """The lock, or None while another window (of this or another process) has it.

        Raises:
            OSError: no file can be made beside the project, or it cannot be locked.
        """
        path = lock_path(project)
        for _ in range(3):
            path.touch()
            connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
            try:
                connection.execute("BEGIN EXCLUSIVE")
            except sqlite3.Error as error:
                connection.close()
                if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
                    return None
                raise OSError(errno.EACCES, f"{path} cannot be locked ({error})") from error
            if path.exists():
                return cls(connection, path)
            connection.close()  # its last owner removed it just now: what we hold has no name any more
        return None

    def release(self) -> None:
        with contextlib.suppress(OSError):  # Windows removes no open file; an empty one left behind does no harm
            self._path.unlink()
        self._connection.close()


def lock_path(project: Path) -> Path:
    return project.with_name(f".{project.name}.lock")


def is_open(project: Path) -> bool:
    """Whether some window has this project open for writing."""
    try:
        lock = ProjectLock.take(project)
    except OSError:
        return False
    if lock is None:
        return True
    lock.release()
    return False
