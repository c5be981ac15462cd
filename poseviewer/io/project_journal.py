"""What undo needs, kept in the project file: the rows that each edit replaced and the rows that it wrote.

Undoing is itself an edit that is committed, so the journal only marks the edit as undone. A new edit
forgets the undone ones, as everywhere.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from poseviewer.core.project import Change, Edit, FrameKey, Project
from poseviewer.io.project_media import MEDIA_COLUMNS, media_of_row, media_rows
from poseviewer.io.project_rows import (
    INSTANCE_COLUMNS,
    change_of_settings,
    frames_of_rows,
    instance_rows,
    ranges_of,
    settings_of,
    skeleton_of,
)

EDITS_KEPT = 1000
ROWS_KEPT = 500_000  # of all kept edits together: some 150 MB for 16 joints
BEFORE, AFTER = 0, 1


class Step(Enum):
    """How an edit came about."""

    PUSH = "push"
    UNDO = "undo"
    REDO = "redo"


@dataclass(frozen=True)
class Recorded:
    """An edit that the journal remembers."""

    number: int
    text: str
    media: bool


def latest(connection: sqlite3.Connection, step: Step) -> Recorded | None:
    """The edit that undo or redo would take now."""
    undone, order = (0, "DESC") if step is Step.UNDO else (1, "ASC")
    row = connection.execute(
        f"SELECT number, text, media FROM edits WHERE undone = ? ORDER BY number {order} LIMIT 1", (undone,)
    ).fetchone()
    return None if row is None else Recorded(row[0], row[1], bool(row[2]))


def record(connection: sqlite3.Connection, edit: Edit, folder: Path | None, step: Step) -> None:
    """Write down an edit, within the transaction that applies it."""
    if step is Step.PUSH:
        connection.execute("DELETE FROM edits WHERE undone = 1")
        _append(connection, edit, folder)
        _forget_oldest(connection)
    else:
        marked = latest(connection, step)
        if marked is not None:
            connection.execute("UPDATE edits SET undone = ? WHERE number = ?", (step is Step.UNDO, marked.number))


def can_extend(connection: sqlite3.Connection, number: int, edit: Edit) -> bool:
    """Whether an edit can be made a part of an earlier one, so that undo takes back both at once.

    The earlier one must be in force, both must be of frames alone, and whatever was done since must be of other
    frames: then their order does not matter, and undo still takes back what the user did last.
    """
    if replace(edit.change, frames=frozenset()) != Change() or is_undone(connection, number) is not False:
        return False
    if connection.execute("SELECT 1 FROM edit_settings WHERE edit = ? LIMIT 1", (number,)).fetchone():
        return False
    if connection.execute("SELECT 1 FROM edits WHERE number >= ? AND media LIMIT 1", (number,)).fetchone():
        return False
    query = "SELECT 1 FROM edit_settings WHERE edit > ? AND key = 'skeleton' LIMIT 1"
    if connection.execute(query, (number,)).fetchone():
        return False
    since = set(connection.execute("SELECT DISTINCT media, frame FROM edit_instances WHERE edit > ?", (number,)))
    own = "SELECT 1 FROM edit_instances WHERE edit = ? AND side IN (0, 1) AND media = ? AND frame = ? LIMIT 1"
    return not any(
        tuple(key) in since or connection.execute(own, (number, *key)).fetchone() for key in edit.change.frames
    )


def extend(connection: sqlite3.Connection, number: int, edit: Edit, folder: Path | None) -> None:
    """Write an edit down as a part of an earlier one, within the transaction that applies it."""
    _write_sides(connection, number, edit, folder)
    _forget_oldest(connection)


def is_undone(connection: sqlite3.Connection, number: int) -> bool | None:
    """Whether an edit was undone and not redone; None where it is not remembered."""
    row = connection.execute("SELECT undone FROM edits WHERE number = ?", (number,)).fetchone()
    return None if row is None else bool(row[0])


def recall(connection: sqlite3.Connection, step: Step, project: Project, folder: Path | None) -> Edit | None:
    """The edit that takes `project` one step back (or forth again); None where there is none."""
    recorded = latest(connection, step)
    if recorded is None:
        return None
    here, there = (AFTER, BEFORE) if step is Step.UNDO else (BEFORE, AFTER)
    settings = dict(
        connection.execute("SELECT key, value FROM edit_settings WHERE edit = ? AND side = ?", (recorded.number, there))
    )
    after, frames = _with_frames(connection, recorded.number, here, there, project)
    if settings:
        after = _with_settings(after, settings)
    if recorded.media:
        rows = connection.execute(
            f"SELECT {MEDIA_COLUMNS} FROM edit_media WHERE edit = ? AND side = ? ORDER BY position",
            (recorded.number, there),
        )
        after = replace(after, media=tuple(media_of_row(row, folder) for row in rows))
    change = replace(change_of_settings(settings), frames=frames, media=recorded.media)
    return Edit(recorded.text, project, after, change)


def _append(connection: sqlite3.Connection, edit: Edit, folder: Path | None) -> None:
    number = connection.execute(
        "INSERT INTO edits (text, made, undone, media, row_count) VALUES (?, datetime('now'), 0, ?, 0)",
        (edit.text, edit.change.media),
    ).lastrowid
    assert number is not None
    _write_sides(connection, number, edit, folder)


def _write_sides(connection: sqlite3.Connection, number: int, edit: Edit, folder: Path | None) -> None:
    """What the edit replaced and what it wrote, under an edit's number."""
    row_count = 0
    for side, project in ((BEFORE, edit.before), (AFTER, edit.after)):
        written = connection.executemany(
            "INSERT INTO edit_instances VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            ((number, side, *row) for row in instance_rows(project, edit.change.frames)),
        )
        row_count += max(written.rowcount, 0)
        connection.executemany(
            "INSERT INTO edit_settings VALUES (?, ?, ?, ?)",
            ((number, side, *item) for item in settings_of(project, edit.change).items()),
        )
        if edit.change.media:
            connection.executemany(
                "INSERT INTO edit_media VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                ((number, side, *row) for row in media_rows(project, folder)),
            )
    connection.execute("UPDATE edits SET row_count = row_count + ? WHERE number = ?", (row_count, number))


