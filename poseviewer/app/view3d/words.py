"""The sentences in the 3D view that are not about a single joint."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from poseviewer.app.view3d.look import Look
from poseviewer.app.view3d.overlay import draw_message, draw_note


@dataclass(frozen=True)
class Words:
    """Attributes:
    message: what the empty view says.
    note: a calm line in the corner, until the user's next gesture. remark: one that stays as long as the pose.
    """

    message: str = ""
    note: str = ""
    remark: str = ""

    def paint(self, painter: QPainter, area: QRectF, look: Look, empty: bool) -> None:
        """Write what there is to say; `empty`: no pose is shown."""
        if empty:
            draw_message(painter, self.message, area, look)
        corner = self.note or ("" if empty else self.remark)
        if corner:
            draw_note(painter, corner, area, look)
