"""The picture with its overlay and the part of it that is on screen. Reports the mouse; decides nothing about poses."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRectF, Qt, Signal, SignalInstance
from PySide6.QtGui import QColor, QFont, QKeyEvent, QMouseEvent, QPalette, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from poseviewer.app.annotate.loupe_item import LoupeItem
from poseviewer.app.annotate.overlay import Overlay
from poseviewer.app.annotate.overlay_item import OverlayItem
from poseviewer.app.annotate.picture_item import PictureItem
from poseviewer.app.annotate.tone import toned
from poseviewer.app.annotate.viewport import Point, Size, Viewport, clamped, fitted, inside

BUTTONS = {
    Qt.MouseButton.LeftButton: "left",
    Qt.MouseButton.RightButton: "right",
    Qt.MouseButton.MiddleButton: "middle",
}
ZOOM_PER_NOTCH = 1.2


class Surface(pg.GraphicsView):
    """Shows one image and an overlay. The wheel zooms; everything else that the mouse does is reported."""

    pressed = Signal(float, float, str, bool)
    """Screen x, y, the button and whether the key for the whole pose (Alt or Shift) is held."""
    moved = Signal(float, float)
    released = Signal(float, float)
    double_clicked = Signal(float, float, str, bool)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        # What resizing needs, before the base class resizes for the first time.
        self._part = Viewport()
        self._size: Size = (1.0, 1.0)
        self._fits = True
        self._overlay_item = OverlayItem()
        self._box = pg.ViewBox(lockAspect=False, invertY=True, enableMouse=False, enableMenu=False, defaultPadding=0)
        super().__init__(parent, background=None)
        self._box.disableAutoRange()
        self._picture = PictureItem()
        self._box.addItem(self._picture)
        self.setCentralItem(self._box)
        self._loupe = LoupeItem()
        self.scene().addItem(self._overlay_item)
        self.scene().addItem(self._loupe)
        self._image: NDArray[np.uint8] | None = None
        self._image_scale = 1.0
        self._tone = (0.0, 0.0)
        self._paint_background()

    # What is shown

    @property
    def part(self) -> Viewport:
        """The part of the image on screen."""
        return self._part

    @property
    def image_size(self) -> Size:
        """Width and height of the image in full-resolution pixels; of the last one where there is none now."""
        return self._size

    @property
    def has_image(self) -> bool:
        return self._image is not None

    def set_image(self, image: NDArray[np.uint8] | None, scale: float = 1.0) -> None:
        """Show (H, W, 3) RGB; `scale` is its size over that of the picture it was reduced from.

        The view stays where it was if the picture has the size of the last one.
        """
        self._image = None if image is None else np.ascontiguousarray(image)
        self._image_scale = scale
        self._show_toned()
        if self._image is None:
            return
        height, width = self._image.shape[:2]
        size = (width / scale, height / scale)
        self._picture.setRect(QRectF(-0.5, -0.5, *size))
        if size != self._size:
            self._size = size
            self.fit()

    def set_tone(self, brightness: float, contrast: float) -> None:
        """Brightness and contrast, each from -1 to 1."""
        if (brightness, contrast) != self._tone:
            self._tone = (brightness, contrast)
            self._show_toned()

    def set_overlay(self, overlay: Overlay) -> None:
        self._overlay_item.set_overlay(overlay)

    @property
    def overlay(self) -> Overlay:
        return self._overlay_item.overlay

    def set_label_font(self, font: QFont) -> None:
        self._overlay_item.set_font(font)

    def show_loupe(self, x: float, y: float, color: tuple[int, int, int]) -> None:
        """Magnify the surroundings of a place in image coordinates."""
        screen = self._part.to_screen(np.array([x, y]))
        pixel = ((x + 0.5) * self._image_scale, (y + 0.5) * self._image_scale)
        room = (self._part.width, self._part.height)
        self._loupe.look_at(
            (float(screen[0]), float(screen[1])), pixel, self._part.scale / self._image_scale, room, color
        )

    def hide_loupe(self) -> None:
        self._loupe.setVisible(False)

    # Which part of it is shown

    def fit(self) -> None:
        self._fits = True
        self._set_part(fitted(self.width(), self.height(), self._size))

    def zoom(self, factor: float, x: float | None = None, y: float | None = None) -> None:
        """Zoom about a place on the screen, by default its middle."""
        self._fits = False
        at_x, at_y = self.width() / 2 if x is None else x, self.height() / 2 if y is None else y
        self._set_part(self._part.zoomed(factor, at_x, at_y, self._size))

    def pan(self, dx: float, dy: float) -> None:
        self._fits = False
        self._set_part(self._part.panned(dx, dy, self._size))

    def on_image(self, x: float, y: float) -> bool:
        """Whether a place on the screen lies on a shown image."""
        return self.has_image and inside(self._size, *self._part.to_image(x, y))

    def clamped(self, x: float, y: float) -> Point:
        """The place on the image nearest to image coordinates."""
        return clamped(self._size, x, y)

    def _set_part(self, part: Viewport) -> None:
        self._part = part
        self._box.setRange(xRange=part.x_range, yRange=part.y_range, padding=0)
        self._overlay_item.set_viewport(part)

    def _show_toned(self) -> None:
        if self._image is None:
            self._picture.set_picture(None)
            self._loupe.set_image(None)
            return
        shown = toned(self._image, *self._tone)
        self._picture.set_picture(shown)
        self._loupe.set_image(shown)

    # Qt's events

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        if self._fits:
            self._set_part(fitted(self.width(), self.height(), self._size))
        else:
            self._set_part(self._part.resized(self.width(), self.height()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        delta = event.angleDelta()
        notches = (delta.y() or delta.x()) / 120  # with Alt held, Qt reports the wheel as horizontal
        if notches:
            self.zoom(ZOOM_PER_NOTCH**notches, event.position().x(), event.position().y())
            self.moved.emit(event.position().x(), event.position().y())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._report(self.pressed, event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._report(self.double_clicked, event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.moved.emit(event.position().x(), event.position().y())
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.released.emit(event.position().x(), event.position().y())
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        self.left.emit()

    def close(self) -> bool:
        # pyqtgraph's own takes the scene apart under the view, which crashes; Qt frees both in order.
        return QWidget.close(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()  # for the canvas and the window's shortcuts; a scroll area would eat the arrows

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.ApplicationPaletteChange):
            self._paint_background()

    def _report(self, signal: SignalInstance, event: QMouseEvent) -> None:
        held = event.modifiers() & (Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier)
        name = BUTTONS.get(event.button(), "other")
        signal.emit(event.position().x(), event.position().y(), name, bool(held))
        event.accept()

    def _paint_background(self) -> None:
        """A neutral grey that neither theme's window colour competes with."""
        dark = self.palette().color(QPalette.ColorRole.Window).lightness() < 128
        self.setBackgroundBrush(QColor(26, 27, 30) if dark else QColor(208, 210, 214))
