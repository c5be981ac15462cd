"""Which range is wrong? Labelled poses fitted inside the ranges, the bones at their stop, and a way to widen them."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QTabWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from poseviewer.app.document import Document
from poseviewer.app.notices import Notices
from poseviewer.app.ranges.check_lists import StopList, UnusedList
from poseviewer.app.ranges.draft import RangeDraft
from poseviewer.app.ranges.range_check import CheckRequest, RangeCheck, check_ranges, narrowing_text, widening_text
from poseviewer.app.selection import Selection
from poseviewer.app.settings import SettingsStore
from poseviewer.app.tasks import Task, Tasks
from poseviewer.core.errors import SkeletonError
from poseviewer.core.project import FrameKey, Project
from poseviewer.core.ranges import RangePreset
from poseviewer.geometry.range_fit import FEWEST
from poseviewer.geometry.range_stops import ENOUGH_FRAMES, RangeStop, narrowed, widened

MARGIN = 5.0
"""Degrees."""
COVERED = "The ranges cover these poses already; check them again to see what is left."
NARROW = "With this margin the ranges are no wider than what is used; take a smaller one."
NO_STOP = "No range stands in the way of these poses, as far as one view can tell."

Proposal = Callable[[], tuple[RangePreset, str]]
"""Ranges that could be made the project's, and what that edit would be called."""


