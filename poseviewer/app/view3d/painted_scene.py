"""The 3D view without OpenGL: Qt's own painter, with the same light."""

from __future__ import annotations

from itertools import groupby

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QLinearGradient, QPainter, QPainterPath, QPen, QRadialGradient

from poseviewer.app.view3d.strokes import LIGHT, Picture, Strokes, brightness

# Places across a rod, from one side (-1) to the other (1), where its brightness is worked out.
ACROSS = np.array([-0.98, -0.8, -0.5, -0.15, 0.2, 0.55, 0.85, 0.98])
# The same from the brightest point of a ball to its rim.
OUTWARDS = np.array([0.0, 0.35, 0.7, 1.0])
FOCUS = LIGHT[:2]
"""Where a ball of radius 1 is brightest."""


def _ball_brightness() -> np.ndarray:
    """At each of `OUTWARDS`, the mean over the ring of places that Qt's gradient paints in one colour."""
    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    rim = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    places = FOCUS + OUTWARDS[:, None, None] * (rim - FOCUS)
    heights = np.sqrt(np.maximum(1 - (places**2).sum(axis=-1, keepdims=True), 0.0))
    return brightness(np.concatenate([places, heights], axis=-1)).mean(axis=1)


BALL = _ball_brightness()
SOFTNESS = tuple((1.95 - 0.3 * step, 0.11 + 0.035 * step) for step in range(6))
"""The shadow's edge: wider and narrower outlines, each with its share of the darkness."""


class PaintedScene:
    """Draws strokes with QPainter."""

    name = "painted"

    def paint(self, painter: QPainter, picture: Picture, size: QSize, ratio: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint_shadow(painter, picture.shadow)
        _paint_thin(painter, picture.floor)
        _paint_body(painter, picture.body)

    def close(self) -> None:
        """Nothing is held."""


def _paint_shadow(painter: QPainter, shadow: Strokes) -> None:
    """All of it as one path, so that overlapping parts are no darker."""
    if not len(shadow):
        return
    path = QPainterPath()
    for (x0, y0), (x1, y1) in zip(shadow.start.tolist(), shadow.end.tolist(), strict=True):
        path.moveTo(x0, y0)
        path.lineTo(x1, y1 + 0.01)  # a path drops a line of no length, such as the shadow of an upright bone
    width = 2 * float(shadow.radius.mean())
    alpha = float(shadow.color[0, 3])
    for wider, share in SOFTNESS:
        pen = QPen(QColor.fromRgbF(0.0, 0.0, 0.0, alpha * share), width * wider)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.strokePath(path, pen)


def _paint_thin(painter: QPainter, lines: Strokes) -> None:
    """Lines of few different colours: those of one colour are drawn together."""
    rows = zip(
        lines.color[:, 3].tolist(), lines.color[:, :3].tolist(), lines.start.tolist(), lines.end.tolist(), strict=True
    )
    for _, group in groupby(sorted(rows), key=lambda row: row[:2]):
        same = list(group)
        painter.setPen(QPen(QColor.fromRgbF(*same[0][1], same[0][0]), 1.0))
        painter.drawLines([QLineF(*start, *end) for _, _, start, end in same])


def _paint_body(painter: QPainter, body: Strokes) -> None:
    for i in range(len(body)):
        start, end = QPointF(*body.start[i]), QPointF(*body.end[i])
        radius = float(body.radius[i])
        color = body.color[i]
        lit = body.shade[i] > 0
        if start == end:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(_ball(start, radius, color) if lit else QBrush(_qcolor(color)))
            painter.drawEllipse(start, radius, radius)
            continue
        pen = QPen(_rod(start, end, radius, color) if lit else QBrush(_qcolor(color)), 2 * radius)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap if body.butt[i] else Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawLine(start, end)


def _rod(start: QPointF, end: QPointF, radius: float, color: np.ndarray) -> QBrush:
    """A gradient across a rod that is lit like a cylinder."""
    line = QLineF(start, end).normalVector().unitVector()
    nx, ny = line.dx(), line.dy()
    side = QPointF(nx, ny) * radius
    gradient = QLinearGradient(start - side, start + side)
    normals = np.stack([ACROSS * nx, ACROSS * ny, np.sqrt(1 - ACROSS**2)], axis=-1)
    for place, value in zip(ACROSS, brightness(normals), strict=True):
        gradient.setColorAt((place + 1) / 2, _qcolor(color, value))
    return QBrush(gradient)


def _ball(center: QPointF, radius: float, color: np.ndarray) -> QBrush:
    """A gradient around the point of a ball that faces the light."""
    gradient = QRadialGradient(center, radius, center + QPointF(*FOCUS) * radius)
    for place, value in zip(OUTWARDS, BALL, strict=True):
        gradient.setColorAt(float(place), _qcolor(color, value))
    return QBrush(gradient)


def _qcolor(color: np.ndarray, value: float = 1.0) -> QColor:
    r, g, b = (min(1.0, float(c) * value) for c in color[:3])
    return QColor.fromRgbF(r, g, b, float(color[3]))
