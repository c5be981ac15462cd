"""The gallery: what the ranges allow, as many random poses at once, redrawn while a range is pulled."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from poseviewer.app.ranges.draft import RangeDraft
from poseviewer.app.ranges.gallery_canvas import GalleryCanvas
from poseviewer.app.ranges.gallery_closeup import GalleryCloseup
from poseviewer.app.ranges.gallery_poses import COUNTS, GalleryPose, GallerySample, sample_gallery
from poseviewer.app.ranges.gallery_scene import Shows
from poseviewer.app.settings import Settings, SettingsStore
from poseviewer.app.view3d.heading import View
from poseviewer.core.ranges import RangePreset

VIEWS: tuple[tuple[View, str, str], ...] = (
    ("front", "Front", "All poses from the front; again: from behind (1)"),
    ("side", "Side", "All poses from their left; again: from their right (2)"),
    ("top", "Top", "All poses from above (3)"),
)
SHOWS: tuple[tuple[Shows, str, str], ...] = (
    ("3D", "3D", "The skeletons"),
    ("2D", "2D", "What one camera sees of each, as training is given it: inexact, and with joints missing"),
    ("both", "Both", "Each skeleton beside its picture"),
)

IMPOSSIBLE = (
    "Show only the poses in which every range is kept, but a bone passes through another, "
    "through the trunk, or far across to the other side"
)
ROOMY = 330
"""Narrower galleries do without the number of poses and the seed."""


class Gallery(QWidget):
    """A grid of synthetic poses from the same random numbers, whatever the ranges are."""

    pose_chosen = Signal(object)
    """GalleryPose: its cell was clicked, or Enter was pressed on it."""

    def __init__(self, draft: RangeDraft, store: SettingsStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft = draft
        self._seed, self._count = 0, max(COUNTS)
        self._sample: tuple[RangePreset, GallerySample] | None = None
        self._before: tuple[RangePreset, GallerySample] | None = None
        self._drawn_ranges = draft.ranges
        self._chosen: int | None = None
        self.canvas = GalleryCanvas(self._poses, self)
        self.closeup = GalleryCloseup(self)
        self._only = _button(self, "", IMPOSSIBLE)
        self._only.setAccessibleName("Show only the impossible poses")
        self._only.setCheckable(True)
        self._views = QWidget(self)
        self._pages = QStackedLayout()
        self._pages.addWidget(self.canvas)
        self._pages.addWidget(self.closeup)
        self._lay_out()
        self.setFocusProxy(self.canvas)
        self._listen(store)
        self._follow_settings(store.current)
        self._point_out()

    @property
    def seed(self) -> int:
        """Which random numbers the poses are made from."""
        return self._seed

    def set_seed(self, seed: int) -> None:
        """Show other poses."""
        self._seed = seed
        self._seed_label.setText(f"seed {seed}")
        self._start_over()

    def set_count(self, count: int) -> None:
        """Show 16, 36 or 64 poses."""
        self._count = count
        self._counts.setCurrentIndex(COUNTS.index(count))
        self._start_over()

    def set_shows(self, shows: Shows) -> None:
        """Draw the poses in 3D, in 2D or both."""
        self._shows[shows].setChecked(True)
        self.canvas.set_shows(shows)

    def set_view(self, view: View) -> None:
        """Look at all of them from "front", "side" or "top"."""
        (self.closeup if self._chosen is not None else self.canvas).set_view(view)

    def fit(self) -> None:
        """Bring what is shown into the middle."""
        (self.closeup if self._chosen is not None else self.canvas).fit()

    def enlarge(self, pose: int) -> None:
        """Show one pose alone, as large as the gallery; Esc goes back."""
        self._chosen = pose
        chosen = self.pose(pose)
        self.closeup.set_skeleton(self._draft.ranges.skeleton)
        self.closeup.set_pose(chosen)
        self._pages.setCurrentWidget(self.closeup)
        self.closeup.setFocus()

    def go_back(self) -> None:
        """From one pose to all of them."""
        self._chosen = None
        self._pages.setCurrentWidget(self.canvas)
        self.canvas.setFocus()

    def pose(self, index: int) -> GalleryPose:
        """One of the poses, as the ranges are now."""
        sample, _ = self._poses()
        return GalleryPose(
            self._seed, index, sample.joints[index], sample.keypoints[index], tuple(sample.check.words(index))
        )

    def sizeHint(self) -> QSize:
        return QSize(560, 600)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for widget in (self._counts, self._seed_label):
            widget.setVisible(self.width() >= ROOMY)

    def event(self, event: QEvent) -> bool:
        # Esc means the way back here, and not the main window's own while one pose is shown.
        mine = self._chosen is not None and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if mine and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._chosen is not None:
            self.go_back()
            return
        super().keyPressEvent(event)

    # --- the poses

    def _poses(self) -> tuple[GallerySample, GallerySample | None]:
        """The poses of the ranges as they are being edited, and as they are in the project while the two differ."""
        ranges, committed = self._draft.ranges, self._draft.committed
        self._sample = self._made(self._sample, ranges)
        if not self._draft.previewing:
            self._before = self._sample
            return self._sample[1], None
        self._before = self._made(self._before, committed)
        return self._sample[1], self._before[1]

    def _made(
        self, kept: tuple[RangePreset, GallerySample] | None, ranges: RangePreset
    ) -> tuple[RangePreset, GallerySample]:
        if kept is not None and kept[0] is ranges and len(kept[1]) == self._count:
            return kept
        return ranges, sample_gallery(ranges, self._seed, self._count)

    def _start_over(self) -> None:
        self._sample = self._before = None
        if self._chosen is not None:
            self.go_back()
        self.canvas.reframe()

    def _follow_ranges(self, ranges: RangePreset) -> None:
        if ranges.skeleton != self._drawn_ranges.skeleton:
            self._start_over()
        self._drawn_ranges = ranges
        self.canvas.refresh()
        if self._chosen is not None:
            self.closeup.set_pose(self.pose(self._chosen))

    def _say(self) -> None:
        """On the filter: how many are impossible. Told after the picture, which is what had to be quick."""
        view = self.canvas.view
        if view is None:
            return
        wrong, count = int(view.sample.check.impossible.sum()), len(view.sample)
        text = f"{wrong} of {count} impossible"
        if text != self._only.text():
            self._only.setText(text)
            self._only.setAccessibleDescription(text)
            self.canvas.setAccessibleDescription(text)

    # --- composition

    def _listen(self, store: SettingsStore) -> None:
        self._draft.ranges_changed.connect(self._follow_ranges)
        self._draft.bone_changed.connect(self._point_out)
        self._draft.mirror_changed.connect(self._point_out)
        store.changed.connect(self._follow_settings)
        self.canvas.chosen.connect(self._choose)
        self.canvas.drawn.connect(self._say)
        self.closeup.left.connect(self.go_back)
        self._only.toggled.connect(self.canvas.set_only_wrong)

    def _choose(self, pose: int) -> None:
        self.enlarge(pose)
        self.pose_chosen.emit(self.pose(pose))

    def _point_out(self) -> None:
        bone = self._draft.bone
        if bone is None:
            self.canvas.set_bones(())
            return
        partner = self._draft.ranges.skeleton.mirror_bones[bone]
        self.canvas.set_bones(sorted({bone, partner}) if self._draft.mirror else (bone,))

    def _follow_settings(self, settings: Settings) -> None:
        self.canvas.set_palette_name(settings.palette)
        self.closeup.set_palette_name(settings.palette)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._tools())
        column.addLayout(self._pages, 1)
        column.addWidget(self._footer())

    def _tools(self) -> QWidget:
        strip, row = _strip(self)
        for view, text, tip in VIEWS:
            button = _button(strip, text, tip)
            button.clicked.connect(lambda _=False, v=view: self.set_view(v))
            row.addWidget(button)
        fit = _button(strip, "Fit", "Every pose in the middle of its cell (F)")
        fit.clicked.connect(self.fit)
        row.addWidget(fit)
        row.addStretch(1)
        self._shows: dict[Shows, QToolButton] = {}
        group = QButtonGroup(self)
        for shows, text, tip in SHOWS:
            button = _button(strip, text, tip)
            button.setCheckable(True)
            button.setChecked(shows == "3D")
            button.clicked.connect(lambda _=False, s=shows: self.set_shows(s))
            group.addButton(button)
            self._shows[shows] = button
            row.addWidget(button)
        return strip

    def _footer(self) -> QWidget:
        strip, row = _strip(self)
        row.addWidget(self._only)
        row.addStretch(1)
        self._counts = QComboBox(strip)
        self._counts.addItems([str(n) for n in COUNTS])
        self._counts.setCurrentIndex(COUNTS.index(self._count))
        self._counts.setAccessibleName("How many poses")
        self._counts.setToolTip("How many poses are shown")
        self._counts.activated.connect(lambda i: self.set_count(COUNTS[i]))
        row.addWidget(self._counts)
        fresh = _button(strip, "New poses", "Other random numbers: poses that were not shown yet")
        fresh.clicked.connect(lambda: self.set_seed(self._seed + 1))
        row.addWidget(fresh)
        self._seed_label = QLabel("seed 0", strip)
        self._seed_label.setObjectName("muted")
        self._seed_label.setToolTip("The same seed shows the same poses again")
        row.addWidget(self._seed_label)
        return strip


def _strip(parent: QWidget) -> tuple[QWidget, QHBoxLayout]:
    strip = QWidget(parent)
    row = QHBoxLayout(strip)
    row.setContentsMargins(6, 3, 6, 3)
    row.setSpacing(3)
    return strip, row


def _button(parent: QWidget, text: str, tip: str) -> QToolButton:
    button = QToolButton(parent)
    button.setText(text)
    button.setToolTip(tip)
    button.setAutoRaise(True)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
