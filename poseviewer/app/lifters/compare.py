"""A and B: the shown frame lifted by the model in use and by another one, both drawn, and how they differ."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from poseviewer.app.document import Document
from poseviewer.app.lifters.choices import named
from poseviewer.app.live_lift import LiveLift, Load, ModelChoice, load_shipped
from poseviewer.app.train.in_use import is_latest
from poseviewer.app.train.measures import HIDDEN, number_with_unit
from poseviewer.core.edits import spoken
from poseviewer.core.errors import PoseInputError, PoseviewerError
from poseviewer.core.lifted import LiftedPoses
from poseviewer.core.pose import Pose2D
from poseviewer.core.skeleton import Skeleton

if TYPE_CHECKING:
    from poseviewer.io.run_store import RunRecord

ALIKE_DEG = 1.0
"""Bones that point this nearly the same way are not worth naming."""


@dataclass(frozen=True, eq=False)
class ComparedPoses(LiftedPoses):
    """The pose by B, and how well each model guesses keypoints that are hidden from it.

    hidden: by A and by B, percent of the animal's size; NaN where it cannot be said: too few keypoints, no A, or one
        of them has another lifter guess what is missing.
    """

    hidden: tuple[float, float] = (float("nan"), float("nan"))


@dataclass(frozen=True)
class Other:
    """The lifter that the one in use is compared with.

    Attributes:
        model: as `ModelChoice.model`. title: what people call it. run: the training run whose model it is.
    """

    model: str
    title: str
    run: RunRecord | None = None

    @property
    def run_id(self) -> str:
        return self.run.id if self.run is not None else ""

    def is_used_by(self, model: str) -> bool:
        """Whether a project that names this model would compare it with itself."""
        return is_latest(model, self.run) if self.run is not None else model == self.model


class Comparison(QObject):
    """While another lifter is compared, every pose that is shown is lifted by it too, from the same keypoints."""

    changed = Signal(object)
    """`Other` that is compared now, None once none is."""
    said = Signal(str)
    """How A and B differ on the shown frame, or why they cannot be compared."""

    def __init__(
        self, document: Document, link: Any, view3d: Any, canvas: Any, parent: QObject, load: Load = load_shipped
    ) -> None:
        """`link`: a LiftLink. `view3d` and `canvas`: with `set_comparison`."""
        super().__init__(parent)
        self._document, self._link, self._view3d, self._canvas = document, link, view3d, canvas
        self._load = load
        self._other: Other | None = None
        self._ours: LiftedPoses | None = None
        self._live = LiveLift(self._load_both, self)
        self._live.lifted.connect(self._show_answer)
        self._live.failed.connect(self._show_failure)
        link.shown_changed.connect(self._ask)
        document.model_changed.connect(self._follow_model)
        document.skeleton_changed.connect(self.stop)

    @property
    def other(self) -> Other | None:
        """The lifter that is compared, None while none is."""
        return self._other

    def show_run(self, record: RunRecord | None) -> None:
        """Compare with a run's model; the same run again, or None, ends it."""
        again = record is not None and self._other is not None and record.id == self._other.run_id
        if record is None or again:
            self.stop()
        else:
            self.show(Other(str(record.model), record.title, record))

    def show(self, other: Other) -> None:
        """Compare with another lifter from now on."""
        self._other = other
        self.changed.emit(other)
        self._begin()

    def stop(self) -> None:
        """Show the model in use alone again."""
        if self._other is None:
            return
        self._other = None
        self._live.forget()
        self._clear()
        self.said.emit("")
        self.changed.emit(None)

    def close(self) -> None:
        """End the thread and wait for it."""
        self._live.close()

    def _begin(self) -> None:
        assert self._other is not None
        self._clear()
        self.said.emit(f"Loading {self._other.title}…")
        self._live.set_model(ModelChoice(self._document.project.skeleton, self._other.model, "cpu"))
        self._ask(self._link.shown_pose)

    def _follow_model(self) -> None:
        """A is another model now; one that was accepted would be compared with itself."""
        if self._other is None:
            return
        if self._other.is_used_by(named(self._document.project)):
            self.stop()
        else:
            self._begin()

    def _ask(self, shown: LiftedPoses | None) -> None:
        if self._other is None:
            return
        self._ours = shown
        if shown is None:
            self._live.forget()
            self._clear()
            self.said.emit("Place keypoints to compare the two lifters on this frame.")
        else:
            self._live.request(keypoints_of(shown))

    def _show_answer(self, theirs: LiftedPoses | None) -> None:
        if self._other is None or self._ours is None or theirs is None:
            return
        self._view3d.set_comparison(theirs.joints[0], f"B {self._other.title}")
        self._canvas.set_comparison(theirs.joints[0, :, :2] + theirs.origin[0], theirs.given[0])
        hidden = theirs.hidden if isinstance(theirs, ComparedPoses) else (float("nan"), float("nan"))
        self.said.emit(comparison_words(hidden, self._ours, theirs))

    def _show_failure(self, sentence: str) -> None:
        if self._other is not None:
            self._clear()
            self.said.emit(sentence)

    def _clear(self) -> None:
        self._view3d.set_comparison(None, "")
        self._canvas.set_comparison(None, None)

    def _load_both(self, choice: ModelChoice) -> Any:
        """In the thread of the live lift: B, and A for the figures."""
        theirs = self._load(choice)
        try:
            ours = self._load(ModelChoice(choice.skeleton, self._document.project.model, choice.device))
        except PoseviewerError:
            ours = None  # there may be no lifter yet for a skeleton of the user's own
        return _Pair(ours, theirs)


