"""What Qt itself paints in the 3D view: the ground colour below, words above, crisp on every screen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QLinearGradient, QPainter, QPen

from poseviewer.app.colors import RGB
from poseviewer.app.view3d.look import Look


def draw_background(painter: QPainter, area: QRect, look: Look) -> None:
    """A sky that grows lighter upwards."""
    gradient = QLinearGradient(0, area.top(), 0, area.bottom())
    gradient.setColorAt(0.0, QColor(*look.top))
    gradient.setColorAt(1.0, QColor(*look.bottom))
    painter.fillRect(area, gradient)


def draw_focus_ring(painter: QPainter, area: QRect, look: Look) -> None:
    """A line along the edge: keys go here."""
    painter.setPen(QColor(*look.ring))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(QRectF(area).adjusted(0.5, 0.5, -0.5, -0.5))


def draw_name(painter: QPainter, text: str, place: QPointF, look: Look, strong: bool) -> None:
    """A joint's name on a small plate beside it, kept within the view."""
    font = painter.font()
    font.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
    metrics = QFontMetricsF(font)
    plate = QRectF(0, 0, metrics.horizontalAdvance(text) + 14, metrics.height() + 6)
    plate.moveTopLeft(place + QPointF(12, -plate.height() - 6))
    view = QRectF(painter.viewport()).adjusted(4, 4, -4, -4)
    if plate.right() > view.right():
        plate.moveRight(place.x() - 12)
    plate.moveTop(min(max(plate.top(), view.top()), view.bottom() - plate.height()))
    fill = QColor(*look.plate)
    fill.setAlpha(225)
    rim = QColor(*look.ring) if strong else QColor(*look.muted)
    rim.setAlpha(200 if strong else 110)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(rim, 1.0))
    painter.setBrush(fill)
    painter.drawRoundedRect(plate, 5, 5)
    painter.setFont(font)
    painter.setPen(QColor(*look.text))
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()


def draw_message(painter: QPainter, text: str, area: QRectF, look: Look) -> None:
    """What to do to see something here, in the middle of the empty view."""
    painter.save()
    font = painter.font()
    font.setPointSizeF(font.pointSizeF() * 1.15)
    painter.setFont(font)
    painter.setPen(QColor(*look.text))
    wide = QRectF(area).adjusted(24, 0, -24, -area.height() * 0.12)
    painter.drawText(wide, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, text)
    painter.restore()


def draw_note(painter: QPainter, text: str, area: QRectF, look: Look) -> None:
    """A calm line in the lower left corner."""
    painter.save()
    font = painter.font()
    font.setPointSizeF(max(font.pointSizeF() * 0.9, 6.0))
    painter.setFont(font)
    painter.setPen(QColor(*look.muted))
    corner = area.adjusted(10, 8, -10, -8)
    painter.drawText(corner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom | Qt.TextFlag.TextWordWrap, text)
    painter.restore()


def draw_word(painter: QPainter, text: str, place: QPointF, look: Look) -> None:
    """A small word centred under a place."""
    painter.save()
    font = painter.font()
    font.setPointSizeF(max(font.pointSizeF() * 0.85, 6.0))
    painter.setFont(font)
    painter.setPen(QColor(*look.muted))
    box = QRectF(place.x() - 60, place.y(), 120, QFontMetricsF(font).height())
    painter.drawText(box, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, text)
    painter.restore()


Entry = tuple[str, Sequence[RGB]]
DISC, DISC_GAP, BETWEEN = 4.0, 7.0, 14.0


def draw_legends(painter: QPainter, entries: Sequence[Entry], area: QRectF, look: Look, apart: bool = False) -> None:
    """Whose each pose is: in a row at the upper left, under each other where that is too long, or each over its own.

    Args:
        apart: the poses stand side by side, each in its share of the area.
    """
    if apart:
        share = area.width() / max(len(entries), 1)
        for number, entry in enumerate(entries):
            draw_legend(painter, [entry], QRectF(area.left() + number * share, area.top(), share, area.height()), look)
        return
    if legend_width(QFontMetricsF(painter.font()), entries) <= area.width() - 16:
        draw_legend(painter, entries, area, look)
        return
    for number, entry in enumerate(entries):
        lower = number * (QFontMetricsF(painter.font()).height() + 12)
        draw_legend(painter, [entry], area.adjusted(0, lower, 0, 0), look)


def legend_width(metrics: QFontMetricsF, entries: Sequence[Entry]) -> float:
    """Of the plate behind all of them in one row."""
    widths = [len(colors) * 2.5 * DISC + DISC_GAP + metrics.horizontalAdvance(text) for text, colors in entries]
    return sum(widths) + BETWEEN * len(entries) + 6


def draw_legend(painter: QPainter, entries: Sequence[Entry], area: QRectF, look: Look) -> None:
    """Words on one plate in the upper left corner, each behind discs of its colours; what is too long is cut short."""
    painter.save()
    metrics = QFontMetricsF(painter.font())
    room = (area.width() - 16 - legend_width(metrics, [("", colors) for _, colors in entries])) / max(len(entries), 1)
    longest = max((metrics.horizontalAdvance(text) for text, _ in entries), default=0.0)
    if legend_width(metrics, entries) > area.width() - 16:
        longest = min(longest, max(room, 0.0))
    shown = [(metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, longest + 1), colors) for text, colors in entries]
    plate = QRectF(area.left() + 8, area.top() + 8, legend_width(metrics, shown), metrics.height() + 8)
    fill = QColor(*look.plate)
    fill.setAlpha(215)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(fill)
    painter.drawRoundedRect(plate, 5, 5)
    x, middle = plate.left() + 10, plate.center().y()
    for text, colors in shown:
        painter.setPen(Qt.PenStyle.NoPen)
        for number, color in enumerate(colors):
            painter.setBrush(QColor(*color))
            painter.drawEllipse(QPointF(x + DISC + number * 2.5 * DISC, middle), DISC, DISC)
        painter.setPen(QColor(*look.text))
        width = legend_width(metrics, [(text, colors)]) - BETWEEN - 6
        words = QRectF(x, plate.top(), width, plate.height())
        painter.drawText(words, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        x += width + BETWEEN
    painter.restore()
