"""The reality gap: labelled poses against what the ranges synthesize, and the frames that nothing synthetic is like."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from poseviewer.app.document import Document
from poseviewer.app.notices import Notices
from poseviewer.app.own_keys import OwnKeys
from poseviewer.app.ranges.draft import RangeDraft
from poseviewer.app.ranges.gap_map import GapMap
from poseviewer.app.ranges.labelled_poses import LabelledPoses
from poseviewer.app.selection import Selection
from poseviewer.app.settings import SettingsStore
from poseviewer.app.tasks import Task, Tasks
from poseviewer.core.edits import spoken
from poseviewer.io.atomic import replacing
from poseviewer.synthesis.pose_cloud import FEWEST
from poseviewer.synthesis.reality_gap import GapProgress, RealityGap, measure_gap

SETTLED_MS = 500
"""After an edit of the ranges, this long without another before the map is made again."""
POSE = Qt.ItemDataRole.UserRole
FRAME, JOINT, DISTANCE = range(3)


class GapPanel(QWidget):
    """Setters never emit."""

    frame_chosen = Signal(object)
    """FrameKey: a dot or a row was clicked, or Enter was pressed on a row."""
    updated = Signal()
    """A comparison has arrived."""

    def __init__(
        self,
        document: Document,
        draft: RangeDraft,
        selection: Selection,
        tasks: Tasks,
        store: SettingsStore,
        notices: Notices,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._draft, self._selection, self._tasks = document, draft, selection, tasks
        self._store, self._notices = store, notices
        self._task: Task | None = None
        self._poses = LabelledPoses.of(document.project)
        self._asked = self._poses
        self._gap: RealityGap | None = None
        self._stale = False
        self._settled = QTimer(self, singleShot=True, interval=SETTLED_MS)
        self._settled.timeout.connect(self.update_map)
        self._summary = QLabel(self)
        self._summary.setWordWrap(True)
        self._button = QPushButton("Update", self)
        self._save = QPushButton("Save…", self)
        self._message = QLabel(self)
        self._message.setObjectName("muted")
        self._message.setWordWrap(True)
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.setContentsMargins(24, 24, 24, 24)
        self.map = GapMap(self)
        self.frames = self._frame_list()
        self._pages = QStackedWidget(self)
        self._lay_out()
        self._listen()
        OwnKeys(self)
        self._say()

    @property
    def gap(self) -> RealityGap | None:
        """The comparison that is shown."""
        return self._gap

    @property
    def stale(self) -> bool:
        """Whether ranges or labels have changed since."""
        return self._stale

    @property
    def running(self) -> bool:
        return self._task is not None

    def update_map(self) -> None:
        """Compare the labels as they are with the ranges as they are, in a thread."""
        self._settled.stop()
        self._stop()
        self._poses = LabelledPoses.of(self._document.project)
        if not self._poses.places:
            self._show(None)
            return
        self._asked, self._stale = self._poses, False
        task = self._tasks.start(measure_gap, self._draft.committed, self._poses.keypoints, on_result=self._take)
        self._task = task
        task.progress.connect(self._tell)
        task.finished.connect(self._forget)
        self._say("Comparing…")

    def save_picture(self, path: Path) -> None:
        """Write the map as a PNG, as it looks now; a failure is told to the user."""
        try:
            with replacing(path) as temporary:
                if not self.map.grab().save(str(temporary), "PNG"):
                    raise OSError(None, "the picture could not be written", str(path))
        except OSError as error:
            self._notices.error(error)
        else:
            self._notices.say(f"The map was saved as {path.name}.")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale and self._gap is not None and not self.running:
            self._settled.start()

    # --- the comparison

    def _take(self, gap: RealityGap) -> None:
        self._show(gap)
        self.updated.emit()

    def _show(self, gap: RealityGap | None) -> None:
        self._gap = gap
        self.map.set_gap(gap, self._words)
        self._fill()
        self._mark_current()
        self._say()

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _forget(self) -> None:
        if self._task is not None and not self._task.running:
            self._task = None
            self._say()

    def _tell(self, progress: GapProgress) -> None:
        if self._task is not None:
            self._say(f"{progress.what}… {100 * progress.done:.0f} %")

    def _age(self) -> None:
        """The ranges were edited: a map that is looked at is made again once they have settled."""
        self._stale = self._gap is not None or self.running
        if self._stale and self.isVisible() and not self._draft.previewing:
            self._settled.start()
        self._say()

    def _relabelled(self) -> None:
        self._poses = LabelledPoses.of(self._document.project)
        self._stale = self._gap is not None
        self._say()

    def _start_over(self) -> None:
        """Another skeleton: nothing that is shown means anything now."""
        self._settled.stop()
        self._stop()
        self._poses = self._asked = LabelledPoses.of(self._document.project)
        self._stale = False
        self._show(None)

    # --- what is said

    def _say(self, doing: str = "") -> None:
        self._pages.setCurrentIndex(0 if self._gap is None else 1)
        count = len(self._poses.places)
        self._button.setText("Cancel" if self.running else "Update")
        self._button.setEnabled(self.running or count > 0)
        self._save.setVisible(self._gap is not None)
        if count == 0:
            self._message.setText(
                f"Label an animal in some frames, {FEWEST} keypoints or more each: this map then shows "
                "whether the ranges can make poses like them."
            )
        else:
            self._message.setText(
                f"Press Update to compare {_counted(count, 'labelled pose')} with the poses that the ranges make."
            )
        if doing:
            self._summary.setText(doing)
        elif self._gap is None:
            self._summary.setText("")
        else:
            old = " · out of date" if self._stale else ""
            self._summary.setText(f"{_verdict(self._gap)}{old}")

    def _fill(self) -> None:
        self.frames.clear()
        gap = self._gap
        if gap is None:
            return
        for pose in gap.ranking().tolist():
            joint = gap.odd_joint(pose)
            row = QTreeWidgetItem(["", "", ""])
            row.setText(FRAME, self._asked.name(self._document.project, pose))
            row.setText(JOINT, "" if joint is None else spoken(gap.ranges.skeleton.joints[joint]))
            row.setText(DISTANCE, f"{gap.excess[pose]:.2f} ×")
            row.setTextAlignment(DISTANCE, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            row.setData(FRAME, POSE, pose)
            row.setToolTip(FRAME, self._words(pose))
            self.frames.addTopLevelItem(row)

    def _words(self, pose: int) -> str:
        gap = self._gap
        if gap is None:
            return ""
        joint = gap.odd_joint(pose)
        stands = "" if joint is None else f"\nstands out: {spoken(gap.ranges.skeleton.joints[joint])}"
        nearer = min(100 * gap.quantile[pose], 99.9)
        name = self._asked.name(self._document.project, pose)
        return f"{name}\n{nearer:.1f} % of synthetic poses are more usual{stands}"

    # --- the user's gestures

    def _press(self) -> None:
        if self.running:
            self._stop()
            self._stale = self._gap is not None
            self._say()
        else:
            self.update_map()

    def _ask_where(self) -> None:
        start = str(Path(self._store.current.folder or Path.home()) / "reality-gap.png")
        chosen = QFileDialog.getSaveFileName(self, "Save the map as", start, "Pictures (*.png)")[0]
        if chosen:
            self.save_picture(Path(chosen if chosen.lower().endswith(".png") else f"{chosen}.png"))

    def _choose(self, pose: int) -> None:
        self.map.set_current(pose)
        self._select_row(pose)
        self.frame_chosen.emit(self._asked.places[pose][0])

    def _mark_current(self) -> None:
        """A ring around the pose of the frame that is looked at."""
        if self._gap is None:
            return
        place = (self._selection.frame, self._selection.instance)
        pose = next((i for i, p in enumerate(self._asked.places) if p == place), None)
        self.map.set_current(pose)
        self._select_row(pose)

    def _select_row(self, pose: int | None) -> None:
        self.frames.clearSelection()
        for number in range(self.frames.topLevelItemCount()):
            row = self.frames.topLevelItem(number)
            if row is not None and row.data(FRAME, POSE) == pose:
                self.frames.setCurrentItem(row)

    # --- composition

    def _listen(self) -> None:
        self._button.clicked.connect(self._press)
        self._save.clicked.connect(self._ask_where)
        self.map.pose_clicked.connect(self._choose)
        self.frames.itemClicked.connect(lambda row: self._choose(row.data(FRAME, POSE)))
        self.frames.itemActivated.connect(lambda row: self._choose(row.data(FRAME, POSE)))
        self._document.ranges_changed.connect(self._age)
        self._document.frames_changed.connect(self._relabelled)
        self._document.skeleton_changed.connect(self._start_over)
        self._selection.frame_changed.connect(self._mark_current)
        self._selection.instance_changed.connect(self._mark_current)

    def _lay_out(self) -> None:
        self._button.setToolTip("Compare the labelled poses with the poses that the ranges make now")
        row = QHBoxLayout()
        row.setContentsMargins(8, 5, 6, 5)
        row.addWidget(self._summary, 1)
        self._save.setToolTip("Write the map as a PNG picture")
        row.addWidget(self._save, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._button, 0, Qt.AlignmentFlag.AlignTop)
        both = QSplitter(Qt.Orientation.Vertical, self)
        both.addWidget(self.map)
        both.addWidget(self.frames)
        both.setStretchFactor(0, 3)
        both.setStretchFactor(1, 1)
        both.setChildrenCollapsible(False)
        self._pages.addWidget(self._message)
        self._pages.addWidget(both)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self._pages, 1)

    def _frame_list(self) -> QTreeWidget:
        tree = QTreeWidget(self)
        tree.setHeaderLabels(["Outside the cloud", "Stands out", "Distance"])
        tree.setAccessibleName("Frames outside the cloud, the strangest first")
        tree.setRootIsDecorated(False)
        tree.setUniformRowHeights(True)
        tree.setAllColumnsShowFocus(True)
        tree.setTextElideMode(Qt.TextElideMode.ElideLeft)
        tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        tree.setMinimumHeight(70)
        tree.headerItem().setToolTip(DISTANCE, "How far from the cloud; at 1 × lie 99 % of what the ranges make")
        tree.headerItem().setToolTip(JOINT, "The joint without which the pose would be least strange")
        header = tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(FRAME, QHeaderView.ResizeMode.Stretch)
        for section in (JOINT, DISTANCE):
            header.setSectionResizeMode(section, QHeaderView.ResizeMode.ResizeToContents)
        return tree


def _verdict(gap: RealityGap) -> str:
    """ "3 of 120 labelled poses are outside the cloud"."""
    outside = int(gap.outside.sum())
    if not outside:
        return f"{_counted(gap.compared, 'labelled pose')}, none outside the cloud"
    return f"{outside} of {_counted(gap.compared, 'labelled pose')} {'is' if outside == 1 else 'are'} outside the cloud"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
