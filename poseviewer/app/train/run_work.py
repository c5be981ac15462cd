"""The work of one training run, for a thread: it trains, keeps the run's record, and ends as it is asked to.

Everything that touches the disk happens here and not in the window's thread, which an `fsync` would hold up.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Generator
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING

from poseviewer.app.notices import sentence_for
from poseviewer.core.errors import CheckpointError, PoseviewerError
from poseviewer.core.project import Project
from poseviewer.io.run_store import RunRecord, RunStore, state_file, thinned

if TYPE_CHECKING:
    from training.progress import Progress

log_file = logging.getLogger("poseviewer")

SAVE_SECONDS = 60.0
"""Between two checkpoints: a run that is killed loses a minute."""
VALIDATE_SECONDS = 15.0
LATELY = 20
"""Reports over which the rate is taken."""
NICE = 5
"""How much the training gives way to the window, as `nice` counts."""


class Wish(Enum):
    """How a run is to go on."""

    TRAIN = "running"
    PAUSE = "paused"
    STOP = "stopped"
    CLOSE = "interrupted"
    DISCARD = "discarded"


class Control:
    """What the user wishes; set by the window's thread, read by the run's between two reports."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wish = Wish.TRAIN

    @property
    def wish(self) -> Wish:
        with self._lock:
            return self._wish

    def set(self, wish: Wish) -> None:
        """The last wish counts, but nothing comes back from being discarded."""
        with self._lock:
            if self._wish is not Wish.DISCARD:
                self._wish = wish


@dataclass(frozen=True)
class RunReport:
    """How a run is doing, about twice a second.

    losses: the terms by name, averaged since the last report. validation: figures of a checkpoint, else empty.
    rate: poses per second. eta_s: seconds left, None while unknown. message: one sentence, "" mostly.
    """

    id: str
    step: int
    steps: int
    losses: dict[str, float]
    poses_seen: int
    rate: float
    eta_s: float | None
    device: str
    validation: dict[str, float] = field(default_factory=dict)
    message: str = ""


def train_run(
    record: RunRecord, project: Project, store: RunStore, control: Control
) -> Generator[tuple[RunReport, RunRecord], None, RunRecord]:
    """Train a run from its beginning, or from its state if it has one; yields reports with the record so far.

    Returns the record as it ended: finished, as wished, or failed (its message says why). One that was discarded is
    gone from the disk. Closing the generator is the wish `CLOSE`.
    """
    give_way()
    record = replace(record, state=Wish.TRAIN.value, message="")
    log = _Log(record)
    wish = Wish.TRAIN
    try:
        store.save(record)
        reports = _begin(record, project)
        try:
            for progress in reports:
                log.note(progress)
                if progress.saved:
                    store.save(log.record)
                yield log.report(progress), log.record
                wish = control.wish
                if wish is not Wish.TRAIN:
                    break
        except GeneratorExit:
            wish = Wish.DISCARD if control.wish is Wish.DISCARD else Wish.CLOSE
        _end(reports, wish)
        ended = log.ended(wish)
    # Whatever ends a training must leave a record that says so.
    except Exception as error:
        ended = log.failed(error)
        if control.wish is Wish.DISCARD:
            ended = replace(ended, state=Wish.DISCARD.value)
    _settle(store, ended)
    return ended


class _DiscardedError(Exception):
    """Thrown into a training whose result nobody wants: it ends without saving."""


def _begin(record: RunRecord, project: Project) -> Generator[Progress, None, None]:
    # Torch comes with these, so they happen here: in the thread.
    from training.job import Job, train
    from training.preload import preload_torch

    preload_torch()

    resume = state_file(record.model).is_file()
    job = Job(
        record.task, record.preset, record.ranges, record.model, record.start, record.settings, resume=resume,
        project=project, save_seconds=SAVE_SECONDS, validate_seconds=VALIDATE_SECONDS,
    )  # fmt: skip
    return train(job)


def _end(reports: Generator[Progress, None, None], wish: Wish) -> None:
    if wish is Wish.DISCARD:
        with contextlib.suppress(_DiscardedError):
            reports.throw(_DiscardedError())
    else:
        reports.close()  # which saves, if there is anything left to save


def _settle(store: RunStore, ended: RunRecord) -> None:
    """Write what became of a run; a disk that is full must not hide how it ended, so this only goes to the log."""
    try:
        if ended.state == Wish.DISCARD.value:
            store.discard(ended.id)
        else:
            store.save(ended)
    except PoseviewerError:
        log_file.exception("The end of a training run could not be written.")
    if ended.state != Wish.PAUSE.value:
        store.release(ended.id)


class _Log:
    """Keeps a run's record up to date from its reports."""

    def __init__(self, record: RunRecord) -> None:
        self.record = record
        self._before, self._began = record.seconds, time.monotonic()
        self._lately: deque[tuple[float, int]] = deque(maxlen=LATELY)

    def note(self, progress: Progress) -> None:
        now = time.monotonic()
        self._lately.append((now, progress.poses_seen))
        (then, seen) = self._lately[0]
        rate = (progress.poses_seen - seen) / (now - then) if now > then else progress.rate
        record, history = self.record, self.record.history
        if progress.losses or progress.validation:
            point = {"step": progress.step, "losses": progress.losses, "validation": progress.validation}
            history = thinned(history, point)
        self.record = replace(
            record,
            step=progress.step,
            steps=progress.steps,
            poses_seen=progress.poses_seen,
            seconds=self._before + now - self._began,
            rate=rate,
            device=progress.device,
            losses=progress.losses or record.losses,
            validation=progress.validation or record.validation,
            history=history,
            message=progress.message or record.message,
        )

    def report(self, progress: Progress) -> RunReport:
        record = self.record
        left = (progress.poses - progress.poses_seen) / record.rate if record.rate > 0 else None
        return RunReport(
            id=record.id,
            step=record.step,
            steps=record.steps,
            losses=progress.losses,
            poses_seen=record.poses_seen,
            rate=record.rate,
            eta_s=left,
            device=record.device,
            validation=progress.validation,
            message=progress.message,
        )

    def ended(self, wish: Wish) -> RunRecord:
        """The record of a run that ended as wished; it may have come to its end just then."""
        record = self._as_saved()
        over = wish is Wish.TRAIN or (wish is not Wish.DISCARD and record.step >= record.steps > 0)
        return replace(record, state="finished" if over else wish.value)

    def failed(self, error: Exception) -> RunRecord:
        expected = isinstance(error, PoseviewerError)
        log_file.log(logging.WARNING if expected else logging.ERROR, "A training run failed.", exc_info=error)
        return replace(self._as_saved(), state="failed", message=sentence_for(error))

    def _as_saved(self) -> RunRecord:
        """The record at the last checkpoint: what can be used, and continued from."""
        from poseviewer.models.card import read_card

        record = replace(self.record, seconds=self._before + time.monotonic() - self._began)
        try:
            card = read_card(record.model)
        except CheckpointError:  # it never came to one
            return replace(record, step=0, poses_seen=0)
        history = record.history
        if card.metrics and card.steps > record.step:
            history = thinned(history, {"step": card.steps, "losses": {}, "validation": card.metrics})
        return replace(
            record,
            step=card.steps,
            poses_seen=card.poses_seen,
            validation=card.metrics or record.validation,
            history=history,
        )


def give_way() -> None:
    """Let the window go first on a busy processor: this thread, and those that it starts, are nicer than the rest.

    Only Linux has priorities of single threads that anybody may lower. The window's own thread keeps its own.
    """
    if sys.platform == "linux" and threading.current_thread() is not threading.main_thread():
        thread = threading.get_native_id()
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + NICE)
