"""A training so small that a test can wait for it, on a project in memory."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from poseviewer.app.document import Document
from poseviewer.app.notices import Notices
from poseviewer.app.tasks import Tasks
from poseviewer.app.train import run_work
from poseviewer.app.train.plan import RunPlan
from poseviewer.app.train.runner import Runner
from poseviewer.core.project import Project
from poseviewer.io.run_store import RunStore
from poseviewer.io.skeleton_files import load_ranges

PRESET = """
title = "Tiny"
about = "For tests."
network = "default"
recipe = "default"
batch = 16
steps = 12
learning_rate = 1e-3
schedule = "cosine"
ema = 0.9
clip = 1.0
device = "cpu"
report_every = 1
unseen = 64

[shape]
width = 16
blocks = 1
"""


def install(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Let the presets be one, `lifter.tiny`, and let every report be a checkpoint."""
    from training import presets

    (folder / "lifter.tiny.toml").write_text(PRESET, encoding="utf-8")
    patch.setattr(presets, "_HERE", folder)
    patch.setattr(run_work, "SAVE_SECONDS", 0.0)


def plan(**changes: object) -> RunPlan:
    return RunPlan(**({"preset": "tiny", "device": "cpu"} | changes))  # type: ignore[arg-type]


def quadruped() -> Project:
    ranges = load_ranges("quadruped16")
    return Project(ranges.skeleton, ranges)


def train_to_be_killed(presets: str, runs: str) -> None:
    """A program that trains, and says the step of every report."""
    from PySide6.QtCore import QCoreApplication

    app = QCoreApplication([])
    install(Path(presets), pytest.MonkeyPatch())
    notices = Notices()
    tasks = Tasks(notices)
    runner = Runner(Document(quadruped()), tasks, notices, RunStore(Path(runs)))
    runner.reported.connect(lambda report: print(report.step, flush=True))
    runner.start(plan(steps=60))
    app.exec()


if __name__ == "__main__":
    train_to_be_killed(*sys.argv[1:])
