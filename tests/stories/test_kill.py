"""A program killed at any moment loses nothing but the gesture in hand."""

from __future__ import annotations

import importlib.util
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

from poseviewer.app.document import Document
from poseviewer.core.project import Project
from poseviewer.io.project_file import ProjectFile

ROOT = Path(__file__).resolve().parents[2]
STREAM = Path(__file__).with_name("random_edits.py")


@pytest.fixture
def stream(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("random_edits", STREAM)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(sys, "argv", [str(STREAM)])
    return module


def test_every_reported_edit_is_there_after_twenty_kills(tmp_path: Path, stream: ModuleType) -> None:
    saved = kill_again_and_again(tmp_path / "mouse.poseproj", stream, kills=20)
    assert saved > 300


@pytest.mark.slow
def test_every_reported_edit_is_there_after_two_hundred_kills(tmp_path: Path, stream: ModuleType) -> None:
    saved = kill_again_and_again(tmp_path / "mouse.poseproj", stream, kills=200)
    assert saved > 3000


def kill_again_and_again(path: Path, stream: ModuleType, kills: int) -> int:
    """Kill a program that edits the project, compare with a twin in memory, go on; how many edits were reported."""
    ProjectFile.create(path, stream.empty_project()).close()
    twin, chance, total = Document(stream.empty_project()), random.Random(7), 0
    for seed in range(kills):
        reported = run_and_kill(path, seed, chance)
        total += reported
        same_choices = random.Random(seed)
        for _ in range(reported):
            stream.do_something(twin, same_choices)
        file = ProjectFile.open(path)
        found = Document(file.project, file)
        if state(found) != state(twin):  # the edit in hand may have been saved and not yet reported
            stream.do_something(twin, same_choices)
        assert state(found) == state(twin), f"after kill {seed}, which followed {reported} reported edits"
        assert not file.read_only
        found.close()
    twin.close()
    return total


def run_and_kill(path: Path, seed: int, chance: random.Random) -> int:
    """Let the program edit until some edit, kill it a random moment later; how many edits it reported."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [sys.executable, str(STREAM), str(path), str(seed)], stdout=subprocess.PIPE, text=True, env=environment
    ) as program:
        assert program.stdout is not None
        lines = [program.stdout.readline() for _ in range(chance.randrange(1, 40))]
        time.sleep(chance.uniform(0, 0.01))  # not a wait for anything: the moment of the kill is to be random
        program.kill()
        lines += program.stdout.read().splitlines()
    assert all(line.strip() == "saved" for line in lines[:-1]), lines
    return sum(line.strip() == "saved" for line in lines)


def state(document: Document) -> tuple[object, ...]:
    """All that a user can see of a project, and of what undo and redo would do."""
    project: Project = document.project
    return (
        dict(project.labels),
        project.media,
        project.skeleton,
        project.ranges,
        project.model,
        document.undo_text,
        document.redo_text,
    )
