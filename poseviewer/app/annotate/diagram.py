"""The diagram of a skeleton: which keypoints are placed, which is next; a click picks the next one."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QLineF, QPointF, QSize, Qt, QVariantAnimation, Signal
from PySide6.QtGui import QBrush, QColor, QHelpEvent, QHideEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from poseviewer.app.annotate.diagram_layout import diagram_places, on_page
from poseviewer.app.annotate.hit_test import hit_test
from poseviewer.app.colors import RGB, joint_color, mixed, predicted_color, text_color
from poseviewer.core.edits import spoken
from poseviewer.core.pose import Pose2D, Visibility
from poseviewer.core.project import SURE
from poseviewer.core.skeleton import Skeleton

MARGIN = 20.0
RADIUS = 5.5
NEXT_RADIUS = 7.5
PULSE_MS = 700
PULSES = 2
PICK_RADIUS = 14.0


class SkeletonDiagram(QWidget):
    """Placed joints are filled, occluded ones hollow, the rest grey; the next one has a halo that pulses twice.

    A prediction is yellow, in rims of its sides' colours; what it is too unsure of is an empty ring.
    """

    joint_chosen = Signal(int)
    joint_hovered = Signal(object)
    """int or None."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._skeleton: Skeleton | None = None
        self._places = np.empty((0, 2))
        self._pose: Pose2D | None = None
        self._predicted = False
        self._scores: NDArray[np.float32] | None = None
        self._next: int | None = None
        self._selected: int | None = None
        self._hovered: int | None = None
        self._colors = "default"
        self._pulse = QVariantAnimation(self, startValue=0.0, endValue=1.0, duration=PULSE_MS)
        self._pulse.setLoopCount(PULSES)
        self._pulse.valueChanged.connect(self.update)
        self.setMouseTracking(True)
        self.setMinimumSize(180, 130)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Diagram of the skeleton")

    def set_skeleton(self, skeleton: Skeleton) -> None:
        self._skeleton = skeleton
        self._places = diagram_places(skeleton)
        self._pose = self._next = self._selected = self._hovered = None
        self.update()

    def set_pose(self, pose: Pose2D | None, predicted: bool = False, scores: NDArray[np.float32] | None = None) -> None:
        self._pose, self._predicted, self._scores = pose, predicted, scores
        self.update()

    def set_next_joint(self, joint: int | None) -> None:
        if joint == self._next:
            return
        self._next = joint
        self._pulse.stop()
        if joint is not None and self.isVisible():
            self._pulse.start()
        self.update()

    def set_selected_joint(self, joint: int | None) -> None:
        self._selected = joint
        self.update()

    def set_hovered_joint(self, joint: int | None) -> None:
        self._hovered = joint
        self.update()

    def set_colors(self, palette: str) -> None:
        self._colors = palette
        self.update()

    def joint_place(self, joint: int) -> QPointF:
        """Where a joint is drawn, in this widget's pixels."""
        return QPointF(*self._points()[joint].tolist())

    def sizeHint(self) -> QSize:
        return QSize(260, 210)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._skeleton is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        points = self._points()
        self._paint_bones(painter, self._skeleton, points)
        for joint, (x, y) in enumerate(points.tolist()):
            self._paint_joint(painter, self._skeleton, joint, QPointF(x, y))
        painter.end()

    def _paint_bones(self, painter: QPainter, skeleton: Skeleton, points: np.ndarray) -> None:
        """A bone has its colour once both its ends are placed."""
        for bone in skeleton.bones:
            done = self._state(bone.parent) and self._state(bone.child)
            shown = self._yellow() if self._predicted else self._shown_color(skeleton, bone.child)
            color = shown if done else QColor(*self._grey(0.28))
            painter.setPen(QPen(color, 2.6 if done else 2.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawLine(QLineF(*points[bone.parent].tolist(), *points[bone.child].tolist()))

    def _paint_joint(self, painter: QPainter, skeleton: Skeleton, joint: int, center: QPointF) -> None:
        color = self._shown_color(skeleton, joint)
        state = self._state(joint)
        if joint == self._next:
            self._paint_halo(painter, center, color)
        if joint in (self._selected, self._hovered):
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.WindowText), 1.6))
            painter.drawEllipse(center, RADIUS + 4.5, RADIUS + 4.5)
        window = self.palette().color(QPalette.ColorRole.Window)
        radius = NEXT_RADIUS if joint == self._next else RADIUS
        if self._predicted and state and joint != self._next:
            painter.setPen(QPen(color, 2.0))
            painter.setBrush(QBrush(window if self._doubtful(joint) else self._yellow()))
        elif state == Visibility.VISIBLE or (joint == self._next and not state):
            painter.setPen(QPen(window, 1.5))
            painter.setBrush(QBrush(color))
        elif state == Visibility.OCCLUDED:
            pen = QPen(color, 2.2)
            pen.setDashPattern([2 * math.pi * radius / 2.2 / 8 * share for share in (0.62, 0.38)])
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            painter.setPen(pen)
            painter.setBrush(QBrush(window))
        else:
            painter.setPen(QPen(QColor(*self._grey(0.5)), 1.6))
            painter.setBrush(QBrush(window))
        painter.drawEllipse(center, radius, radius)

    def _paint_halo(self, painter: QPainter, center: QPointF, color: QColor) -> None:
        running = self._pulse.state() == QVariantAnimation.State.Running
        swell = math.sin(math.pi * self._pulse.currentValue()) * 5.0 if running else 0.0
        halo = QColor(color)
        halo.setAlpha(80)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(halo))
        painter.drawEllipse(center, NEXT_RADIUS + 6 + swell, NEXT_RADIUS + 6 + swell)

    def _shown_color(self, skeleton: Skeleton, joint: int) -> QColor:
        """The side's colour, a little stronger where the window's own colour would swallow it."""
        return QColor(*text_color(joint_color(skeleton, joint, self._colors), self._window_rgb(), ratio=2.2))

    def _yellow(self) -> QColor:
        """The colour of predictions, darker where a light window would swallow it."""
        return QColor(*text_color(predicted_color(self._colors), self._window_rgb(), ratio=1.6))

    def _doubtful(self, joint: int) -> bool:
        return self._scores is not None and bool(self._scores[joint] < SURE)

    def _state_words(self, joint: int) -> str:
        state = self._state(joint)
        if state and self._predicted:
            sure = f", {self._scores[joint]:.2f}" if self._scores is not None else ""
            return f"predicted{sure}"
        return ("not placed yet", "occluded", "visible")[state]

    def _state(self, joint: int) -> int:
        return int(self._pose.visibility[joint]) if self._pose is not None and joint < len(self._pose) else 0

    def _window_rgb(self) -> RGB:
        color = self.palette().color(QPalette.ColorRole.Window)
        return color.red(), color.green(), color.blue()

    def _grey(self, amount: float) -> RGB:
        text = self.palette().color(QPalette.ColorRole.WindowText)
        return mixed(self._window_rgb(), (text.red(), text.green(), text.blue()), amount)

    def _points(self) -> np.ndarray:
        return on_page(self._places, self.width(), self.height(), MARGIN)

    def _joint_at(self, position: QPointF) -> int | None:
        if self._skeleton is None:
            return None
        return hit_test(self._points(), self._skeleton.bones, position.x(), position.y(), PICK_RADIUS).joint

    # Qt's events

    def mousePressEvent(self, event: QMouseEvent) -> None:
        joint = self._joint_at(event.position())
        if joint is not None and event.button() == Qt.MouseButton.LeftButton and self.isEnabled():
            self.joint_chosen.emit(joint)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self._joint_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            joint = self._joint_at(QPointF(event.pos()))
            if joint is not None and self._skeleton is not None:
                words = f"{spoken(self._skeleton.joints[joint])}: {self._state_words(joint)}"
                QToolTip.showText(event.globalPos(), words, self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._pulse.stop()
        super().hideEvent(event)

    def _hover(self, joint: int | None) -> None:
        if joint == self._hovered:
            return
        self._hovered = joint
        self.setCursor(Qt.CursorShape.ArrowCursor if joint is None else Qt.CursorShape.PointingHandCursor)
        self.update()
        self.joint_hovered.emit(joint)
