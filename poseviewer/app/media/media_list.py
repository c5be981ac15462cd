"""The media of the project: which there are, how many of their frames have labels, and which are missing."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from poseviewer.core.project import MediaRef

ID = Qt.ItemDataRole.UserRole
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
NAME, FRAMES, LABELLED = range(3)
ROOMY = 190
"""Narrower lists give the room of their last column to the names."""


class MediaList(QWidget):
    """A row per media: its name, its frames, its labelled frames. Setters never emit."""

    media_chosen = Signal(str)
    """A media's id: it was clicked, or Enter was pressed on it."""
    remove_requested = Signal(str)
    relink_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._missing: set[str] = set()
        self._tree = QTreeWidget(self)
        self._tree.setHeaderLabels(["Name", "Frames", "Labelled"])
        self._tree.setRootIsDecorated(False)
        self._tree.setUniformRowHeights(True)
        self._tree.setAllColumnsShowFocus(True)
        self._tree.setTextElideMode(Qt.TextElideMode.ElideLeft)
        self._tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._tree.setAccessibleName("Media of the project")
        header = self._tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        for column in (FRAMES, LABELLED):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
            self._tree.headerItem().setTextAlignment(
                column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._tree)
        self._tree.itemClicked.connect(self._choose)
        self._tree.itemActivated.connect(self._choose)
        self._tree.customContextMenuRequested.connect(self._show_menu)
        self._tree.installEventFilter(self)

    @property
    def current(self) -> str:
        """The id of the row that is selected, "" if none is."""
        item = self._tree.currentItem()
        return item.data(NAME, ID) if item is not None else ""

    def set_media(self, media: tuple[MediaRef, ...], labelled: dict[str, int], missing: set[str]) -> None:
        """Show these, in this order; the selected row stays selected if it is still there."""
        self._missing = set(missing)
        current = self.current
        if [self._row(i).data(NAME, ID) for i in range(self._tree.topLevelItemCount())] != [m.id for m in media]:
            self._tree.clear()
            self._tree.addTopLevelItems([QTreeWidgetItem() for _ in media])
        for row, ref in enumerate(media):
            self._fill(self._row(row), ref, labelled.get(ref.id, 0))
        self.set_current(current)

    def set_current(self, media_id: str) -> None:
        """Select a row."""
        for row in range(self._tree.topLevelItemCount()):
            item = self._row(row)
            if item.data(NAME, ID) == media_id:
                self._tree.setCurrentItem(item)
                return

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tree.setColumnHidden(LABELLED, self.width() < ROOMY)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Delete is for the selected row while the list has the focus, not for a keypoint as elsewhere."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Delete:
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress and self.current:
                self.remove_requested.emit(self.current)
                return True
        return super().eventFilter(watched, event)

    def menu_for(self, media_id: str) -> QMenu:
        """What can be done with one media."""
        menu = QMenu(self)
        menu.addAction("Show", lambda: self.media_chosen.emit(media_id)).setEnabled(media_id not in self._missing)
        menu.addAction("Relink…", lambda: self.relink_requested.emit(media_id))
        menu.addSeparator()
        menu.addAction("Remove from the project", lambda: self.remove_requested.emit(media_id))
        return menu

    def _row(self, row: int) -> QTreeWidgetItem:
        item = self._tree.topLevelItem(row)
        assert item is not None
        return item

    def _fill(self, item: QTreeWidgetItem, ref: MediaRef, labelled: int) -> None:
        gone = ref.id in self._missing
        item.setData(NAME, ID, ref.id)
        item.setText(NAME, Path(ref.path).name)
        item.setToolTip(
            NAME, f"{ref.path}\nis not there any more; use Relink… to say where it is now" if gone else ref.path
        )
        item.setText(FRAMES, f"{ref.frame_count:,}")
        item.setText(LABELLED, f"{labelled:,}" if labelled else "–")
        for column in (FRAMES, LABELLED):
            item.setTextAlignment(column, RIGHT)
        muted = self.palette().placeholderText() if gone else self.palette().text()
        font = item.font(NAME)
        font.setItalic(gone)
        for column in (NAME, FRAMES, LABELLED):
            item.setForeground(column, muted)
            item.setFont(column, font)
        self._offer_relink(item, ref.id if gone else "")

    def _offer_relink(self, item: QTreeWidgetItem, media_id: str) -> None:
        """In place of the number of frames of a missing media, a button that finds it again."""
        shown = self._tree.itemWidget(item, FRAMES)
        if not media_id:
            self._tree.removeItemWidget(item, FRAMES)
        elif shown is None:
            item.setText(FRAMES, "")
            button = QPushButton("Relink…", self._tree)
            button.setFlat(True)
            button.setToolTip("This file has moved; say where it is now")
            button.clicked.connect(lambda: self.relink_requested.emit(media_id))
            self._tree.setItemWidget(item, FRAMES, button)

    def _choose(self, item: QTreeWidgetItem, column: int = NAME) -> None:
        if item.data(NAME, ID) not in self._missing:
            self.media_chosen.emit(item.data(NAME, ID))

    def _show_menu(self, at: QPoint) -> None:
        item = self._tree.itemAt(at)
        if item is not None:
            menu = self.menu_for(item.data(NAME, ID))
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(self._tree.viewport().mapToGlobal(at))
