"""The frame as a graphics item: resampled once for the present view, then only copied to the screen."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter, QTransform

from poseviewer.app.annotate.resample import Placement, Pyramid, resampled, visible_box


class PictureItem(pg.ImageItem):
    """An image item that keeps what it drew.

    Scaling a 1080p frame smoothly takes Qt 11 to 20 ms, on every repaint of what lies over it. Here it is
    done when the picture or the view changes, in a third of the time.
    """

    def __init__(self) -> None:
        super().__init__(axisOrder="row-major")
        self._levels: Pyramid | None = None
        self._drawn_at: Placement | None = None
        self._pixels: NDArray[np.uint8] | None = None
        self._drawn = QImage()

    def set_picture(self, picture: NDArray[np.uint8] | None) -> None:
        """Show (H, W, 3) RGB, or nothing."""
        self._levels = None if picture is None else Pyramid(picture)
        self._drawn_at = None
        if picture is None:
            self.clear()
        else:
            self.setImage(picture, autoLevels=False)

    def paint(self, painter: QPainter, *args: object) -> None:
        if self._levels is None:
            return
        ratio = painter.device().devicePixelRatioF()
        page = self.getViewWidget().viewport().size() * ratio
        place = _placement(painter.worldTransform(), ratio, (page.width(), page.height()))
        left, top, right, bottom = visible_box(self._levels.size, place)
        if right <= left or bottom <= top:
            return
        if place != self._drawn_at:
            self._draw(self._levels, place, ratio)
        painter.save()
        painter.setWorldTransform(QTransform())
        painter.drawImage(QPointF(left / ratio, top / ratio), self._drawn)
        painter.restore()

    def _draw(self, levels: Pyramid, place: Placement, ratio: float) -> None:
        self._pixels = resampled(levels, place)  # QImage only borrows the memory
        height, width = self._pixels.shape[:2]
        self._drawn = QImage(self._pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)
        self._drawn.setDevicePixelRatio(ratio)
        self._drawn_at = place


def _placement(to_view: QTransform, ratio: float, page: tuple[int, int]) -> Placement:
    return Placement((to_view.m11() * ratio, to_view.m22() * ratio), (to_view.dx() * ratio, to_view.dy() * ratio), page)
