"""The first thing that people see: what the program is for, and the three ways in.

Everything imported here is loaded before the first window is painted, so it is Qt and little else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPainter, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from poseviewer.app.part_title import part_title
from poseviewer.app.recent import RecentProject
from poseviewer.io.resources import resource

PITCH = "3D poses of animals and people, from a few clicks on ordinary images or video."
DETAIL = Qt.ItemDataRole.UserRole + 1
PATH = Qt.ItemDataRole.UserRole + 2


class StartPage(QWidget):
    """Says what the user wants; somebody else does it."""

    new_requested = Signal()
    open_requested = Signal()
    sample_requested = Signal()
    project_chosen = Signal(str)
    project_forgotten = Signal(str)
    """Take this one off the list."""
    skeleton_chosen = Signal(str)

    def __init__(self, skeletons: Iterable[str], skeleton: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.recent = _RecentList()
        self.recent.itemActivated.connect(lambda item: self.project_chosen.emit(item.data(PATH)))
        self.recent.forgotten.connect(self.project_forgotten)
        self.skeletons = _skeleton_box(skeletons, skeleton)
        self.skeletons.currentIndexChanged.connect(lambda i: self.skeleton_chosen.emit(self.skeletons.itemData(i)))
        self._no_recent = QLabel("Projects that you open will be listed here.", objectName="muted", wordWrap=True)
        self._no_recent.setAlignment(Qt.AlignmentFlag.AlignTop)
        columns = QHBoxLayout()
        columns.setSpacing(40)
        columns.addLayout(self._ways_in(), 1)
        columns.addLayout(self._recent_column(), 1)
        self._arrange(columns)

    def set_recent(self, projects: list[RecentProject]) -> None:
        self.recent.fill(projects)
        self.recent.setVisible(bool(projects))
        self._no_recent.setVisible(not projects)

    def _ways_in(self) -> QVBoxLayout:
        new = CardButton("New project…", "Choose images or a video, then click keypoints")
        new.clicked.connect(self.new_requested)
        self.setFocusProxy(new)
        opened = CardButton("Open…", "A project, or images and video")
        opened.clicked.connect(self.open_requested)
        sample = CardButton("Try the sample", "A trotting dog, already labelled")
        sample.clicked.connect(self.sample_requested)
        column = QVBoxLayout()
        column.setSpacing(10)
        column.addWidget(part_title("Start"))
        for button in (new, opened, sample):
            column.addWidget(button)
        column.addSpacing(10)
        label = QLabel("&Skeleton for new projects", objectName="muted")
        label.setBuddy(self.skeletons)
        column.addWidget(label)
        column.addWidget(self.skeletons)
        column.addStretch(1)
        return column

    def _recent_column(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(10)
        column.addWidget(part_title("Recent projects"))
        column.addWidget(self.recent, 1)
        column.addWidget(self._no_recent, 1)
        return column

    def _arrange(self, columns: QHBoxLayout) -> None:
        block = QWidget()
        block.setMaximumSize(QSize(860, 540))
        inside = QVBoxLayout(block)
        inside.setContentsMargins(32, 24, 32, 20)
        inside.setSpacing(26)
        inside.addLayout(_title())
        inside.addLayout(columns, 1)
        hint = QLabel(
            "Or drop a project, images, a video or a DeepLabCut folder anywhere on this window.", objectName="muted"
        )
        hint.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        inside.addWidget(hint)
        across = QHBoxLayout()
        across.addStretch(1)
        across.addWidget(block, 100)
        across.addStretch(1)
        down = QVBoxLayout(self)
        down.setContentsMargins(0, 0, 0, 0)
        down.addStretch(1)
        down.addLayout(across, 100)
        down.addStretch(1)


class CardButton(QPushButton):
    """A wide button with a title and a line that says what it does."""

    def __init__(self, title: str, what: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._what = title, what
        self.setAccessibleName(title)
        self.setAccessibleDescription(what)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        lines = self.fontMetrics().height()
        return QSize(280, round(lines * 2.35) + 22)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: object) -> None:
        palette = self.palette()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        active = self.hasFocus() or self.underMouse()
        painter.setPen(palette.color(QPalette.ColorRole.Accent if active else QPalette.ColorRole.Mid))
        painter.setBrush(palette.color(QPalette.ColorRole.Base if self.isDown() else QPalette.ColorRole.Button))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -2, -2), 8, 8)
        area = self.rect().adjusted(18, 9, -18, -9)
        _two_lines(painter, area, self._title, self._what, palette, palette.color(QPalette.ColorRole.Text))
        painter.end()


class _RecentList(QListWidget):
    """Enter or a click opens; Delete takes one off the list."""

    forgotten = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Recent projects")
        self.setItemDelegate(_TwoLines(self))
        self.setFrameShape(QListWidget.Shape.NoFrame)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.itemClicked.connect(self.itemActivated)

    def fill(self, projects: list[RecentProject]) -> None:
        self.clear()
        for project in projects:
            item = QListWidgetItem(project.title, self)
            item.setData(DETAIL, project.detail)
            item.setData(PATH, project.path)
            item.setToolTip(project.path if project.there else f"{project.path} is not there. Delete forgets it.")
            item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, project.detail)
            if not project.there:
                item.setForeground(self.palette().color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text))
        if projects:
            self.setCurrentRow(0)

    def keyPressEvent(self, event: object) -> None:
        item = self.currentItem()
        if event.key() == Qt.Key.Key_Delete and item is not None:  # type: ignore[attr-defined]
            self.forgotten.emit(item.data(PATH))
        else:
            super().keyPressEvent(event)  # type: ignore[arg-type]


class _TwoLines(QStyledItemDelegate):
    """A title, and under it in a quieter colour where and when."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(100, round(option.fontMetrics.height() * 2.35) + 16)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        palette = option.palette
        pointed = option.state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_HasFocus)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if pointed:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.color(QPalette.ColorRole.Base))
            painter.drawRoundedRect(option.rect.adjusted(0, 1, -1, -1), 6, 6)
        brush = index.data(Qt.ItemDataRole.ForegroundRole)
        color = brush.color() if brush is not None else palette.color(QPalette.ColorRole.Text)
        area = option.rect.adjusted(10, 7, -10, -7)
        _two_lines(painter, area, index.data(), index.data(DETAIL), palette, color)
        painter.restore()


