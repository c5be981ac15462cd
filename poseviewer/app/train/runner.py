"""The training runs of one project: started, paused, continued, stopped and accepted; the work is in a thread."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from poseviewer.app.document import Document
from poseviewer.app.notices import Notices
from poseviewer.app.tasks import Task, Tasks
from poseviewer.app.train.plan import RunPlan, find_start, plan_title
from poseviewer.app.train.run_work import Control, RunReport, Wish, train_run
from poseviewer.app.train.stages import DETECTOR, FLAT, LIFTER, VERBS, Material, in_use_of, obstacle, stage_of
from poseviewer.core import edits
from poseviewer.core.errors import CheckpointError, PoseviewerError
from poseviewer.core.skeleton import Skeleton
from poseviewer.io.atomic import replacing
from poseviewer.io.run_store import RunRecord, RunStore

__all__ = ["RunReport", "Runner"]


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
        self._document, self._tasks, self._notices = document, tasks, notices
        self.store = store or RunStore()
        self._current: RunRecord | None = None
        self._task: Task | None = None
        self._control = Control()
        self._resume_then = False
        self._leaving: set[str] = set()

    @property
    def current(self) -> RunRecord | None:
        """The run that trains or is paused; None where there is none."""
        return self._current

    @property
    def busy(self) -> bool:
        """Whether a run is training just now (a paused one is not)."""
        return self._task is not None

    def records(self) -> tuple[RunRecord, ...]:
        """The project's runs, newest first."""
        found = self.store.records(self._document.project_id)
        current = self._current
        return tuple(
            current if current is not None and r.id == current.id else r for r in found if r.id not in self._leaving
        )

    def interrupted(self) -> tuple[RunRecord, ...]:
        """Runs that a crash or the closing of the window interrupted, and that can be continued."""
        return tuple(r for r in self.records() if r.state == "interrupted")

    def start(self, plan: RunPlan) -> str:
        """Train on the project's present ranges and labels; returns the run's id, "" where it cannot be started (and
        says why)."""
        project = self._document.project
        material = Material.of(project)
        try:
            stage = stage_of(plan.task)
            files = None if stage.poses == FLAT and not plan.poses else len(plan.poses)
            lacking = obstacle(stage, material, renders_of(plan), files)
        except PoseviewerError as error:
            self._notices.error(error)
            return ""
        if lacking:
            self._notices.warn(lacking)
            return ""
        if not self._make_room():
            return ""
        try:
            record = self.store.create(
                RunRecord(
                    title=plan.title or plan_title(plan, project.ranges, material),
                    task=plan.task,
                    preset=plan.preset,
                    project=self._document.project_id,
                    ranges=project.ranges,
                    start=find_start(plan.start, in_use_of(project, plan.task), project.skeleton, plan.task),
                    settings=plan.settings,
                )
            )
        except PoseviewerError as error:
            self._notices.error(error)
            return ""
        self._launch(record)
        return record.id

    def pause(self) -> None:
        """Stop after the step in hand, with everything written that `resume` needs: also after a crash."""
        self._resume_then = False
        self._control.set(Wish.PAUSE)

    def resume(self) -> None:
        """Go on with the paused run, as if it had never been paused."""
        if self._task is not None:
            self._resume_then = self._control.wish is Wish.PAUSE  # it is on its way to the pause
        elif self._current is not None:
            self._launch(self._current)

    def stop(self) -> None:
        """End the run early and keep its model; it can be continued later."""
        self._leave_as(Wish.STOP)

    def cancel(self) -> None:
        """End the run and delete it: gone from `records` at once, its thread within a second."""
        current, busy = self._current, self.busy
        if current is None:
            return
        self._control.set(Wish.DISCARD)
        self._current, self._task = None, None
        if busy:
            self._leaving.add(current.id)
        else:
            self._delete(current.id)
        self._tell(current.id, Wish.DISCARD.value)

    def continue_run(self, run: str) -> bool:
        """Continue a stopped, failed or interrupted run with the same random stream; False where that is refused."""
        record = self._find(run)
        if record is None:
            return False
        if self._current is not None and self._current.id == run:
            self.resume()
            return True
        if not record.resumable:
            self._notices.say(f"The run '{record.title}' is {record.state}; only one that is not over can go on.")
            return False
        try:
            if not (self._make_room() and self._claim(record)):
                return False
        except PoseviewerError as error:
            self._notices.error(error)
            return False
        self._launch(record)
        return True

    def keep(self, run: str) -> None:
        """An interrupted run stays as it is: from now on it is called stopped, and no longer offered."""
        record = self._find(run)
        if record is None or record.state != "interrupted":
            return
        try:
            self.store.save(replace(record, state=Wish.STOP.value))
        except PoseviewerError as error:
            self._notices.error(error)
            return
        self._tell(run, Wish.STOP.value)

    def discard(self, run: str) -> bool:
        """Delete a run with its model. False where the project uses that model, or another window trains the run."""
        project = self._document.project
        for kind, model in ((LIFTER, project.model), (DETECTOR, project.detector)):
            if model and self.store.folder / run in Path(model).parents:
                self._notices.say(
                    f"The project uses the model of this run; choose another {kind} before discarding it."
                )
                return False
        if self._current is not None and self._current.id == run:
            self.cancel()
            return True
        if not self._delete(run):
            return False
        self._tell(run, Wish.DISCARD.value)
        return True

    def export(self, run: str, path: Path) -> bool:
        """Copy a run's model to a place of the user's own; False where it cannot be written."""
        record = self._with_model(run)
        return record is not None and self._copy(record.model, path)

    def accept(self, run: str) -> bool:
        """Let the project use a run's model, as one edit that undo takes back; False where that is refused.

        The project gets a copy that stays as it is, whatever becomes of the run if it is continued.
        """
        record = self._with_model(run)
        if record is None:
            return False
        project, makes = self._document.project, stage_of(record.task).makes
        try:
            steps = usable_steps(makes, record.model, project.skeleton)
        except CheckpointError as error:
            self._notices.error(error)
            return False
        kept = record.model.with_name(f"{record.task}-{record.preset}-{steps}{record.model.suffix}")
        if not (kept.is_file() or self._copy(record.model, kept)):
            return False
        use = edits.set_detector if makes == DETECTOR else edits.set_model
        return self._document.push(use(project, str(kept)))

    def close(self) -> None:
        """The window closes: the run is saved to be continued another day, and its thread is waited for."""
        task, current = self._task, self._current
        if task is not None:
            task.cancel()
            task.wait()
        elif current is not None:
            self._leave_as(Wish.CLOSE)
        if current is not None:
            self.store.release(current.id)

    # What the thread says

    def _launch(self, record: RunRecord) -> None:
        self._control, self._resume_then = Control(), False
        self._current = replace(record, state=Wish.TRAIN.value)
        task = self._tasks.start(train_run, record, self._document.project, self.store, self._control)
        self._task = task
        task.progress.connect(self._note)
        task.result.connect(self._ended)
        task.cancelled.connect(self._closed)
        self._tell(record.id, Wish.TRAIN.value)

    def _note(self, said: tuple[RunReport, RunRecord]) -> None:
        report, record = said
        if self._current is None or record.id != self._current.id:
            return
        self._current = record
        self.reported.emit(report)
        if report.validation:
            self.runs_changed.emit()

    def _ended(self, record: RunRecord) -> None:
        if record.id in self._leaving:
            self._leaving.discard(record.id)
            self.runs_changed.emit()
            return
        self._task = None
        paused = record.state == Wish.PAUSE.value
        self._current = record if paused else None
        if paused and self._resume_then:
            self._launch(record)
            return
        self._tell(record.id, record.state)
        if record.state == "failed":
            self._notices.warn(record.message)
        elif record.state == "finished":
            verb = VERBS.get(stage_of(record.task).makes)
            self._notices.say(
                f"{record.title} is trained; press Use this model to {verb} with it."
                if verb
                else f"{record.title} is trained."
            )

    def _closed(self) -> None:
        """The window's tasks were cancelled: the thread has written what the run is continued from."""
        current, self._current, self._task = self._current, None, None
        if current is not None:
            self._tell(current.id, Wish.CLOSE.value)

    # Smaller parts

    def _make_room(self) -> bool:
        """Whether another run can begin; one that is paused is kept as stopped."""
        if self.busy:
            self._notices.say("A run is training already; stop it or let it finish first.")
            return False
        if self._current is not None:
            self.stop()
        return True

    def _leave_as(self, wish: Wish) -> None:
        """End the current run; one that is paused has nothing more to do than to be called otherwise."""
        self._control.set(wish)
        current = self._current
        if self.busy or current is None:
            return
        self._current = None
        try:
            self.store.save(replace(current, state=wish.value))
        except PoseviewerError as error:
            self._notices.error(error)
        self.store.release(current.id)
        self._tell(current.id, wish.value)

    def _claim(self, record: RunRecord) -> bool:
        if self.store.hold(record.id):
            return True
        self._notices.say(f"The run '{record.title}' is training in another window.")
        return False

    def _find(self, run: str) -> RunRecord | None:
        if self._current is not None and self._current.id == run:
            return self._current
        try:
            return self.store.load(run)
        except PoseviewerError as error:
            self._notices.error(error)
            return None

    def _with_model(self, run: str) -> RunRecord | None:
        record = self._find(run)
        if record is not None and not record.model.is_file():
            self._notices.say(f"The run '{record.title}' has no model yet; pause or stop it to have one.")
            return None
        return record

    def _copy(self, model: Path, path: Path) -> bool:
        try:
            with replacing(path) as temporary:
                shutil.copyfile(model, temporary)
        except OSError as error:
            reason = error.strerror or error
            self._notices.error(CheckpointError(f"Cannot write {path} ({reason}); choose another place for the model."))
            return False
        return True

    def _delete(self, run: str) -> bool:
        try:
            self.store.discard(run)
        except PoseviewerError as error:
            self._notices.error(error)
            return False
        return True

    def _tell(self, run: str, state: str) -> None:
        self.state_changed.emit(run, state)
        self.runs_changed.emit()


def usable_steps(makes: str, model: Path, skeleton: Skeleton) -> int:
    """The steps that a model was trained for, if a project of this skeleton can use it.

    Raises:
        CheckpointError: it cannot.
    """
    from poseviewer.models.base import find_model
    from poseviewer.models.find_detector import find_detector

    if not makes:
        raise CheckpointError("The model of this run is only gone on from; train the stage after it.")
    found = (find_detector if makes == DETECTOR else find_model)(model, skeleton)
    assert found is not None
    return found[1].steps


def renders_of(plan: RunPlan) -> float:
    """The share of rendered pictures that a plan's preset learns from."""
    from training.presets import load_preset

    return float(load_preset(plan.task, plan.preset).get("renders", 0.0))
