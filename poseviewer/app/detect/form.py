"""What to detect with, on which frames, and where to look: the form in front of a detection."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from poseviewer.app.detect.detector_choice import FILE, DetectorChoices
from poseviewer.app.detect.request import LEAST, Scope
from poseviewer.app.train.controls import MoreButton, PrimaryButton, quiet
from poseviewer.core.project import FrameKey, MediaRef

LOOKS = (
    ("track", "Follow the animal", "Finds it once, then looks where it was in the frame before: best for video."),
    ("motion", "Where something moves", "Looks at what differs from the background: for a camera that stands still."),
    (
        "labelled",
        "Where I labelled it",
        "Looks where your nearest labelled frame has it: for one that keeps its place.",
    ),
    (
        "frame",
        "The whole picture",
        "Looks at everything: for single photos, and animals that fill most of the picture.",
    ),
)
"""Where a detector looks: its key, in words, and when to choose it."""


@dataclass(frozen=True)
class Asked:
    """What the form says: on what, where to look, and how sure a keypoint must be (0 to 1)."""

    scope: Scope
    boxes: str
    least: float


class DetectForm(QWidget):
    """Asks for a detection; who listens starts it. Setters never emit.

    Attributes:
        foot: the button that begins it, with the number of frames; whoever shows the form places it.
    """

    changed = Signal()
    """The user changed something: `asked` is different."""
    detect_requested = Signal()
    detector_chosen = Signal(str)
    """"" for the one that comes with the program, else a path."""
    file_requested = Signal()
    train_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._here: FrameKey | None = None
        self._wish = "media"
        self._usable = False
        self.detector, self.about, self.train = QComboBox(), quiet(), QPushButton("&Train one…")
        self.scope, self.first, self.last = QComboBox(), QSpinBox(), QSpinBox()
        self.looks, self.look_about = QComboBox(), quiet()
        self.more, self.least = MoreButton("More"), QSpinBox()
        self.counts, self.detect = quiet(), PrimaryButton("&Detect")
        self.again = QCheckBox("Also where a prediction is already")
        self._arrange()
        self._listen()
        self.set_frame(None, None, 0)
        self._show_look()

    # What is shown

    def set_detectors(self, choices: DetectorChoices) -> None:
        self._usable = choices.usable
        self.detector.blockSignals(True)
        self.detector.clear()
        for key, title in choices.entries:
            self.detector.addItem(title, key)
        self.detector.insertSeparator(self.detector.count())
        self.detector.addItem("From a file…", FILE)
        self.detector.setCurrentIndex(max(self.detector.findData(choices.current), 0))
        self.detector.blockSignals(False)
        self.about.setText(choices.about)

    def set_frame(self, here: FrameKey | None, media: MediaRef | None, media_count: int) -> None:
        """The frame in view, its media, and how many media there are."""
        other = self._here is None or here is None or self._here.media != here.media
        self._here = here
        count = media.frame_count if media is not None else 0
        titles = scope_titles(count, media is not None and media.fps > 0, media_count)
        if titles != [(self.scope.itemData(i), self.scope.itemText(i)) for i in range(self.scope.count())]:
            self.scope.blockSignals(True)
            self.scope.clear()
            for key, title in titles:
                self.scope.addItem(title, key)
            wished = self.scope.findData(self._wish)
            self.scope.setCurrentIndex(max(wished, 0))
            self.scope.blockSignals(False)
        if other:
            for spin in (self.first, self.last):
                spin.blockSignals(True)
                spin.setRange(0, max(count - 1, 0))
                spin.blockSignals(False)
            self._set_range(0, max(count - 1, 0))
        self._show_scope()

    def set_counts(self, frames: int, labelled: int) -> None:
        """How many frames would be looked at, and how many are the user's own."""
        said = "1 frame" if frames == 1 else f"{frames:,} frames"
        if labelled:
            mine = "the one that you labelled stays" if labelled == 1 else f"the {labelled:,} that you labelled stay"
            said = (
                f"{said}; {mine} as {'it is' if labelled == 1 else 'they are'}" if frames else f"Nothing to do: {mine}."
            )
        self.counts.setText(said)
        self.detect.setEnabled(self._usable and frames > 0)
        self.detect.setToolTip(
            "Predictions appear while it runs; undo takes all of them back"
            if self._usable
            else "There is no detector that can be used; train one or choose a file"
        )

    def set_options(self, boxes: str, least: float) -> None:
        self.looks.blockSignals(True)
        self.looks.setCurrentIndex(max(self.looks.findData(boxes), 0))
        self.looks.blockSignals(False)
        self.least.blockSignals(True)
        self.least.setValue(round(100 * least))
        self.least.blockSignals(False)
        self._show_look()

    @property
    def asked(self) -> Asked:
        kind = str(self.scope.currentData() or "frame")
        scope = Scope(kind, self._here, self.first.value(), self.last.value(), self.again.isChecked())
        return Asked(scope, str(self.looks.currentData()), self.least.value() / 100)

    # Composition

    def _arrange(self) -> None:
        for box, name in (
            (self.detector, "Which detector"), (self.scope, "On which frames"), (self.looks, "Where to look"),
        ):  # fmt: skip
            box.setAccessibleName(name)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(12)
        for key, title, _ in LOOKS:
            self.looks.addItem(title, key)
        self.again.setChecked(True)
        self.again.setToolTip("Off: only frames that have neither labels nor a prediction")
        self.first.setAccessibleName("First frame")
        self.last.setAccessibleName("Last frame")
        self.least.setRange(0, 99)
        self.least.setSuffix(" %")
        self.least.setValue(round(100 * LEAST))
        self.least.setAccessibleName("Least confidence")
        self.least.setToolTip("Keypoints that the detector is less sure of are left out")
        self._range = QWidget()
        row = QHBoxLayout(self._range)
        row.setContentsMargins(0, 0, 0, 0)
        for widget in (QLabel("from"), self.first, QLabel("to"), self.last):
            row.addWidget(widget)
        row.addStretch(1)
        self.foot = QWidget()
        foot = QHBoxLayout(self.foot)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.addWidget(self.counts, 1)
        foot.addWidget(self.detect)
        rows = QFormLayout()
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for title, field, *others in (
            ("Dete&ctor", self.detector, self.about, self.train),
            ("&On", self.scope, self._range),
            ("Loo&k", self.looks, self.look_about),
        ):
            rows.addRow(title, field)
            for other in others:
                rows.addRow("", other)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(rows)
        column.addWidget(self.more)
        column.addWidget(self._rarely())

    def _rarely(self) -> QWidget:
        """What is seldom changed, behind "More"."""
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        row = QHBoxLayout()
        label = QLabel("Confidence at &least")
        label.setBuddy(self.least)
        row.addWidget(label)
        row.addWidget(self.least)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self.again)
        box.hide()
        self.more.toggled.connect(box.setVisible)
        self.more.setAccessibleName("More settings")
        return box

    def _listen(self) -> None:
        self.detector.activated.connect(self._choose)
        self.scope.currentIndexChanged.connect(self._choose_scope)
        self.looks.currentIndexChanged.connect(self._change)
        self.again.toggled.connect(self._change)
        for spin in (self.first, self.last):
            spin.setKeyboardTracking(False)
            spin.valueChanged.connect(self._change_range)
        self.least.valueChanged.connect(self._change)
        self.detect.clicked.connect(self.detect_requested)
        self.train.clicked.connect(self.train_requested)

    def _choose(self, index: int) -> None:
        key = str(self.detector.itemData(index))
        if key == FILE:
            self.file_requested.emit()
        else:
            self.detector_chosen.emit(key)

    def _choose_scope(self) -> None:
        self._wish = str(self.scope.currentData())
        self._change()

    def _change(self) -> None:
        self._show_scope()
        self._show_look()
        self.changed.emit()

    def _change_range(self) -> None:
        """The end that was not touched gives way."""
        if self.first.value() > self.last.value():
            moved = self.sender()
            value = self.first.value() if moved is self.first else self.last.value()
            self._set_range(value, value)
        self.changed.emit()

    def _set_range(self, first: int, last: int) -> None:
        for spin, value in ((self.first, first), (self.last, last)):
            spin.blockSignals(True)
            spin.setValue(value)
            spin.blockSignals(False)

    def _show_scope(self) -> None:
        self._range.setVisible(self.scope.currentData() == "range")

    def _show_look(self) -> None:
        self.look_about.setText(next(about for key, _, about in LOOKS if key == self.looks.currentData()))


def scope_titles(frames: int, video: bool, media: int) -> list[tuple[str, str]]:
    """The scopes that mean something, in words: for a media of so many frames, among so many media."""
    if frames == 1:
        titles = [("frame", "This picture")]
    else:
        titles = [
            ("media", "This video" if video else "This folder of pictures"),
            ("range", "Some frames of it"),
            ("frame", "This frame" if video else "This picture"),
        ]
    return titles + ([("all", f"All {media} videos and images")] if media > 1 else [])
