"""What one detection leaves for the next: the detector in memory and the media open, so that a frame takes no time."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from poseviewer.core.project import MediaRef, Project
from poseviewer.core.skeleton import Skeleton

if TYPE_CHECKING:
    from poseviewer.io.media import MediaReader


class Kept:
    """One detector and one reader.

    Attributes:
        turn: held by the thread that detects, for as long as it uses either.
    """

    def __init__(self) -> None:
        self.turn = threading.Lock()
        self._lock = threading.Lock()
        self._key: tuple[Any, ...] | None = None
        self._detector: Any = None
        self._media: MediaRef | None = None
        self._reader: MediaReader | None = None

    def detector(self, project: Project, device: str) -> Any:
        """The detector of a project on a device, from memory where it has not changed since.

        Raises:
            CheckpointError: there is none, it is damaged, or it is of another skeleton.
        """
        key = (project.detector, _stamp(project.detector), project.skeleton, device)
        with self._lock:
            if self._key != key:
                self._key = self._detector = None  # the old one's memory is free before the new one takes its own
                self._detector = load(project.detector, project.skeleton, device)
                self._key = key
            return self._detector

    def reader(self, media: MediaRef) -> MediaReader:
        """The frames of a media of the project.

        Raises:
            MediaError: it cannot be read, or is not what was labelled.
        """
        from poseviewer.io.media import open_again

        with self._lock:
            if self._reader is None or self._media != media:
                self._close_reader()
                self._reader, self._media = open_again(media), media
            return self._reader

    def close(self) -> None:
        """Let go of both."""
        with self._lock:
            self._close_reader()
            self._key = self._detector = None

    def _close_reader(self) -> None:
        if self._reader is not None:
            self._reader.close()
        self._reader = self._media = None


def load(model: str, skeleton: Skeleton, device: str) -> Any:
    """The detector of that file, "" for the shipped one. Torch comes with it, so this is for a thread."""
    from poseviewer.models.detector import load_detector

    return load_detector(model or None, skeleton, device)


def _stamp(model: str) -> tuple[int, int] | None:
    """Tells whether the file is still what it was; None where there is none."""
    try:
        found = Path(model).stat() if model else None
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size) if found is not None else None
