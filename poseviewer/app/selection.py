"""What is looked at and what is picked, shared by all views: none of it is the user's data, so none is undone."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from poseviewer.core.project import FrameKey


class Selection(QObject):
    """The frame shown, the joint picked, the joint under the pointer and the animal being edited.

    A view that is told of a change redraws; a view that is clicked calls a setter. A setter that is given
    what is already so emits nothing, which is what keeps two linked views from answering each other for ever.
    """

    frame_changed = Signal(object)
    """FrameKey or None."""
    joint_changed = Signal(object)
    """int or None."""
    hovered_changed = Signal(object)
    """int or None."""
    instance_changed = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._frame: FrameKey | None = None
        self._joint: int | None = None
        self._hovered: int | None = None
        self._instance = 0

    @property
    def frame(self) -> FrameKey | None:
        return self._frame

    @property
    def joint(self) -> int | None:
        return self._joint

    @property
    def hovered(self) -> int | None:
        return self._hovered

    @property
    def instance(self) -> int:
        """Which animal of the frame is edited, from 0."""
        return self._instance

    def set_frame(self, frame: FrameKey | None) -> None:
        if frame != self._frame:
            self._frame = frame
            self.frame_changed.emit(frame)

    def set_joint(self, joint: int | None) -> None:
        if joint != self._joint:
            self._joint = joint
            self.joint_changed.emit(joint)

    def set_hovered(self, joint: int | None) -> None:
        if joint != self._hovered:
            self._hovered = joint
            self.hovered_changed.emit(joint)

    def set_instance(self, instance: int) -> None:
        if instance != self._instance:
            self._instance = instance
            self.instance_changed.emit(instance)
