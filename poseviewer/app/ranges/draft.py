"""The ranges as the user is editing them: the document's, or those of the gesture in hand.

While a handle or a slider is held, its panel previews; every panel draws `ranges`, so gallery, tree and 3D view
move together and nothing is written. On release the gesture is committed once, as an edit that undo takes back.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from poseviewer.app.document import Document
from poseviewer.app.notices import Notices
from poseviewer.core import edits
from poseviewer.core.errors import SkeletonError
from poseviewer.core.ranges import RangePreset


class RangeDraft(QObject):
    """Attributes:
    mirror: whether an edit of one side is made on the other side too.
    """

    ranges_changed = Signal(object)
    """RangePreset: what to draw, after a preview, a commit, an undo or another project's skeleton."""
    bone_changed = Signal(object)
    """int or None: the bone whose range is looked at."""
    mirror_changed = Signal(bool)

    def __init__(self, document: Document, notices: Notices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._notices = document, notices
        self._preview: RangePreset | None = None
        self._bone: int | None = None
        self._mirror = True
        document.skeleton_changed.connect(self._forget_bone)
        document.ranges_changed.connect(self._follow)

    @property
    def ranges(self) -> RangePreset:
        """The preview while there is one, else the document's."""
        return self._preview or self._document.project.ranges

    @property
    def committed(self) -> RangePreset:
        """The document's, whatever is being previewed."""
        return self._document.project.ranges

    @property
    def previewing(self) -> bool:
        return self._preview is not None

    @property
    def bone(self) -> int | None:
        return self._bone

    @property
    def mirror(self) -> bool:
        return self._mirror

    @property
    def editable(self) -> bool:
        return not self._document.read_only

    def set_bone(self, bone: int | None) -> None:
        """Look at the range of another bone, or of none."""
        if bone != self._bone:
            self._bone = bone
            self.bone_changed.emit(bone)

    def set_mirror(self, on: bool) -> None:
        if on != self._mirror:
            self._mirror = on
            self.mirror_changed.emit(on)

    def preview(self, new: RangePreset) -> None:
        """Show ranges that are not yet the document's."""
        if new != self.ranges:
            self._preview = new
            self.ranges_changed.emit(new)

    def commit(self, new: RangePreset, text: str) -> bool:
        """Make these the document's ranges, as one edit called `text`. False where it cannot be saved."""
        edit = edits.set_ranges(self._document.project, new, text)
        saved = self._document.push(edit)
        if self._preview is not None:  # nothing was written, so the document did not say that it changed
            self.cancel()
        return saved

    def cancel(self) -> None:
        """Drop the preview."""
        if self._preview is not None:
            self._preview = None
            self.ranges_changed.emit(self.ranges)

    def refuse(self, error: SkeletonError) -> None:
        """Say why an edit cannot be made, and show what stands."""
        self._preview = None
        self._notices.say(str(error))
        self.ranges_changed.emit(self.ranges)

    def _follow(self) -> None:
        """The document's ranges changed, by a commit or by undo: a preview of older ones is void."""
        self._preview = None
        self.ranges_changed.emit(self.ranges)

    def _forget_bone(self) -> None:
        self._preview = None
        self.set_bone(None)
