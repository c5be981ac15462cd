"""The bones as a tree, each with small bars of its range, a dot where it was changed, and its lock."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QMouseEvent, QPainter, QPainterPath, QPalette, QPen, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from poseviewer.app.colors import bone_color
from poseviewer.app.ranges.axis_row import degrees_of, travel_of
from poseviewer.app.ranges.range_bar import Degrees
from poseviewer.app.ranges.range_words import bone_words, range_words
from poseviewer.core.range_edits import axes_of, differs, spoken_bone
from poseviewer.core.ranges import RangePreset
from poseviewer.core.skeleton import Skeleton

NAME, BARS, LOCK = range(3)
BONE, STATE = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
ROW = 26


class BoneTree(QTreeWidget):
    """Setters never emit."""

    bone_chosen = Signal(int)
    lock_toggled = Signal(int)
    """The lock of this bone was clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: RangePreset | None = None
        self._reset: RangePreset | None = None
        self._colors = "default"
        self._items: list[QTreeWidgetItem] = []
        self._quiet = False
        self.setHeaderHidden(True)
        self.setColumnCount(3)
        self.setIndentation(11)
        self.setRootIsDecorated(False)
        self.setItemsExpandable(False)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setMouseTracking(True)
        self.setAccessibleName("Bones and their ranges")
        header = self.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(24)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        for column, width in ((BARS, 84), (LOCK, 26)):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(column, width)
        self.setItemDelegateForColumn(NAME, _NameDelegate(self))
        self.setItemDelegateForColumn(BARS, _BarsDelegate(self))
        self.setItemDelegateForColumn(LOCK, _LockDelegate(self))
        self.currentItemChanged.connect(self._choose)

    @property
    def bone(self) -> int | None:
        """The bone of the selected row."""
        item = self.currentItem()
        return None if item is None else item.data(NAME, BONE)

    def set_colors(self, palette: str) -> None:
        """A key of `colors.PALETTES`."""
        if palette != self._colors:
            self._colors = palette
            for bone, item in enumerate(self._items):
                self._fill(item, bone, self._shown)

    def set_ranges(self, shown: RangePreset, reset: RangePreset) -> None:
        """Draw these; of the same skeleton only the bones that changed. `reset`: what dots compare with."""
        before, self._shown = self._shown, shown
        if before is None or before.skeleton != shown.skeleton:
            self._build(shown.skeleton)
            before = None
        same_reset = reset is self._reset
        self._reset = reset
        for bone, item in enumerate(self._items):
            if before is None or not same_reset or not _same_row(before, shown, bone):
                self._fill(item, bone, shown)

    def set_bone(self, bone: int | None) -> None:
        """Select a row."""
        if bone == self.bone:
            return
        self._quiet = True
        if bone is None or bone >= len(self._items):
            self.setCurrentItem(None)
        else:
            self.setCurrentItem(self._items[bone])
            self.scrollToItem(self._items[bone])
        self._quiet = False

    def sizeHint(self) -> QSize:
        return QSize(300, 8 * ROW)

    def minimumSizeHint(self) -> QSize:
        return QSize(180, 3 * ROW)

    def drawBranches(self, painter: QPainter, rect: QRect, index: QModelIndex | QPersistentModelIndex) -> None:
        """None: a skeleton is short enough to be seen whole, and the indentation says what hangs on what."""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Two clicks, and no editing: a lock that is clicked twice is as before."""
        self.mousePressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on a lock turns it and chooses nothing else."""
        index = self.indexAt(event.position().toPoint())
        if index.column() == LOCK and event.button() == Qt.MouseButton.LeftButton:
            self.lock_toggled.emit(index.siblingAtColumn(NAME).data(BONE))
            return
        super().mousePressEvent(event)

    def _build(self, skeleton: Skeleton) -> None:
        self._quiet = True
        self.clear()
        self._items = []
        for parent in skeleton.parent_bones:
            item = QTreeWidgetItem(self if parent < 0 else self._items[parent])
            self._items.append(item)
        for bone, item in enumerate(self._items):
            item.setData(NAME, BONE, bone)
            item.setText(NAME, bone_words(skeleton, bone))
        self.expandAll()
        self.setCurrentItem(None)
        self._quiet = False

    def _fill(self, item: QTreeWidgetItem, bone: int, shown: RangePreset | None) -> None:
        if shown is None:
            return
        rotation = shown.ranges[bone]
        changed = self._reset is not None and differs(shown, self._reset, bone)
        locked = bone in shown.locked
        color = QColor(*bone_color(shown.skeleton, bone, self._colors))
        intervals = [(axis, getattr(rotation, axis)) for axis in axes_of(rotation)]
        bars = tuple(_share(travel_of(axis, interval), degrees_of(interval)) for axis, interval in intervals)
        item.setData(NAME, STATE, (color, changed))
        item.setData(BARS, STATE, (color, bars))
        item.setData(LOCK, STATE, locked)
        words = f"{spoken_bone(shown, bone)}: {range_words(rotation)}"
        tip = words + ("\nchanged; Reset brings back the range as shipped or loaded" if changed else "")
        for column in (NAME, BARS):
            item.setToolTip(column, tip)
        item.setToolTip(LOCK, "Locked: click to unlock" if locked else "Click to lock: no edit will change this bone")
        item.setData(NAME, Qt.ItemDataRole.AccessibleTextRole, words + ", changed" * changed + ", locked" * locked)

    def _choose(self, item: QTreeWidgetItem | None) -> None:
        if item is not None and not self._quiet:
            self.bone_chosen.emit(item.data(NAME, BONE))


