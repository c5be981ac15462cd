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
from dataclasses import dataclass, field, fields, replace
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
FORMAT = 1


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
        """Whether it can be continued: from its state, or from the beginning if it never came to a checkpoint."""
        return self.state in ("paused", "stopped", "failed", "interrupted")


class RunStore:
    """The runs in one folder, those of all projects.

    Attributes:
        damaged: folders of runs that could not be read, with the reason; filled by `records`.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """The runs in a folder; by default in the user's data folder."""
        self.folder = folder or Path(platformdirs.user_data_dir("poseviewer", appauthor=False)) / "runs"
        self.damaged: dict[str, str] = {}
        self._held: dict[str, ProjectLock] = {}
        self._read: dict[str, tuple[tuple[int, int, int], RunRecord]] = {}

    def create(self, record: RunRecord) -> RunRecord:
        """A new run: the record with an id, a model path and a time of its own, written and held by this program.

        Raises:
            CheckpointError: the folder cannot be written.
        """
        name = uuid.uuid4().hex
        made = replace(
            record, id=name, model=self.folder / name / MODEL, created=datetime.now(UTC).isoformat(timespec="seconds")
        )
        try:
            made.model.parent.mkdir(parents=True)
        except OSError as error:
            raise _cannot_write(made.model.parent, error) from error
        self.hold(name)
        self.save(made)
        return made

    def save(self, record: RunRecord) -> None:
        """Write a record anew, all of it or nothing.

        Raises:
            CheckpointError: the folder cannot be written; the record is then as it was.
        """
        path = self._folder(record.id) / RECORD
        try:
            write_text(path, json.dumps(_table_of(record)))
        except OSError as error:
            raise _cannot_write(path, error) from error

    def hold(self, run: str) -> bool:
        """Claim a run to train it; False while another program, or another window, has it.

        Raises:
            CheckpointError: its folder is gone or cannot be written.
        """
        if run in self._held:
            return True
        try:
            lock = ProjectLock.take(self._folder(run) / "run")
        except OSError as error:
            raise _cannot_write(self._folder(run), error) from error
        if lock is not None:
            self._held[run] = lock
        return lock is not None

    def release(self, run: str) -> None:
        """Give a claimed run back; harmless where it was not claimed."""
        lock = self._held.pop(run, None)
        if lock is not None:
            lock.release()

    def load(self, run: str) -> RunRecord:
        """One record. Its state is "interrupted" where the program that ran it is gone.

        Raises:
            CheckpointError: there is no such run, or its record is damaged.
        """
        path = self._folder(run) / RECORD
        try:
            record = self._read_once(run, path)
        except FileNotFoundError as error:
            raise CheckpointError(f"There is no run at {path.parent}; it was deleted.") from error
        except (OSError, ValueError, KeyError, TypeError, PoseviewerError) as error:
            raise CheckpointError(f"The run at {path.parent} is damaged ({error}); discard it.") from error
        alive = run in self._held or (record.state in ("running", "paused") and is_open(path.parent / "run"))
        if record.state in ("running", "paused") and not alive:
            return replace(record, state="interrupted")
        return record

    def records(self, project: str | None = None) -> tuple[RunRecord, ...]:
        """All runs, or those of one project, newest first; damaged ones are left out and listed in `damaged`."""
        self.damaged = {}
        found = []
        for name in self._names():
            try:
                record = self.load(name)
            except CheckpointError as error:
                self.damaged[name] = str(error)
                continue
            if project is None or record.project == project:
                found.append(record)
        return tuple(sorted(found, key=lambda r: r.created, reverse=True))

    def discard(self, run: str) -> None:
        """Delete a run with its model and state; harmless where there is none.

        Raises:
            CheckpointError: it is running in another window, or cannot be deleted.
        """
        folder = self._folder(run)
        if not folder.is_dir():
            return
        if not self.hold(run):
            raise CheckpointError(f"The run at {folder} is training in another window; end it there first.")
        self.release(run)
        try:
            shutil.rmtree(folder)
        except OSError as error:
            raise _cannot_write(folder, error) from error

    def _read_once(self, run: str, path: Path) -> RunRecord:
        """A record as it was written; a file that has not changed since is not read again.

        A record with its ranges and curves takes some milliseconds to read, and a window lists dozens of them.
        """
        there = path.stat()
        stamp = there.st_ino, there.st_mtime_ns, there.st_size
        if run not in self._read or self._read[run][0] != stamp:
            self._read[run] = stamp, _record_of(json.loads(path.read_text(encoding="utf-8")), run, path)
        return self._read[run][1]

    def _folder(self, run: str) -> Path:
        if not run.isalnum():  # a name of a folder of ours, and no way out of it
            raise CheckpointError(f"There is no run '{run}'; choose one of the list.")
        return self.folder / run

    def _names(self) -> Iterator[str]:
        if self.folder.is_dir():
            yield from sorted(p.name for p in self.folder.iterdir() if p.is_dir())


def thinned(history: tuple[dict[str, Any], ...], point: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    """The history with a point more. A full one loses every second of the points that carry no validation."""
    if len(history) >= HISTORY:
        history = tuple(p for i, p in enumerate(history) if i % 2 == 0 or p["validation"])
        if len(history) >= HISTORY:
            history = history[::2]
    return (*history, point)


def state_file(model: Path) -> Path:
    """Where a run keeps what it needs to be continued."""
    return model.with_name(model.name + ".state")


def _table_of(record: RunRecord) -> dict[str, Any]:
    table = {f.name: getattr(record, f.name) for f in fields(record) if f.name not in ("ranges", "model", "id")}
    skeleton = skeleton_to_table(record.ranges.skeleton)
    return {"format": FORMAT, **table, "skeleton": skeleton, "ranges": ranges_to_table(record.ranges)}


def _record_of(table: dict[str, Any], run: str, path: Path) -> RunRecord:
    if int(table.pop("format")) > FORMAT:
        raise ValueError("it was made by a newer poseviewer")
    skeleton = skeleton_from_table(table.pop("skeleton"), str(path))
    ranges = ranges_from_table(table.pop("ranges"), str(path), skeleton)
    if table["state"] not in STATES:
        raise ValueError(f"its state is '{table['state']}'")
    history = tuple(table.pop("history"))
    return RunRecord(**table, ranges=ranges, history=history, id=run, model=path.with_name(MODEL))


def _cannot_write(path: Path, error: OSError) -> CheckpointError:
    return CheckpointError(
        f"Cannot write the training run {path} ({error.strerror or error}); free some space, or make the folder "
        f"writable, and try again."
    )
