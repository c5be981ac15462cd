"""An older file becomes a new one in one step, or stays as it was."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from poseviewer.io import project_schema
from poseviewer.io.project_schema import file_version, is_ours, migrate, transaction, version


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    opened = sqlite3.connect(":memory:", isolation_level=None)
    yield opened
    opened.close()


def tables(connection: sqlite3.Connection) -> set[str]:
    return {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def test_an_empty_file_becomes_a_project(connection: sqlite3.Connection) -> None:
    assert not is_ours(connection) and file_version(connection) == 0
    migrate(connection)
    assert is_ours(connection) and file_version(connection) == version()
    assert {"settings", "media", "instances", "edits", "migrations"} <= tables(connection)
    before = connection.total_changes
    migrate(connection)
    assert connection.total_changes == before


def test_every_older_version_is_brought_up(connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    migrate(connection)
    first = version()
    monkeypatch.setattr(
        project_schema,
        "MIGRATIONS",
        (*project_schema.MIGRATIONS, ("CREATE TABLE notes (text TEXT)",), ("ALTER TABLE notes ADD COLUMN day TEXT",)),
    )
    migrate(connection)
    assert file_version(connection) == first + 2 and "notes" in tables(connection)
    applied = [row[0] for row in connection.execute("SELECT version FROM migrations ORDER BY version")]
    assert applied == list(range(1, first + 3))


def test_a_migration_that_fails_changes_nothing(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(connection)
    before = file_version(connection), tables(connection)
    broken = ("CREATE TABLE notes (text TEXT)", "INSERT INTO nowhere VALUES (1)")
    monkeypatch.setattr(project_schema, "MIGRATIONS", (*project_schema.MIGRATIONS, broken))
    with pytest.raises(sqlite3.OperationalError):
        migrate(connection)
    assert (file_version(connection), tables(connection)) == before


def test_a_transaction_is_all_or_nothing(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE t (x)")
    with pytest.raises(KeyboardInterrupt), transaction(connection):
        connection.execute("INSERT INTO t VALUES (1)")
        raise KeyboardInterrupt
    assert not connection.in_transaction
    with transaction(connection):
        connection.execute("INSERT INTO t VALUES (2)")
    assert connection.execute("SELECT x FROM t").fetchall() == [(2,)]
