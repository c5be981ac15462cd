"""Paints a rotation range over the 3D scene, whichever way that was drawn: translucent patch, lines, dot, handles."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from poseviewer.app.colors import RGB
from poseviewer.app.view3d.look import Look
from poseviewer.app.view3d.range_handles import Grip
from poseviewer.app.view3d.range_patch import Dot, Lines, RangePicture

Array = NDArray[np.float64]

FRONT, BACK = 1.0, 0.4
"""How strong things are on the viewer's side of the ball, and behind it."""
FILL, GRID, SPOKE = 0.24, 0.4, 0.22
DOT_RADIUS = 4.5
GRIP_RADIUS, HELD_RADIUS = 5.0, 6.5


def paint_range(painter: QPainter, picture: RangePicture, look: Look) -> None:
    """The patch with its lines, and where the pose is in it."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if picture.partner is not None:
        _paint_lines(painter, picture.partner, look.muted, 1.1, 0.6, dashed=True)
    _fill(painter, picture.back, look.ring, FILL * BACK)
    _fill(painter, picture.front, look.ring, FILL)
    _paint_lines(painter, picture.grid, look.ring, 0.8, GRID)
    _draw(painter, picture.spokes, _pen(look.ring, 0.8, SPOKE))
    _paint_lines(painter, picture.outline, look.ring, 1.8, 0.95)
    if picture.committed is not None:
        _paint_lines(painter, picture.committed, look.text, 1.3, 0.75, dashed=True)
    if picture.twist is not None:
        _paint_lines(painter, picture.twist, look.ring, 2.6, 0.85)
    for dot in (picture.twist_dot, picture.dot):
        if dot is not None:
            _paint_dot(painter, dot, look)
    painter.restore()


def paint_grips(
    painter: QPainter, grips: tuple[Grip, ...], look: Look, hovered: tuple[str, str] | None, held: bool, locked: bool
) -> None:
    """The handles. `hovered` is the axis and end of the one that is pointed at or, when `held`, pulled.

    Those of a range that cannot be edited are hollow.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for grip in sorted(grips, key=lambda g: (g.name == hovered, not g.behind)):
        _paint_grip(painter, grip, look, grip.name == hovered, held, locked)
    painter.restore()


def _paint_grip(painter: QPainter, grip: Grip, look: Look, chosen: bool, held: bool, locked: bool) -> None:
    if not np.isfinite(grip.place).all():
        return
    center = QPointF(*grip.place.tolist())
    strength = BACK + 0.25 if grip.behind and not chosen else FRONT
    color = look.muted if locked else look.ring
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_pen(color, 1.2, 0.6 * strength))
    painter.drawLine(QPointF(*grip.edge.tolist()), center)
    radius = HELD_RADIUS if chosen and not locked else GRIP_RADIUS
    if chosen and held:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_color(color, 0.3))
        painter.drawEllipse(center, radius + 5, radius + 5)
    if locked:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(_pen(look.plate, 3.4, 0.7 * strength))
        painter.drawEllipse(center, radius, radius)
    else:
        painter.setBrush(_color(look.ring if chosen else look.plate, strength))
    painter.setPen(_pen(look.plate if chosen and not locked else color, 1.8, strength))
    painter.drawEllipse(center, radius, radius)


def _paint_dot(painter: QPainter, dot: Dot, look: Look) -> None:
    """At the stop it is red inside a ring, so that no colour is needed to see it."""
    if not np.isfinite(dot.place).all():
        return
    center = QPointF(*dot.place.tolist())
    strength = BACK + 0.3 if dot.behind else FRONT
    color = look.stop if dot.stopped else look.ring
    painter.setBrush(_color(color, strength))
    painter.setPen(_pen(look.plate, 1.5, strength))
    painter.drawEllipse(center, DOT_RADIUS, DOT_RADIUS)
    if dot.stopped:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in (_pen(look.plate, 4.0, 0.6 * strength), _pen(color, 2.0, strength)):
            painter.setPen(pen)
            painter.drawEllipse(center, DOT_RADIUS + 4.5, DOT_RADIUS + 4.5)


def _fill(painter: QPainter, cells: Array, color: RGB, alpha: float) -> None:
    """Cells (K, 4, 2) as one shape: neither seams between them nor darker places where they overlap.

    Not anti-aliased, which takes twice as long: an outline is drawn over its edge.
    """
    cells = cells[np.isfinite(cells).all(axis=(1, 2))]
    if not len(cells):
        return
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    for cell in cells.tolist():
        path.addPolygon(QPolygonF([QPointF(x, y) for x, y in cell]))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.fillPath(path, _color(color, alpha))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def _paint_lines(painter: QPainter, lines: Lines, color: RGB, width: float, alpha: float, dashed: bool = False) -> None:
    for pieces, strength in ((lines.back, BACK), (lines.front, FRONT)):
        pen = _pen(color, width, alpha * strength)
        _draw(painter, pieces[::2] if dashed else pieces, pen)


def _draw(painter: QPainter, pieces: Array, pen: QPen) -> None:
    """Pieces (M, 2, 2)."""
    there = pieces[np.isfinite(pieces).all(axis=(1, 2))].reshape(-1, 4)
    if len(there):
        painter.setPen(pen)
        painter.drawLines([QLineF(*row) for row in there.tolist()])


def _pen(color: RGB, width: float, alpha: float) -> QPen:
    """Pieces of a line end flat: round ends take Qt ten times as long, and would be darker where they overlap."""
    return QPen(_color(color, alpha), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)


def _color(color: RGB, alpha: float) -> QColor:
    return QColor(*color, round(255 * alpha))
