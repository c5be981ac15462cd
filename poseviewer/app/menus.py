"""The parts of the menus that are not single actions: lists that follow what there is to choose from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMainWindow, QMenu

from poseviewer.app.actions import Actions
from poseviewer.app.colors import PALETTES
from poseviewer.app.opening import Opening
from poseviewer.app.settings import SettingsStore
from poseviewer.app.start_page import spoken_skeleton
from poseviewer.io.skeleton_files import shipped_skeletons

if TYPE_CHECKING:
    from poseviewer.app.workspace import Workspace

THEMES = {"system": "As the system", "light": "Light", "dark": "Dark"}
DEVICES = {"auto": "Best there is", "cpu": "CPU", "cuda": "CUDA (NVIDIA)", "mps": "MPS (Apple)"}


class Menus(QObject):
    """Fills lists when they are opened, so that what they show is never old."""

    def __init__(self, window: QMainWindow, actions: Actions, opening: Opening, store: SettingsStore) -> None:
        super().__init__(window)
        self._opening, self._store = opening, store
        self._workspace: Workspace | None = None
        self._document: Any = None
        self.recent = self._insert(actions.menus["File"], "Open &recent", self._fill_recent, actions.by_id["file.save"])
        view = actions.menus["View"]
        before = actions.by_id["view.reset"]
        self.panels = self._insert(view, "&Panels", self._fill_panels, before)
        self.theme = self._insert(view, "Th&eme", self._fill_themes, actions.by_id["view.full"])
        self.palette = self._insert(view, "&Colours of left and right", self._fill_palettes, actions.by_id["view.full"])
        self.skeleton = self._insert(actions.menus["Skeleton"], "&Change the skeleton", self._fill_skeletons)
        lift, before = actions.menus["Lift"], actions.by_id["lift.swap"]
        self.lifter = self._insert(lift, "Lifter in &use", self._fill_lifters, before)
        self.compared = self._insert(lift, "&Compare with", self._fill_compared, before)
        self.device = self._insert(lift, "&Device", self._fill_devices)
        self.set_workspace(None, None)

    def set_workspace(self, workspace: Workspace | None, document: Any) -> None:
        self._workspace, self._document = workspace, document
        for menu in (self.panels, self.skeleton, self.lifter, self.compared):
            menu.setEnabled(workspace is not None)

    def _insert(self, parent: QMenu, text: str, fill: Callable[[QMenu], None], before: QAction | None = None) -> QMenu:
        menu = QMenu(text, parent)
        menu.aboutToShow.connect(lambda: (menu.clear(), fill(menu)))
        if before is None:
            parent.addMenu(menu)
        else:
            parent.insertMenu(before, menu)
        return menu

    def _fill_recent(self, menu: QMenu) -> None:
        for path in self._store.current.recent:
            action = menu.addAction(f"{Path(path).stem}   {Path(path).parent}")
            action.setEnabled(Path(path).exists())
            action.triggered.connect(lambda _=False, p=path: self._opening.open_project(p))
        if menu.isEmpty():
            menu.addAction("No projects yet").setEnabled(False)

    def _fill_panels(self, menu: QMenu) -> None:
        if self._workspace is not None:
            menu.addActions(self._workspace.panels)

    def _fill_themes(self, menu: QMenu) -> None:
        self._choices(menu, THEMES.items(), self._store.current.theme, lambda t: self._store.change(theme=t))

    def _fill_palettes(self, menu: QMenu) -> None:
        titles = [(name, palette.title) for name, palette in PALETTES.items()]
        self._choices(menu, titles, self._store.current.palette, lambda p: self._store.change(palette=p))

    def _fill_devices(self, menu: QMenu) -> None:
        self._choices(menu, DEVICES.items(), self._store.current.device, lambda d: self._store.change(device=d))

    def _fill_skeletons(self, menu: QMenu) -> None:
        names = [(name, spoken_skeleton(name)) for name in shipped_skeletons()]
        self._choices(menu, names, self._document.project.skeleton.name, self._change_skeleton)

    def _fill_lifters(self, menu: QMenu) -> None:
        if self._workspace is not None:
            self._workspace.lifters.fill_uses(menu)

    def _fill_compared(self, menu: QMenu) -> None:
        if self._workspace is not None:
            self._workspace.lifters.fill_compares(menu)

    def _change_skeleton(self, name: str) -> None:
        from poseviewer.core import edits
        from poseviewer.core.errors import SkeletonError
        from poseviewer.io.skeleton_files import load_ranges, load_skeleton

        try:
            skeleton = load_skeleton(name)
            edit = edits.set_skeleton(self._document.project, skeleton, load_ranges(name, skeleton))
        except SkeletonError as error:
            self._document.failed.emit(str(error))
            return
        self._document.push(edit)

    def _choices(
        self, menu: QMenu, choices: Iterable[tuple[str, str]], current: str, choose: Callable[[str], None]
    ) -> None:
        group = QActionGroup(menu)
        for name, title in choices:
            action = menu.addAction(title)
            action.setCheckable(True)
            action.setChecked(name == current)
            group.addAction(action)
            action.triggered.connect(lambda _=False, n=name: choose(n))
