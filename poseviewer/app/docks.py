"""The panels around the picture, and the three ways they are laid out: to label, to edit ranges, to train.

A panel is made when it is first seen, so that opening a project does not wait for those nobody looks at.
Each layout is remembered as its user left it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QObject, QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from poseviewer.app.settings import SettingsStore

NARROW = 1200
"""Windows narrower than this get narrower docks."""

SMALLEST = QSize(140, 100)
"""No panel is squeezed below this."""

Stack = tuple[tuple[str, ...], ...]
"""Docks from top to bottom; those of one place are tabs."""


@dataclass(frozen=True)
class Panel:
    """One dock: `make` is called when it is first shown, or at once for a widget that is there already.

    A widget without a parent is Python's to destroy, whenever and in whatever thread it collects garbage, and Qt
    does not survive that: what exists belongs into its dock.
    """

    name: str
    title: str
    make: Callable[[], QWidget]
    there: bool = False


@dataclass(frozen=True)
class Layout:
    """Attributes:
    left, right: what stands on each side of the picture.
    widths: of both sides, in a wide and in a narrow window.
    heights: of the stack on the right.
    """

    name: str
    title: str
    hint: str
    left: Stack
    right: Stack
    widths: tuple[tuple[int, int], tuple[int, int]]
    heights: tuple[int, ...]


LAYOUTS: tuple[Layout, ...] = (
    Layout(
        "label",
        "Label",
        "Click keypoints and see the 3D pose",
        (("dock.media",),),
        (("dock.view3d",), ("dock.guide", "dock.suggestions", "dock.detect")),
        ((220, 400), (180, 300)),
        (500, 420),
    ),
    Layout(
        "ranges",
        "Ranges",
        "Edit rotation ranges and see the poses that they make",
        (("dock.ranges",),),
        (("dock.view3d",), ("dock.gallery", "dock.check", "dock.gap")),
        ((350, 430), (300, 300)),
        (430, 490),
    ),
    Layout(
        "train",
        "Train",
        "Train a lifter on these ranges or a detector on your labels, and use it",
        (("dock.train", "dock.detect"),),
        (("dock.view3d",), ("dock.gap",)),
        ((370, 420), (310, 300)),
        (500, 420),
    ),
)


def layout_of(name: str) -> Layout:
    """The layout of that name, the first where there is none."""
    return next((layout for layout in LAYOUTS if layout.name == name), LAYOUTS[0])


class Docks(QObject):
    """The docks of one workspace."""

    layout_changed = Signal(str)
    """The name of the layout, after it was switched to."""

    def __init__(self, window: QMainWindow, panels: Iterable[Panel], store: SettingsStore, parent: QObject) -> None:
        super().__init__(parent)
        self._window, self._store = window, store
        self._docks = {panel.name: PanelDock(panel, window) for panel in panels}
        self._layout = layout_of(store.current.layout)
        self._show_layout(self._layout)

    @property
    def actions(self) -> list[QAction]:
        """Menu entries that show and hide each panel."""
        return [dock.toggleViewAction() for dock in self._docks.values()]

    @property
    def layout_name(self) -> str:
        return self._layout.name

    def dock(self, name: str) -> QDockWidget:
        return self._docks[name]

    def panel(self, name: str) -> QWidget:
        """A dock's panel, made now if nobody has seen it yet."""
        return self._docks[name].made()

    def reveal(self, name: str) -> None:
        """Show a panel, before the others where it shares its place, and give it the keyboard."""
        dock = self._docks[name]
        dock.show()
        dock.raise_()
        self.panel(name).setFocus()

    def switch(self, name: str) -> None:
        """Lay the panels out for another kind of work, as they were when it was last done."""
        layout = layout_of(name)
        if layout is self._layout:
            return
        self._remember()
        self._layout = layout
        self._show_layout(layout)
        self._store.change(layout=layout.name)
        self.layout_changed.emit(layout.name)

    def reset(self) -> None:
        """Every panel back where it was on the first day, in the layout in use."""
        self._arrange(self._layout)

    def close(self) -> None:
        """Remember the layout and take the docks down."""
        self._remember()
        for dock in self._docks.values():
            self._window.removeDockWidget(dock)
            dock.deleteLater()

    def _remember(self) -> None:
        states = self._store.current.layouts | {self._layout.name: _text(self._window.saveState())}
        self._store.change(layouts=states, layout=self._layout.name)

    def _show_layout(self, layout: Layout) -> None:
        self._arrange(layout)
        saved = self._store.current.layouts.get(layout.name)
        if saved:
            self._window.restoreState(QByteArray.fromBase64(saved.encode()))

    def _arrange(self, layout: Layout) -> None:
        sides = (
            (Qt.DockWidgetArea.LeftDockWidgetArea, layout.left),
            (Qt.DockWidgetArea.RightDockWidgetArea, layout.right),
        )
        for dock in self._docks.values():
            dock.setFloating(False)
            self._window.removeDockWidget(dock)
        for area, stack in sides:
            for tabs in stack:
                for name in tabs:
                    self._window.addDockWidget(area, self._docks[name])
                for first, second in itertools.pairwise(tabs):
                    self._window.tabifyDockWidget(self._docks[first], self._docks[second])
        shown = {name for _, stack in sides for tabs in stack for name in tabs}
        for name, dock in self._docks.items():
            if name not in shown:
                self._window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
            dock.setVisible(name in shown)
        for _, stack in sides:
            for tabs in stack:
                self._docks[tabs[0]].raise_()
                self._docks[tabs[0]].made()  # before it is sized: a panel that comes later asks for room of its own
        self._size(layout)

    def _size(self, layout: Layout) -> None:
        left, right = layout.widths[0 if self._window.width() >= NARROW else 1]
        tops = [self._docks[side[0][0]] for side in (layout.left, layout.right)]
        self._window.resizeDocks(tops, [left, right], Qt.Orientation.Horizontal)
        stacked = [self._docks[tabs[0]] for tabs in layout.right]
        self._window.resizeDocks(stacked, list(layout.heights), Qt.Orientation.Vertical)


class PanelDock(QDockWidget):
    """A dock that makes its panel when it is first seen."""

    def __init__(self, panel: Panel, window: QMainWindow) -> None:
        super().__init__(panel.title, window)
        self.setObjectName(panel.name)
        self._make = panel.make
        self.visibilityChanged.connect(self._on_visible)
        if panel.there:
            self.made()

    def made(self) -> QWidget:
        """The panel, made now if it was not."""
        if self.widget() is None:
            panel = self._make()
            panel.setMinimumSize(panel.minimumSizeHint().expandedTo(SMALLEST))
            self.setWidget(panel)
        return self.widget()

    def _on_visible(self, visible: bool) -> None:
        if visible:
            self.made()


def _text(state: QByteArray) -> str:
    return bytes(state.toBase64().data()).decode("ascii")
