"""The tables of a project file, and the way from every older version of them to this one.

A version is the number of migrations applied to an empty file (`PRAGMA user_version`). A released migration is
never changed: a new version is a new entry at the end of `MIGRATIONS`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

APPLICATION_ID = 0x706F7365  # "pose", so that `file` and a later version can tell whose SQLite file it is

_INSTANCE = """
    media TEXT NOT NULL, frame INTEGER NOT NULL, instance INTEGER NOT NULL,
    keypoints BLOB NOT NULL, visibility BLOB NOT NULL,
    identity TEXT NOT NULL, predicted INTEGER NOT NULL, scores BLOB
"""
_MEDIA = """
    id TEXT NOT NULL, position INTEGER NOT NULL, path TEXT NOT NULL, last_seen TEXT NOT NULL, kind TEXT NOT NULL,
    size INTEGER NOT NULL, fingerprint TEXT NOT NULL, frame_count INTEGER NOT NULL,
    width INTEGER NOT NULL, height INTEGER NOT NULL, fps REAL NOT NULL, files TEXT NOT NULL
"""
_OF_EDIT = "edit INTEGER NOT NULL REFERENCES edits (number) ON DELETE CASCADE, side INTEGER NOT NULL"

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE migrations (version INTEGER PRIMARY KEY, applied TEXT NOT NULL)",
        # skeleton, ranges (JSON, as in their TOML files), model, detector, and the project's id
        "CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
        f"CREATE TABLE media ({_MEDIA}, PRIMARY KEY (id)) WITHOUT ROWID",
        # keypoints: (J, 2) little-endian float64; visibility: (J,) bytes; scores: (J,) little-endian float32
        f"CREATE TABLE instances ({_INSTANCE}, PRIMARY KEY (media, frame, instance)) WITHOUT ROWID",
        # What undo needs: of every edit, the rows it replaced (side 0) and the rows it wrote (side 1).
        "CREATE TABLE edits (number INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL, made TEXT NOT NULL, "
        "undone INTEGER NOT NULL, media INTEGER NOT NULL, row_count INTEGER NOT NULL)",
        f"CREATE TABLE edit_settings ({_OF_EDIT}, key TEXT NOT NULL, value TEXT NOT NULL, "
        "PRIMARY KEY (edit, side, key)) WITHOUT ROWID",
        f"CREATE TABLE edit_media ({_OF_EDIT}, {_MEDIA}, PRIMARY KEY (edit, side, id)) WITHOUT ROWID",
        f"CREATE TABLE edit_instances ({_OF_EDIT}, {_INSTANCE}, "
        "PRIMARY KEY (edit, side, media, frame, instance)) WITHOUT ROWID",
    ),
)


def version() -> int:
    """The version that this program writes."""
    return len(MIGRATIONS)


def file_version(connection: sqlite3.Connection) -> int:
    """The version of an open file."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def is_ours(connection: sqlite3.Connection) -> bool:
    """Whether an open SQLite file is a project of this program."""
    return bool(connection.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring an empty or an older file to this version, all of it or nothing."""
    if file_version(connection) == version():
        return
    with transaction(connection):
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        for number in range(file_version(connection), version()):
            for statement in MIGRATIONS[number]:
                connection.execute(statement)
            connection.execute("INSERT INTO migrations VALUES (?, datetime('now'))", (number + 1,))
        connection.execute(f"PRAGMA user_version = {version()}")


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All that is written inside is committed at the end, or nothing of it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk may have rolled it back already
            connection.execute("ROLLBACK")
        raise
