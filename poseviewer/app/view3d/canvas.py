"""The canvas of the 3D view: paints the pose, and turns mouse and keys into camera moves and picked joints."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from poseviewer.app.view3d.composer import (
    Emphasis,
    ScenePose,
    SceneSkeleton,
    Stage,
    compose,
    empty_picture,
    leaves_view,
    lens_label_place,
)
from poseviewer.app.view3d.framing import Framing
from poseviewer.app.view3d.heading import View, heading, view_angles
from poseviewer.app.view3d.look import Look, look_for
from poseviewer.app.view3d.orbit import OrbitCamera, wrapped
from poseviewer.app.view3d.overlay import (
    draw_background,
    draw_focus_ring,
    draw_message,
    draw_name,
    draw_note,
    draw_word,
)
from poseviewer.app.view3d.painted_scene import PaintedScene
from poseviewer.app.view3d.scene import Scene, SceneError
from poseviewer.app.view3d.strokes import Picture
from poseviewer.core.edits import spoken
from poseviewer.core.skeleton import Skeleton
from poseviewer.geometry.picking import nearest_point

log = logging.getLogger(__name__)

PICK_RADIUS = 14.0
CLICK_SLACK = 4.0
RADIANS_PER_PIXEL = 0.0085
KEY_TURN = math.radians(7.5)
KEY_ZOOM = 1.15


class Canvas3D(QWidget):
    """Shows one pose. Redraws only when something changed; no timer runs."""

    joint_selected = Signal(object)
    """int or None: a click on a joint, or beside all of them."""
    joint_hovered = Signal(object)
    """int or None: the pointer came over a joint, or left it."""
    drawn = Signal()
    """After every repaint."""
    scene_failed = Signal(str)
    """OpenGL stopped working, and why; the view is already painted without it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("canvas3d")
        self.setAccessibleName("3D pose")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 120)
        self._scene: Scene = PaintedScene()
        self._camera = OrbitCamera()
        self._framing = Framing()
        self._skeleton: Skeleton | None = None
        self._drawn_skeleton: SceneSkeleton | None = None
        self._pose: ScenePose | None = None
        self._emphasis = Emphasis()
        self._palette_name = "default"
        self._message = ""
        self._note = ""
        self._own_zoom = False  # the user has zoomed or panned: a new pose no longer moves the camera
        self._pressed: QPointF | None = None
        self._last: QPointF | None = None
        self._dragging = False
        self._look = self._look_of_palette()

    # --- what others set; none of it emits

    def set_skeleton(self, skeleton: Skeleton) -> None:
        self._skeleton = skeleton
        self._drawn_skeleton = SceneSkeleton.of(skeleton, self._palette_name)
        self._pose = None
        self._emphasis = replace(self._emphasis, selected=None, hovered=None)
        self._framing.reset()
        self.update()

    def set_pose(
        self, joints: ArrayLike | None, given: ArrayLike | None = None, depth_std: ArrayLike | None = None
    ) -> None:
        if joints is None:
            self._pose = None
        else:
            _check_shape(self._skeleton, np.shape(joints))
            is_new = not self._framing.is_set
            self._pose = self._framing.placed(joints, given, depth_std)
            if not self._own_zoom and (is_new or leaves_view(self._stage(), self._pose)):
                self._fit_camera()
        self.update()

    def reset_scale(self) -> None:
        self._framing.reset()

    def set_selected_joint(self, joint: int | None) -> None:
        self._emphasize(replace(self._emphasis, selected=joint))

    def set_hovered_joint(self, joint: int | None) -> None:
        self._emphasize(replace(self._emphasis, hovered=joint))

    def set_uncertainty_visible(self, visible: bool) -> None:
        self._emphasize(replace(self._emphasis, uncertainty=visible))

    def set_palette_name(self, name: str) -> None:
        self._palette_name = name
        if self._skeleton is not None:
            self._drawn_skeleton = SceneSkeleton.of(self._skeleton, name)
        self.update()

    @property
    def message(self) -> str:
        """What is written where no pose is."""
        return self._message

    def set_message(self, text: str) -> None:
        self._message = text
        self.update()

    def set_note(self, text: str) -> None:
        """A calm line in the corner, until the user's next gesture."""
        self._note = text
        self.update()

    def set_view(self, view: View) -> None:
        """Look from one of the preset directions; asked again for front or side, from behind or the other side."""
        azimuth, elevation = view_angles(view, self._facing())
        if view in ("front", "side") and self._looks_from(azimuth, elevation):
            azimuth = wrapped(azimuth + math.pi)
        self._camera = replace(self._camera, azimuth=azimuth, elevation=elevation)
        self.fit()

    def fit(self) -> None:
        """All of the pose in view."""
        self._own_zoom = False
        self._fit_camera()
        self.update()

    # --- the painter behind it

    @property
    def scene_name(self) -> str:
        return self._scene.name

    def use_scene(self, scene: Scene) -> None:
        self._scene.close()
        self._scene = scene
        self.update()

    def close_scene(self) -> None:
        """Give back what OpenGL holds; anything drawn later is painted."""
        self.use_scene(PaintedScene())

    # --- painting

    def sizeHint(self) -> QSize:
        return QSize(480, 420)

    def paintEvent(self, event: QPaintEvent) -> None:
        stage = self._stage()
        with QPainter(self) as painter:
            draw_background(painter, self.rect(), self._look)
            self._paint_picture(painter, self._picture(stage))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_words(painter, stage)
            if self.hasFocus():
                draw_focus_ring(painter, self.rect(), self._look)
        self.drawn.emit()

    def _picture(self, stage: Stage) -> Picture:
        if self._pose is None or self._drawn_skeleton is None:
            return empty_picture(stage)
        return compose(stage, self._drawn_skeleton, self._pose, self._emphasis)

    def _paint_picture(self, painter: QPainter, picture: Picture) -> None:
        try:
            self._scene.paint(painter, picture, self.size(), self.devicePixelRatioF())
        except SceneError as error:
            log.warning("The 3D view goes on without OpenGL: %s", error)
            self._scene.close()
            self._scene = PaintedScene()
            self._scene.paint(painter, picture, self.size(), self.devicePixelRatioF())
            self.scene_failed.emit(str(error))

    def _paint_words(self, painter: QPainter, stage: Stage) -> None:
        area = QRectF(self.rect())
        floor = self._pose.floor if self._pose is not None else -0.6
        lens = lens_label_place(stage, floor)
        if lens is not None:
            draw_word(painter, "camera", QPointF(*lens), self._look)
        if self._note:
            draw_note(painter, self._note, area, self._look)
        if self._pose is None:
            draw_message(painter, self._message, area, self._look)
            return
        named = {self._emphasis.selected: True} | {
            self._emphasis.hovered: self._emphasis.hovered == self._emphasis.selected
        }
        for joint, strong in named.items():
            self._paint_name(painter, joint, strong)

    def _paint_name(self, painter: QPainter, joint: int | None, strong: bool) -> None:
        if joint is None or self._skeleton is None or joint >= self._skeleton.joint_count:
            return
        place = self.joint_place(joint)
        if place is not None:
            draw_name(painter, spoken(self._skeleton.joints[joint]), place, self._look, strong)

    # --- the user's gestures

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = self._last = event.position()
        self._dragging = False
        self._forget_note()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None or self._last is None:
            self._hover(self._joint_at(event.position()))
            return
        if not self._dragging and (event.position() - self._pressed).manhattanLength() < CLICK_SLACK:
            return
        self._dragging = True
        moved = event.position() - self._last
        self._last = event.position()
        if event.buttons() & Qt.MouseButton.LeftButton and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._turn(-moved.x() * RADIANS_PER_PIXEL, moved.y() * RADIANS_PER_PIXEL)
        else:
            self._pan(moved.x(), moved.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        clicked = self._pressed is not None and not self._dragging and event.button() == Qt.MouseButton.LeftButton
        self._pressed = self._last = None
        self._dragging = False
        if clicked:
            self._select(self._joint_at(event.position()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        joint = self._joint_at(event.position())
        if joint is None or self._pose is None:
            self.fit()
            return
        self._own_zoom = True
        self._move(self._camera.looking_at(self._pose.joints[joint]))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._forget_note()
        self._zoom(1.0015 ** event.angleDelta().y())
        event.accept()

    def event(self, event: QEvent) -> bool:
        # Keys that mean something here are not the main window's while this view has the focus.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._action(event):
            event.accept()
            return True
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self._zoom(1.0 + event.value())
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        action = self._action(event)
        if action is None:
            super().keyPressEvent(event)
            return
        self._forget_note()
        action()

    def _action(self, event: QKeyEvent) -> Callable[[], None] | None:
        """What a key does here, None where it is not for this view."""
        mine = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        if event.modifiers() & ~mine:
            return None
        key = Qt.Key
        return {
            int(key.Key_Left): lambda: self._turn(KEY_TURN, 0.0),
            int(key.Key_Right): lambda: self._turn(-KEY_TURN, 0.0),
            int(key.Key_Up): lambda: self._turn(0.0, KEY_TURN),
            int(key.Key_Down): lambda: self._turn(0.0, -KEY_TURN),
            int(key.Key_Plus): lambda: self._zoom(KEY_ZOOM),
            int(key.Key_Equal): lambda: self._zoom(KEY_ZOOM),
            int(key.Key_Minus): lambda: self._zoom(1 / KEY_ZOOM),
            int(key.Key_0): lambda: self.set_view("camera"),
            int(key.Key_1): lambda: self.set_view("front"),
            int(key.Key_2): lambda: self.set_view("side"),
            int(key.Key_3): lambda: self.set_view("top"),
            int(key.Key_F): self.fit,
        }.get(event.key())

    # --- camera

    def _turn(self, azimuth: float, elevation: float) -> None:
        self._move(self._camera.orbited(azimuth, elevation))

    def _zoom(self, factor: float) -> None:
        self._own_zoom = True
        self._move(self._camera.zoomed(factor))

    def _pan(self, right: float, down: float) -> None:
        self._own_zoom = True
        self._move(self._camera.panned(right, down, self.width(), self.height()))

    def _move(self, camera: OrbitCamera) -> None:
        self._camera = camera
        self.update()

    def _fit_camera(self) -> None:
        if self._pose is None:
            return
        known = self._pose.joints[np.isfinite(self._pose.joints[:, 0])]
        if len(known):
            ground = np.append(known.mean(axis=0)[:2], self._pose.floor)
            self._camera = self._camera.fitted(np.vstack([known, ground]), self.width(), self.height())

    def _facing(self) -> np.ndarray | None:
        if self._pose is None or self._skeleton is None:
            return None
        return heading(self._pose.joints, self._skeleton)

    def _looks_from(self, azimuth: float, elevation: float) -> bool:
        turned = abs(wrapped(self._camera.azimuth - azimuth))
        return turned < 0.02 and abs(self._camera.elevation - elevation) < 0.02

    # --- joints

    def joint_place(self, joint: int) -> QPointF | None:
        """Where a joint is drawn, None where it is not."""
        if self._pose is None:
            return None
        at = self._stage().project(self._pose.joints[joint])
        return None if at.behind[0] or not np.isfinite(at.places).all() else QPointF(*at.places[0])

    def _joint_at(self, place: QPointF) -> int | None:
        if self._pose is None:
            return None
        at = self._stage().project(self._pose.joints)
        places = np.where(at.behind[:, None], np.nan, at.places)
        return nearest_point(places, (place.x(), place.y()), PICK_RADIUS, at.depth)

    def _hover(self, joint: int | None) -> None:
        if joint != self._emphasis.hovered:
            self.set_hovered_joint(joint)
            self.setCursor(Qt.CursorShape.PointingHandCursor if joint is not None else Qt.CursorShape.ArrowCursor)
            self.joint_hovered.emit(joint)

    def _select(self, joint: int | None) -> None:
        if joint != self._emphasis.selected:
            self.set_selected_joint(joint)
            self.joint_selected.emit(joint)

    def _emphasize(self, emphasis: Emphasis) -> None:
        if emphasis != self._emphasis:
            self._emphasis = emphasis
            self.update()

    # --- surroundings

    def resizeEvent(self, event: QResizeEvent) -> None:
        if not self._own_zoom:
            self._fit_camera()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._look = self._look_of_palette()
            self.update()
        super().changeEvent(event)

    def _look_of_palette(self) -> Look:
        role = QPalette.ColorRole
        base, text, accent = (_rgb(self.palette().color(r)) for r in (role.Base, role.Text, role.Highlight))
        return look_for(base, text, accent)

    def _stage(self) -> Stage:
        return Stage(self._camera, self.width(), self.height(), self._look)

    def _forget_note(self) -> None:
        if self._note:
            self.set_note("")


def _check_shape(skeleton: Skeleton | None, shape: tuple[int, ...]) -> None:
    if skeleton is None or shape != (skeleton.joint_count, 3):
        wanted = "a skeleton first" if skeleton is None else f"joints of shape {(skeleton.joint_count, 3)}"
        raise ValueError(f"Expected {wanted}, but got joints of shape {shape}")


def _rgb(color: QColor) -> tuple[int, int, int]:
    return color.red(), color.green(), color.blue()
