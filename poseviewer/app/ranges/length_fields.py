"""How long the chosen bone is: its typical length, how much animals differ in it, and how much a pose changes it."""

from __future__ import annotations

import math
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QWidget

from poseviewer.app.ranges.gesture_spin import GestureSpin
from poseviewer.core.errors import SkeletonError
from poseviewer.core.ranges import BoneLength, Interval

BOTH_SIDES = " Left and right are one length."


class LengthFields(QWidget):
    """Setters never emit."""

    previewed = Signal(object)
    """BoneLength."""
    committed = Signal(object)
    cancelled = Signal()
    refused = Signal(object)
    """SkeletonError: these numbers are no length."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._length = BoneLength(1.0, 0.0)
        self.template = GestureSpin("bone length", 0.0, 1000.0, 0.01, 3, parent=self)
        self.spread = GestureSpin("spread of the bone length", 0.0, 500.0, 1.0, 1, " %", self)
        self.spread.setPrefix("± ")
        self.flex_low = GestureSpin("shortest in a pose", 0.0, 1000.0, 1.0, 1, " %", self)
        self.flex_high = GestureSpin("longest in a pose", 0.0, 1000.0, 1.0, 1, " %", self)
        self._arrange()
        for spin in self._spins:
            spin.previewed.connect(lambda _: self._tell(self.previewed))
            spin.committed.connect(lambda _: self._tell(self.committed))
            spin.cancelled.connect(self.cancelled)

    @property
    def _spins(self) -> tuple[GestureSpin, ...]:
        return self.template, self.spread, self.flex_low, self.flex_high

    @property
    def held(self) -> bool:
        return any(spin.held for spin in self._spins)

    def show_length(self, length: BoneLength) -> None:
        self._length = length
        self.template.show_value(length.template)
        self.spread.show_value(percent_of_spread(length.spread))
        self.flex_low.show_value(100 * length.flex.min)
        self.flex_high.show_value(100 * length.flex.max)

    def drop_gesture(self) -> None:
        for spin in self._spins:
            spin.drop_gesture()

    def set_editable(self, editable: bool, reason: str, paired: bool) -> None:
        """`paired`: the bone has a partner on the other side."""
        both = BOTH_SIDES if paired else ""
        flex = "How a pose, and the other side, changes the length: for a bone that spans a joint which is not there."
        tips = (
            f"Typical length; only the ratios between bones matter.{both}",
            f"How much animals differ: two in three lie within this of the typical length. As the standard deviation "
            f"of the logarithm it is {self._length.spread:.4f}.{both}",
            flex,
            flex,
        )
        for spin, tip in zip(self._spins, tips, strict=True):
            spin.setEnabled(editable)
            spin.setToolTip(tip if editable else reason)

    def length(self) -> BoneLength:
        """As the fields say; a field that was not changed keeps its value to the last digit.

        Raises:
            SkeletonError: these numbers are no length.
        """
        old = self._length
        length = old
        if self.template.value() != round(old.template, 3):
            length = replace(length, template=self.template.value())
        if self.spread.value() != round(percent_of_spread(old.spread), 1):
            length = replace(length, spread=math.log1p(self.spread.value() / 100))
        ends = [
            end if round(100 * end, 1) == spin.value() else spin.value() / 100
            for spin, end in ((self.flex_low, old.flex.min), (self.flex_high, old.flex.max))
        ]
        return replace(length, flex=Interval(*ends))

    def _tell(self, signal: Signal) -> None:
        try:
            length = self.length()
        except SkeletonError as error:
            self.refused.emit(error)
        else:
            signal.emit(length)  # type: ignore[attr-defined]

    def _arrange(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        for row, words, spins in (
            (first, ("", ""), (self.template, self.spread)),
            (second, ("", "to"), (self.flex_low, self.flex_high)),
        ):
            row.setSpacing(4)
            for word, spin in zip(words, spins, strict=True):
                if word:
                    row.addWidget(QLabel(word, self))
                spin.setFixedWidth(spin.fontMetrics().horizontalAdvance("± 100.0 %") + 18)
                row.addWidget(spin)
            row.addStretch(1)
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        form.addRow("Length", first)
        form.addRow("In a pose", second)


def percent_of_spread(spread: float) -> float:
    """A standard deviation of the logarithm as the share, in percent, that it adds to the length."""
    return 100 * math.expm1(spread)
