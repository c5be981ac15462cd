"""The Detect panel: the form, or the detection that runs; and how the last one ended."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QStyle, QVBoxLayout, QWidget

from poseviewer.app import open_dialogs
from poseviewer.app.detect.detections import Detections, Outcome
from poseviewer.app.detect.detector_choice import choices_for
from poseviewer.app.detect.form import DetectForm
from poseviewer.app.detect.progress import DetectProgress
from poseviewer.app.detect.request import LEAST, DetectRequest, counts_of, places_of
from poseviewer.app.document import Document
from poseviewer.app.selection import Selection
from poseviewer.app.settings import SettingsStore
from poseviewer.app.train.controls import quiet
from poseviewer.core import edits

SIDE = 10
COUNT_MS = 150
"""After the last of several edits the frames are counted: a click in a large project need not wait for it."""


class DetectPanel(QWidget):
    """Joins the detections to what is seen of them. They go on whether or not the panel is there."""

    train_requested = Signal()

    def __init__(
        self,
        detections: Detections,
        document: Document,
        selection: Selection,
        store: SettingsStore,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._detections, self._document, self._selection, self._store = detections, document, selection, store
        self._before = ""
        self._shown: DetectRequest | None = None
        self._counting = QTimer(self, interval=COUNT_MS, singleShot=True, timeout=self._show_counts)
        self.form, self.progress, self.outcome = DetectForm(), DetectProgress(), quiet()
        self._arrange()
        self._listen()
        self.form.set_options(*options_of(store))
        self._follow_detector()
        self._follow_frame()
        self._show_running()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._follow_frame()
        self._show_counts()

    def minimumSizeHint(self) -> QSize:
        """As wide as either part needs beside a scroll bar: nothing is cut off at the side."""
        widest = max(part.minimumSizeHint().width() for part in (self.form, self.form.foot, self.progress))
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        return QSize(widest + 2 * SIDE + bar, 120)

    # Composition

    def _arrange(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(SIDE, 10, SIDE, 12)
        column.setSpacing(14)
        for widget in (self.form, self.progress, self.outcome):
            column.addWidget(widget)
        column.addStretch(1)
        scroll = QScrollArea(frameShape=QFrame.Shape.NoFrame, widgetResizable=True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inside)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(scroll, 1)
        foot = QWidget(objectName="foot")
        foot.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        foot.setStyleSheet("#foot { border-top: 1px solid palette(mid); }")
        inner = QVBoxLayout(foot)
        inner.setContentsMargins(SIDE, 6, SIDE, 8)
        inner.addWidget(self.form.foot)
        outer.addWidget(foot)  # in sight however low the dock is
        self._foot = foot
        self.outcome.hide()

    def _listen(self) -> None:
        document, detections = self._document, self._detections
        document.detector_changed.connect(self._follow_detector)
        document.skeleton_changed.connect(self._follow_detector)
        document.media_changed.connect(self._follow_frame)
        document.frames_changed.connect(self._counting.start)
        self._selection.frame_changed.connect(self._follow_frame)
        detections.changed.connect(self._show_running)
        detections.reported.connect(self.progress.show_report)
        detections.ended.connect(self._show_outcome)
        self.form.changed.connect(self._change)
        self.form.detect_requested.connect(self._detect)
        self.form.detector_chosen.connect(self._use)
        self.form.file_requested.connect(self.choose_file)
        self.form.train_requested.connect(self.train_requested)
        self.progress.hold_requested.connect(detections.hold)
        self.progress.go_on_requested.connect(detections.go_on)
        self.progress.stop_requested.connect(detections.stop)

    # What the user asks for

    def choose_file(self) -> None:
        """Ask for a detector; whether it can be used is said in the panel."""
        path = open_dialogs.ask_model(self.window(), self._store.current.folder, "Choose a detector")
        if path:
            self._use(path)
        self._follow_detector()

    def _use(self, detector: str) -> None:
        if self._document.project.detector:
            self._before = self._document.project.detector
        self._document.push(edits.set_detector(self._document.project, detector))

    def _detect(self) -> None:
        asked = self.form.asked
        project = self._document.project
        places = places_of(project, asked.scope)
        self._detections.start(DetectRequest(project, places, asked.boxes, asked.least, self._store.current.device))

    def _change(self) -> None:
        asked = self.form.asked
        self._store.change(detect={"boxes": asked.boxes, "least": f"{asked.least:.2f}"})
        self._show_counts()

    # What is shown

    def _follow_detector(self) -> None:
        project = self._document.project
        self.form.set_detectors(choices_for(project.skeleton, project.detector, self._before))
        self._show_counts()

    def _follow_frame(self) -> None:
        """Hidden, it costs nothing while a video plays."""
        if not self.isVisibleTo(self.window()):
            return
        frame, project = self._selection.frame, self._document.project
        media = project.find_media(frame.media) if frame is not None else None
        before = self.form.asked.scope
        self.form.set_frame(frame, media, len(project.media))
        if before.kind == "frame" or before.here is None or frame is None or before.here.media != frame.media:
            self._show_counts()

    def _show_counts(self) -> None:
        if self._detections.request is None and self.isVisibleTo(self.window()):
            self.form.set_counts(*counts_of(self._document.project, self.form.asked.scope))

    def _show_running(self) -> None:
        request = self._detections.request
        running = request is not None and request.frame_count > 1  # a single frame is over before it can be read
        if request is not None and running and request is not self._shown:
            self.progress.begin(request.title)
        self._shown = request
        if request is not None:
            self.outcome.hide()
        focused = self.focusWidget()
        had_focus = focused is not None and focused.hasFocus()
        self.progress.set_held(self._detections.held)
        self.form.setVisible(not running)
        self._foot.setVisible(not running)
        self.progress.setVisible(running)
        first = self.progress.hold if running else self.form.detect
        self.setFocusProxy(first if running else self.form.detector)
        if had_focus:
            first.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show_counts()

    def _show_outcome(self, outcome: Outcome) -> None:
        self.outcome.setText(outcome.words + (" Undo takes it back." if outcome.found else ""))
        self.outcome.show()


def options_of(store: SettingsStore) -> tuple[str, float]:
    """Where to look and the least confidence, as they were last asked for."""
    kept = store.current.detect
    try:
        least = min(max(float(kept.get("least", LEAST)), 0.0), 1.0)
    except ValueError:
        least = LEAST
    return kept.get("boxes", "track"), least
