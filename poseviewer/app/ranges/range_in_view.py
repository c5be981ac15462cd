"""Joins ranges and the lifted pose in the 3D view: what is drawn around the chosen bone, and what pulling it does."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QMetaMethod, QObject, Signal

from poseviewer.app.document import Document
from poseviewer.app.lift_link import LiftLink
from poseviewer.app.ranges.draft import RangeDraft
from poseviewer.app.ranges.range_words import bone_words, edit_verb, interval_words
from poseviewer.app.view3d.panel import View3D
from poseviewer.app.view3d.range_handles import RangePull
from poseviewer.app.view3d.range_patch import RangeOfBone, RangeShown
from poseviewer.core.errors import SkeletonError
from poseviewer.core.range_edits import interval_of, with_interval
from poseviewer.core.ranges import RangePreset, SwingRange
from poseviewer.geometry.body_frame import body_rotation, middles_of, swings_of_pose
from poseviewer.geometry.kinematics import parent_frame

Array = NDArray[np.float64]


class RangeInView(QObject):
    """The 3D view shows the range of the draft's bone in the frame that the pose gives it."""

    angles_changed = Signal(object)
    """(B, 3) flexion, abduction and twist of the pose that is shown, or (B, 2) theta and phi for spherical ranges, in
    radians, NaN where a bone is not known; None where there is no pose."""

    def __init__(self, draft: RangeDraft, view3d: View3D, link: LiftLink, document: Document) -> None:
        super().__init__(view3d)
        self._draft, self._view3d, self._link, self._document = draft, view3d, link, document
        self._reading: tuple[Array, Array] | None = None
        self._read = False
        draft.ranges_changed.connect(self._follow_ranges)
        draft.bone_changed.connect(self._show)
        draft.mirror_changed.connect(self._show)
        link.shown_changed.connect(self._read_pose)
        view3d.range_pulled.connect(self._preview)
        view3d.range_released.connect(self._commit)
        view3d.range_cancelled.connect(draft.cancel)
        self._read_pose()

    @property
    def angles(self) -> Array | None:
        """Of the pose that is shown, as `angles_changed` tells them."""
        reading = self._of_pose()
        return None if reading is None else reading[1]

    def _follow_ranges(self) -> None:
        if not self._draft.previewing:
            self._view3d.let_go_of_range()
        self._read_pose()

    def _read_pose(self) -> None:
        """While a keypoint is dragged every millisecond counts: what nobody looks at is not worked out."""
        before, self._reading, self._read = self._reading, None, False
        if self._draft.bone is not None or self._heard:
            angles = self.angles
            if angles is not None or before is not None:
                self.angles_changed.emit(angles)
        self._show()

    @property
    def _heard(self) -> bool:
        return self.isSignalConnected(QMetaMethod.fromSignal(self.angles_changed))

    def _of_pose(self) -> tuple[Array, Array] | None:
        """The turn from body to camera (3, 3) and the angles of the pose that is shown.

        How the animal stands is read with the ranges that stand, so that a patch holds still while it is pulled.
        """
        if not self._read:
            self._read = True
            ranges, poses = self._draft.ranges, self._link.shown_pose
            if poses is not None and poses.skeleton == ranges.skeleton:
                joints = poses.joints[0].astype(np.float64)
                rotation = body_rotation(self._draft.committed, joints)
                self._reading = rotation, swings_of_pose(ranges, joints, rotation)
        return self._reading

    def _show(self) -> None:
        self._view3d.set_range(self._shown())

    def _shown(self) -> RangeShown | None:
        ranges, bone = self._draft.ranges, self._draft.bone
        reading = self._of_pose() if bone is not None and bone < ranges.skeleton.bone_count else None
        if bone is None or reading is None:
            return None
        rotation, read = reading
        # A bone that is not known hands on the frame of the middle of its range.
        angles = np.where(np.isnan(read), middles_of(ranges), read)
        partner = ranges.skeleton.mirror_bones[bone]
        follows = self._draft.mirror and partner != bone and partner not in ranges.locked
        return RangeShown(
            own=_placed(ranges, bone, rotation, angles),
            committed=self._draft.committed.ranges[bone] if self._draft.previewing else None,
            partner=_placed(ranges, partner, rotation, angles) if follows else None,
            twist=float(angles[bone, 2]) if _twists(ranges, bone) else None,
            refusal=self._refusal(ranges, bone),
        )

    def _refusal(self, ranges: RangePreset, bone: int) -> str:
        if not self._draft.editable:
            return self._document.read_only_reason or "This project cannot be changed; save it under another name."
        if bone in ranges.locked:
            return f"The range of {bone_words(ranges.skeleton, bone)} is locked; unlock it to change it."
        return ""

    def _preview(self, pull: RangePull) -> None:
        try:
            self._draft.preview(self._pulled(pull))
        except SkeletonError as error:
            self._draft.refuse(error)

    def _commit(self, pull: RangePull) -> None:
        try:
            new = self._pulled(pull)
        except SkeletonError as error:
            self._draft.refuse(error)
            return
        before = interval_of(self._draft.committed, pull.bone, pull.axis)
        name = bone_words(new.skeleton, pull.bone)
        words = interval_words(pull.interval)
        self._draft.commit(new, f"{edit_verb(before, pull.interval)} {name} {pull.axis} to {words}")

    def _pulled(self, pull: RangePull) -> RangePreset:
        return with_interval(self._draft.committed, pull.bone, pull.axis, pull.interval, self._draft.mirror)


def _placed(ranges: RangePreset, bone: int, rotation: Array, angles: Array) -> RangeOfBone:
    frame = rotation if ranges.kind == "spherical" else rotation @ parent_frame(ranges, bone, angles)
    return RangeOfBone(bone, ranges.ranges[bone], frame)


def _twists(ranges: RangePreset, bone: int) -> bool:
    """Whether a bone has a twist, and bones on it that show it."""
    rotation = ranges.ranges[bone]
    return isinstance(rotation, SwingRange) and bool(rotation.twist.width) and bone in ranges.skeleton.parent_bones
