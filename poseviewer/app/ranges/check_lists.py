"""The two lists of a range check: the stops with the frames that show them, and the ranges that are hardly used."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from poseviewer.app.ranges.range_check import RangeCheck
from poseviewer.app.ranges.range_words import bone_words, number
from poseviewer.core.project import Project
from poseviewer.core.ranges import Interval
from poseviewer.geometry.range_stops import RangeStop, UnusedRange

ROW = Qt.ItemDataRole.UserRole
ROOM_FOR = {2: 360, 3: 320}
"""Columns that need a wide list: from how many pixels on they are shown."""
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class StopList(QTreeWidget):
    """One row per stop, those that would help most first; below each the frames that show it, the clearest first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stops: tuple[RangeStop, ...] = ()
        _prepare(
            self, ["Range", "Needs", "Frames", "Residual"], "Ranges that are too narrow, and the frames that show it"
        )
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        head = self.headerItem()
        head.setToolTip(1, "Where the range ends now, and where it would have to end")
        head.setToolTip(2, "In how many labelled poses the bone is at this stop and pulls outwards")
        head.setToolTip(3, "Distance to the keypoints within the range, and with this range open")

    def set_check(self, check: RangeCheck | None, project: Project) -> None:
        """Show another check; the first stop is chosen, so that one press of Widen is enough."""
        self.blockSignals(True)
        self.clear()
        self._stops = check.stops if check is not None else ()
        if check is not None:
            for place, stop in enumerate(self._stops):
                self.addTopLevelItem(_stop_row(check, project, place, stop))
            if self._stops:
                self.setCurrentItem(self.topLevelItem(0))
        self.blockSignals(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, what the range is called goes before how much it matters."""
        super().resizeEvent(event)
        for column, width in ROOM_FOR.items():
            self.setColumnHidden(column, self.width() < width)

    def of_row(self, row: QTreeWidgetItem) -> tuple[RangeStop, int | None]:
        """The stop of a row, and the number of the pose where the row is about one."""
        place, frame = row.data(0, ROW)
        return self._stops[place], frame

    def chosen(self) -> list[tuple[RangeStop, list[int] | None]]:
        """The stops that are selected, each with the poses to cover: None for as many as the stop needs."""
        frames: dict[int, list[int] | None] = {}
        for row in self.selectedItems():
            place, frame = row.data(0, ROW)
            listed = frames.setdefault(place, [])
            if frame is None or listed is None:
                frames[place] = None
            else:
                listed.append(frame)
        return [(self._stops[place], listed) for place, listed in sorted(frames.items())]


class UnusedList(QTreeWidget):
    """One row per range of which the labelled poses use only a part, the least used first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._unused: tuple[UnusedRange, ...] = ()
        _prepare(self, ["Range", "Now", "Used", "Share"], "Ranges that the labelled poses hardly use")
        self.setRootIsDecorated(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.headerItem().setToolTip(2, "Where all but the outermost twentieth of the labelled poses are")

    def set_check(self, check: RangeCheck | None) -> None:
        self.blockSignals(True)
        self.clear()
        self._unused = check.unused if check is not None else ()
        for place, unused in enumerate(self._unused):
            assert check is not None
            row = QTreeWidgetItem(
                [
                    f"{bone_words(check.fit.preset.skeleton, unused.bone)} · {unused.axis}",
                    _rounded(unused.interval),
                    _rounded(unused.used),
                    f"{unused.share:.0%}",
                ]
            )
            row.setToolTip(0, f"{row.text(0)}: {unused.share:.0%} used by {unused.frames:,} poses")
            row.setData(0, ROW, place)
            _align(row)
            self.addTopLevelItem(row)
        self.blockSignals(False)

    def of_row(self, row: QTreeWidgetItem) -> UnusedRange:
        return self._unused[row.data(0, ROW)]

    def chosen(self) -> list[UnusedRange]:
        """Those that are selected, in the order of the list."""
        return [self._unused[place] for place in sorted(row.data(0, ROW) for row in self.selectedItems())]


def _stop_row(check: RangeCheck, project: Project, place: int, stop: RangeStop) -> QTreeWidgetItem:
    skeleton = check.fit.preset.skeleton
    name = f"{bone_words(skeleton, stop.bone)} · {stop.axis}"
    row = QTreeWidgetItem(
        [
            name,
            f"{_angle(stop.stop)} → {_angle(stop.needed)}",
            f"{len(stop.frames):,}",
            f"{stop.residual_px.mean():.1f} → {stop.opened_px.mean():.1f} px",
        ]
    )
    both = " of both sides, which move as one," if len(stop.bones) > 1 else ""
    end = "lower" if stop.side < 0 else "upper"
    row.setToolTip(0, f"{name}: the {end} end{both} would have to go from {row.text(1).replace('→', 'to')}")
    row.setData(0, ROW, (place, None))
    _align(row)
    for frame, angle, inside, opened in zip(stop.frames, stop.angles, stop.residual_px, stop.opened_px, strict=True):
        child = QTreeWidgetItem(
            [check.request.poses.name(project, frame), _angle(float(angle)), "", f"{inside:.1f} → {opened:.1f} px"]
        )
        child.setToolTip(0, child.text(0))
        child.setData(0, ROW, (place, frame))
        _align(child)
        row.addChild(child)
    return row


def _prepare(tree: QTreeWidget, heads: list[str], name: str) -> None:
    tree.setHeaderLabels(heads)
    tree.setAccessibleName(name)
    tree.setUniformRowHeights(True)
    tree.setAllColumnsShowFocus(True)
    tree.setMinimumHeight(70)
    tree.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    header = tree.header()
    header.setStretchLastSection(False)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    for section in range(1, len(heads)):
        header.setSectionResizeMode(section, QHeaderView.ResizeMode.ResizeToContents)
        tree.headerItem().setTextAlignment(section, RIGHT)


def _align(row: QTreeWidgetItem) -> None:
    for column in (1, 2, 3):
        row.setTextAlignment(column, RIGHT)


def _angle(radians: float) -> str:
    return f"{number(round(math.degrees(radians)))}°"


def _rounded(interval: Interval) -> str:
    """Whole degrees: a fit knows no tenths."""
    low, high = (round(math.degrees(end)) for end in (interval.min, interval.max))
    return f"{number(low)}…{number(high)}°"
