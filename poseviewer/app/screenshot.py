"""A picture of the window once everything in it has been drawn."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from poseviewer.app.live_lift import FEWEST
from poseviewer.app.main_window import MainWindow

if TYPE_CHECKING:
    from poseviewer.app.workspace import Workspace

PATIENCE_MS = 60_000


class Screenshot(QObject):
    """Waits for frame, 3D pose and its drawing, in this order; then writes the picture and tells how it went."""

    def __init__(self, window: MainWindow, path: Path, done: Callable[[str], None], expects_project: bool) -> None:
        """`done` is called once, with a sentence about what went wrong, or ""."""
        super().__init__(window)
        self._window, self._path, self._done = window, path, done
        self._waiting = True
        self._view_pending = False
        window.notices.shown.connect(self._give_up)
        QTimer.singleShot(
            PATIENCE_MS, self, lambda: self._give_up(f"The window was not complete after {PATIENCE_MS // 1000} s.")
        )
        if expects_project:
            window.workspace_opened.connect(self._follow)
        else:
            window.first_painted.connect(self._take_soon)

    def _follow(self, workspace: Workspace) -> None:
        workspace.frames.shown.connect(lambda _: self._on_frame(workspace))
        workspace.live.lifted.connect(lambda lifted: self._on_lifted(lifted is not None))
        workspace.live.failed.connect(self._take_soon)
        workspace.view3d.drawn.connect(self._on_drawn)

    def _on_frame(self, workspace: Workspace) -> None:
        if workspace.annotator.pose.present_count < FEWEST:
            self._take_soon()

    def _on_lifted(self, lifted: bool) -> None:
        self._view_pending = lifted

    def _on_drawn(self) -> None:
        if self._view_pending:
            self._take_soon()

    def _take_soon(self, *_: object) -> None:
        """After the events that are waiting: the last setters have asked for a repaint."""
        if self._waiting:
            self._waiting = False
            QTimer.singleShot(0, self, self._take)

    def _take(self) -> None:
        picture = self._window.grab()
        problem = "" if picture.save(str(self._path)) else f"{self._path} could not be written; choose another place."
        self._done(problem)

    def _give_up(self, why: str) -> None:
        if self._waiting:
            self._waiting = False
            self._done(why)
