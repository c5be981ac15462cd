"""What a user can do to the range of the chosen bone, each as a preview or as one edit that undo takes back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from poseviewer.app.notices import Notices
from poseviewer.app.ranges.draft import RangeDraft
from poseviewer.app.ranges.range_clipboard import copied, copied_from_text, text_of
from poseviewer.app.ranges.range_presets import Origins
from poseviewer.app.ranges.range_words import bone_words, edit_verb, interval_words
from poseviewer.core.errors import SkeletonError
from poseviewer.core.range_edits import (
    interval_of,
    spoken_bone,
    with_angles_of,
    with_bone_length,
    with_bone_of,
    with_degrees,
    with_lock,
    with_locked_of,
    with_rest,
)
from poseviewer.core.ranges import BoneLength, RangePreset, Vector

Change = Callable[[RangePreset, int, bool], RangePreset]
"""From the project's ranges, a bone and whether to mirror, to new ranges; may raise SkeletonError."""


class RangeEditing(QObject):
    """What cannot be done is refused in a sentence and changes nothing."""

    def __init__(self, draft: RangeDraft, origins: Origins, notices: Notices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._draft, self._origins, self._notices = draft, origins, notices

    def preview_interval(self, axis: str, low: float, high: float) -> None:
        """Ends in degrees; from the project's ranges and not from the last preview, so that a drag leaves no trace."""
        self._preview(lambda ranges, bone, mirror: with_degrees(ranges, bone, axis, low, high, mirror))

    def commit_interval(self, axis: str, low: float, high: float) -> None:
        def text(old: RangePreset, new: RangePreset, bone: int) -> str:
            before, after = interval_of(old, bone, axis), interval_of(new, bone, axis)
            verb, name = edit_verb(before, after), bone_words(new.skeleton, bone)
            return f"{verb} {name} {axis} to {interval_words(after)}"

        self._commit(lambda ranges, bone, mirror: with_degrees(ranges, bone, axis, low, high, mirror), text)

    def preview_rest(self, rest: Vector) -> None:
        self._preview(lambda ranges, bone, mirror: with_rest(ranges, bone, rest, mirror))

    def commit_rest(self, rest: Vector) -> None:
        self._commit(
            lambda ranges, bone, mirror: with_rest(ranges, bone, rest, mirror),
            lambda _, new, bone: f"Turn rest direction of {bone_words(new.skeleton, bone)}",
        )

    def preview_length(self, length: BoneLength) -> None:
        self._preview(lambda ranges, bone, _: with_bone_length(ranges, bone, length))

    def commit_length(self, length: BoneLength) -> None:
        self._commit(
            lambda ranges, bone, _: with_bone_length(ranges, bone, length),
            lambda _, new, bone: f"Change length of {bone_words(new.skeleton, bone)}",
        )

    def toggle_lock(self, bone: int | None = None) -> None:
        """Lock or unlock a bone, the chosen one without."""
        bone = self._draft.bone if bone is None else bone
        if bone is None:
            return
        ranges = self._draft.committed
        on = bone not in ranges.locked
        text = f"{'Lock' if on else 'Unlock'} {bone_words(ranges.skeleton, bone)}"
        self._draft.commit(with_lock(ranges, bone, on, self._draft.mirror), text)

    def copy(self) -> None:
        """The range of the chosen bone, onto the clipboard as text."""
        bone, ranges = self._draft.bone, self._draft.ranges
        if bone is not None:
            QGuiApplication.clipboard().setText(text_of(copied(ranges, bone)))
            self._notices.say(f"Copied the range of {spoken_bone(ranges, bone)}.")

    def paste(self) -> None:
        """The copied angles onto the chosen bone, which keeps its rest direction; mirrored from the other side."""

        def change(ranges: RangePreset, bone: int, mirror: bool) -> RangePreset:
            copy = copied_from_text(QGuiApplication.clipboard().text())
            side = ranges.skeleton.sides[ranges.skeleton.bones[bone].child]
            return with_angles_of(ranges, bone, copy.for_side(side), mirror)

        self._commit(change, lambda _, new, bone: f"Paste range onto {bone_words(new.skeleton, bone)}")

    def reset_bone(self) -> None:
        """Range and length of the chosen bone as they were shipped, or loaded."""
        origin = self._origins.of(self._draft.committed)
        self._commit(
            lambda ranges, bone, mirror: with_bone_of(ranges, bone, origin, mirror),
            lambda _, new, bone: f"Reset range of {bone_words(new.skeleton, bone)}",
        )

    def reset_all(self) -> None:
        """Every bone that is not locked as it was shipped, or loaded."""
        old = self._draft.committed
        self._draft.commit(with_locked_of(self._origins.of(old), old), "Reset all ranges")

    def _preview(self, change: Change) -> None:
        bone = self._draft.bone
        if bone is not None:
            try:
                self._draft.preview(change(self._draft.committed, bone, self._draft.mirror))
            except SkeletonError as error:
                self._draft.refuse(error)

    def _commit(self, change: Change, text: Callable[[RangePreset, RangePreset, int], str]) -> None:
        bone, old = self._draft.bone, self._draft.committed
        if bone is not None:
            try:
                new = change(old, bone, self._draft.mirror)
            except SkeletonError as error:
                self._draft.refuse(error)
            else:
                self._draft.commit(new, text(old, new, bone))
