"""Where ranges come from and go to: those shipped with the program, and TOML files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QMenu, QToolButton, QWidget

from poseviewer.app.notices import Notices
from poseviewer.app.ranges.draft import RangeDraft
from poseviewer.app.settings import SettingsStore
from poseviewer.core.errors import SkeletonError
from poseviewer.core.range_edits import with_locked_of
from poseviewer.core.ranges import RangePreset
from poseviewer.core.skeleton import Skeleton
from poseviewer.io.skeleton_files import load_ranges, save_ranges, shipped_ranges

NO_ARROW = "QToolButton::menu-indicator { image: none; width: 0; }"
"""The arrow stands beside the words: the style's own lies over them."""

FILES = "Ranges (*.toml);;All files (*)"


class Origins:
    """What ranges were before they were edited: as loaded from a file, else as shipped, else as they were found."""

    def __init__(self) -> None:
        self._known: dict[tuple[Skeleton, str, str], RangePreset] = {}

    def of(self, preset: RangePreset) -> RangePreset:
        """Ranges of the same skeleton and kind to go back to."""
        key = (preset.skeleton, preset.name, preset.kind)
        if key not in self._known:
            self._known[key] = _shipped(preset) or preset
        return self._known[key]

    def remember(self, loaded: RangePreset) -> None:
        """Ranges that were read from a file are what edits of them go back to."""
        self._known[loaded.skeleton, loaded.name, loaded.kind] = loaded


def _shipped(preset: RangePreset) -> RangePreset | None:
    """Those of the same name, else the skeleton's first of the same kind; None for a skeleton of the user's own."""
    names = shipped_ranges(preset.skeleton.name)
    for name in sorted(names, key=lambda n: (n != preset.name, names.index(n))):
        try:
            found = load_ranges(name, preset.skeleton)
        except SkeletonError:
            continue  # a skeleton of the user's that only has the name of a shipped one
        if found.kind == preset.kind and found.skeleton == preset.skeleton:
            return found
    return None


class RangePresets(QObject):
    """Loads ranges into the project, as an edit, and saves the project's as a file."""

    def __init__(
        self, draft: RangeDraft, origins: Origins, store: SettingsStore, notices: Notices, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._draft, self._origins, self._store, self._notices = draft, origins, store, notices

    @property
    def shipped(self) -> list[str]:
        """Names of the ranges that come with the program for this skeleton."""
        return shipped_ranges(self._draft.committed.skeleton.name)

    def load_shipped(self, name: str) -> None:
        self._load(name)

    def load_file(self, path: Path) -> None:
        """Ranges of another skeleton, or a damaged file, are refused with a sentence and nothing changes."""
        self._load(path)

    def save_file(self, path: Path) -> None:
        """The project's ranges under the name of the file."""
        path = path if path.suffix == ".toml" else path.with_name(path.name + ".toml")
        try:
            save_ranges(replace(self._draft.committed, name=path.stem), path)
        except OSError as error:
            self._notices.error(error)
        else:
            self._notices.say(f"Saved the ranges to {path.name}.")

    def choose_file(self) -> None:
        """Ask which file to load."""
        path = QFileDialog.getOpenFileName(None, "Load ranges", self._store.current.folder, FILES)[0]
        if path:
            self._store.change(folder=str(Path(path).parent))
            self.load_file(Path(path))

    def choose_name(self) -> None:
        """Ask where to save."""
        start = Path(self._store.current.folder or Path.home()) / f"{self._draft.committed.name}.toml"
        path = QFileDialog.getSaveFileName(None, "Save the ranges as", str(start), FILES)[0]
        if path:
            self._store.change(folder=str(Path(path).parent))
            self.save_file(Path(path))

    def _load(self, source: str | Path) -> None:
        old = self._draft.committed
        try:
            loaded = load_ranges(source, old.skeleton)
            new = with_locked_of(loaded, old)
        except (SkeletonError, OSError) as error:
            self._notices.error(error)
            return
        self._origins.remember(loaded)
        if self._draft.commit(new, f"Load ranges {loaded.name}"):
            kept = len(old.locked)
            words = (
                f"; {kept} locked bone{'s' * (kept > 1)} kept what {'they' if kept > 1 else 'it'} had" if kept else ""
            )
            self._notices.say(f"Loaded the ranges {loaded.name}{words}.")


class PresetButton(QToolButton):
    """The menu of ranges: those of this skeleton, a file, and saving."""

    def __init__(self, presets: RangePresets, draft: RangeDraft, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._presets, self._draft = presets, draft
        self.setText("Ranges ▾")
        self.setStyleSheet(NO_ARROW)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._reason = ""
        self.setToolTip("Use other ranges for this skeleton, or save these")
        self.setAccessibleName("Ranges: load or save")
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(self.fill)
        self.setMenu(menu)

    def set_reason(self, reason: str) -> None:
        """Why nothing can be loaded, "" where it can; saving is always possible."""
        self._reason = reason

    def fill(self) -> None:
        """Anew each time: the skeleton may be another one."""
        menu = self.menu()
        menu.clear()
        menu.addSection("Load ranges")
        for name in self._presets.shipped:
            action = menu.addAction(name, lambda name=name: self._presets.load_shipped(name))
            action.setCheckable(True)
            action.setChecked(name == self._draft.committed.name)
        menu.addAction("From a file…", self._presets.choose_file)
        for action in menu.actions():
            action.setEnabled(not self._reason)
            action.setToolTip(self._reason)
        menu.addSeparator()
        menu.addAction("Save ranges as…", self._presets.choose_name)