class _Pair:
    """Lifts as B does, and has both models guess what is hidden; slow enough to be asked in a thread."""

    quick = False

    def __init__(self, ours: Any, theirs: Any) -> None:
        self._ours, self._theirs = ours, theirs
        self.device, self.description = theirs.device, theirs.description

    def lift(self, keypoints: NDArray[Any], visibility: NDArray[Any] | None = None) -> ComparedPoses:
        answer: LiftedPoses = self._theirs.lift(keypoints, visibility)
        known = np.where(answer.given[..., None], keypoints, np.nan)[0]
        hidden = float("nan"), float("nan")
        if not any(getattr(lifter, "filled_words", "") for lifter in (self._ours, self._theirs)):
            hidden = hidden_error(self._ours, known), hidden_error(self._theirs, known)
        return ComparedPoses(
            answer.skeleton, answer.joints, answer.depth_std, answer.origin, answer.given, answer.unit, hidden
        )


def hidden_error(lifter: Any, keypoints: NDArray[Any]) -> float:
    """How far a lifter's guess lies from each keypoint (J, 2) hidden in turn, as `training.own_frames` defines it.

    Percent of the longer side of the box around the keypoints; NaN without a lifter or with too few keypoints.
    """
    from training.own_frames import OwnFrames

    given = np.isfinite(keypoints[:, 0])
    size = float(np.ptp(keypoints[given], axis=0).max()) if given.any() else 0.0
    if lifter is None or size <= 0:
        return float("nan")
    frame = OwnFrames(keypoints[None].astype(np.float32), np.array([size], np.float32), ())

    def explain(batch: NDArray[np.float32]) -> NDArray[Any]:
        lifted: LiftedPoses = lifter.lift(batch)
        points: NDArray[Any] = lifted.joints[..., :2] + lifted.origin[:, None]
        return points

    try:
        return float(_result_of(frame.figures(explain)).get(HIDDEN, float("nan")))
    except PoseInputError:  # without one of them, the others lie in one place
        return float("nan")


def keypoints_of(shown: LiftedPoses) -> Pose2D:
    """The keypoints that a shown pose was lifted from: a lifter leaves those that were given where they were."""
    points = shown.joints[0, :, :2] + shown.origin[0]
    return Pose2D(np.where(shown.given[0][:, None], points, np.nan))


def largest_difference(ours: LiftedPoses, theirs: LiftedPoses) -> tuple[int, float]:
    """The bone that points most differently in two lifts of one pose, and by how many degrees."""
    a, b = ours.bone_vectors[0].astype(np.float64), theirs.bone_vectors[0].astype(np.float64)
    norms = np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1)
    angles = np.degrees(np.arctan2(np.linalg.norm(np.cross(a, b), axis=-1), (a * b).sum(-1)))
    angles = np.where(norms > 0, angles, 0.0)
    bone = int(np.argmax(angles))
    return bone, float(angles[bone])


def comparison_words(hidden: tuple[float, float], ours: LiftedPoses, theirs: LiftedPoses) -> str:
    """One line: both models' errors on this frame, and where their poses differ most."""
    parts = []
    if np.isfinite(hidden).all():
        a, b = (number_with_unit(value, " %") for value in hidden)
        parts.append(f"Hidden keypoints of this frame: A off by {a}, B off by {b}.")
    bone, angle = largest_difference(ours, theirs)
    if angle < ALIKE_DEG:
        parts.append(f"Both give the same pose to {number_with_unit(ALIKE_DEG, '°')}.")
    else:
        parts.append(f"They differ most at the {_end_of(ours.skeleton, bone)} ({angle:.0f}°).")
    return " ".join(parts)


def _end_of(skeleton: Skeleton, bone: int) -> str:
    return spoken(skeleton.joints[skeleton.bones[bone].child])


def _result_of(work: Generator[None, None, dict[str, float]]) -> dict[str, float]:
    """What a generator returns, its pauses passed over."""
    while True:
        try:
            next(work)
        except StopIteration as done:
            return dict(done.value)
