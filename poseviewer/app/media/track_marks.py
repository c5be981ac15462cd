"""The marks along the timeline: labels above it, predictions as high as they are sure, suggestions and damage below.

However many frames there are, no more is drawn than there are columns of pixels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QPolygonF

from poseviewer.app.colors import mixed, predicted_color, text_color

Numbers = Sequence[int] | NDArray[np.int64]

DAMAGED = QColor("#e08a1e")
FLAWED = QColor(224, 138, 30, 110)
"""Orange reads on light and dark alike."""
LABEL_TOP, LABEL_HEIGHT = -11.0, 7.0
BAR_BASE, BAR_LOWEST, BAR_HIGHEST = -3.0, 1.0, 10.0
"""Bars of predictions stand on the line; from a confidence of 0 to one of 1 they grow from lowest to highest."""
SHADES = 6
"""Unsure bars are paler as well: so many shades are told apart."""
WIDEST_BAR = 6.0
BELOW = 5.0


class Scale(NamedTuple):
    """Where frames are, in pixels: `start` of frame 0, `step` from one to the next, `middle` of the line's height."""

    start: float
    step: float
    middle: float

    def columns(self, frames: NDArray[np.int64]) -> NDArray[np.int64]:
        """The column of pixels of each frame."""
        return np.rint(self.start + self.step * frames).astype(np.int64)


@dataclass(frozen=True, eq=False)
class TrackMarks:
    """Frame numbers, in order, by what they are marked as.

    Attributes:
        confidence: of `predicted`, 0 to 1; NaN where it is not known.
        suggested: the reason of each, in words.
        colors: a key of `colors.PALETTES`.
    """

    labelled: NDArray[np.int64] = field(default_factory=lambda: numbers(()))
    predicted: NDArray[np.int64] = field(default_factory=lambda: numbers(()))
    confidence: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    suggested: Mapping[int, str] = field(default_factory=dict)
    damaged: NDArray[np.int64] = field(default_factory=lambda: numbers(()))
    flawed: NDArray[np.int64] = field(default_factory=lambda: numbers(()))
    colors: str = "default"

    def words(self, frame: int) -> list[str]:
        """What is to be said of a frame."""
        said = []
        if _has(self.labelled, frame):
            said.append("labelled")
        if _has(self.predicted, frame):
            sure = float(self.confidence[np.searchsorted(self.predicted, frame)])
            said.append("predicted" if np.isnan(sure) else f"predicted, {sure:.2f} sure")
        if frame in self.suggested:
            said.append(f"worth labelling: {self.suggested[frame]}")
        if _has(self.damaged, frame):
            said.append("damaged: cannot be decoded")
        elif _has(self.flawed, frame):
            said.append("damaged in part")
        return said


def numbers(frames: Numbers) -> NDArray[np.int64]:
    return np.sort(np.asarray(frames, np.int64), kind="stable")  # in order mostly: no time, then


def paint_marks(painter: QPainter, marks: TrackMarks, scale: Scale, palette: QPalette) -> None:
    accent = palette.color(QPalette.ColorRole.Highlight)
    paint_predictions(painter, marks, scale, palette.color(QPalette.ColorRole.Window))
    if len(marks.predicted):  # labels stand out of them, in a gap of their own
        gap = palette.color(QPalette.ColorRole.Window)
        paint_ticks(painter, scale, marks.labelled, gap, scale.middle + BAR_BASE - BAR_HIGHEST, BAR_HIGHEST, 5)
    paint_ticks(painter, scale, marks.labelled, accent, scale.middle + LABEL_TOP)
    paint_ticks(painter, scale, marks.flawed, FLAWED, scale.middle + BELOW)
    paint_ticks(painter, scale, marks.damaged, DAMAGED, scale.middle + BELOW)
    paint_suggestions(painter, marks, scale, palette.color(QPalette.ColorRole.WindowText))


def paint_ticks(
    painter: QPainter,
    scale: Scale,
    frames: NDArray[np.int64],
    color: QColor,
    top: float,
    height: float = LABEL_HEIGHT,
    width: float = 2.0,
) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    for x in np.unique(scale.columns(frames)).tolist():
        painter.drawRoundedRect(QRectF(x - width / 2, top, width, height), 1, 1)


def paint_predictions(painter: QPainter, marks: TrackMarks, scale: Scale, window: QColor) -> None:
    """A bar per column of pixels: as high as its frames are sure on average."""
    if not len(marks.predicted):
        return
    background = (window.red(), window.green(), window.blue())
    color = QColor(*text_color(predicted_color(marks.colors), background, ratio=1.6))
    color = QColor(*mixed(color.getRgb()[:3], background, 0.15))
    width = min(max(scale.step, 1.0), WIDEST_BAR)
    columns = scale.start + scale.step * marks.predicted
    columns, heights = bars(columns if scale.step > 1 else np.rint(columns), marks.confidence)
    if scale.step < WIDEST_BAR:
        width += 0.7  # they touch: no seams between the bars of successive frames
    base = scale.middle + BAR_BASE
    painter.setPen(Qt.PenStyle.NoPen)
    strengths = np.rint(SHADES * (heights - BAR_LOWEST) / (BAR_HIGHEST - BAR_LOWEST)) / SHADES
    for strength in np.unique(strengths).tolist():
        painter.setBrush(QColor(*mixed(background, color.getRgb()[:3], 0.4 + 0.6 * strength)))
        alike = strengths == strength
        sizes = zip(columns[alike].tolist(), heights[alike].tolist(), strict=True)
        painter.drawRects([QRectF(x - width / 2, base - height, width, height) for x, height in sizes])


def paint_suggestions(painter: QPainter, marks: TrackMarks, scale: Scale, color: QColor) -> None:
    """Small arrows that point at the line from below."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    top = scale.middle + BELOW - 1
    for x in np.unique(scale.columns(numbers(list(marks.suggested)))).tolist():
        painter.drawPolygon(QPolygonF([QPointF(x, top), QPointF(x - 3.5, top + 5), QPointF(x + 3.5, top + 5)]))


def bars(
    columns: NDArray[np.float64], confidence: NDArray[np.float32]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The columns that have a bar, and the height of each, from the column and confidence of every frame, in order."""
    sure = np.clip(np.where(np.isnan(confidence), 1.0, confidence), 0.0, 1.0)
    first = np.flatnonzero(np.diff(columns, prepend=-np.inf))
    counts = np.diff(first, append=len(columns))
    means = np.add.reduceat(sure.astype(np.float64), first) / counts
    return columns[first], BAR_LOWEST + (BAR_HIGHEST - BAR_LOWEST) * means


def _has(frames: NDArray[np.int64], frame: int) -> bool:
    place = int(np.searchsorted(frames, frame))
    return place < len(frames) and int(frames[place]) == frame
