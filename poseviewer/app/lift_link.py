"""From keypoints to what is seen of them in 3D: joins annotator, live lift, 3D view, canvas and status line."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Signal

from poseviewer.app.annotate.annotator import Annotator
from poseviewer.app.annotate.canvas import Canvas
from poseviewer.app.document import Document
from poseviewer.app.live_lift import FEWEST, LiveLift, ModelChoice, ModelInUse
from poseviewer.app.selection import Selection
from poseviewer.app.settings import Settings, SettingsStore
from poseviewer.app.status import StatusLine
from poseviewer.app.view3d.panel import View3D
from poseviewer.core.lifted import LiftedPoses
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import FrameKey, Project

TOO_DOUBTFUL = f"Fewer than {FEWEST} predicted keypoints are sure enough for 3D; drag them right, or accept them."
NO_FRAME = "The pose appears here once keypoints are placed."


class LiftLink(QObject):
    """Every pose that is shown or dragged is lifted; the answer is drawn in 3D and back onto the image."""

    shown_changed = Signal(object)
    """LiftedPoses of one pose, or None: `shown_pose`, after it changed."""
    lifter_said = Signal()
    """`lifter_words` and `lifter_problem` are others than before."""

    def __init__(
        self,
        document: Document,
        selection: Selection,
        annotator: Annotator,
        live: LiveLift,
        canvas: Canvas,
        view3d: View3D,
        status: StatusLine,
        store: SettingsStore,
    ) -> None:
        super().__init__(view3d)
        self._document, self._selection = document, selection
        self._annotator, self._live = annotator, live
        self._frame: FrameKey | None = None
        self._canvas, self._view3d, self._status = canvas, view3d, status
        self._device = store.current.device
        self._reprojection = True
        self._model_ready = False
        self._lacking = ""
        self._filled, self._partial = "", False
        self._lifter_words = self._lifter_problem = ""
        self._last: LiftedPoses | None = None
        annotator.pose_previewed.connect(live.request)
        annotator.pose_changed.connect(self._on_pose)
        document.model_changed.connect(self._load_model)
        document.skeleton_changed.connect(self._load_model)
        store.changed.connect(self._on_settings)
        live.lifted.connect(self._show)
        live.failed.connect(self._show_failure)
        live.model_ready.connect(self._show_model)
        self._load_model()

    @property
    def shown_pose(self) -> LiftedPoses | None:
        """The pose in the 3D view."""
        return self._last

    @property
    def lifter_words(self) -> str:
        """Device, description, and what the lifter has others do for it; "" until it is loaded."""
        return self._lifter_words

    @property
    def lifter_problem(self) -> str:
        """Why there is no lifter, "" where there is one or it is on its way."""
        return self._lifter_problem

    def show_reprojection(self, on: bool) -> None:
        self._reprojection = on
        self._draw_reprojection()

    def _on_settings(self, settings: Settings) -> None:
        if settings.device != self._device:
            self._device = settings.device
            self._load_model()

    def _load_model(self) -> None:
        project = self._document.project
        self._model_ready = False
        self._lacking = ""
        self._view3d.set_skeleton(project.skeleton)
        self._clear("Loading the lifter…")
        self._filled = ""
        self._say_lifter("Loading the lifter…")
        self._live.set_model(ModelChoice(project.skeleton, project.model, self._device))
        self._on_pose(self._annotator.pose)

    def _on_pose(self, _: Pose2D) -> None:
        """What a detector is too unsure of is not lifted; a drag is, as its end makes the whole pose the user's own."""
        pose = self._annotator.sure_pose
        self._note_frame()
        if len(pose) != self._document.project.skeleton.joint_count:
            return
        if pose.present_count < FEWEST:
            self._clear(self._too_few(pose.present_count))
        self._live.request(pose)

    def _note_frame(self) -> None:
        """An answer about the frame before must not be shown on this one; another video shows another animal's size."""
        before, self._frame = self._frame, self._selection.frame
        if self._frame != before:
            self._live.forget()
        if self._frame is None or before is None or self._frame.media != before.media:
            self._view3d.reset_scale()

    def _show(self, lifted: LiftedPoses | None) -> None:
        if lifted is None:
            self._clear(self._too_few(self._annotator.sure_pose.present_count))
            return
        self._last = lifted
        self._view3d.set_message("")
        self._view3d.set_remark(filled_words(lifted, self._filled, self._partial))
        self._view3d.set_pose(lifted.joints[0], lifted.given[0], lifted.depth_std[0])
        self._draw_reprojection()
        self._status.lift.setText(lift_summary(lifted))
        self.shown_changed.emit(lifted)

    def _too_few(self, placed: int) -> str:
        if self._lacking:
            return self._lacking
        if self._selection.frame is None:
            return NO_FRAME
        return TOO_DOUBTFUL if self._annotator.predicted else _too_few(placed)

    def _draw_reprojection(self) -> None:
        if self._last is None or not self._reprojection:
            self._canvas.set_reprojection(None)
            return
        points = self._last.joints[0, :, :2] + self._last.origin[0]
        self._canvas.set_reprojection(points, self._last.given[0])

    def _show_failure(self, sentence: str) -> None:
        if not self._model_ready:
            self._lacking = no_lifter_words(self._document.project)
            sentence = self._lacking or sentence
        self._clear(sentence)
        if not self._model_ready:
            self._say_lifter("No lifter", problem=sentence)

    def _show_model(self, model: ModelInUse) -> None:
        self._model_ready = True
        self._filled, self._partial = model.filled, model.partial
        if self._last is not None:
            self._view3d.set_remark(filled_words(self._last, self._filled, self._partial))
        self._say_lifter(str(model), words="\n".join(part for part in (str(model), model.filled) if part))

    def _say_lifter(self, short: str, words: str = "", problem: str = "") -> None:
        """In the status line at once, and to whoever asks for the words or the problem."""
        self._lifter_words, self._lifter_problem = words, problem
        self._status.model.setText(short)
        self._status.model.setToolTip(problem or f"Device and model in use\n{words}".rstrip())
        self.lifter_said.emit()

    def _clear(self, message: str) -> None:
        before, self._last = self._last, None
        self._view3d.set_pose(None)
        self._view3d.set_message(message)
        self._canvas.set_reprojection(None)
        self._status.lift.clear()
        if before is not None:
            self.shown_changed.emit(None)