def spoken_skeleton(name: str) -> str:
    """quadruped16 -> Quadruped, 16 joints; a name of another kind stays as it is."""
    parts = re.fullmatch(r"([a-z]+)(\d+)", name)
    return f"{parts[1].capitalize()}, {parts[2]} joints" if parts else name


def _two_lines(painter: QPainter, area: QRect, title: str, what: str, palette: QPalette, color: object) -> None:
    font = painter.font()
    font.setWeight(font.Weight.DemiBold)
    painter.setFont(font)
    painter.setPen(color)  # type: ignore[call-overload]
    metrics = painter.fontMetrics()
    left = Qt.AlignmentFlag.AlignLeft
    painter.drawText(
        area, left | Qt.AlignmentFlag.AlignTop, metrics.elidedText(title, Qt.TextElideMode.ElideRight, area.width())
    )
    font.setWeight(font.Weight.Normal)
    painter.setFont(font)
    painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
    quiet = painter.fontMetrics().elidedText(what, Qt.TextElideMode.ElideMiddle, area.width())
    painter.drawText(area, left | Qt.AlignmentFlag.AlignBottom, quiet)


def _title() -> QHBoxLayout:
    picture = QLabel()
    ratio = QApplication.primaryScreen().devicePixelRatio() if QApplication.primaryScreen() else 1.0
    picture.setPixmap(QIcon(str(resource("icons", "poseviewer.svg"))).pixmap(QSize(72, 72), ratio))
    name = QLabel("poseviewer")
    font = name.font()
    font.setPointSizeF(font.pointSizeF() * 2.1)
    font.setWeight(font.Weight.DemiBold)
    name.setFont(font)
    words = QVBoxLayout()
    words.setSpacing(2)
    words.addStretch(1)
    words.addWidget(name)
    words.addWidget(QLabel(PITCH, objectName="muted", wordWrap=True))
    words.addStretch(1)
    row = QHBoxLayout()
    row.setSpacing(18)
    row.addWidget(picture)
    row.addLayout(words, 1)
    return row


def _skeleton_box(skeletons: Iterable[str], chosen: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName("Skeleton for new projects")
    for name in skeletons:
        box.addItem(spoken_skeleton(name), name)
    box.setCurrentIndex(max(box.findData(chosen), 0))
    return box
