"""The map of synthetic and labelled poses: a grey cloud, a dot per labelled pose, another sign for those outside."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QRectF, QSize, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QWidget

from poseviewer.app.colors import WARNING, mixed
from poseviewer.synthesis.reality_gap import RealityGap

FINER = 8
"""Fields of the density are drawn as this many each way, so that the cloud has no steps."""
SPECKS = 1500


class GapMap(pg.GraphicsView):
    """Setters never emit."""

    pose_clicked = Signal(int)
    """The number of a labelled pose whose dot was clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        # What resizing and a change of colours need, before the base class does both for the first time.
        self._complete = False
        # In the corners, which the round cloud leaves free: up and down, left, right.
        self._words = [pg.TextItem(anchor=anchor) for anchor in ((0, 0), (0, 1), (1, 1))]
        self._box = pg.ViewBox(lockAspect=False, enableMenu=False, defaultPadding=0)
        super().__init__(parent, background=None)
        self.setCentralItem(self._box)
        self.setAccessibleName("Map of synthetic and labelled poses")
        self.setMinimumSize(160, 140)
        self._gap: RealityGap | None = None
        self._tip: Callable[[int], str] = str
        self._current: int | None = None
        self._cloud = pg.ImageItem()
        self._specks = pg.ScatterPlotItem(size=2.0, pen=None, pxMode=True)
        self._dots = pg.ScatterPlotItem(pxMode=True, hoverable=True, tip=self._tip_of)
        self._ring = pg.ScatterPlotItem(size=17.0, brush=None, pxMode=True)
        for item in (self._cloud, self._specks, self._ring, self._dots):
            self._box.addItem(item)
        for word in self._words:
            word.setParentItem(self._box)
        self._dots.sigClicked.connect(self._click)
        self._complete = True
        self._paint_background()

    def set_gap(self, gap: RealityGap | None, tip: Callable[[int], str] = str) -> None:
        """Show a comparison; `tip` says in words which labelled pose a number is."""
        self._gap, self._tip, self._current = gap, tip, None
        self._draw()
        self.fit()

    def set_current(self, pose: int | None) -> None:
        """Put a ring around one labelled pose."""
        self._current = pose
        self._draw_ring()

    def fit(self) -> None:
        """All of the cloud and every dot."""
        if self._gap is None:
            return
        x0, x1, y0, y1 = self._gap.extent
        dots = self._gap.labelled[np.isfinite(self._gap.labelled).all(axis=1)]
        if len(dots):
            (left, low), (right, high) = dots.min(axis=0), dots.max(axis=0)
            x0, x1, y0, y1 = min(x0, left), max(x1, right), min(y0, low), max(y1, high)
        self._box.setRange(xRange=(x0, x1), yRange=(y0, y1), padding=0.04)

    def place_of(self, pose: int) -> tuple[float, float] | None:
        """The pixel of a labelled pose's dot, None where it has none."""
        if self._gap is None or not np.isfinite(self._gap.labelled[pose]).all():
            return None
        at = self._box.mapViewToScene(pg.Point(*self._gap.labelled[pose]))
        return at.x(), at.y()

    def sizeHint(self) -> QSize:
        return QSize(380, 320)

    # --- Qt's events

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._place_words()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        repainted = event.type() in (QEvent.Type.PaletteChange, QEvent.Type.ApplicationPaletteChange)
        if repainted and self._complete:
            self._paint_background()
            self._draw()

    def close(self) -> bool:
        # pyqtgraph's own takes the scene apart under the view, which crashes; Qt frees both in order.
        return QWidget.close(self)

    # --- drawing

    def _draw(self) -> None:
        gap = self._gap
        for item in (self._cloud, self._specks, self._dots):
            item.setVisible(gap is not None)
        self._name_axes()
        self._draw_ring()
        if gap is None:
            return
        base, text, accent = (_rgb(self.palette().color(r)) for r in _ROLES)
        self._cloud.setImage(_shaded(gap.density, text), levels=(0, 255))
        x0, x1, y0, y1 = gap.extent
        self._cloud.setRect(QRectF(x0, y0, x1 - x0, y1 - y0))
        self._specks.setData(pos=gap.synthetic[:SPECKS], brush=pg.mkBrush(*mixed(text, base, 0.25), 70))
        known = np.flatnonzero(np.isfinite(gap.labelled).all(axis=1))
        # Those outside come last: they are drawn over the others.
        order = known[np.argsort(gap.outside[known], kind="stable")]
        outside = gap.outside[order]
        self._dots.setData(
            pos=gap.labelled[order],
            data=order,
            symbol=["t1" if o else "o" for o in outside],
            size=[11.0 if o else 8.0 for o in outside],
            brush=[pg.mkBrush(*(WARNING if o else accent)) for o in outside],
            pen=pg.mkPen(QColor(*base), width=1.2),
            hoverPen=pg.mkPen(QColor(*text), width=1.6),
        )

    def _draw_ring(self) -> None:
        at = None if self._gap is None or self._current is None else self._gap.labelled[self._current]
        shown = at is not None and np.isfinite(at).all()
        self._ring.setVisible(bool(shown))
        if shown:
            text = _rgb(self.palette().color(QPalette.ColorRole.Text))
            self._ring.setData(pos=[at], pen=pg.mkPen(QColor(*text), width=1.8))

    def _name_axes(self) -> None:
        names = ["", "", ""]
        if self._gap is not None:
            across, up = self._gap.axes
            names[0] = f"↑ {up.high}\n↓ {up.low}" if up.high else ""
            names[1:] = (f"← {across.low}", f"{across.high} →") if across.high else ("", "")
        color = QColor(*mixed(_rgb(self.palette().color(QPalette.ColorRole.Text)), self._base(), 0.3))
        for item, name in zip(self._words, names, strict=True):
            item.setText(name, color=color)
        self._place_words()

    @property
    def words(self) -> list[str]:
        """What is written in the corners: up and down, left, right."""
        return [item.toPlainText() for item in self._words]

    def _place_words(self) -> None:
        width, height = self.width(), self.height()
        for item, place in zip(self._words, ((0, 0), (0, height), (width, height)), strict=True):
            item.setPos(*place)

    def _paint_background(self) -> None:
        self.setBackgroundBrush(QColor(*self._base()))

    def _base(self) -> tuple[int, int, int]:
        return _rgb(self.palette().color(QPalette.ColorRole.Base))

    # --- the user's gestures

    def _click(self, _: object, points: list[pg.SpotItem]) -> None:
        if len(points):
            self.pose_clicked.emit(int(points[-1].data()))

    def _tip_of(self, x: float, y: float, data: object) -> str:
        return self._tip(int(data))  # type: ignore[call-overload]


_ROLES = (QPalette.ColorRole.Base, QPalette.ColorRole.Text, QPalette.ColorRole.Highlight)


def _shaded(density: np.ndarray, ink: tuple[int, int, int]) -> np.ndarray:
    """(H, W, 4) the cloud in one ink, the darker the fuller; between fields it changes gradually."""
    count = density.shape[0]
    fine = (np.arange(count * FINER) + 0.5) / FINER - 0.5
    rows = np.stack([np.interp(fine, np.arange(count), column) for column in density.T], axis=1)
    smooth = np.stack([np.interp(fine, np.arange(count), row) for row in rows])
    image = np.empty((*smooth.shape, 4), np.uint8)
    image[..., :3] = ink
    image[..., 3] = np.round(110 * np.sqrt(smooth))
    # Images here have y first, as pyqtgraph is told to take them.
    return image.transpose(1, 0, 2) if pg.getConfigOption("imageAxisOrder") == "row-major" else image


def _rgb(color: QColor) -> tuple[int, int, int]:
    return color.red(), color.green(), color.blue()
