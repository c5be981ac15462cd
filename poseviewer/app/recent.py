"""The projects that the start page offers: those opened lately, and those that were never given a name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path


@dataclass(frozen=True)
class RecentProject:
    """Attributes:
    path: of the project file.
    title: what it is called.
    detail: where it is and when it was last changed, or that it is gone.
    there: whether the file exists.
    untitled: whether it was never saved under a name.
    """

    path: str
    title: str
    detail: str
    there: bool = True
    untitled: bool = False


def recent_projects(named: Iterable[str], untitled: Iterable[Path], now: datetime) -> list[RecentProject]:
    """Untitled ones first, since nobody will find those on the disk."""
    without_name = [_untitled(path, now) for path in untitled]
    known = {p.path for p in without_name}
    return without_name + [_named(Path(path), now) for path in named if path not in known]


def when(then: datetime, now: datetime) -> str:
    """A time as people say it."""
    age = now - then
    clock = f"{then:%H:%M}"
    if age < timedelta(minutes=1):
        return "just now"
    if then.date() == now.date():
        return f"today, {clock}"
    if then.date() == (now - timedelta(days=1)).date():
        return f"yesterday, {clock}"
    return f"{then.day} {then:%B %Y}"


def _named(path: Path, now: datetime) -> RecentProject:
    changed = _changed(path)
    folder = _short(path.parent)
    if changed is None:
        return RecentProject(str(path), path.stem, f"not found in {folder}", there=False)
    return RecentProject(str(path), path.stem, f"{folder} · {when(changed, now)}")


def _untitled(path: Path, now: datetime) -> RecentProject:
    changed = _changed(path) or now
    return RecentProject(str(path), "Untitled", f"not saved under a name yet · {when(changed, now)}", untitled=True)


def _changed(path: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime)
    except OSError:
        return None


def _short(folder: Path) -> str:
    """A folder, with ~ for the user's own."""
    home = Path.home()
    return str(Path("~") / folder.relative_to(home)) if folder.is_relative_to(home) else str(folder)
