"""The training runs of one project: started, paused, continued, stopped and accepted; the work is in a thread."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from poseviewer.app.document import Document
from poseviewer.app.notices import Notices
from poseviewer.app.tasks import Tasks
from poseviewer.app.train.plan import RunPlan
from poseviewer.io.run_store import RunRecord, RunStore


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


class Runner(QObject):
    """At most one run trains at a time. All methods are for the window's thread, and none waits but `close`.

    What cannot be done is said through `notices`, in one sentence.
    """

    runs_changed = Signal()
    """A run appeared, went, or changed its state or its latest figures of validation."""
    reported = Signal(object)
    """RunReport of the current run."""
    state_changed = Signal(str, str)
    """A run's id and its new state: one of `run_store.STATES`, or "discarded"."""

    def __init__(
        self,
        document: Document,
        tasks: Tasks,
        notices: Notices,
        store: RunStore | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)

    @property
    def current(self) -> RunRecord | None:
        """The run that trains or is paused; None where there is none."""
        raise NotImplementedError

    @property
    def busy(self) -> bool:
        """Whether a run is training just now (a paused one is not)."""
        raise NotImplementedError

    def records(self) -> tuple[RunRecord, ...]:
        """The project's runs, newest first."""
        raise NotImplementedError

    def interrupted(self) -> tuple[RunRecord, ...]:
        """Runs that a crash or the closing of the window interrupted, and that can be continued."""
        raise NotImplementedError

    def start(self, plan: RunPlan) -> str:
        """Train on the project's present ranges; returns the run's id, "" where it cannot be started (and says why)."""
        raise NotImplementedError

    def pause(self) -> None:
        """Stop after the step in hand, with everything written that `resume` needs: also after a crash."""
        raise NotImplementedError

    def resume(self) -> None:
        """Go on with the paused run, as if it had never been paused."""
        raise NotImplementedError

    def stop(self) -> None:
        """End the run early and keep its model; it can be continued later."""
        raise NotImplementedError

    def cancel(self) -> None:
        """End the run and delete it: gone from `records` at once, its thread within a second."""
        raise NotImplementedError

    def continue_run(self, run: str) -> bool:
        """Continue a stopped, failed or interrupted run with the same random stream; False where that is refused."""
        raise NotImplementedError

    def keep(self, run: str) -> None:
        """An interrupted run stays as it is: it is "stopped" from now on and no longer offered by `interrupted`."""
        raise NotImplementedError

    def discard(self, run: str) -> bool:
        """Delete a run that is not training, with its model. False where the project uses that model."""
        raise NotImplementedError

    def export(self, run: str, path: Path) -> bool:
        """Copy a run's model to a place of the user's own; False where it cannot be written."""
        raise NotImplementedError

    def accept(self, run: str) -> bool:
        """Let the project use a run's model, as one edit that undo takes back; False where that is refused."""
        raise NotImplementedError

    def close(self) -> None:
        """The window closes: the run is saved to be continued another day, and its thread is waited for."""
        raise NotImplementedError