class _Delegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(24, ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        role = QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text
        self.draw(painter, option.rect, index.data(STATE), option.palette.color(role), selected)
        painter.restore()

    def draw(self, painter: QPainter, rect: QRect, state: object, text: QColor, selected: bool) -> None:
        raise NotImplementedError


class _NameDelegate(_Delegate):
    """The colour of the bone's side before its name, and a dot behind it where it was changed."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        option.icon = _room()
        option.features |= QStyleOptionViewItem.ViewItemFeature.HasDecoration
        option.decorationSize = QSize(8, 16)

    def draw(self, painter: QPainter, rect: QRect, state: object, text: QColor, selected: bool) -> None:
        color, changed = state  # type: ignore[misc]
        painter.setBrush(color)
        painter.drawRoundedRect(QRectF(rect.left() + 5, rect.center().y() - 6, 4, 13), 2, 2)
        if changed:
            painter.setBrush(text)
            painter.drawEllipse(QPointF(rect.right() - 6, rect.center().y() + 0.5), 3, 3)


class _BarsDelegate(_Delegate):
    """A line per angle on its full travel, with the range on it."""

    def draw(self, painter: QPainter, rect: QRect, state: object, text: QColor, selected: bool) -> None:
        color, bars = state  # type: ignore[misc]
        gap = 6.0
        top = rect.center().y() + 0.5 - gap * (len(bars) - 1) / 2
        left, width = rect.left() + 6.0, rect.width() - 12.0
        faint = QColor(text)
        faint.setAlpha(50)
        for row, (start, length) in enumerate(bars):
            y = top + gap * row
            painter.setBrush(faint)
            painter.drawRect(QRectF(left, y - 0.5, width, 1))
            painter.setBrush(text if selected else color)
            painter.drawRoundedRect(QRectF(left + start * width, y - 1.5, max(length * width, 2.0), 3), 1.5, 1.5)


class _LockDelegate(_Delegate):
    """A padlock, closed, or open and faint."""

    def draw(self, painter: QPainter, rect: QRect, state: object, text: QColor, selected: bool) -> None:
        locked = bool(state)
        color = QColor(text)
        color.setAlpha(230 if locked else 70)
        at = QPointF(rect.center().x() + 0.5, rect.center().y() + 0.5)
        painter.setBrush(color)
        painter.drawRoundedRect(QRectF(at.x() - 5, at.y() - 1, 10, 8), 1.5, 1.5)
        shackle = QPainterPath(QPointF(at.x() - 3, at.y() - 1))
        shackle.lineTo(at.x() - 3, at.y() - 3.5)
        shackle.arcTo(QRectF(at.x() - 3, at.y() - 6.5, 6, 6), 180, -180)
        if locked:
            shackle.lineTo(at.x() + 3, at.y() - 1)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(color, 1.6))
        painter.drawPath(shackle)


def _same_row(before: RangePreset, after: RangePreset, bone: int) -> bool:
    return (
        before.ranges[bone] is after.ranges[bone]
        and before.lengths[bone] is after.lengths[bone]
        and (bone in before.locked) == (bone in after.locked)
    )


def _share(travel: Degrees, ends: Degrees) -> tuple[float, float]:
    """Start and width of a range as shares of its track."""
    span = travel[1] - travel[0]
    return min(max((ends[0] - travel[0]) / span, 0.0), 1.0), (ends[1] - ends[0]) / span


def _room() -> QIcon:
    """An empty icon: room before the name for the colour of the side."""
    pixmap = QPixmap(8, 16)
    pixmap.fill(Qt.GlobalColor.transparent)
    return QIcon(pixmap)
