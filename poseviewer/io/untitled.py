"""Projects that have no name yet: they live in files of their own from the first click, so nothing is ever lost."""

from __future__ import annotations

import contextlib
import sqlite3
from datetime import datetime
from pathlib import Path

import platformdirs

from poseviewer.io.project_lock import is_open, lock_path


def untitled_folder() -> Path:
    """Where untitled projects are kept; made if it is not there."""
    folder = Path(platformdirs.user_data_dir("poseviewer", appauthor=False)) / "untitled"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def untitled_path() -> Path:
    """A path for a new untitled project, not yet in use.

    Raises:
        OSError: the user's data folder cannot be written.
    """
    stem = datetime.now().strftime("untitled %Y-%m-%d %H.%M.%S")
    folder = untitled_folder()
    path, number = folder / f"{stem}.poseproj", 2
    while path.exists():
        path, number = folder / f"{stem} ({number}).poseproj", number + 1
    return path


def untitled_projects() -> list[Path]:
    """Untitled projects with anything in them that no window has open, newest first."""
    found = [p for p in untitled_folder().glob("*.poseproj") if _has_content(p) and not is_open(p)]
    return sorted(found, key=lambda p: p.stat().st_mtime, reverse=True)


def is_untitled(path: Path) -> bool:
    return path.parent == untitled_folder()


def discard(path: Path) -> None:
    """Delete an untitled project for good.

    Raises:
        ValueError: it is not an untitled one; a project that the user has named is not the program's to delete.
    """
    if not is_untitled(path):
        raise ValueError(f"{path} is not an untitled project")
    for file in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm"), lock_path(path)):
        file.unlink(missing_ok=True)


def _has_content(path: Path) -> bool:
    """Whether there is a media or a label in it; a damaged file counts, so that the user hears of it."""
    with contextlib.closing(sqlite3.connect(path.as_uri() + "?mode=ro", uri=True)) as connection:
        try:
            query = "SELECT EXISTS (SELECT 1 FROM media) OR EXISTS (SELECT 1 FROM instances)"
            return bool(connection.execute(query).fetchone()[0])
        except sqlite3.Error:
            return True
