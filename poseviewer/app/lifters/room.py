"""The lifters in a workspace: which one is used, and which one it is compared with. Composition only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu

from poseviewer.app.lifters.bar import LifterBar
from poseviewer.app.lifters.choices import LifterEntry, lifters_for, named, title_of
from poseviewer.app.lifters.compare import Comparison, Other
from poseviewer.app.lifters.picker import LifterPicker
from poseviewer.app.model_chooser import ModelChooser
from poseviewer.core import edits

if TYPE_CHECKING:
    from poseviewer.app.document import Document
    from poseviewer.app.lift_link import LiftLink
    from poseviewer.app.services import Services
    from poseviewer.app.train.runner import Runner
    from poseviewer.app.view3d.panel import View3D


class LifterRoom(QObject):
    """Attributes:
    bar: stands on top of the 3D view. picker: opens under it.
    """

    compared_changed = Signal()
    """`comparing` is another than before."""

    def __init__(
        self,
        window: QMainWindow,
        document: Document,
        link: LiftLink,
        view3d: View3D,
        comparison: Comparison,
        runner: Runner,
        services: Services,
        parent: QObject,
        now: Callable[[], datetime] = datetime.now,
    ) -> None:
        super().__init__(parent)
        self._document, self._link, self._view3d = document, link, view3d
        self._comparison, self._runner, self._services, self._now = comparison, runner, services, now
        self._chooser = ModelChooser(document, services.store, self)
        self._window, self._was_compared = window, False
        self.bar, self.picker = LifterBar(), LifterPicker(window)
        view3d.set_heading(self.bar)
        view3d.set_apart(True)
        window.installEventFilter(self)
        self._listen()
        self._show_lifter()

    @property
    def comparing(self) -> bool:
        """Whether two lifters are compared."""
        return self._comparison.other is not None

    def entries(self) -> list[LifterEntry]:
        """What there is to choose from now."""
        runs, files = self._runner.store.records(), self._services.store.current.lifters
        return lifters_for(self._document.project, runs, files, self._now())

    # What the user asks for

    def open(self) -> None:
        """Show the lifters."""
        entries = self.entries()
        self.picker.set_entries(entries, self._document.project.skeleton.name, self._compared_key(entries))
        self.picker.open_under(self.bar)

    def use(self, entry: LifterEntry) -> bool:
        """Lift with it from now on, as one edit that undo takes back; False where it is refused."""
        if entry.run is not None:
            return self._runner.accept(entry.run.id)
        return self._document.push(edits.set_model(self._document.project, entry.model))

    def compare(self, entry: LifterEntry) -> None:
        """Show its pose beside that of the lifter in use."""
        self._comparison.show(Other(entry.model, entry.title, entry.run))

    def swap(self) -> None:
        """Use B, and compare it with what was A."""
        other = self._comparison.other
        if other is None:
            return
        before = Other(named(self._document.project), self._title())
        if self.use(LifterEntry(other.model, other.title, "", run=other.run)):
            self._comparison.show(before)

    def end(self) -> None:
        self._comparison.stop()

    def choose(self) -> None:
        """Ask for a file."""
        self._chooser.choose()

    def use_shipped(self) -> None:
        self._chooser.use_shipped()

    def fill_uses(self, menu: QMenu) -> None:
        """A menu of what can be used."""
        for entry in self.entries():
            action = menu.addAction(entry.title.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(entry.used)
            action.setEnabled(not entry.problem)
            action.setToolTip(entry.problem or entry.about)
            action.triggered.connect(lambda _=False, e=entry: self.use(e))

    def fill_compares(self, menu: QMenu) -> None:
        """A menu of what the lifter in use can be compared with; the one that is compared, again, ends it."""
        entries = [entry for entry in self.entries() if not entry.used and not entry.problem]
        compared = self._compared_key(entries)
        for entry in entries:
            action = menu.addAction(entry.title.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(entry.key == compared)
            action.setToolTip(entry.about)
            action.triggered.connect(lambda _=False, e=entry: self.end() if e.key == compared else self.compare(e))
        if menu.isEmpty():
            menu.addAction("No other lifter yet: train one, or choose a file").setEnabled(False)

    # Composition

    def close(self) -> None:
        """End the comparison's thread and wait for it."""
        self._comparison.close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Escape that nothing else had a use for ends the comparison."""
        escape = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
        if escape and event.key() == Qt.Key.Key_Escape and self.comparing:
            self.end()
            return True
        return False

    def _listen(self) -> None:
        bar, picker, comparison = self.bar, self.picker, self._comparison
        bar.choose_requested.connect(self.open)
        bar.swap_requested.connect(self.swap)
        bar.apart_requested.connect(self._view3d.set_apart)
        bar.end_requested.connect(self.end)
        bar.others.aboutToShow.connect(lambda: (bar.others.clear(), self.fill_compares(bar.others)))
        bar.others.setToolTipsVisible(True)
        picker.use_requested.connect(self._use_chosen)
        picker.compare_requested.connect(self.compare)
        picker.file_requested.connect(self.choose)
        comparison.said.connect(bar.set_words)
        comparison.changed.connect(self._show_compared)
        self._link.lifter_said.connect(self._show_lifter)
        self._document.model_changed.connect(self._show_lifter)

    def _use_chosen(self, entry: LifterEntry) -> None:
        """Of two that are compared, B takes the place of A; any other one takes it without a word."""
        if self._compared_key([entry]):
            self.swap()
        else:
            self.use(entry)

    def _show_lifter(self) -> None:
        title, problem = self._title(), self._link.lifter_problem
        self.bar.set_lifter(title if not problem else "none", problem or self._tip())
        self._view3d.set_ours(f"A {title}")

    def _tip(self) -> str:
        said = self._link.lifter_words
        return f"{said}\nClick to choose another lifter (Ctrl+L)" if said else "Choose a lifter (Ctrl+L)"

    def _show_compared(self, other: Other | None) -> None:
        self.bar.set_comparison(other is not None)
        if other is not None:
            self._view3d.set_ours(f"A {self._title()}")
            self._reveal()
        if self.comparing != self._was_compared:
            self._was_compared = self.comparing
            self._make_room(self.bar.room if self.comparing else -self.bar.room)
        self.compared_changed.emit()

    def _make_room(self, more: int) -> None:
        """What is said of the comparison is not to make the view itself smaller."""
        dock = self._view3d.parentWidget()
        if isinstance(dock, QDockWidget) and not dock.isFloating():
            self._window.resizeDocks([dock], [dock.height() + more], Qt.Orientation.Vertical)

    def _reveal(self) -> None:
        """Two poses that nobody sees compare nothing."""
        dock = self._view3d.parentWidget()
        if dock is not None and dock.isHidden():
            dock.show()

    def _title(self) -> str:
        project = self._document.project
        return title_of(project, self._runner.store.records() if project.model else ())

    def _compared_key(self, entries: list[LifterEntry]) -> str:
        """The entry that is compared now, "" where it is none of them."""
        other = self._comparison.other
        if other is None:
            return ""
        same = (e for e in entries if (e.run.id if e.run else "") == other.run_id and e.model == other.model)
        return next((e.key for e in same), "")
