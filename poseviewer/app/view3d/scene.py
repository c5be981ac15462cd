"""The narrow contract between the 3D view and whatever paints it."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter

from poseviewer.app.view3d.strokes import Picture


class SceneError(Exception):
    """This painter cannot go on; the message says why. Another one may."""


class Scene(Protocol):
    """Draws pictures. `name` is what people are told: "OpenGL (llvmpipe ...)" or "painted"."""

    name: str

    def paint(self, painter: QPainter, picture: Picture, size: QSize, ratio: float) -> None:
        """Draw over what the painter already shows.

        Args:
            size: of the view, in its own pixels; `ratio` device pixels lie along each.

        Raises:
            SceneError: nothing was drawn.
        """

    def close(self) -> None:
        """Give back what is held; may be called twice."""
