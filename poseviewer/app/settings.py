"""What the program remembers between runs: a small TOML file that people may read, edit or delete."""

from __future__ import annotations

import logging
import tomllib
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import platformdirs
from PySide6.QtCore import QObject, Signal

log = logging.getLogger(__name__)

RECENT_LIMIT = 12


@dataclass(frozen=True)
class Settings:
    """Attributes:
    theme: "system", "light" or "dark".
    palette: a key of `colors.PALETTES`.
    skeleton: the one that new projects start with.
    device: where the lifter runs: "auto", "cpu", "cuda" or "mps".
    recent: projects, the last one first.
    lifters: files of lifters that were chosen, the last one first.
    folder: where the last file was chosen.
    geometry: Qt's own description of the window, base64.
    layout: the way that the panels are laid out, a name of `docks.LAYOUTS`.
    layouts: Qt's own description of each layout as it was left, base64.
    shortcuts: action id -> key sequence, only where it differs from the default.
    detect: how detection was last asked for: "boxes", and the "least" confidence.
    """

    theme: str = "system"
    palette: str = "default"
    skeleton: str = "quadruped16"
    device: str = "auto"
    recent: tuple[str, ...] = ()
    lifters: tuple[str, ...] = ()
    folder: str = ""
    geometry: str = ""
    layout: str = "label"
    layouts: dict[str, str] = field(default_factory=dict)
    shortcuts: dict[str, str] = field(default_factory=dict)
    detect: dict[str, str] = field(default_factory=dict)

    def with_recent(self, path: str) -> Settings:
        """A copy in which this project is the last one used."""
        others = tuple(p for p in self.recent if p != path)
        return replace(self, recent=(path, *others)[:RECENT_LIMIT])

    def with_lifter(self, path: str) -> Settings:
        """A copy in which this file is the lifter that was chosen last, and its folder where the next is looked for."""
        others = tuple(p for p in self.lifters if p != path)
        return replace(self, lifters=(path, *others)[:RECENT_LIMIT], folder=str(Path(path).parent))

    def without_recent(self, path: str) -> Settings:
        return replace(self, recent=tuple(p for p in self.recent if p != path))


class SettingsStore(QObject):
    """The settings in force and the file they live in."""

    changed = Signal(object)
    """Settings."""

    def __init__(self, path: Path | None = None, keep: bool = True, parent: QObject | None = None) -> None:
        """`keep` false: changes last as long as the program runs, and the file stays as it is."""
        super().__init__(parent)
        self.path = settings_path() if path is None else path
        self._keep = keep
        self.current = read_settings(self.path)

    def change(self, **values: Any) -> None:
        """Set some fields by name; write the file and tell who listens, if anything is different."""
        self.put(replace(self.current, **values))

    def put(self, new: Settings) -> None:
        if new == self.current:
            return
        self.current = new
        if self._keep:
            self._write()
        self.changed.emit(new)

    def _write(self) -> None:
        # Both are needed only once something is remembered, and the first window should not wait for them.
        import tomli_w

        from poseviewer.io.atomic import write_text

        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_text(self.path, tomli_w.dumps(asdict(self.current)))
        except OSError:
            log.warning("The settings could not be written to %s.", self.path, exc_info=True)


def settings_path() -> Path:
    return Path(platformdirs.user_config_dir("poseviewer", appauthor=False)) / "settings.toml"


def read_settings(path: Path) -> Settings:
    """The settings in a file. What is missing, misspelt or of another type takes its default value;

    a file that cannot be read at all is kept beside as `.broken` and the defaults are used.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        log.warning("The settings in %s could not be read; the defaults are used.", path, exc_info=True)
        _set_aside(path)
        return Settings()
    return _from_table(table)


def _from_table(table: dict[str, Any]) -> Settings:
    defaults = Settings()
    good: dict[str, Any] = {}
    for item in fields(Settings):
        value, default = table.get(item.name), getattr(defaults, item.name)
        if isinstance(default, tuple) and isinstance(value, list):
            good[item.name] = tuple(v for v in value if isinstance(v, str))
        elif isinstance(default, dict) and isinstance(value, dict):
            good[item.name] = {k: v for k, v in value.items() if isinstance(v, str)}
        elif isinstance(default, str) and isinstance(value, str):
            good[item.name] = value
    return Settings(**good)


def _set_aside(path: Path) -> None:
    try:
        path.replace(path.with_suffix(".broken"))
    except OSError:
        log.warning("%s could not be set aside.", path)
