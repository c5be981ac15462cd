"""The runs of a project, newest first: a title and how good it is, and under it when and from what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

ID = Qt.ItemDataRole.UserRole
ROW = Qt.ItemDataRole.UserRole + 1
MARGIN, GAP, BAR = 10, 10, 3
ROWS_SHOWN = 4


@dataclass(frozen=True)
class RunRow:
    """What the list says of one run.

    Attributes:
        result: short, for the right edge: "2.4 %". detail: the second line. used: the project lifts with it.
    """

    id: str
    title: str
    result: str
    detail: str
    used: bool = False

    @property
    def sentence(self) -> str:
        """The whole row for a screen reader."""
        return ", ".join(part for part in (self.title, "in use" if self.used else "", self.result, self.detail) if part)


class RunList(QListWidget):
    """Setters never emit. Enter uses the run, Delete discards it; the panel asks before."""

    run_chosen = Signal(str)
    """The id of the row that the user went to, "" where there is none."""
    use_requested = Signal(str)
    discard_requested = Signal(str)
    menu_requested = Signal(str, QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Training runs")
        self.setItemDelegate(_RowPainter(self))
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._ask_menu)
        self.currentItemChanged.connect(lambda item, _: self.run_chosen.emit(item.data(ID) if item else ""))
        self.itemDoubleClicked.connect(lambda item: self.use_requested.emit(item.data(ID)))

    @property
    def current(self) -> str:
        """The id of the selected row, "" if none is."""
        item = self.currentItem()
        return str(item.data(ID)) if item is not None else ""

    @property
    def rows(self) -> list[RunRow]:
        """What is shown, from the top."""
        return [self.item(i).data(ROW) for i in range(self.count())]

    def set_rows(self, rows: Sequence[RunRow]) -> None:
        """Show these; the selected one stays selected, or the row in its place is."""
        blocked = self.blockSignals(True)
        place, current = self.currentRow(), self.current
        if [row.id for row in rows] != [row.id for row in self.rows]:
            self.clear()
            for row in rows:
                QListWidgetItem(self).setData(ID, row.id)
        for number, row in enumerate(rows):
            item = self.item(number)
            item.setData(ROW, row)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, row.sentence)
            item.setToolTip(row.detail)
        if not self.set_current(current) and rows:
            self.setCurrentRow(min(max(place, 0), len(rows) - 1))
        self.blockSignals(blocked)
        self.viewport().update()
        self.updateGeometry()

    def set_current(self, run: str) -> bool:
        """Select a run's row; False where it is not in the list."""
        for number in range(self.count()):
            if self.item(number).data(ID) == run:
                blocked = self.blockSignals(True)
                self.setCurrentRow(number)
                self.blockSignals(blocked)
                self.viewport().update()
                return True
        return False

    def sizeHint(self) -> QSize:
        rows = min(max(self.count(), 1), ROWS_SHOWN)
        return QSize(220, rows * row_height(self) + 2 * self.frameWidth())

    def minimumSizeHint(self) -> QSize:
        return QSize(140, row_height(self) + 2 * self.frameWidth())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.current and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.use_requested.emit(self.current)
        elif self.current and event.key() == Qt.Key.Key_Delete:
            self.discard_requested.emit(self.current)
        else:
            super().keyPressEvent(event)

    def _ask_menu(self, at: QPoint) -> None:
        item = self.itemAt(at)
        if item is not None:
            self.menu_requested.emit(item.data(ID), self.viewport().mapToGlobal(at))


def row_height(widget: QWidget) -> int:
    return round(widget.fontMetrics().height() * 2.2) + 12


class _RowPainter(QStyledItemDelegate):
    """Two lines; the run in use has a bar at its left edge and says so."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(100, row_height(self.parent()))  # type: ignore[arg-type]

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row: RunRow = index.data(ROW)
        look = _Look(option)
        painter.save()
        if look.selected:
            painter.fillRect(option.rect, look.behind)
        if row.used:
            painter.fillRect(QRect(option.rect.left(), option.rect.top(), BAR, option.rect.height()), look.mark)
        area = option.rect.adjusted(MARGIN, 5, -MARGIN, -6)
        _write_title(painter, area, row, look)
        painter.setFont(look.plain)
        painter.setPen(look.weak)
        detail = painter.fontMetrics().elidedText(row.detail, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, detail)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(look.strong)
            painter.drawRect(option.rect.adjusted(0, 0, -1, -1))
        painter.restore()


class _Look:
    """Fonts and colours of one row, selected or not."""

    def __init__(self, option: QStyleOptionViewItem) -> None:
        role, active = QPalette.ColorRole, QPalette.ColorGroup.Active
        self.selected = bool(option.state & QStyle.StateFlag.State_Selected)
        self.behind = option.palette.color(active, role.Highlight)
        self.strong = option.palette.color(active, role.HighlightedText if self.selected else role.Text)
        self.weak = self.strong if self.selected else option.palette.color(active, role.PlaceholderText)
        self.mark = self.strong if self.selected else option.palette.color(active, role.Accent)
        self.plain, self.bold = QFont(option.font), QFont(option.font)
        self.bold.setWeight(QFont.Weight.DemiBold)


def _write_title(painter: QPainter, area: QRect, row: RunRow, look: _Look) -> None:
    """The title, elided where the result needs the room, and whether the run is in use."""
    top, left, right = Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
    painter.setFont(look.bold)
    metrics = painter.fontMetrics()
    painter.setPen(look.strong)
    painter.drawText(area, right | top, row.result)
    room = area.width() - (metrics.horizontalAdvance(row.result) + GAP if row.result else 0)
    in_use = " · in use" if row.used else ""
    title = metrics.elidedText(row.title, Qt.TextElideMode.ElideMiddle, room - metrics.horizontalAdvance(in_use))
    painter.drawText(area, left | top, title)
    painter.setPen(look.mark)
    painter.drawText(area.adjusted(metrics.horizontalAdvance(title), 0, 0, 0), left | top, in_use)