class RangeCheckPanel(QWidget):
    """Setters never emit."""

    frame_chosen = Signal(object)
    """FrameKey: a frame of the list was clicked, or Enter was pressed on it."""
    updated = Signal()
    """A check has arrived."""

    def __init__(
        self,
        document: Document,
        draft: RangeDraft,
        selection: Selection,
        tasks: Tasks,
        notices: Notices,
        store: SettingsStore,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._draft, self._selection = document, draft, selection
        self._tasks, self._notices, self._store = tasks, notices, store
        self._task: Task | None = None
        self._check: RangeCheck | None = None
        self._stale = False
        self._count = _poses_in(document.project)
        self._summary = QLabel(self)
        self._summary.setWordWrap(True)
        self._button = QPushButton(self)
        self._bar = QProgressBar(self)
        self._message = QLabel(self)
        self._no_stop, self._unused_message = QLabel(NO_STOP, self), QLabel(self)
        self.stops, self.unused = StopList(self), UnusedList(self)
        self._tabs = QTabWidget(self)
        self._foot = QWidget(self)
        self._margin = QDoubleSpinBox(self)
        self._widen, self._narrow = QPushButton("Widen to cover", self), QPushButton("Narrow to what is used", self)
        self._lay_out()
        self._listen()
        self._say()

    @property
    def check(self) -> RangeCheck | None:
        """What is shown."""
        return self._check

    @property
    def stale(self) -> bool:
        """Whether ranges, labels or the lifter have changed since."""
        return self._stale

    @property
    def running(self) -> bool:
        return self._task is not None

    @property
    def margin(self) -> float:
        """Degrees beyond what the poses need."""
        return self._margin.value()

    def set_margin(self, degrees: float) -> None:
        self._margin.setValue(degrees)

    def run(self) -> None:
        """Check the labels as they are against the ranges as they are, in a thread."""
        self._stop()
        request = CheckRequest.of(self._document.project, self._store.current.device)
        if not request.poses.places:
            self._show(None)
            return
        self._stale = False
        task = self._tasks.start(check_ranges, request, on_result=self._take)
        self._task = task
        task.progress.connect(self._tell)
        task.finished.connect(self._forget)
        self._bar.setValue(0)
        self._say()

    # --- the work

    def _take(self, check: RangeCheck) -> None:
        self._show(check)
        self.updated.emit()

    def _show(self, check: RangeCheck | None) -> None:
        self._check = check
        self.stops.set_check(check, self._document.project)
        self.unused.set_check(check)
        self._say()

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _forget(self) -> None:
        if self._task is not None and not self._task.running:
            self._task = None
            self._say()

    def _tell(self, done: float) -> None:
        if self._task is not None:
            self._bar.setValue(round(100 * done))

    def _relabelled(self) -> None:
        self._count = _poses_in(self._document.project)
        self._age()

    def _age(self) -> None:
        self._stale = self._check is not None or self.running
        self._say()

    def _start_over(self) -> None:
        """Another skeleton: nothing that is shown means anything now."""
        self._stop()
        self._count = _poses_in(self._document.project)
        self._stale = False
        self._show(None)

    # --- the user's gestures

    def _press(self) -> None:
        if self.running:
            self._stop()
            self._stale = self._check is not None
            self._say()
        else:
            self.run()

    def _open(self, row: QTreeWidgetItem) -> None:
        """Go to where a row is about: its bone, and the frame of one."""
        stop, frame = self.stops.of_row(row)
        self._draft.set_bone(stop.bone)
        if frame is not None and self._check is not None:
            key: FrameKey = self._check.request.poses.places[frame][0]
            self.frame_chosen.emit(key)

    def _look_at_unused(self, row: QTreeWidgetItem) -> None:
        self._draft.set_bone(self.unused.of_row(row).bone)

    def _wider(self) -> tuple[RangePreset, str]:
        """The ranges widened for what is chosen in the list, whole stops or single frames of them; and in words."""
        old = new = self._draft.committed
        stops: list[RangeStop] = []
        for stop, frames in self.stops.chosen():
            new = widened(new, [stop], math.radians(self.margin), frames, self._draft.mirror)
            stops.append(stop)
        return new, widening_text(old, new, stops)

    def _narrower(self) -> tuple[RangePreset, str]:
        """The ranges narrowed to what the poses use of those that are chosen in the second list; and in words."""
        old, chosen = self._draft.committed, self.unused.chosen()
        new = narrowed(old, chosen, math.radians(self.margin), self._draft.mirror)
        return new, narrowing_text(old, new, chosen)

    def _preview(self, propose: Proposal) -> None:
        """While a button is held the ranges are seen as they would be."""
        try:
            self._draft.preview(propose()[0])
        except SkeletonError as error:
            self._draft.refuse(error)

    def _commit(self, propose: Proposal, nothing_to_do: str) -> None:
        try:
            new, text = propose()
        except SkeletonError as error:
            self._draft.refuse(error)
            return
        if new == self._draft.committed:
            self._draft.cancel()
            self._notices.say(nothing_to_do)
        else:
            self._draft.commit(new, text)

    def _let_go(self) -> None:
        """The button came up: a click, if it was one, follows at once; where it came up beside it nothing was meant."""
        QTimer.singleShot(0, self, self._draft.cancel)

    # --- what is said

    def _say(self) -> None:
        self._message.setText(self._what_to_do(self._count))
        self._message.setVisible(self._check is None)
        for part in (self._tabs, self._foot):
            part.setVisible(self._check is not None)
        self._turn()
        found = bool(self._check and self._check.stops)
        self.stops.setVisible(found)
        self._no_stop.setVisible(not found)
        self._bar.setVisible(self.running)
        counted = _counted(self._count, "labelled pose") if self._count else "labelled poses"
        self._button.setText(
            "Cancel" if self.running else "Check again" if self._check is not None else f"Check {counted}"
        )
        self._button.setToolTip(f"Fit {counted} inside the ranges as they are now")
        self._button.setEnabled(self.running or self._count > 0)
        self._button.setAccessibleName(self._button.text())
        self._summary.setText(self._verdict())
        self._tell_unused()
        self._tell_widen()

    def _what_to_do(self, count: int) -> str:
        if self.running:
            return "Fitting the labelled poses inside the ranges…"
        if count:
            return "Press Check: the labelled poses are fitted inside the ranges, and bones at their stop are listed."
        if self._document.project.labels:
            return f"The labelled frames have fewer than {FEWEST} keypoints each; place more keypoints."
        return f"Label an animal in some frames, {FEWEST} keypoints or more each: then see which range is too narrow."

    def _verdict(self) -> str:
        if self._check is None:
            return ""
        bones = len({stop.bones for stop in self._check.stops})
        poses = _counted(int(self._check.fit.fitted.sum()), "pose")
        said = f"{_counted(bones, 'bone')} at {'its' if bones == 1 else 'their'} stop in {poses}"
        return f"{said if bones else f'{poses} fitted'}{' · out of date' if self._stale else ''}"

    def _tell_unused(self) -> None:
        check = self._check
        if check is None:
            return
        count = int(check.fit.fitted.sum())
        if count < ENOUGH_FRAMES:
            said = f"This needs {ENOUGH_FRAMES} labelled poses; there are {count}."
        else:
            said = "" if check.unused else "The labelled poses use every range."
        self._unused_message.setText(said)
        self._unused_message.setVisible(bool(said))
        self.unused.setVisible(not said)
        self._tabs.setTabText(0, f"Too narrow ({len(check.stops)})")
        self._tabs.setTabText(1, f"Hardly used ({len(check.unused)})")

    def _tell_widen(self) -> None:
        chosen = bool(self.stops.chosen())
        self._widen.setEnabled(chosen and self._draft.editable)
        self._widen.setToolTip(
            "Widen the chosen ranges to cover their poses; hold to see it first"
            if chosen
            else "Choose a range, or frames of one, in the list"
        )
        some = bool(self.unused.chosen())
        self._narrow.setEnabled(some and self._draft.editable)
        self._narrow.setToolTip(
            "Narrow the chosen ranges to what the poses use, with the margin; hold to see it first"
            if some
            else "Choose a range in the list"
        )

    def _turn(self) -> None:
        """Each list has its own action, and both one margin."""
        first = self._tabs.currentIndex() == 0
        self._widen.setVisible(first)
        self._narrow.setVisible(not first)

    # --- composition

    def _listen(self) -> None:
        self._button.clicked.connect(self._press)
        self.stops.itemClicked.connect(self._open)
        self.stops.itemActivated.connect(self._open)
        self.stops.itemSelectionChanged.connect(self._tell_widen)
        self._tabs.currentChanged.connect(self._turn)
        self.unused.itemClicked.connect(self._look_at_unused)
        self.unused.itemActivated.connect(self._look_at_unused)
        self.unused.itemSelectionChanged.connect(self._tell_widen)
        self._narrow.pressed.connect(lambda: self._preview(self._narrower))
        self._narrow.clicked.connect(lambda: self._commit(self._narrower, NARROW))
        self._narrow.released.connect(self._let_go)
        self._widen.pressed.connect(lambda: self._preview(self._wider))
        self._widen.clicked.connect(lambda: self._commit(self._wider, COVERED))
        self._widen.released.connect(self._let_go)
        self._document.ranges_changed.connect(self._age)
        self._document.frames_changed.connect(self._relabelled)
        self._document.model_changed.connect(self._age)
        self._document.skeleton_changed.connect(self._start_over)

    def _lay_out(self) -> None:
        self._bar.setAccessibleName("How much of the check is done")
        self._bar.setTextVisible(False)
        self._bar.setMaximumHeight(6)
        for label in (self._message, self._no_stop, self._unused_message):
            label.setObjectName("muted")
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setContentsMargins(16, 12, 16, 12)
        self._margin.setRange(0.0, 45.0)
        self._margin.setDecimals(0)
        self._margin.setSuffix("°")
        self._margin.setValue(MARGIN)
        self._margin.setAccessibleName("Margin in degrees")
        self._margin.setToolTip("How far beyond the poses a range reaches once it is widened or narrowed")
        top = QHBoxLayout()
        top.setContentsMargins(8, 5, 6, 5)
        top.addWidget(self._summary, 1)
        top.addWidget(self._button, 0, Qt.AlignmentFlag.AlignTop)
        word = QLabel("Margin", self)
        word.setBuddy(self._margin)
        bottom = QHBoxLayout(self._foot)
        bottom.setContentsMargins(8, 5, 6, 5)
        bottom.setSpacing(6)
        bottom.addStretch(1)
        for widget in (word, self._margin, self._widen, self._narrow):
            bottom.addWidget(widget)
        narrow, hardly = QWidget(self), QWidget(self)
        inside = QVBoxLayout(narrow)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        inside.addWidget(self._no_stop, 1)
        inside.addWidget(self.stops, 1)
        other = QVBoxLayout(hardly)
        other.setContentsMargins(0, 0, 0, 0)
        other.addWidget(self._unused_message, 1)
        other.addWidget(self.unused, 1)
        self._tabs.setDocumentMode(True)
        self._tabs.addTab(narrow, "Too narrow")
        self._tabs.addTab(hardly, "Hardly used")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self._bar)
        column.addWidget(self._message, 1)
        column.addWidget(self._tabs, 1)
        column.addWidget(self._foot)


def _poses_in(project: Project) -> int:
    """How many poses a check would fit."""
    return sum(
        not instance.predicted and instance.pose.present_count >= FEWEST
        for instances in project.labels.values()
        for instance in instances
    )


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
