"""The 3D view without OpenGL: Qt's own painter, with the same light."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QLinearGradient, QPainter, QPainterPath, QPen, QRadialGradient

from poseviewer.app.view3d.strokes import LIGHT, Array, Picture, Strokes, brightness

ACROSS = np.array([-0.97, -0.7, -0.3, 0.2, 0.65, 0.97])
"""Places across a rod, from one side (-1) to the other (1), where its brightness is worked out."""
OUTWARDS = np.array([0.0, 0.35, 0.7, 1.0])
"""The same from the brightest point of a ball to its rim."""
FOCUS = LIGHT[:2]
"""Where a ball of radius 1 is brightest."""

COARSE = 6
"""The shadow is drawn this many times smaller and then enlarged, which makes its edge soft."""
SHADOW_EDGE = ((1.35, 0.3), (1.0, 0.4), (0.6, 0.55))
"""Outlines of the shadow, wide to narrow, and how much of its darkness each adds to what is still light."""


class PaintedScene:
    """Draws strokes with QPainter."""

    name = "painted"

    def paint(self, painter: QPainter, picture: Picture, size: QSize, ratio: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint_shadow(painter, picture.shadow, size)
        _paint_thin(painter, picture.floor)
        _paint_body(painter, picture.body)

    def close(self) -> None:
        """Nothing is held."""


def _paint_shadow(painter: QPainter, shadow: Strokes, size: QSize) -> None:
    """All of it as one path, so that overlapping parts are no darker."""
    if not len(shadow):
        return
    image = QImage(size / COARSE, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    path = _path(shadow)
    width = 2 * float(shadow.radius.mean())
    with QPainter(image) as coarse:
        coarse.setRenderHint(QPainter.RenderHint.Antialiasing)
        coarse.scale(image.width() / max(size.width(), 1), image.height() / max(size.height(), 1))
        for wider, share in SHADOW_EDGE:
            pen = QPen(QColor.fromRgbF(0.0, 0.0, 0.0, float(shadow.color[0, 3]) * share), width * wider)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            coarse.strokePath(path, pen)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(QRectF(QPointF(0, 0), size), image)


def _path(lines: Strokes) -> QPainterPath:
    path = QPainterPath()
    for (x0, y0), (x1, y1) in zip(lines.start.tolist(), lines.end.tolist(), strict=True):
        path.moveTo(x0, y0)
        path.lineTo(x1, y1 + 0.01)  # a path drops a line of no length, such as the shadow of an upright bone
    return path


def _paint_thin(painter: QPainter, lines: Strokes) -> None:
    """Lines of one colour and few strengths: those of one strength are drawn together."""
    ends = np.concatenate([lines.start, lines.end], axis=1)
    strength = lines.color[:, 3]
    for alpha in np.unique(strength):
        same = strength == alpha
        painter.setPen(QPen(QColor.fromRgbF(*lines.color[same][0]), 2 * float(lines.radius[same][0])))
        painter.drawLines([QLineF(*row) for row in ends[same].tolist()])


def _paint_body(painter: QPainter, body: Strokes) -> None:
    """Stroke after stroke, from far to near."""
    lit, flat = _lit_colors(body), _colors(body.color)
    rows = zip(
        body.start.tolist(), body.end.tolist(), body.radius.tolist(), body.butt.tolist(), body.shade.tolist(),
        lit, flat, strict=True,
    )  # fmt: skip
    for start, end, radius, butt, shade, colors, color in rows:
        if start == end:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(_ball(QPointF(*start), radius, colors) if shade else QBrush(color))
            painter.drawEllipse(QPointF(*start), radius, radius)
        else:
            line = QLineF(*start, *end)
            pen = QPen(_rod(line, radius, colors) if shade else QBrush(color), 2 * radius)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap if butt else Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawLine(line)


def _rod(line: QLineF, radius: float, colors: list[QColor]) -> QBrush:
    """A gradient from the one side of a rod to the other."""
    across = line.normalVector().unitVector()
    side = QPointF(across.dx(), across.dy()) * radius
    gradient = QLinearGradient(line.p1() - side, line.p1() + side)
    for place, color in zip(_ROD_STOPS, colors, strict=True):
        gradient.setColorAt(place, color)
    return QBrush(gradient)


def _ball(center: QPointF, radius: float, colors: list[QColor]) -> QBrush:
    """A gradient around the point of a ball that faces the light."""
    gradient = QRadialGradient(center, radius, center + QPointF(*FOCUS) * radius)
    for place, color in zip(_BALL_STOPS, colors, strict=True):
        gradient.setColorAt(place, color)
    return QBrush(gradient)


def _lit_colors(body: Strokes) -> list[list[QColor]]:
    """For every stroke its colours at the stops of its gradient."""
    along = body.end - body.start
    length = np.hypot(*along.T)
    # The direction of QLineF.normalVector, so that the first stop is the side where the gradient starts.
    across = np.stack([along[:, 1], -along[:, 0]], axis=-1) / np.maximum(length, 1e-9)[:, None]
    tilt = ACROSS[:, None] * across[:, None]
    normals = np.concatenate([tilt, np.broadcast_to(_ROD_HEIGHTS[:, None], (*tilt.shape[:2], 1))], axis=-1)
    rods = brightness(normals)
    lit = []
    for color, rod, is_ball in zip(body.color, rods, length == 0, strict=True):
        values = _BALL_VALUES if is_ball else rod
        stops = np.empty((len(values), 4))
        stops[:, :3] = color[:3] * values[:, None]
        stops[:, 3] = color[3]
        lit.append(_colors(stops))
    return lit


def _colors(rgba: Array) -> list[QColor]:
    return [QColor(*row) for row in np.minimum(rgba * 255.0 + 0.5, 255.0).astype(int).tolist()]


def _ball_values() -> Array:
    """The brightness at each of `OUTWARDS`: the mean over the ring that Qt's gradient paints in one colour."""
    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    rim = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    places = FOCUS + OUTWARDS[:, None, None] * (rim - FOCUS)
    heights = np.sqrt(np.maximum(1 - (places**2).sum(axis=-1, keepdims=True), 0.0))
    values: Array = brightness(np.concatenate([places, heights], axis=-1)).mean(axis=1)
    return values


_BALL_VALUES = _ball_values()
_BALL_STOPS = OUTWARDS.tolist()
_ROD_STOPS = ((ACROSS + 1) / 2).tolist()
_ROD_HEIGHTS = np.sqrt(1 - ACROSS**2)
