"""The chosen bone's range in the 3D view: draws it, and lets the user pull at its handles."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPointF, Qt, Signal
from PySide6.QtGui import QPainter

from poseviewer.app.view3d.look import Look
from poseviewer.app.view3d.overlay import draw_name
from poseviewer.app.view3d.range_handles import (
    Grip,
    Pull,
    grip_at,
    grips_of,
    handle_words,
    pulled,
    taken,
)
from poseviewer.app.view3d.range_painter import paint_grips, paint_range
from poseviewer.app.view3d.range_patch import RangeShown, RangeSight, picture_of, sight_of
from poseviewer.app.view3d.scenery import Scenery


class RangeTool(QObject):
    """Asked by the canvas before it takes a gesture for its own. Setters never emit, but for `changed`."""

    pulled = Signal(object)
    """RangePull: what the handle in hand makes of the range so far."""
    released = Signal(object)
    """RangePull: the handle was let go."""
    cancelled = Signal()
    """Escape: the range is to be as it was."""
    changed = Signal()
    """It looks different."""

    def __init__(self, scenery: Callable[[], Scenery | None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._scenery = scenery
        self._shown: RangeShown | None = None
        self._visible = True
        self._hovered: tuple[str, str] | None = None
        self._pull: Pull | None = None

    @property
    def shown(self) -> RangeShown | None:
        return self._shown

    @property
    def holding(self) -> bool:
        """Whether a handle is in the user's hand."""
        return self._pull is not None

    @property
    def cursor(self) -> Qt.CursorShape | None:
        """For the pointer while it is on a handle."""
        if self._pull is not None:
            return Qt.CursorShape.ClosedHandCursor
        if self._hovered is None or self._shown is None:
            return None
        return Qt.CursorShape.ForbiddenCursor if self._shown.refusal else Qt.CursorShape.OpenHandCursor

    @property
    def tip(self) -> str:
        """Why the handle under the pointer cannot be pulled; "" where it can."""
        return self._shown.refusal if self._hovered is not None and self._shown is not None else ""

    def set_shown(self, shown: RangeShown | None) -> None:
        """Show another range, or none. Another bone's takes the handle out of the user's hand."""
        if self._pull is not None and (shown is None or shown.own.bone != self._pull.bone or shown.refusal):
            self._pull = None
        if shown is None:
            self._hovered = None
        different = shown is not self._shown
        self._shown = shown
        if different:
            self.changed.emit()

    def set_visible(self, visible: bool) -> None:
        self._visible = visible
        self._hovered = None
        self.cancel()
        self.changed.emit()

    def let_go(self) -> None:
        """The range was changed from elsewhere: what is in hand is void. Tells nobody."""
        self._pull = None

    # --- the user's gestures; each answers whether it was meant for this tool

    def press(self, at: QPointF) -> bool:
        sight = self._sight()
        grip = self._grip(sight, at)
        if sight is None or grip is None:
            return False
        self._hovered = grip.name
        if self._shown is not None and not self._shown.refusal:
            self._pull = taken(sight, grip, at.x(), at.y())
        self.changed.emit()
        return True

    def hover(self, at: QPointF) -> bool:
        """The pointer is here, no button pressed."""
        grip = self._grip(self._sight(), at)
        self._point_at(grip.name if grip is not None else None)
        return grip is not None

    def leave(self) -> None:
        self._point_at(None)

    def move(self, at: QPointF) -> bool:
        """The pointer moved with its button down."""
        if self._pull is None:
            return False
        sight = self._sight()
        if sight is not None:
            before = self._pull.answer.interval
            self._pull = pulled(sight, self._pull, at.x(), at.y())
            if self._pull.answer.interval != before:
                self.pulled.emit(self._pull.answer)
        return True

    def release(self, at: QPointF) -> bool:
        if self._pull is None:
            return False
        self.move(at)
        pull, self._pull = self._pull, None
        self.changed.emit()
        if pull is not None and pull.moved:
            self.released.emit(pull.answer)
        return True

    def cancel(self) -> None:
        if self._pull is not None:
            self._pull = None
            self.cancelled.emit()
            self.changed.emit()

    @property
    def drawn(self) -> bool:
        """Whether a range is to be seen."""
        return self._shown is not None and self._visible

    def paint(self, painter: QPainter, look: Look) -> None:
        sight = self._sight()
        if sight is None:
            return
        paint_range(painter, picture_of(sight), look)
        grips = grips_of(sight)
        paint_grips(painter, grips, look, self._hovered, self.holding, bool(sight.shown.refusal))
        for grip in grips:
            if grip.name == self._hovered:
                words = handle_words(*grip.name, grip.handle.value)
                draw_name(painter, words, QPointF(*grip.place.tolist()), look, self.holding)

    def _sight(self) -> RangeSight | None:
        if self._shown is None or not self._visible:
            return None
        scenery = self._scenery()
        return sight_of(scenery.stage, self._shown, scenery.pose, scenery.drawn.bones) if scenery is not None else None

    def _grip(self, sight: RangeSight | None, at: QPointF) -> Grip | None:
        return grip_at(grips_of(sight), at.x(), at.y()) if sight is not None else None

    def _point_at(self, name: tuple[str, str] | None) -> None:
        if name != self._hovered:
            self._hovered = name
            self.changed.emit()
