"""The range editor: the tree of bones, and beside or below it the ranges of the chosen one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QMenu,
    QScrollArea,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from poseviewer.app.document import Document
from poseviewer.app.notices import Notices
from poseviewer.app.own_keys import OwnKeys
from poseviewer.app.ranges.bone_fields import BoneFields
from poseviewer.app.ranges.bone_tree import BoneTree
from poseviewer.app.ranges.draft import RangeDraft
from poseviewer.app.ranges.editing import RangeEditing
from poseviewer.app.ranges.range_presets import NO_ARROW, Origins, PresetButton, RangePresets
from poseviewer.app.selection import Selection
from poseviewer.app.settings import Settings, SettingsStore
from poseviewer.core.range_edits import spoken_bone
from poseviewer.core.ranges import RangePreset

WIDE = 620
"""From this width on, the tree stands beside the fields."""
TREE_WIDTH = 300


class RangeEditor(QWidget):
    """Draws the draft's ranges and edits them through it; a row of the tree and a selected joint go together."""

    def __init__(
        self,
        draft: RangeDraft,
        selection: Selection,
        document: Document,
        store: SettingsStore,
        notices: Notices,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._draft, self._selection, self._document, self._notices = draft, selection, document, notices
        self._angles: NDArray[np.float64] | None = None
        self._divided = False
        self._palette = ""
        self._origins = Origins()
        self.editing = RangeEditing(draft, self._origins, notices, self)
        self.presets = RangePresets(draft, self._origins, store, notices, self)
        self.tree, self.fields = BoneTree(self), BoneFields(self)
        self._left: int | None = None
        self.mirror = QCheckBox("&Mirror left and right", self)
        self.ranges_button = PresetButton(self.presets, draft, self)
        self.lock = self._button("Lock", self.editing.toggle_lock)
        self.copy = self._button("Copy", self.editing.copy)
        self.paste = self._button("Paste", self.editing.paste)
        self.reset = self._button("Reset ▾", self.editing.reset_bone)
        self._splitter = QSplitter(Qt.Orientation.Vertical, self)
        self._arrange()
        self._connect(store)
        self._follow_settings(store.current)
        self._follow_joint(selection.joint)
        self._show_bone(draft.bone)

    def set_current_angles(self, angles: ArrayLike | None) -> None:
        """The pose that is shown, as dots on the sliders; None for no pose.

        (B, 3) flexion, abduction and twist for swing ranges, (B, 2) theta and phi for spherical ones, in radians,
        NaN where unknown: joints do not say the twist of a bone on which nothing hangs.
        """
        self._angles = None if angles is None else np.asarray(angles, dtype=np.float64)
        self._show_angles()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Beside each other where there is room, else the tree above; what the user did to the handle between stays."""
        super().resizeEvent(event)
        wide = self.width() >= WIDE
        wanted = Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical
        if self._splitter.orientation() != wanted or not self._divided:
            self._divided = True
            self._splitter.setOrientation(wanted)
            whole = self.width() if wide else self.height()
            tree = TREE_WIDTH if wide else min(round(whole * 0.38), self.tree.sizeHint().height())
            self._splitter.setSizes([tree, whole - tree])

    # What the draft, the selection and the document say

    def _show(self, ranges: RangePreset) -> None:
        """Other numbers, or another project's; at each move of a slider only what changed is drawn."""
        if not self._draft.previewing:
            self.fields.drop_gesture()
        committed = self._draft.committed
        origin = self._origins.of(committed)
        self.tree.set_ranges(ranges, origin)
        if self._draft.bone is not None and self._kind != (ranges.kind, ranges.name, ranges.skeleton):
            self._show_bone(self._draft.bone)
        self.fields.show_ranges(ranges, committed, origin)
        if not self._draft.previewing:
            self._tell_editable()

    def _show_bone(self, bone: int | None) -> None:
        """Another bone is looked at; a gesture on the one before is over."""
        if self.fields.held:
            self.fields.drop_gesture()
            self._draft.cancel()
        ranges = self._draft.ranges
        origin = self._origins.of(self._draft.committed)
        self._kind: tuple[Any, ...] = (ranges.kind, ranges.name, ranges.skeleton)
        self.tree.set_ranges(ranges, origin)
        self.tree.set_bone(bone)
        if bone is None:
            self.fields.clear()
        else:
            self.fields.show_bone(bone, ranges, self._draft.committed, origin)
            self._selection.set_joint(ranges.skeleton.bones[bone].child)
        self._show_angles()
        self._tell_editable()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        left, count = self._left, self._draft.committed.skeleton.bone_count
        if self._draft.bone is None and left is not None and left < count:
            self._draft.set_bone(left)
        self._follow_joint(self._selection.joint)

    def hideEvent(self, event: QHideEvent) -> None:
        """Out of sight, no bone is edited: the 3D view shows the pose alone."""
        super().hideEvent(event)
        if not event.spontaneous():
            self._left = self._draft.bone
            self._draft.set_bone(None)

    def _follow_joint(self, joint: int | None) -> None:
        """The bone that ends in the joint; none ends in the root, and the bone looked at stays."""
        ends = [bone.child for bone in self._draft.committed.skeleton.bones]
        if joint is not None and joint in ends and self.isVisible():
            self._draft.set_bone(ends.index(joint))

    def _show_angles(self) -> None:
        bone, angles = self._draft.bone, self._angles
        # Angles of ranges of another kind, or of another skeleton, are on their way to being replaced.
        wanted = (self._draft.ranges.skeleton.bone_count, len(self.fields.rows))
        known = bone is not None and angles is not None and angles.shape == wanted
        self.fields.set_now(angles[bone] if known else None)  # type: ignore[index]

    def _follow_settings(self, settings: Settings) -> None:
        if settings.palette != self._palette:
            self._palette = settings.palette
            self.tree.set_colors(settings.palette)
            self.fields.set_colors(settings.palette)
            if self._draft.bone is not None:
                self._show_bone(self._draft.bone)

    def _tell_editable(self) -> None:
        """Each control is off where it could do nothing, and says why."""
        ranges, bone = self._draft.committed, self._draft.bone
        closed = "" if self._draft.editable else self._document.read_only_reason
        unchosen = closed or ("" if bone is not None else "Choose a bone first.")
        locked = bone is not None and bone in ranges.locked
        reason = unchosen or (f"{spoken_bone(ranges, bone)} is locked; unlock it to change it." if locked else "")  # type: ignore[arg-type]
        self.fields.set_editable(reason, bone is not None and ranges.skeleton.mirror_bones[bone] != bone)
        self.lock.setText("Unlock" if locked else "Lock")
        for button, why, tip in (
            (self.lock, unchosen, "Keep this bone from being edited, or let it be edited again"),
            (self.copy, "" if bone is not None else "Choose a bone first.", "Copy the range of this bone"),
            (self.paste, reason, "Give this bone the copied angles; it keeps its rest direction"),
            (self.reset, closed, "Bring back ranges and lengths as they were shipped or loaded"),
            (self.mirror, closed, "What is done to one side is done to the other, mirrored"),
        ):
            button.setEnabled(not why)
            button.setToolTip(why or tip)
        self.ranges_button.set_reason(closed)
        self._reset_bone.setEnabled(not reason)

    # Composition

    def _button(self, text: str, act: Any) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: act())
        return button

    def _arrange(self) -> None:
        menu = QMenu(self.reset)
        self._reset_bone = menu.addAction("Reset this bone", self.editing.reset_bone)
        self._reset_all = menu.addAction("Reset all bones", self.editing.reset_all)
        self.reset.setMenu(menu)
        self.reset.setStyleSheet(NO_ARROW)
        self.reset.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        scroll = QScrollArea(self)
        scroll.setWidget(self.fields)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._splitter.addWidget(self.tree)
        self._splitter.addWidget(scroll)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setStretchFactor(0, 0)
        self._splitter.setStretchFactor(1, 1)
        first, second = QHBoxLayout(), QHBoxLayout()
        first.addWidget(self.mirror)
        first.addStretch(1)
        first.addWidget(self.ranges_button)
        for button in (self.lock, self.copy, self.paste, self.reset):
            second.addWidget(button)
        second.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(4)
        for row in (first, second):
            row.setContentsMargins(10, 0, 10, 0)
            row.setSpacing(4)
            column.addLayout(row)
        column.addWidget(self._splitter, 1)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.mirror.setChecked(self._draft.mirror)
        OwnKeys(self)

    def sizeHint(self) -> QSize:
        return QSize(340, 640)

    def minimumSizeHint(self) -> QSize:
        return QSize(300, 240)

    def _connect(self, store: SettingsStore) -> None:
        draft, fields, editing = self._draft, self.fields, self.editing
        draft.ranges_changed.connect(self._show)
        draft.bone_changed.connect(self._show_bone)
        draft.mirror_changed.connect(self.mirror.setChecked)
        self.mirror.toggled.connect(draft.set_mirror)
        self._selection.joint_changed.connect(self._follow_joint)
        self._document.history_changed.connect(self._tell_editable)
        store.changed.connect(self._follow_settings)
        self.tree.bone_chosen.connect(draft.set_bone)
        self.tree.lock_toggled.connect(self._toggle_lock)
        self.tree.customContextMenuRequested.connect(self._show_menu)
        fields.interval_previewed.connect(editing.preview_interval)
        fields.interval_committed.connect(editing.commit_interval)
        fields.rest_previewed.connect(editing.preview_rest)
        fields.rest_committed.connect(editing.commit_rest)
        fields.length_previewed.connect(editing.preview_length)
        fields.length_committed.connect(editing.commit_length)
        fields.cancelled.connect(draft.cancel)
        fields.refused.connect(draft.refuse)

    def _toggle_lock(self, bone: int) -> None:
        if self._draft.editable:
            self.editing.toggle_lock(bone)
        else:
            self._notices.say(self._document.read_only_reason)

    def _show_menu(self, at: QPoint) -> None:
        """The tool row's buttons for the row under the pointer, which becomes the chosen one."""
        if self.tree.itemAt(at) is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for button in (self.lock, self.copy, self.paste):
            menu.addAction(f"{button.text()} range", button.click).setEnabled(button.isEnabled())
        menu.addSeparator()
        menu.addAction("Reset this bone", self.editing.reset_bone).setEnabled(self._reset_bone.isEnabled())
        menu.popup(self.tree.viewport().mapToGlobal(at))
