"""A magnified inset that shows what lies under a dragged point, which the handle itself would hide."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

DIAMETER = 148.0
MAGNIFICATION = 4.0
"""Times larger than the picture around it."""
SHARPEST = 24.0
"""Screen pixels per image pixel beyond which a loupe shows nothing new."""
GAP = 34.0
"""Screen pixels between the point and the edge of the loupe."""


class LoupeItem(QGraphicsItem):
    """Follows a place of the image; lies in a scene whose unit is the screen pixel."""

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setZValue(20)
        self.setVisible(False)
        self._image: NDArray[np.uint8] | None = None
        self._picture = QImage()
        self._source = QRectF()
        self._color = QColor(255, 255, 255)

    def set_image(self, image: NDArray[np.uint8] | None) -> None:
        """The picture to look into, (H, W, 3) RGB; it is not copied."""
        self._image = image  # QImage only borrows the memory
        if image is None:
            self._picture = QImage()
            self.setVisible(False)
        else:
            height, width = image.shape[:2]
            self._picture = QImage(image.data, width, height, image.strides[0], QImage.Format.Format_RGB888)

    def look_at(
        self,
        screen: tuple[float, float],
        pixel: tuple[float, float],
        scale: float,
        room: tuple[float, float],
        color: tuple[int, int, int],
    ) -> None:
        """Show the surroundings of a place.

        Args:
            screen: the place on the screen.
            pixel: the same place on the picture, in its pixels from its top left corner.
            scale: screen pixels per pixel of the picture.
            room: size of the window.
            color: of the cross hair, the joint's own.
        """
        if self._picture.isNull() or scale >= SHARPEST:
            self.setVisible(False)
            return
        side = DIAMETER / min(scale * MAGNIFICATION, SHARPEST)
        self._source = QRectF(pixel[0] - side / 2, pixel[1] - side / 2, side, side)
        self._color = QColor(*color)
        self.setPos(*_beside(screen, room))
        self.setVisible(True)
        self.update()

    def boundingRect(self) -> QRectF:
        return QRectF(-2, -2, DIAMETER + 4, DIAMETER + 4)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        disc = QRectF(QPointF(0, 0), QSizeF(DIAMETER, DIAMETER))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(QColor(22, 24, 28)))
        painter.drawEllipse(disc)
        painter.save()
        path = QPainterPath()
        path.addEllipse(disc)
        painter.setClipPath(path, Qt.ClipOperation.IntersectClip)
        self._paint_picture(painter, disc)
        painter.restore()
        self._paint_cross_hair(painter, disc.center())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in (QPen(QColor(0, 0, 0, 160), 4), QPen(QColor(255, 255, 255, 235), 2)):
            painter.setPen(pen)
            painter.drawEllipse(disc)

    def _paint_picture(self, painter: QPainter, disc: QRectF) -> None:
        """The part of the source that the picture has, at its place in the disc."""
        bounds = QRectF(0, 0, self._picture.width(), self._picture.height())
        part = self._source.intersected(bounds)
        if part.isEmpty():
            return
        zoom = disc.width() / self._source.width()
        corner = (part.topLeft() - self._source.topLeft()) * zoom
        painter.drawImage(QRectF(corner, part.size() * zoom), self._picture, part)

    def _paint_cross_hair(self, painter: QPainter, center: QPointF) -> None:
        """Open in the middle: the very pixel that is aimed at stays visible."""
        lines = []
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            near, far = center + QPointF(dx, dy) * 7, center + QPointF(dx, dy) * 26
            lines.append(QLineF(near, far))
        for pen in (QPen(QColor(0, 0, 0, 170), 3.4), QPen(self._color, 1.6)):
            painter.setPen(pen)
            painter.drawLines(lines)


def _beside(screen: tuple[float, float], room: tuple[float, float]) -> tuple[float, float]:
    """The loupe's top left corner: above and to the left of the point, on another side where there is no room."""
    x, y = screen[0] - GAP - DIAMETER, screen[1] - GAP - DIAMETER
    if x < 4:
        x = screen[0] + GAP
    if y < 4:
        y = screen[1] + GAP
    return min(max(x, 4.0), room[0] - DIAMETER - 4), min(max(y, 4.0), room[1] - DIAMETER - 4)
