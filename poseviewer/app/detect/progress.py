"""A detection as it runs: how far, how fast, how long still; and the buttons that hold it and end it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from poseviewer.app.detect.detect_work import DetectReport
from poseviewer.app.part_title import part_title
from poseviewer.app.train.controls import narrow, quiet
from poseviewer.app.train.run_words import duration_words


class DetectProgress(QWidget):
    """It only asks. Setters never emit."""

    hold_requested = Signal()
    go_on_requested = Signal()
    stop_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._held = False
        self.title, self.facts, self.flaws = part_title(""), quiet(), quiet()
        self.title.setWordWrap(True)
        self.bar = QProgressBar()
        self.hold, self.stop = QPushButton("&Pause"), QPushButton("Stop and &keep")
        self.bar.setAccessibleName("Progress of the detection")
        self.stop.setToolTip("End now; what was detected so far is kept, and undo takes it back")
        buttons = QHBoxLayout()
        for button in (self.hold, self.stop):
            buttons.addWidget(narrow(button))
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for widget in (self.title, self.bar, self.facts, self.flaws):
            column.addWidget(widget)
        column.addLayout(buttons)
        self.hold.clicked.connect(self._hold_or_go_on)
        self.stop.clicked.connect(self.stop_requested)
        self.set_held(False)

    def begin(self, title: str) -> None:
        """A new detection, before it has said anything."""
        self.title.setText(f"Detecting in {title}")
        self.bar.setRange(0, 0)  # loading: nobody knows how long
        self.bar.setFormat("")
        self.facts.setText("Loading the detector…")
        self.flaws.hide()

    def set_held(self, held: bool) -> None:
        self._held = held
        self.hold.setText("&Resume" if held else "&Pause")
        self.hold.setToolTip("Go on" if held else "Hold it after the frames in hand; what was found is saved")

    def show_report(self, report: DetectReport) -> None:
        if not report.device:
            return
        self.bar.setRange(0, max(report.total, 1))
        self.bar.setValue(report.done)
        self.bar.setFormat(f"{report.done:,} of {report.total:,} frames")
        self.facts.setText(facts_of(report))
        flaws = [
            f"{count:,} {words}"
            for count, words in ((report.empty, "without an animal"), (report.unreadable, "that cannot be read"))
            if count
        ]
        self.flaws.setText(" · ".join(flaws))
        self.flaws.setVisible(bool(flaws))

    def _hold_or_go_on(self) -> None:
        (self.go_on_requested if self._held else self.hold_requested).emit()


def facts_of(report: DetectReport) -> str:
    """`about 3 min left · 23 frames/s · CPU · trot.mp4`."""
    facts = []
    if report.held:
        facts.append("paused")
    elif report.eta_s is not None:
        facts.append(f"about {duration_words(report.eta_s)} left")
    if report.rate > 0:
        facts.append(f"{report.rate:.0f} frames/s" if report.rate >= 10 else f"{report.rate:.1f} frames/s")
    facts += [report.device.upper(), report.title]
    return " · ".join(facts)
