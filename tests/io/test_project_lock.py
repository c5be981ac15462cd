"""One window writes, and the lock of a dead program is free again."""

import subprocess
import sys
from pathlib import Path

import pytest

from poseviewer.io.project_lock import ProjectLock, is_open, lock_path

HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


def test_the_second_taker_gets_none_until_the_first_releases(tmp_path: Path) -> None:
    project = tmp_path / "p.poseproj"
    first = ProjectLock.take(project)
    assert first is not None
    assert ProjectLock.take(project) is None and is_open(project)
    first.release()
    assert not is_open(project)
    assert list(tmp_path.iterdir()) == []


def test_a_killed_program_holds_nothing(tmp_path: Path) -> None:
    project = tmp_path / "p.poseproj"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(lock_path(project))], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == b"held\n"
        assert ProjectLock.take(project) is None
        holder.kill()
        holder.wait()
    assert lock_path(project).exists()  # it was left behind, and does no harm
    lock = ProjectLock.take(project)
    assert lock is not None
    lock.release()


def test_what_cannot_be_locked_is_an_error_not_another_window(tmp_path: Path) -> None:
    project = tmp_path / "p.poseproj"
    lock_path(project).write_bytes(b"not an SQLite file" * 100)
    with pytest.raises(OSError, match="cannot be locked"):
        ProjectLock.take(project)