def _forget_oldest(connection: sqlite3.Connection) -> None:
    """Keep the journal bounded, in edits and in rows; the newest edit always stays."""
    total = 0
    for place, (number, row_count) in enumerate(
        connection.execute("SELECT number, row_count FROM edits ORDER BY number DESC").fetchall()
    ):
        total += row_count
        if place > 0 and (place >= EDITS_KEPT or total > ROWS_KEPT):
            connection.execute("DELETE FROM edits WHERE number <= ?", (number,))
            return


def _with_frames(
    connection: sqlite3.Connection, number: int, here: int, there: int, project: Project
) -> tuple[Project, frozenset[FrameKey]]:
    """The project with the frames as they were on the other side of the edit, and which frames those are."""
    gone = {
        FrameKey(*row)
        for row in connection.execute(
            "SELECT DISTINCT media, frame FROM edit_instances WHERE edit = ? AND side = ?", (number, here)
        )
    }
    rows = connection.execute(
        f"SELECT {INSTANCE_COLUMNS} FROM edit_instances WHERE edit = ? AND side = ? ORDER BY media, frame, instance",
        (number, there),
    ).fetchall()
    there_now = dict(frames_of_rows(rows))
    with project.labels.mutate() as labels:
        for key in gone - there_now.keys():
            labels.pop(key, None)
        labels.update(there_now)
        after = replace(project, labels=labels.finish())
    return after, frozenset(gone | there_now.keys())


def _with_settings(project: Project, settings: dict[str, str]) -> Project:
    skeleton = skeleton_of(settings, "the journal") if "skeleton" in settings else project.skeleton
    ranges = ranges_of(settings, "the journal", skeleton) if "ranges" in settings else project.ranges
    return replace(
        project,
        skeleton=skeleton,
        ranges=ranges,
        model=settings.get("model", project.model),
        detector=settings.get("detector", project.detector),
    )
