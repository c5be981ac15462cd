"""Paints the whole overlay, keypoints, bones and names, as one graphics item at a constant size on screen."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from poseviewer.app.annotate.overlay import TAG_WIDTH, Overlay, Points, changed_box, tag_place
from poseviewer.app.annotate.viewport import Viewport
from poseviewer.app.colors import RGB, bone_color, joint_color, mixed, predicted_color
from poseviewer.core.edits import spoken
from poseviewer.core.pose import Visibility
from poseviewer.core.skeleton import Skeleton

HANDLE_RADIUS = 5.0
SELECTED_RADIUS = 6.5
HALO = QColor(0, 0, 0, 150)
"""Dark edge under everything that is drawn, so that it stands out on any picture."""
RIM = QColor(255, 255, 255, 235)
COMPARED = QColor(240, 242, 245, 230)
"""Of the second pose of a comparison: neither left nor right."""
PLATE = QColor(28, 30, 34)
"""Behind the disc of a prediction, where it is not sure enough to fill its rim."""
FAINTEST = 0.3
"""How strongly a bone is drawn to a keypoint that is not sure at all."""
TAG_BACKGROUND = QColor(22, 24, 28, 225)
TAG_TEXT = QColor(245, 246, 248)


class OverlayItem(QGraphicsItem):
    """Draws an `Overlay` in screen pixels; it must lie at the origin of a scene whose unit is the screen pixel."""

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setZValue(10)
        self._overlay = Overlay()
        self._viewport = Viewport()
        self._font = QFont()

    @property
    def overlay(self) -> Overlay:
        return self._overlay

    def set_overlay(self, overlay: Overlay) -> None:
        """Show another overlay, drawing again only what differs."""
        box = changed_box(self._overlay, overlay, self._viewport)
        self._overlay = overlay
        if box is None:
            self.update()
        elif box[2] > box[0]:
            self.update(QRectF(QPointF(box[0], box[1]), QPointF(box[2], box[3])))

    def set_viewport(self, viewport: Viewport) -> None:
        if (viewport.width, viewport.height) != (self._viewport.width, self._viewport.height):
            self.prepareGeometryChange()
        self._viewport = viewport
        self.update()

    def set_font(self, font: QFont) -> None:
        self._font = font
        self.update()

    def boundingRect(self) -> QRectF:
        return QRectF(0, 0, self._viewport.width, self._viewport.height)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        skeleton = self._overlay.skeleton
        if skeleton is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        points = self._overlay.points(self._viewport)
        ghost = self._overlay.ghost(self._viewport)
        if self._overlay.comparison is not None:
            self._paint_comparison(painter, skeleton, self._overlay.other_ghost(self._viewport))
        if len(ghost):
            self._paint_ghost(painter, skeleton, ghost, points)
        if len(points):
            self._paint_bones(painter, skeleton, points)
            self._paint_handles(painter, skeleton, points)
        self._paint_tags(painter, skeleton, points, ghost)

    def _paint_ghost(self, painter: QPainter, skeleton: Skeleton, ghost: Points, points: Points) -> None:
        """The reprojection of the lifted pose: thin, dashed, translucent; crosses on joints that were not clicked.

        What lies under the bones of the pose itself is left out: nobody would see it.
        """
        under = _same_places(ghost, points)
        bones = [(i, bone) for i, bone in enumerate(skeleton.bones) if not (under[bone.parent] and under[bone.child])]
        drawn = [(i, line) for i, bone in bones if (line := _line(ghost, bone.parent, bone.child)) is not None]
        painter.setPen(_pen(QColor(0, 0, 0, 80), 2.6))
        painter.drawLines([line for _, line in drawn])
        for i, line in drawn:
            # Lighter than the bones themselves: a thin dashed line of the same colour would be lost in the picture.
            light = mixed(bone_color(skeleton, i, self._overlay.palette), (255, 255, 255), 0.4)
            pen = _pen(QColor(*light, 210), 1.5)
            pen.setDashPattern([3.5, 3.0])
            painter.setPen(pen)
            painter.drawLine(line)
        given = self._overlay.given
        for joint, (x, y) in enumerate(ghost.tolist()):
            if math.isfinite(x) and math.isfinite(y) and not (given is not None and given[joint]):
                self._paint_cross(painter, x, y, joint_color(skeleton, joint, self._overlay.palette))

    def _paint_comparison(self, painter: QPainter, skeleton: Skeleton, other: Points) -> None:
        """The other model's reprojection: white dots along its bones, discs on joints that were not clicked.

        Its pose in 3D has no colours of sides either.
        """
        if not len(other):
            return
        ends = [_line(other, bone.parent, bone.child) for bone in skeleton.bones]
        lines = [line for line in ends if line is not None]
        painter.setPen(_pen(QColor(0, 0, 0, 110), 3.4))
        painter.drawLines(lines)
        pen = _pen(COMPARED, 2.0)
        pen.setDashPattern([1.0, 1.6])
        painter.setPen(pen)
        painter.drawLines(lines)
        painter.setPen(QPen(HALO, 1.0))
        painter.setBrush(QBrush(COMPARED))
        given = self._overlay.comparison_given
        for joint, (x, y) in enumerate(other.tolist()):
            if math.isfinite(x + y) and not (given is not None and given[joint]):
                painter.drawEllipse(QPointF(x, y), 3.0, 3.0)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_cross(self, painter: QPainter, x: float, y: float, color: RGB) -> None:
        arms = [QLineF(x - 4, y - 4, x + 4, y + 4), QLineF(x - 4, y + 4, x + 4, y - 4)]
        for pen in (_pen(HALO, 3.6), _pen(QColor(*color), 1.8)):
            painter.setPen(pen)
            painter.drawLine(arms[0])
            painter.drawLine(arms[1])

    def _paint_bones(self, painter: QPainter, skeleton: Skeleton, points: Points) -> None:
        lines = [(i, _line(points, bone.parent, bone.child)) for i, bone in enumerate(skeleton.bones)]
        drawn = [(i, line, self._bone_strength(skeleton, i)) for i, line in lines if line is not None]
        painter.setPen(_pen(HALO, 4.4))
        painter.drawLines([line for _, line, strength in drawn if strength == 1.0])
        for i, line, strength in drawn:
            if strength < 1.0:
                painter.setPen(_pen(faded(HALO, strength), 4.4))
                painter.drawLine(line)
            painter.setPen(_pen(QColor(*self._bone_rgb(skeleton, i), round(235 * strength)), 2.4))
            painter.drawLine(line)

    def _paint_handles(self, painter: QPainter, skeleton: Skeleton, points: Points) -> None:
        pose = self._overlay.pose
        assert pose is not None
        for joint, (x, y) in enumerate(points.tolist()):
            if math.isfinite(x) and math.isfinite(y) and joint != self._overlay.selected:
                self._paint_handle(painter, skeleton, joint, x, y, int(pose.visibility[joint]))
        chosen = self._overlay.selected
        if chosen is not None and chosen < len(points) and np.isfinite(points[chosen]).all():
            x, y = points[chosen].tolist()
            self._paint_handle(painter, skeleton, chosen, x, y, int(pose.visibility[chosen]))

    def _paint_handle(
        self, painter: QPainter, skeleton: Skeleton, joint: int, x: float, y: float, visibility: int
    ) -> None:
        """Visible: a filled disc. Occluded: a hollow dashed ring. Selected: larger, inside a white ring.

        A prediction is a yellow disc in a rim of its side's colour, the smaller the less sure it is; one that is too
        doubtful for lifting is an empty ring.
        """
        selected, hovered = joint == self._overlay.selected, joint == self._overlay.hovered
        center = QPointF(x, y)
        radius = SELECTED_RADIUS if selected or hovered else HANDLE_RADIUS
        color = QColor(*joint_color(skeleton, joint, self._overlay.palette))
        fill = QColor(*predicted_color(self._overlay.palette)) if self._overlay.predicted else color
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if selected:
            for pen in (QPen(HALO, 4.0), QPen(RIM, 2.0)):
                painter.setPen(pen)
                painter.drawEllipse(center, radius + 4.5, radius + 4.5)
        if visibility == Visibility.OCCLUDED:
            self._paint_ring(painter, center, radius, fill)
            return
        if self._overlay.doubtful(joint):
            for pen in (QPen(HALO, 3.6), QPen(fill, 1.8)):
                painter.setPen(pen)
                painter.drawEllipse(center, radius, radius)
            return
        painter.setPen(QPen(HALO, 1.2))
        painter.setBrush(QBrush(color if self._overlay.predicted else RIM))
        rim = 2.2 if self._overlay.predicted else 1.4
        painter.drawEllipse(center, radius + rim, radius + rim)
        painter.setPen(Qt.PenStyle.NoPen)
        if self._overlay.predicted:
            painter.setBrush(QBrush(PLATE))
            painter.drawEllipse(center, radius, radius)
        # Its area is the confidence. A paler yellow would be green on blue and orange on red.
        size = radius * math.sqrt(self._overlay.confidence(joint))
        painter.setBrush(QBrush(fill))
        painter.drawEllipse(center, size, size)

    def _bone_strength(self, skeleton: Skeleton, bone: int) -> float:
        """A bone is as sure as the less sure of its ends."""
        ends = skeleton.bones[bone].parent, skeleton.bones[bone].child
        return strength_of(min(self._overlay.confidence(joint) for joint in ends))

    def _paint_ring(self, painter: QPainter, center: QPointF, radius: float, color: QColor) -> None:
        painter.setBrush(QBrush(QColor(0, 0, 0, 70)))
        painter.setPen(QPen(HALO, 4.2))
        painter.drawEllipse(center, radius + 0.6, radius + 0.6)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(RIM, 2.2))
        painter.drawEllipse(center, radius + 0.6, radius + 0.6)
        # Eight dashes go round exactly once, so that the ring looks the same on every side.
        pen = QPen(color, 2.2)
        dash = 2 * math.pi * (radius + 0.6) / 2.2 / 8
        pen.setDashPattern([dash * 0.62, dash * 0.38])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.drawEllipse(center, radius + 0.6, radius + 0.6)

    def _bone_rgb(self, skeleton: Skeleton, bone: int) -> RGB:
        if self._overlay.predicted:
            return predicted_color(self._overlay.palette)
        return bone_color(skeleton, bone, self._overlay.palette)

    def _paint_tags(self, painter: QPainter, skeleton: Skeleton, points: Points, ghost: Points) -> None:
        overlay = self._overlay
        if overlay.hint is not None and overlay.hint.joint < skeleton.joint_count:
            self._paint_tag(painter, skeleton, overlay.hint.joint, overlay.hint.x, overlay.hint.y, "")
        joint = overlay.hovered
        if joint is None or joint >= skeleton.joint_count:
            return
        if joint < len(points) and np.isfinite(points[joint]).all():
            x, y = points[joint].tolist()
            self._paint_tag(painter, skeleton, joint, x, y, overlay.note(joint))
        elif joint < len(ghost) and np.isfinite(ghost[joint]).all():
            x, y = ghost[joint].tolist()
            self._paint_tag(painter, skeleton, joint, x, y, "lifted")

    def _paint_tag(self, painter: QPainter, skeleton: Skeleton, joint: int, x: float, y: float, note: str) -> None:
        """A small dark plate with a dot of the side's colour and the joint's name."""
        metrics = QFontMetricsF(self._font)
        words = spoken(skeleton.joints[joint]) + (f"  ·  {note}" if note else "")
        words = metrics.elidedText(words, Qt.TextElideMode.ElideRight, TAG_WIDTH - 34)
        width, height = metrics.horizontalAdvance(words) + 30, metrics.height() + 7
        left, top = tag_place(x, y, width, height, (self._viewport.width, self._viewport.height))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(TAG_BACKGROUND))
        painter.drawRoundedRect(QRectF(left, top, width, height), 5, 5)
        painter.setBrush(QBrush(QColor(*joint_color(skeleton, joint, self._overlay.palette))))
        painter.drawEllipse(QPointF(left + 12, top + height / 2), 4, 4)
        painter.setFont(self._font)
        painter.setPen(TAG_TEXT)
        painter.drawText(QRectF(left + 22, top, width - 22, height), Qt.AlignmentFlag.AlignVCenter, words)


def strength_of(confidence: float) -> float:
    """How strongly a bone is drawn, from FAINTEST to 1."""
    return FAINTEST + (1 - FAINTEST) * confidence


def faded(color: QColor, strength: float) -> QColor:
    """The colour with its opacity made less."""
    faint = QColor(color)
    faint.setAlphaF(color.alphaF() * strength)
    return faint


def _same_places(ghost: Points, points: Points) -> list[bool]:
    """(J,) which joints of the reprojection lie on their keypoints, to less than a pixel."""
    if len(points) != len(ghost):
        return [False] * len(ghost)
    there: list[bool] = (np.abs(ghost - points) < 0.75).all(axis=1).tolist()
    return there


def _pen(color: QColor, width: float) -> QPen:
    """Lines end flat, mostly under a handle: round ends take Qt ten times as long to draw."""
    return QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)


def _line(points: Points, start: int, end: int) -> QLineF | None:
    x1, y1 = points[start].tolist()
    x2, y2 = points[end].tolist()
    return QLineF(x1, y1, x2, y2) if math.isfinite(x1 + y1 + x2 + y2) else None
