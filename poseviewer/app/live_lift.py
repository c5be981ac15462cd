"""The 3D pose of what is being clicked and dragged: lifted in its own thread, the newest request first."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from poseviewer.core.errors import PoseviewerError
from poseviewer.core.lifted import LiftedPoses
from poseviewer.core.pose import Pose2D
from poseviewer.core.skeleton import Skeleton

log = logging.getLogger(__name__)

FEWEST = 4
"""Keypoints from which a pose is lifted."""


@dataclass(frozen=True)
class ModelChoice:
    """Which lifter to load: `model` is "" for the one that comes with the skeleton, else a checkpoint's path."""

    skeleton: Skeleton
    model: str = ""
    device: str = "auto"


@dataclass(frozen=True)
class ModelInUse:
    """What the status line says: the device in capitals and the lifter in words.

    filled: what is said of joints that the lifter has another one fill in, "" where it lifts without them itself.
    partial: whether it does not know some joints of the skeleton, so that those are filled in in every pose.
    """

    device: str
    description: str
    filled: str = ""
    partial: bool = False

    def __str__(self) -> str:
        return f"{self.device} · {self.description}"


Load = Callable[[ModelChoice], Any]


def load_shipped(choice: ModelChoice) -> Any:
    """A lifter that needs no torch where there is one: a pose at a time is too little for torch to pay."""
    from poseviewer.models.light import load_light_lifter

    light = load_light_lifter(choice.model or None, choice.skeleton)
    if light is not None:
        return light
    # Torch comes with this import, so it happens here: in the thread, after the window is there.
    from poseviewer.models.lifter import load_lifter

    return load_lifter(choice.model or None, choice.skeleton, choice.device)


class LiveLift(QObject):
    """Answers the newest pose only: what was asked before it and not begun is skipped.

    A lifter that calls itself quick is asked here and now: handing a millisecond's work to another thread takes
    longer than the work, and the picture would be painted twice, with the moved point and again with the answer.
    While a point is dragged, an answer is shown even if the point has moved on meanwhile; but no answer is shown
    that was asked before the frame, the skeleton or the model changed.
    """

    lifted = Signal(object)
    """LiftedPoses of one pose, or None where there are too few keypoints."""
    failed = Signal(str)
    """A sentence: why there is no 3D pose."""
    model_ready = Signal(object)
    """ModelInUse."""

    _answered = Signal(int, object)
    _loaded = Signal(int, object)

    def __init__(self, load: Load = load_shipped, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._generation = 0
        self._oldest_wanted = 0
        self._model_number = 0
        self._answered.connect(self._receive)
        self._loaded.connect(self._receive_model)
        self._worker = _Worker(load, self._answered.emit, self._loaded.emit)

    def set_model(self, choice: ModelChoice) -> None:
        """Load another lifter in the thread; poses asked for from now on are lifted by it."""
        self.forget()
        self._model_number += 1
        self._worker.ask_model(self._model_number, choice)

    def forget(self) -> None:
        """Show no answer to what was asked until now: another frame is looked at."""
        self._generation += 1
        self._oldest_wanted = self._generation
        self._worker.drop_pose()

    def request(self, pose: Pose2D) -> None:
        """Lift this pose as soon as the thread is free, unless a newer one comes first."""
        if pose.present_count < FEWEST:
            self.forget()
            self.lifted.emit(None)
            return
        self._generation += 1
        lifter = self._worker.quick_lifter
        if lifter is None:
            self._worker.ask_pose(self._generation, pose)
        else:
            self._worker.drop_pose()
            self._receive(self._generation, _lifted_or_why_not(lifter, pose))

    def close(self) -> None:
        """End the thread and wait for it."""
        self._worker.close()

    def _receive(self, generation: int, answer: object) -> None:
        if generation < self._oldest_wanted:
            return
        if isinstance(answer, LiftedPoses):
            self.lifted.emit(answer)
        else:
            self.failed.emit(str(answer))

    def _receive_model(self, number: int, answer: object) -> None:
        if number != self._model_number:
            return
        if isinstance(answer, ModelInUse):
            self.model_ready.emit(answer)
        else:
            self.failed.emit(str(answer))


class _Worker:
    """The thread, without Qt: it sleeps on a condition, so nothing is polled and no queue can grow."""

    def __init__(self, load: Load, answer: Callable[[int, object], None], loaded: Callable[[int, object], None]):
        self._load, self._answer, self._loaded = load, answer, loaded
        self._wake = threading.Condition()
        self._model: tuple[int, ModelChoice] | None = None
        self._pose: tuple[int, Pose2D] | None = None
        self._closed = False
        self._lifter: Any = None
        self._failure = ""
        self._thread: threading.Thread | None = None

    def ask_model(self, generation: int, choice: ModelChoice) -> None:
        with self._wake:
            self._model = generation, choice
            self._start()
            self._wake.notify()

    def ask_pose(self, generation: int, pose: Pose2D) -> None:
        with self._wake:
            self._pose = generation, pose
            self._wake.notify()

    def drop_pose(self) -> None:
        with self._wake:
            self._pose = None

    @property
    def quick_lifter(self) -> Any:
        """The lifter in use, if it need not be waited for; None also while another one is on its way."""
        with self._wake:
            return self._lifter if self._model is None and getattr(self._lifter, "quick", False) else None

    def close(self) -> None:
        with self._wake:
            self._closed = True
            self._wake.notify()
        if self._thread is not None:
            self._thread.join()

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="live lift")
            self._thread.start()

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._closed or self._model or (self._pose and self._ready))
                if self._closed:
                    return
                model, self._model = self._model, None
                pose, self._pose = (None, self._pose) if model else (self._pose, None)
                if model:
                    self._lifter, self._failure = None, ""
            if model:
                self._use(*model)
            elif pose:
                self._lift(*pose)

    @property
    def _ready(self) -> bool:
        return self._lifter is not None or bool(self._failure)

    def _use(self, number: int, choice: ModelChoice) -> None:
        try:
            lifter = self._load(choice)
            _warm_up(lifter, choice.skeleton)
        # A broken checkpoint or a missing library must leave the rest of the window working.
        except Exception as error:
            self._failure = _explain(error, "The lifter could not be loaded")
            self._loaded(number, self._failure)
            return
        self._lifter = lifter
        filled = str(getattr(lifter, "filled_words", "") or "")
        partial = bool(filled) and len(getattr(lifter, "columns", ())) < choice.skeleton.joint_count
        self._loaded(number, ModelInUse(str(lifter.device).upper(), str(lifter.description), filled, partial))

    def _lift(self, generation: int, pose: Pose2D) -> None:
        if self._failure:
            self._answer(generation, self._failure)
            return
        self._answer(generation, _lifted_or_why_not(self._lifter, pose))


def _lifted_or_why_not(lifter: Any, pose: Pose2D) -> object:
    """LiftedPoses of one pose, or a sentence."""
    try:
        return lifter.lift(pose.keypoints[None], pose.visibility[None])
    except Exception as error:
        return _explain(error, "This pose could not be lifted")


def _warm_up(lifter: Any, skeleton: Skeleton) -> None:
    """Lift something once: the first call allocates, and no user should wait for that while dragging."""
    xy = np.random.default_rng(0).uniform(0.0, 100.0, (1, skeleton.joint_count, 2))
    lifter.lift(xy, np.full((1, skeleton.joint_count), 2, np.uint8))


def _explain(error: Exception, what: str) -> str:
    if isinstance(error, PoseviewerError):
        return str(error)
    log.error("%s.", what, exc_info=error)
    return f"{what} ({type(error).__name__}: {error}); choose another model, or see the log for the details."
