"""The media of a project file: kept relative to it, so that a folder of both can be moved to another computer."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from poseviewer.core.project import MediaRef, Project

MEDIA_COLUMNS = "id, position, path, last_seen, kind, size, fingerprint, frame_count, width, height, fps, files"


def media_rows(project: Project, folder: Path | None) -> Iterator[tuple[Any, ...]]:
    """One row per media, in the order of `MEDIA_COLUMNS`; paths relative to `folder` (None: absolute)."""
    for position, media in enumerate(project.media):
        yield (
            media.id,
            position,
            stored_path(media.path, folder),
            media.path,
            media.kind,
            media.size,
            media.fingerprint,
            media.frame_count,
            media.width,
            media.height,
            media.fps,
            json.dumps(media.files),
        )


def media_of_row(row: tuple[Any, ...], folder: Path | None) -> MediaRef:
    """The media of a row, its path absolute: beside the project if it is there, else where it was last seen."""
    identifier, _, path, last_seen, kind, size, fingerprint, frame_count, width, height, fps, files = row
    found = found_path(path, last_seen, folder)
    names = tuple(json.loads(files))
    return MediaRef(identifier, found, kind, size, fingerprint, frame_count, width, height, fps, names)


def stored_path(path: str, folder: Path | None) -> str:
    """A path as the project file keeps it: relative, with forward slashes; absolute where it is on another drive."""
    if folder is None:
        return path
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # Windows: C: has no relative path to D:
        return Path(path).as_posix()


def found_path(stored: str, last_seen: str, folder: Path | None) -> str:
    """The absolute path of a stored one; where it leads nowhere, the place where the media was last seen."""
    if folder is None:
        return stored
    found = os.path.normpath(folder / PurePosixPath(stored))
    return last_seen if not Path(found).exists() and Path(last_seen).exists() else found


def missing_media(project: Project) -> set[str]:
    """The ids of the media whose files are not where the project remembers them."""
    return {media.id for media in project.media if not _is_there(media)}


def _is_there(media: MediaRef) -> bool:
    path = Path(media.path)
    if media.kind != "images" or not path.is_dir():
        return path.is_file()
    # Files may be named with a subfolder; only such a name costs a question of its own.
    names = {entry.name for entry in path.iterdir()}
    return all(name in names or (("/" in name or "\\" in name) and (path / name).is_file()) for name in media.files)
