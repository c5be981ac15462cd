"""Buttons with a painted sign: sharp at any resolution and in the colour of the text around them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPalette, QPolygonF
from PySide6.QtWidgets import QToolButton, QWidget


def _triangle(left: float, right: float) -> QPainterPath:
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(left, 3), QPointF(right, 8), QPointF(left, 13), QPointF(left, 3)]))
    return path


def _bars(*lefts: float, width: float = 2.5) -> QPainterPath:
    path = QPainterPath()
    for left in lefts:
        path.addRoundedRect(QRectF(left, 3, width, 10), 0.8, 0.8)
    return path


GLYPHS: dict[str, Callable[[], QPainterPath]] = {
    "play": lambda: _triangle(4, 13),
    "pause": lambda: _bars(4, 9.5, width=3),
    "previous": lambda: _triangle(12, 5.5).united(_bars(3, width=1.8)),
    "next": lambda: _triangle(4, 10.5).united(_bars(11.2, width=1.8)),
}
"""Signs in a square of 16 by 16."""


class GlyphButton(QToolButton):
    """A flat button that shows one of `GLYPHS`; its tooltip is also what a screen reader says."""

    SIDE = 16

    def __init__(self, glyph: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoRaise(True)
        self.set_glyph(glyph, tip)

    def set_glyph(self, glyph: str, tip: str) -> None:
        self.glyph = glyph
        self.setToolTip(tip)
        self.setAccessibleName(tip)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self.SIDE + 12, self.SIDE + 12)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        group = QPalette.ColorGroup.Active if self.isEnabled() else QPalette.ColorGroup.Disabled
        painter.translate((self.width() - self.SIDE) / 2, (self.height() - self.SIDE) / 2)
        painter.fillPath(GLYPHS[self.glyph](), self.palette().color(group, QPalette.ColorRole.ButtonText))
