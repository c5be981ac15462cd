"""Training runs on disk: a folder each, with what was asked for, how far it came, its model and its resumable state.

runs/<id>/run.json               the record, written anew at every report that matters
          model.safetensors      usable at any time
          model.safetensors.state  what the run is resumed from
          run.lock               held by the program that trains; a run that says it is running but
                                 that nobody holds was killed
"""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import platformdirs

from poseviewer.core.errors import CheckpointError, PoseviewerError
from poseviewer.core.ranges import RangePreset
from poseviewer.io.atomic import write_text
from poseviewer.io.project_lock import ProjectLock, is_open
from poseviewer.io.skeleton_files import ranges_from_table, ranges_to_table, skeleton_from_table, skeleton_to_table

STATES = ("running", "paused", "stopped", "finished", "failed", "interrupted")
HISTORY = 400
"""Points of a run's curves that are kept; beyond them every second one goes."""
RECORD, MODEL = "run.json", "model.safetensors"


@dataclass(frozen=True)
class RunRecord:
    """One training run: what was asked for, and how far it came.

    Attributes:
        id: names its folder; never reused.
        title: what people call it.
        task: the training stage ("lifter"). preset: the training preset's name.
        project: the id of the project it was started from. skeleton: the skeleton's name.
        ranges: the rotation ranges that it learns from, as they were when it started.
        start: "nothing", "shipped", or the path of the model it started from.
        settings: steps, batch, seed, device, and whatever else differs from the preset.
        state: running; paused, stopped (early, by the user), finished, failed (`message` says why), or interrupted
            (the program was closed or killed). All but running and finished can be continued.
        created: ISO 8601, UTC. step, steps, poses_seen: how far it is.
        seconds: of training so far, pauses left out. rate: poses per second. device: where it ran.
        losses: the terms by name at the last report. validation: the latest figures.
        history: dicts with step, losses and validation (empty where there was none), at most `HISTORY` of them.
        message: the last thing worth saying, one sentence.
        model: the model file; there from the first checkpoint on.
    """

    title: str
    task: str
    preset: str
    project: str
    ranges: RangePreset
    start: str = "nothing"
    settings: dict[str, Any] = field(default_factory=dict)
    state: str = "running"
    step: int = 0
    steps: int = 0
    poses_seen: int = 0
    seconds: float = 0.0
    rate: float = 0.0
    device: str = ""
    losses: dict[str, float] = field(default_factory=dict)
    validation: dict[str, float] = field(default_factory=dict)
    history: tuple[dict[str, Any], ...] = ()
    message: str = ""
    created: str = ""
    id: str = ""
    model: Path = Path()

    @property
    def skeleton(self) -> str:
        return self.ranges.skeleton.name

    @property
    def resumable(self) -> bool:
        """Whether it can be continued: it is not over, and there is a state to continue from."""
        return self.state in ("paused", "stopped", "failed", "interrupted") and state_file(self.model).is_file()


class RunStore:
    """The runs in one folder, those of all projects.

    Attributes:
        damaged: folders of runs that could not be read, with the reason; filled by `records`.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """The runs in a folder; by default in the user's data folder."""
        raise NotImplementedError

    def create(self, record: RunRecord) -> RunRecord:
        """A new run: the record with an id, a model path and a time of its own, written and held by this program.

        Raises:
            CheckpointError: the folder cannot be written.
        """
        raise NotImplementedError

    def save(self, record: RunRecord) -> None:
        """Write a record anew, all of it or nothing.

        Raises:
            CheckpointError: the folder cannot be written; the record is then as it was.
        """
        raise NotImplementedError

    def load(self, run: str) -> RunRecord:
        """One record. Its state is "interrupted" where the program that ran it is gone.

        Raises:
            CheckpointError: there is no such run, or its record is damaged.
        """
        raise NotImplementedError

    def records(self, project: str | None = None) -> tuple[RunRecord, ...]:
        """All runs, or those of one project, newest first; damaged ones are left out and listed in `damaged`."""
        raise NotImplementedError

    def discard(self, run: str) -> None:
        """Delete a run with its model and state; harmless where there is none.

        Raises:
            CheckpointError: it is running in another window, or cannot be deleted.
        """
        raise NotImplementedError


def state_file(model: Path) -> Path:
    """Where a run keeps what it needs to be continued."""
    return model.with_name(model.name + ".state")
