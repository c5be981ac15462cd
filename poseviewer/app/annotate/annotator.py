"""Joins the canvas and the guide to the document: clicks become edits, changes of the project become drawings."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from poseviewer.app.annotate import click_order
from poseviewer.app.annotate.canvas import Canvas
from poseviewer.app.annotate.click_order import Clicking
from poseviewer.app.annotate.guide import Guide
from poseviewer.app.document import Document
from poseviewer.app.selection import Selection
from poseviewer.core import edits
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import Edit, FrameKey, Instance, Project


class Annotator(QObject):
    """Edits the keypoints of the selected animal in the selected frame.

    A drag is only previewed (`pose_previewed`); its end is one edit, and so one step of undo.
    """

    pose_changed = Signal(object)
    """Pose2D: what is shown now, after an edit, undo, or another frame."""
    pose_previewed = Signal(object)
    """Pose2D: what a drag in progress would make of it."""
    next_joint_changed = Signal(object)
    """int or None: the joint that the next click places."""
    noticed = Signal(str)
    """A sentence for the status line: why an action did nothing."""

    def __init__(
        self,
        document: Document,
        selection: Selection,
        canvas: Canvas,
        guide: Guide,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._selection = selection
        self._canvas = canvas
        self._guide = guide
        self._shown = Instance(Pose2D.empty(document.project.skeleton.joint_count))
        self._clicking = Clicking(())
        self._copied: Pose2D | None = None
        self._listen_to_canvas()
        self._listen_to_guide()
        document.frames_changed.connect(self._on_frames_changed)
        document.skeleton_changed.connect(self._on_skeleton_changed)
        selection.frame_changed.connect(self._show_frame)
        selection.instance_changed.connect(self._show_frame)
        selection.joint_changed.connect(self._on_joint_changed)
        selection.hovered_changed.connect(self._on_hovered_changed)
        self._on_skeleton_changed()

    @property
    def pose(self) -> Pose2D:
        """The keypoints of the selected animal in the selected frame; empty where there is no frame."""
        return self._shown.pose

    @property
    def predicted(self) -> bool:
        """Whether they are a detector's, and no user has accepted or corrected them."""
        return self._shown.predicted

    @property
    def sure_pose(self) -> Pose2D:
        """`pose` without the keypoints that a detector is too unsure of."""
        return self._shown.sure_pose

    @property
    def next_joint(self) -> int | None:
        """The joint that the next click places."""
        return self._clicking.current

    @property
    def selected_keypoint(self) -> int | None:
        """The selected joint, if it is placed in this frame."""
        return self._selected()

    # Actions

    def delete_selected(self) -> None:
        """Take the selected keypoint away; the guide then asks for it again."""
        joint = self._selected()
        if joint is not None:
            self._push(edits.delete_keypoint(self._project, self._key, self._instance, joint))

    def toggle_selected_occluded(self) -> None:
        joint = self._selected()
        if joint is not None:
            self._push(edits.toggle_occluded(self._project, self._key, self._instance, joint))

    def select_next_joint(self) -> None:
        self._step_selection(1)

    def select_previous_joint(self) -> None:
        self._step_selection(-1)

    def skip(self) -> None:
        """Leave the next joint out of this frame and go on with the one after it."""
        self._set_clicking(click_order.skipped(self._clicking, self._pose))

    def back(self) -> None:
        """Return to the joint before, to place it again."""
        if self._selection.frame is not None:
            self._set_clicking(click_order.went_back(self._clicking))

    def nudge(self, dx: float, dy: float) -> None:
        """Move the selected keypoint by image pixels."""
        joint = self._selected()
        if joint is not None:
            x, y = self._pose.keypoints[joint].tolist()
            self._move(joint, *self._canvas.surface.clamped(x + dx, y + dy))

    def copy_pose(self) -> None:
        if not self._pose.present_count:
            self.noticed.emit("There are no keypoints in this frame to copy.")
            return
        self._copied = self._pose
        self.noticed.emit(f"Copied {self._pose.present_count} keypoints.")

    def paste_pose(self) -> None:
        """Put the copied keypoints in place of those of this frame."""
        if self._copied is None or len(self._copied) != len(self._pose):
            self.noticed.emit("There is no copied pose; copy one in another frame first.")
        elif self._selection.frame is not None:
            self._push(edits.set_pose(self._project, self._key, self._instance, self._copied, "Paste pose"))

    def carry_forward_from_previous(self) -> None:
        """Start an empty frame from the keypoints of the labelled frame before it."""
        if self._selection.frame is None:
            return
        if self._pose.present_count:
            self.noticed.emit("This frame already has keypoints; clear it first to carry a pose forward.")
            return
        pose = self._previous_pose(self._selection.frame)
        if pose is None:
            self.noticed.emit("No frame before this one has keypoints to carry forward.")
        else:
            self._push(edits.set_pose(self._project, self._key, self._instance, pose, "Carry pose forward"))

    def accept_prediction(self) -> None:
        """Make the detector's keypoints the user's own."""
        if self._selection.frame is not None and self.predicted:
            self._push(edits.accept_predictions(self._project, [self._key]))

    def clear_frame(self) -> None:
        if self._selection.frame is not None:
            self._push(edits.clear_frame(self._project, self._key))

    # From the canvas and the guide

    def _listen_to_canvas(self) -> None:
        canvas = self._canvas
        canvas.keypoint_placed.connect(self._place)
        canvas.keypoint_dragged.connect(lambda j, x, y: self.pose_previewed.emit(self._pose.with_keypoint(j, x, y)))
        canvas.keypoint_moved.connect(self._move)
        canvas.pose_dragged.connect(lambda dx, dy: self.pose_previewed.emit(self._pose.moved(dx, dy)))
        canvas.pose_moved.connect(self._move_pose)
        canvas.drag_cancelled.connect(lambda: self.pose_previewed.emit(self.sure_pose))
        canvas.occlusion_toggled.connect(self._toggle_occluded)
        canvas.prediction_accepted.connect(self.accept_prediction)
        canvas.joint_selected.connect(self._selection.set_joint)
        canvas.joint_hovered.connect(self._selection.set_hovered)

    def _listen_to_guide(self) -> None:
        self._guide.joint_chosen.connect(self._choose)
        self._guide.joint_hovered.connect(self._selection.set_hovered)
        self._guide.skip_requested.connect(self.skip)
        self._guide.back_requested.connect(self.back)
        self._guide.accept_requested.connect(self.accept_prediction)

    def _place(self, joint: int, x: float, y: float) -> None:
        if self._selection.frame is None:
            return
        if self._push(edits.place_keypoint(self._project, self._key, self._instance, joint, (x, y))):
            self._selection.set_joint(joint)
            self._set_clicking(click_order.placed(self._clicking, self._pose, joint))

    def _move(self, joint: int, x: float, y: float) -> None:
        if self._selection.frame is not None:
            self._push_or_restore(edits.place_keypoint(self._project, self._key, self._instance, joint, (x, y)))

    def _move_pose(self, dx: float, dy: float) -> None:
        if self._selection.frame is not None:
            moved = self._pose.moved(dx, dy)
            self._push_or_restore(edits.set_pose(self._project, self._key, self._instance, moved, "Move pose"))

    def _toggle_occluded(self, joint: int) -> None:
        if self._selection.frame is not None:
            self._push(edits.toggle_occluded(self._project, self._key, self._instance, joint))

    def _choose(self, joint: int) -> None:
        """A joint of the diagram: the next click places it; if it is placed already, it is also selected."""
        if self._selection.frame is None:
            return
        if self._pose.present[joint]:
            self._selection.set_joint(joint)
        self._set_clicking(click_order.chosen(self._clicking, joint))

    # From the document and the selection

    def _on_skeleton_changed(self) -> None:
        skeleton = self._project.skeleton
        self._selection.set_joint(None)  # another skeleton: the same number is another joint
        self._selection.set_hovered(None)
        self._canvas.set_skeleton(skeleton)
        self._guide.set_skeleton(skeleton)
        self._show_frame()

    def _on_frames_changed(self, frames: frozenset[FrameKey]) -> None:
        if self._selection.frame not in frames:
            return
        before, was_predicted = self._pose, self.predicted
        self._show_pose()
        if self.predicted or was_predicted:
            self._begin_clicking()
        else:
            self._set_clicking(click_order.reconciled(self._clicking, before, self._pose))

    def _show_frame(self, *_: object) -> None:
        """Another frame, or another animal in it: guided clicking begins anew."""
        self._show_pose()
        self._begin_clicking()
        self._on_joint_changed(self._selection.joint)

    def _begin_clicking(self) -> None:
        """A prediction is looked at first: while it is one, a click beside it places nothing."""
        skeleton = self._project.skeleton
        if self._selection.frame is None or self.predicted:
            self._set_clicking(Clicking(click_order.click_order(skeleton)))
        else:
            self._set_clicking(click_order.started(skeleton, self._pose))

    def _show_pose(self) -> None:
        frame = self._selection.frame
        empty = Pose2D.empty(self._project.skeleton.joint_count)
        instances = self._project.instances(frame) if frame is not None else ()
        self._shown = instances[self._instance] if self._instance < len(instances) else Instance(empty)
        scores = self._shown.scores if self.predicted else None
        self._canvas.set_pose(self._pose, self.predicted, scores)
        self._guide.set_pose(self._pose if frame is not None else None, self.predicted, scores)
        self.pose_changed.emit(self._pose)

    def _on_joint_changed(self, joint: int | None) -> None:
        self._canvas.set_selected_joint(joint)
        self._guide.set_selected_joint(joint)

    def _on_hovered_changed(self, joint: int | None) -> None:
        self._canvas.set_hovered_joint(joint)
        self._guide.set_hovered_joint(joint)

    def _set_clicking(self, state: Clicking) -> None:
        changed = state.current != self._clicking.current
        self._clicking = state
        self._canvas.set_next_joint(state.current)
        self._guide.set_next_joint(state.current)
        if changed:
            self.next_joint_changed.emit(state.current)

    # Short names for what every edit needs

    @property
    def _pose(self) -> Pose2D:
        return self._shown.pose

    @property
    def _project(self) -> Project:
        return self._document.project

    @property
    def _key(self) -> FrameKey:
        assert self._selection.frame is not None
        return self._selection.frame

    @property
    def _instance(self) -> int:
        return self._selection.instance

    def _push(self, edit: Edit) -> bool:
        return self._document.push(edit)

    def _push_or_restore(self, edit: Edit) -> None:
        """Push the end of a drag; where nothing came of it, tell those who followed the drag where the pose is."""
        if edit.empty or not self._push(edit):
            self.pose_previewed.emit(self.sure_pose)

    def _selected(self) -> int | None:
        """The selected joint, if it is placed in this frame."""
        joint = self._selection.joint
        if self._selection.frame is None or joint is None or joint >= len(self._pose):
            return None
        return joint if self._pose.present[joint] else None

    def _step_selection(self, step: int) -> None:
        joint = click_order.neighbour(self._clicking.order, self._pose, self._selection.joint, step)
        if joint is not None:
            self._selection.set_joint(joint)

    def _previous_pose(self, key: FrameKey) -> Pose2D | None:
        """The pose of the nearest labelled frame before this one, of the same animal if it is there."""
        before = [n for n in self._project.labelled_frames(key.media) if n < key.frame]
        for number in reversed(before):
            pose = self._project.pose(FrameKey(key.media, number), self._instance)
            if pose.present_count:
                return pose
        return None
