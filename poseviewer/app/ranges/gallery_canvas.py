"""The cells of the gallery: paints all skeletons in one pass, and turns mouse and keys into views and choices."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPolygonF,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from poseviewer.app.colors import WARNING, mixed
from poseviewer.app.ranges.gallery_poses import GallerySample
from poseviewer.app.ranges.gallery_scene import Batch, Frames, GalleryView, Grid, Inks, Shows, compose_gallery
from poseviewer.app.view3d.heading import View, view_angles
from poseviewer.app.view3d.look import look_for
from poseviewer.app.view3d.orbit import OrbitCamera, wrapped
from poseviewer.app.view3d.overlay import draw_message

CLICK_SLACK = 4.0
RADIANS_PER_PIXEL = 0.0085
KEY_TURN = math.radians(7.5)
FACING = (0.0, -1.0)
"""Poses are made facing -y (see geometry/camera.py)."""
ZOOM = (0.4, 6.0)

Source = Callable[[], tuple[GallerySample, GallerySample | None]]


class GalleryCanvas(QWidget):
    """Asks its source for the poses when it paints, and not before: however fast edits come, only those that are
    seen are worked out. Setters never emit."""

    chosen = Signal(int)
    """A cell was clicked or Enter was pressed on it: the number of its pose."""
    drawn = Signal()
    """After every repaint."""

    def __init__(self, source: Source, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("gallery_cells")
        self.setAccessibleName("Synthetic poses")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(140, 120)
        self._source = source
        self._camera = OrbitCamera(azimuth=math.radians(62.0), elevation=math.radians(12.0))
        self._zoom = 1.0
        self._shows: Shows = "3D"
        self._palette_name = "default"
        self._bones: tuple[int, ...] = ()
        self._frames: Frames | None = None
        self._only_wrong = False
        self._kept: np.ndarray | None = None
        self._view: GalleryView | None = None
        self._focused = 0
        self._hovered: int | None = None
        self._pressed: QPointF | None = None
        self._last: QPointF | None = None
        self._dragging = False

    # --- what others set; none of it emits

    def refresh(self) -> None:
        """The poses changed: paint them as soon as Qt does."""
        self.update()

    def reframe(self) -> None:
        """Other poses, not the same ones moved: centre each anew."""
        self._frames = None
        self._kept = None
        self.update()

    def set_shows(self, shows: Shows) -> None:
        self._shows = shows
        self.update()

    def set_only_wrong(self, on: bool) -> None:
        """Show only poses that are impossible. While a range is being pulled, those that were stay."""
        self._only_wrong = on
        self._kept = None
        self._focused = 0
        self.update()

    def set_bones(self, bones: Sequence[int]) -> None:
        """Point out these bones."""
        self._bones = tuple(bones)
        self.update()

    def set_palette_name(self, name: str) -> None:
        self._palette_name = name
        self.update()

    def set_view(self, view: View) -> None:
        """Look from "front", "side" or "top"; asked again, from behind or the other side."""
        azimuth, elevation = view_angles(view, FACING)
        if view != "top" and abs(wrapped(self._camera.azimuth - azimuth)) < 0.02:
            azimuth = wrapped(azimuth + math.pi)
        self._camera = replace(self._camera, azimuth=azimuth, elevation=elevation)
        self.update()

    def fit(self) -> None:
        """Every pose in the middle of its cell."""
        self._zoom = 1.0
        self.reframe()

    @property
    def focused(self) -> int:
        """The cell that keys act on, from 0."""
        return self._focused

    @property
    def view(self) -> GalleryView | None:
        """What was painted last."""
        return self._view

    # --- painting

    def sizeHint(self) -> QSize:
        return QSize(520, 520)

    def paintEvent(self, event: QPaintEvent) -> None:
        view = self._view = self._next_view()
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(*view.inks.base))
            self._paint_cells(painter, view)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for batch in compose_gallery(view):
                _paint(painter, batch)
            self._paint_marks(painter, view)
            if not len(view.picked):
                look = look_for(view.inks.base, view.inks.text, view.inks.accent)
                draw_message(painter, "None of these poses is impossible.", QRectF(self.rect()), look)
        self.drawn.emit()

    def _next_view(self) -> GalleryView:
        sample, ghost = self._source()
        # What is kept while a range is pulled is forgotten once the edit is made.
        if (
            self._frames is None
            or len(self._frames.middle) != len(sample)
            or (ghost is None and self._frames.leaves(sample))
        ):
            self._frames = Frames.of(sample)
        aspect = 2.0 if self._shows == "both" else 1.0
        picked = self._picked(sample, held=ghost is not None)
        grid = Grid.fitted(len(picked), self.width() - 2, self.height() - 2, aspect)
        return GalleryView(
            sample, ghost, self._frames, picked, grid, self._camera, self._zoom, self._shows,
            tuple(b for b in self._bones if b < sample.skeleton.bone_count), self._inks(),
        )  # fmt: skip

    def _picked(self, sample: GallerySample, held: bool) -> np.ndarray:
        if not self._only_wrong:
            return np.arange(len(sample))
        wrong = sample.check.impossible
        if self._kept is None or not held or len(self._kept) != len(wrong):
            self._kept = wrong
        else:
            self._kept = self._kept | wrong
        return np.flatnonzero(self._kept)

    def _paint_cells(self, painter: QPainter, view: GalleryView) -> None:
        """Lines between the cells, paper behind the 2D poses, and a warm ground under what is impossible."""
        grid, inks = view.grid, view.inks
        corners = grid.corners()
        wrong = view.sample.check.impossible[view.picked]
        painter.setPen(Qt.PenStyle.NoPen)
        for (x, y), bad in zip(corners.tolist(), wrong.tolist(), strict=True):
            if view.shows != "3D":
                part = QRectF(x + grid.width - grid.cell, y, grid.cell, grid.cell)
                painter.fillRect(part, QColor(*mixed(inks.base, inks.text, 0.045)))
            if bad:
                painter.fillRect(QRectF(x, y, grid.width, grid.cell), QColor(*WARNING, 26))
        painter.setPen(QPen(QColor(*mixed(inks.base, inks.text, 0.13)), 1.0))
        painter.drawRects([QRectF(x, y, grid.width, grid.cell) for x, y in corners.tolist()])

    def _paint_marks(self, painter: QPainter, view: GalleryView) -> None:
        grid = view.grid
        corners = grid.corners().tolist()
        wrong = np.flatnonzero(view.sample.check.impossible[view.picked])
        painter.setPen(QPen(QColor(*WARNING), 1.4))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRects([_cell(grid, corners[k]).adjusted(1.5, 1.5, -1.5, -1.5) for k in wrong])
        painter.setBrush(QColor(*WARNING))
        corner = min(max(grid.cell * 0.13, 6.0), 14.0)
        for k in wrong:  # a second sign beside the colour
            right, top = corners[k][0] + grid.width - 1.5, corners[k][1] + 1.5
            painter.drawPolygon(
                QPolygonF([QPointF(right - corner, top), QPointF(right, top), QPointF(right, top + corner)])
            )
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._hovered is not None and self._hovered < grid.count:
            painter.setPen(QPen(QColor(*mixed(view.inks.base, view.inks.text, 0.4)), 1.0))
            painter.drawRect(_cell(grid, corners[self._hovered]))
        if self.hasFocus() and self._focused < grid.count:
            painter.setPen(QPen(QColor(*view.inks.accent), 2.0))
            painter.drawRect(_cell(grid, corners[self._focused]).adjusted(1, 1, -1, -1))

    # --- the user's gestures

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = self._last = event.position()
        self._dragging = False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None or self._last is None:
            self._hover(self._cell_at(event.position()))
            return
        if not self._dragging and (event.position() - self._pressed).manhattanLength() < CLICK_SLACK:
            return
        self._dragging = True
        moved = event.position() - self._last
        self._last = event.position()
        self._turn(-moved.x() * RADIANS_PER_PIXEL, moved.y() * RADIANS_PER_PIXEL)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        clicked = self._pressed is not None and not self._dragging and event.button() == Qt.MouseButton.LeftButton
        self._pressed = self._last = None
        self._dragging = False
        cell = self._cell_at(event.position())
        if clicked and cell is not None:
            self._focused = cell
            self.update()
            self._choose(cell)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._magnify(1.0015 ** event.angleDelta().y())
        event.accept()

    def event(self, event: QEvent) -> bool:
        # Keys that mean something here are not the main window's while the gallery has the focus.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._action(event):
            event.accept()
            return True
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self._explain(event)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        action = self._action(event)
        if action is None:
            super().keyPressEvent(event)
            return
        action()

    def _action(self, event: QKeyEvent) -> Callable[[], None] | None:
        """What a key does here, None where it is not for the gallery. With Shift the arrows turn the view."""
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        key = Qt.Key
        if modifiers == Qt.KeyboardModifier.ShiftModifier:
            return {
                int(key.Key_Left): lambda: self._turn(KEY_TURN, 0.0),
                int(key.Key_Right): lambda: self._turn(-KEY_TURN, 0.0),
                int(key.Key_Up): lambda: self._turn(0.0, KEY_TURN),
                int(key.Key_Down): lambda: self._turn(0.0, -KEY_TURN),
                int(key.Key_Plus): lambda: self._magnify(1.15),
            }.get(event.key())
        if modifiers:
            return None
        columns = self._view.grid.columns if self._view is not None else 1
        return {
            int(key.Key_Left): lambda: self._step(-1),
            int(key.Key_Right): lambda: self._step(1),
            int(key.Key_Up): lambda: self._step(-columns),
            int(key.Key_Down): lambda: self._step(columns),
            int(key.Key_Return): lambda: self._choose(self._focused),
            int(key.Key_Enter): lambda: self._choose(self._focused),
            int(key.Key_Plus): lambda: self._magnify(1.15),
            int(key.Key_Equal): lambda: self._magnify(1.15),
            int(key.Key_Minus): lambda: self._magnify(1 / 1.15),
            int(key.Key_1): lambda: self.set_view("front"),
            int(key.Key_2): lambda: self.set_view("side"),
            int(key.Key_3): lambda: self.set_view("top"),
            int(key.Key_F): self.fit,
        }.get(event.key())

    def _turn(self, azimuth: float, elevation: float) -> None:
        self._camera = self._camera.orbited(azimuth, elevation)
        self.update()

    def _magnify(self, factor: float) -> None:
        self._zoom = min(max(self._zoom * factor, ZOOM[0]), ZOOM[1])
        self.update()

    def _step(self, by: int) -> None:
        count = self._view.grid.count if self._view is not None else 0
        if 0 <= self._focused + by < count:
            self._focused += by
            self.update()

    def _choose(self, cell: int) -> None:
        if self._view is not None and cell < len(self._view.picked):
            self.chosen.emit(int(self._view.picked[cell]))

    def _cell_at(self, place: QPointF) -> int | None:
        return self._view.grid.at(place.x(), place.y()) if self._view is not None else None

    def _hover(self, cell: int | None) -> None:
        if cell != self._hovered:
            self._hovered = cell
            self.setCursor(Qt.CursorShape.PointingHandCursor if cell is not None else Qt.CursorShape.ArrowCursor)
            self.update()

    def _explain(self, event: QHelpEvent) -> None:
        """A tip over an impossible pose: why it is."""
        cell = self._cell_at(QPointF(event.pos()))
        words = self.words_for(cell) if cell is not None else ""
        if words:
            QToolTip.showText(event.globalPos(), words, self)
        else:
            QToolTip.hideText()

    def words_for(self, cell: int) -> str:
        """Why the pose in a cell is impossible, a line per reason; "" where it is not."""
        if self._view is None or cell >= len(self._view.picked):
            return ""
        return "\n".join(self._view.sample.check.words(int(self._view.picked[cell])))

    def _inks(self) -> Inks:
        role = QPalette.ColorRole
        base, text, accent = (_rgb(self.palette().color(r)) for r in (role.Base, role.Text, role.Highlight))
        return Inks(base, text, accent, WARNING, self._palette_name)


def _paint(painter: QPainter, batch: Batch) -> None:
    pen = QPen(QColor(*batch.color, round(255 * batch.alpha)), batch.width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap if batch.dots else Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    if batch.dots:
        painter.drawPoints(QPolygonF([QPointF(x, y) for x, y, _, _ in batch.lines.tolist()]))
    else:
        painter.drawLines([QLineF(*row) for row in batch.lines.tolist()])


def _cell(grid: Grid, corner: list[float]) -> QRectF:
    return QRectF(corner[0], corner[1], grid.width, grid.cell)


def _rgb(color: QColor) -> tuple[int, int, int]:
    return color.red(), color.green(), color.blue()
