"""The canvas of the 3D view: paints the pose, and turns mouse and keys into camera moves and picked joints."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from poseviewer.app.view3d.comparison import Comparison, needs_fit
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
from poseviewer.app.view3d.heading import View, next_view_angles
from poseviewer.app.view3d.keys import camera_key
from poseviewer.app.view3d.look import Look, look_for
from poseviewer.app.view3d.orbit import OrbitCamera
from poseviewer.app.view3d.overlay import (
    draw_background,
    draw_focus_ring,
    draw_legends,
    draw_name,
    draw_word,
)
from poseviewer.app.view3d.painted_scene import PaintedScene
from poseviewer.app.view3d.range_tool import RangeTool
from poseviewer.app.view3d.scene import Scene, SceneError
from poseviewer.app.view3d.scenery import Scenery
from poseviewer.app.view3d.strokes import Picture
from poseviewer.app.view3d.words import Words
from poseviewer.core.skeleton import Skeleton

log = logging.getLogger(__name__)

CLICK_SLACK = 4.0
RADIANS_PER_PIXEL = 0.0085
MARGIN, LEGEND = 1.12, 40
"""Around a fitted pose, as a share of it; and pixels over it where two are compared, for their names."""


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
        self.setMinimumSize(160, 110)
        self._scene: Scene = PaintedScene()
        self._camera = OrbitCamera()
        self._framing = Framing()
        self._skeleton: Skeleton | None = None
        self._drawn_skeleton: SceneSkeleton | None = None
        self._pose: ScenePose | None = None
        self._emphasis = Emphasis()
        self._palette_name = "default"
        self._words = Words()
        self._own_zoom = False  # the user has zoomed or panned: a new pose no longer moves the camera
        self._pressed: QPointF | None = None
        self._last: QPointF | None = None
        self._dragging = False
        self._comparison: Comparison | None = None
        self.range_tool = RangeTool(self._scenery, self)
        self.range_tool.changed.connect(self.update)
        self._look = self._look_of_palette()

    # --- what others set; none of it emits

    def set_skeleton(self, skeleton: Skeleton) -> None:
        self._skeleton = skeleton
        self._drawn_skeleton = SceneSkeleton.of(skeleton, self._palette_name)
        self._pose = self._comparison = None
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

    def set_comparison(self, comparison: Comparison | None) -> None:
        if comparison is not None:
            _check_shape(self._skeleton, comparison.joints.shape)
        before, self._comparison = self._comparison, comparison
        if not self._own_zoom and needs_fit(before, comparison, self._stage(), self._framing):
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
    def words(self) -> Words:
        return self._words

    def set_words(self, **words: str) -> None:
        """Change some of the sentences, by their names in `Words`."""
        self._words = replace(self._words, **words)
        self.update()

    def set_view(self, view: View) -> None:
        """Look from one of the preset directions; asked again for front or side, from behind or the other side."""
        scenery, now = self._scenery(), (self._camera.azimuth, self._camera.elevation)
        azimuth, elevation = next_view_angles(view, scenery.facing if scenery is not None else None, now)
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
            self.range_tool.paint(painter, self._look)
            self._paint_words(painter, stage)
            if self.hasFocus():
                draw_focus_ring(painter, self.rect(), self._look)
        self.drawn.emit()

    def _picture(self, stage: Stage) -> Picture:
        if self._pose is None or self._drawn_skeleton is None:
            return empty_picture(stage)
        if self._comparison is not None:
            return self._comparison.picture(stage, self._drawn_skeleton, self._pose, self._emphasis, self._framing)
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
        lens = lens_label_place(stage, self._pose.floor if self._pose is not None else -0.6)
        if lens is not None:
            draw_word(painter, "camera", QPointF(*lens), self._look)
        self._words.paint(painter, area, self._look, empty=self._pose is None)
        if self._pose is None:
            return
        if self._comparison is not None:
            entries = self._comparison.legend(self._look, self._palette_name)
            draw_legends(painter, entries, area, self._look, self._comparison.apart)
        scenery = self._scenery()
        for name, place, strong in scenery.names(self._emphasis, self.range_tool.drawn) if scenery is not None else ():
            draw_name(painter, name, QPointF(*place), self._look, strong)

    # --- the user's gestures

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.range_tool.press(event.position()):
            self._show_cursor()
            return
        self._pressed = self._last = event.position()
        self._dragging = False
        self._forget_note()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.range_tool.move(event.position()):
            return
        if self._pressed is None or self._last is None:
            on_handle = self.range_tool.hover(event.position())
            self._hover(None if on_handle else self._joint_at(event.position()))
            return
        if not self._dragging and (event.position() - self._pressed).manhattanLength() < CLICK_SLACK:
            return
        self._dragging = True
        moved = event.position() - self._last
        self._last = event.position()
        if event.buttons() & Qt.MouseButton.LeftButton and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.turn(-moved.x() * RADIANS_PER_PIXEL, moved.y() * RADIANS_PER_PIXEL)
        else:
            self._pan(moved.x(), moved.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.range_tool.release(event.position()):
            self._show_cursor()
            return
        clicked = self._pressed is not None and not self._dragging and event.button() == Qt.MouseButton.LeftButton
        self._pressed = self._last = None
        self._dragging = False
        if clicked:
            self._select(self._joint_at(event.position()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.range_tool.press(event.position()):
            return
        joint = self._joint_at(event.position())
        if joint is None or self._pose is None:
            self.fit()
            return
        self._own_zoom = True
        self._move(self._camera.looking_at(self._pose.joints[joint]))

    def leaveEvent(self, event: QEvent) -> None:
        self.range_tool.leave()
        self._hover(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._forget_note()
        self.zoom(1.0015 ** event.angleDelta().y())
        event.accept()

    def event(self, event: QEvent) -> bool:
        # Keys that mean something here are not the main window's while this view has the focus.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._action(event):
            event.accept()
            return True
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.range_tool.tip, self)
            return True
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self.zoom(1.0 + event.value())
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
        if self.range_tool.holding and event.key() == Qt.Key.Key_Escape:
            return self.range_tool.cancel
        return camera_key(event, self)

    # --- camera

    def turn(self, azimuth: float, elevation: float) -> None:
        self._move(self._camera.orbited(azimuth, elevation))

    def zoom(self, factor: float) -> None:
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
        reach, stage, above = self._pose.reach, self._stage(), 0
        if self._comparison is not None:
            reach = np.vstack([reach, self._comparison.placed(self._framing).reach])
            above = LEGEND
        if len(reach):
            margin = MARGIN * stage.height / max(stage.height - above, stage.height / 3, 1)
            fitted = self._camera.fitted(reach, stage.width, stage.height, margin)
            self._camera = fitted.panned(0.0, above / 2, stage.width, stage.height)

    # --- joints

    def joint_place(self, joint: int) -> QPointF | None:
        """Where a joint is drawn, None where it is not."""
        scenery = self._scenery()
        place = scenery.joint_place(joint) if scenery is not None else None
        return None if place is None else QPointF(*place)

    def _joint_at(self, place: QPointF) -> int | None:
        scenery = self._scenery()
        return None if scenery is None else scenery.joint_at(place.x(), place.y())

    def _hover(self, joint: int | None) -> None:
        if joint != self._emphasis.hovered:
            self.set_hovered_joint(joint)
            self.joint_hovered.emit(joint)
        self._show_cursor()

    def _show_cursor(self) -> None:
        shape = Qt.CursorShape
        plain = shape.PointingHandCursor if self._emphasis.hovered is not None else shape.ArrowCursor
        wanted = self.range_tool.cursor or plain
        if wanted != self.cursor().shape():
            self.setCursor(wanted)

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
        apart = self._comparison is not None and self._comparison.apart
        return Stage(self._camera, self.width() / 2 if apart else self.width(), self.height(), self._look)

    def _scenery(self) -> Scenery | None:
        if self._pose is None or self._skeleton is None or self._drawn_skeleton is None:
            return None
        return Scenery(self._stage(), self._skeleton, self._drawn_skeleton, self._pose)

    def _forget_note(self) -> None:
        if self._words.note:
            self.set_words(note="")


def _check_shape(skeleton: Skeleton | None, shape: tuple[int, ...]) -> None:
    if skeleton is None or shape != (skeleton.joint_count, 3):
        wanted = "a skeleton first" if skeleton is None else f"joints of shape {(skeleton.joint_count, 3)}"
        raise ValueError(f"Expected {wanted}, but got joints of shape {shape}")


def _rgb(color: QColor) -> tuple[int, int, int]:
    return color.red(), color.green(), color.blue()
