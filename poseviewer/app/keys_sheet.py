"""The sheet on `?`: every key and every mouse gesture, found by typing a word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from poseviewer.app.actions import Row, plain


@dataclass(frozen=True)
class Entry:
    """One line of the sheet."""

    group: str
    what: str
    how: str


GESTURES: tuple[Entry, ...] = (
    Entry("Mouse on the image", "Place the keypoint that the guide names", "Click"),
    Entry("Mouse on the image", "Move a keypoint", "Drag it"),
    Entry("Mouse on the image", "Mark a keypoint occluded, or visible again", "Right-click it"),
    Entry("Mouse on the image", "Move the whole pose", "Alt + drag"),
    Entry("Mouse on the image", "Accept a predicted pose", "Double-click it"),
    Entry("Mouse on the image", "Zoom at the pointer", "Wheel"),
    Entry("Mouse on the image", "Pan", "Drag the background, or with the middle button"),
    Entry("Mouse on the image", "Give up a drag", "Esc"),
    Entry("Mouse in 3D", "Turn", "Drag"),
    Entry("Mouse in 3D", "Pan", "Shift + drag"),
    Entry("Mouse in 3D", "Zoom", "Wheel"),
    Entry("Mouse in 3D", "Select a joint", "Click it"),
    Entry("Mouse in 3D", "Look at a joint", "Double-click it"),
    Entry("Anywhere", "Open files", "Drop them on the window"),
    Entry("Anywhere", "End the comparison of two lifters", "Esc"),
)


def entries(rows: Iterable[Row], keys: Mapping[str, tuple[str, ...]]) -> tuple[Entry, ...]:
    """All lines: the actions that have a key, by menu, then the gestures."""
    native = QKeySequence.SequenceFormat.NativeText
    lines = (
        Entry(row.menu, plain(row.text), "  or  ".join(QKeySequence(k).toString(native) for k in keys[row.id]))
        for row in rows
        if keys[row.id]
    )
    return (*lines, *GESTURES)


def matching(lines: Iterable[Entry], words: str) -> list[Entry]:
    """The lines in which every typed word occurs, in any column."""
    wanted = words.lower().split()
    return [e for e in lines if all(w in f"{e.group} {e.what} {e.how}".lower() for w in wanted)]


class KeysSheet(QDialog):
    """Stays open beside the work; Esc closes it."""

    def __init__(self, lines: tuple[Entry, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys and mouse")
        self.resize(660, 640)
        self._lines = lines
        self.search = QLineEdit(
            placeholderText="Type to search, for instance “frame” or “ctrl”", clearButtonEnabled=True
        )
        self.search.setAccessibleName("Search the keys")
        self.search.textChanged.connect(self._fill)
        self.tree = QTreeWidget(columnCount=2, rootIsDecorated=False, headerHidden=True)
        self.tree.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.tree.setSelectionMode(QTreeWidget.SelectionMode.NoSelection)
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.tree.header().setStretchLastSection(False)
        self._nothing = QLabel("No key or gesture is called that.", objectName="muted")
        layout = QVBoxLayout(self)
        layout.addWidget(self.search)
        layout.addWidget(self.tree, 1)
        layout.addWidget(self._nothing)
        self._fill("")

    @property
    def shown(self) -> list[str]:
        """What the visible lines are about, from the top."""
        groups = [self.tree.topLevelItem(i) for i in range(self.tree.topLevelItemCount())]
        return [group.child(i).text(0) for group in groups if group for i in range(group.childCount())]

    def _fill(self, words: str) -> None:
        self.tree.clear()
        groups: dict[str, QTreeWidgetItem] = {}
        for entry in matching(self._lines, words):
            if entry.group not in groups:
                groups[entry.group] = self._heading(entry.group)
            QTreeWidgetItem(groups[entry.group], [entry.what, entry.how])
        self.tree.expandAll()
        self._nothing.setVisible(not groups)

    def _heading(self, text: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem(self.tree, [text])
        font = item.font(0)
        font.setBold(True)
        item.setFont(0, font)
        item.setFirstColumnSpanned(True)
        return item