def filled_words(lifted: LiftedPoses, usual: str, partial: bool = False) -> str:
    """What is to be said of joints that another lifter has filled in, "" where there are none.

    `usual`: what the lifter says of poses that lack keypoints; `partial`: of all others too. A pose may know better.
    """
    own = str(getattr(lifted, "filled_words", "") or "")
    return own or (usual if partial or not bool(lifted.given.all()) else "")


def no_lifter_words(project: Project) -> str:
    """Why there is no 3D pose where nobody has made a lifter for the skeleton yet, "" where there is one."""
    from poseviewer.models.base import shipped_lifter

    if project.model or shipped_lifter(project.skeleton.name).is_file():
        return ""
    return (
        f"There is no lifter for the skeleton “{project.skeleton.name}” yet. Keypoints can be labelled and detected; "
        "to see them in 3D, describe its rotation ranges and train a lifter."
    )


def lift_summary(lifted: LiftedPoses) -> str:
    """How sure the depths are, as a share of the animal's size: a number in pixels says little on its own."""
    joints, std = lifted.joints[0], lifted.depth_std[0]
    size = float(np.linalg.norm(joints.max(axis=0) - joints.min(axis=0)))
    given = int(lifted.given[0].sum())
    share = 100 * float(np.median(std)) / size if size > 0 else 0.0
    return f"3D from {given} of {len(joints)} keypoints · depth ±{share:.0f} %"


def _too_few(placed: int) -> str:
    if placed == 0:
        return f"Click {FEWEST} keypoints to see the pose in 3D."
    left = FEWEST - placed
    return f"{left} more keypoint{'s' if left > 1 else ''} and the pose appears here."
