"""The image canvas: the frame, the keypoints on it, and the mouse that places, drags and marks them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from poseviewer.app.annotate import gesture as gestures
from poseviewer.app.annotate.gesture import Gesture, Intent
from poseviewer.app.annotate.hit_test import HitTarget, hit_test
from poseviewer.app.annotate.overlay import Hint, Overlay
from poseviewer.app.annotate.surface import Surface
from poseviewer.app.colors import joint_color
from poseviewer.core.pose import Pose2D
from poseviewer.core.skeleton import Skeleton

ZOOM_STEP = 1.4


class Canvas(QWidget):
    """Shows a frame and one animal's keypoints; says what the user does to them.

    Coordinates are full-resolution image pixels, integers at pixel centres. Setters never emit. A drag is
    drawn here as it goes; it becomes part of the pose when whoever listens calls `set_pose`.
    """

    keypoint_placed = Signal(int, float, float)
    keypoint_dragged = Signal(int, float, float)
    keypoint_moved = Signal(int, float, float)
    occlusion_toggled = Signal(int)
    joint_selected = Signal(object)
    """int, or None where the user clicked beside every joint."""
    joint_hovered = Signal(object)
    """int or None."""
    pose_dragged = Signal(float, float)
    pose_moved = Signal(float, float)
    drag_cancelled = Signal()
    prediction_accepted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._surface = Surface(self)
        self._message = _MessageLabel(self)
        self._pose: Pose2D | None = None
        self._next_joint: int | None = None
        self._gesture: Gesture | None = None
        self._loupe_wanted = True
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._surface)
        self.setFocusProxy(self._surface)
        self.setAccessibleName("Image canvas")
        self.setMinimumSize(160, 120)
        self._surface.set_label_font(self.font())
        self._surface.pressed.connect(self._on_press)
        self._surface.moved.connect(self._on_move)
        self._surface.released.connect(self._on_release)
        self._surface.double_clicked.connect(self._on_double_click)
        self._surface.left.connect(self._on_leave)

    # Setters: none of them emits

    def set_image(self, image: NDArray[np.uint8] | None, scale: float = 1.0) -> None:
        """Show a frame, (H, W, 3) RGB uint8, or none.

        `scale` is the array's size over the picture's own, 1 unless the frame was decoded at a reduced size.
        """
        self._surface.set_image(image, scale)
        self._update_cursor()

    def set_skeleton(self, skeleton: Skeleton) -> None:
        self._forget_gesture()
        self._pose = None
        self._next_joint = None
        kept = self._surface.overlay
        self._surface.set_overlay(Overlay(skeleton, palette=kept.palette, shown=kept.shown))

    def set_pose(self, pose: Pose2D, predicted: bool = False, scores: NDArray[np.float32] | None = None) -> None:
        """Show keypoints; of a prediction, with its scores (J,) where there are some. A drag or a click in progress
        began on others and is given up; panning goes on.
        """
        if self._gesture is not None and not self._gesture.pans:
            self._forget_gesture()
        self._pose = pose
        self._show(pose=pose, predicted=predicted, scores=scores)

    def set_next_joint(self, joint: int | None) -> None:
        """The joint that a click on the image places; None: a click only selects."""
        self._next_joint = joint
        hint = self._surface.overlay.hint
        self._show(hint=replace(hint, joint=joint) if hint is not None and joint is not None else None)
        self._update_cursor()

    def set_selected_joint(self, joint: int | None) -> None:
        self._show(selected=joint)

    def set_hovered_joint(self, joint: int | None) -> None:
        self._show(hovered=joint)

    def set_reprojection(
        self, points: NDArray[np.floating[Any]] | None, given: NDArray[np.bool_] | None = None
    ) -> None:
        """The lifted pose seen from the camera, (J, 2) image pixels, and which joints, (J,), were clicked."""
        self._show(reprojection=None if points is None else np.asarray(points, dtype=np.float64), given=given)

    def set_comparison(self, points: NDArray[np.floating[Any]] | None, given: NDArray[np.bool_] | None = None) -> None:
        """What another model makes of the same keypoints, as in `set_reprojection`, or nothing."""
        compared = None if points is None else np.asarray(points, dtype=np.float64)
        self._show(comparison=compared, comparison_given=given)

    def set_contrast(self, brightness: float, contrast: float) -> None:
        """Both from -1 to 1; 0 leaves the picture as it is."""
        self._surface.set_tone(brightness, contrast)

    @property
    def message(self) -> str:
        """The sentence over the picture, "" where there is none."""
        return self._message.text()

    def set_message(self, text: str) -> None:
        """A sentence over the picture; an empty one takes it away."""
        self._message.set_words(text)

    def set_colors(self, palette: str) -> None:
        """A key of `colors.PALETTES`."""
        self._show(palette=palette)

    def set_keypoints_shown(self, shown: bool) -> None:
        """Hide or show everything that is drawn over the picture; hidden keypoints cannot be picked or placed."""
        self._show(shown=shown)

    def set_loupe(self, wanted: bool) -> None:
        """Whether a magnified inset follows a dragged point."""
        self._loupe_wanted = wanted
        if not wanted:
            self._surface.hide_loupe()

    def fit(self) -> None:
        """Show the whole picture."""
        self._surface.fit()

    def zoom_in(self) -> None:
        self._surface.zoom(ZOOM_STEP)

    def zoom_out(self) -> None:
        self._surface.zoom(1 / ZOOM_STEP)

    @property
    def surface(self) -> Surface:
        """The view inside; its viewport gets the mouse."""
        return self._surface

    def screen_point(self, x: float, y: float) -> tuple[float, float]:
        """Where image coordinates are on the surface, in its logical pixels."""
        place = self._surface.part.to_screen(np.array([x, y]))
        return float(place[0]), float(place[1])

    # The mouse

    def _on_press(self, x: float, y: float, button: str, whole_pose: bool) -> None:
        if self._gesture is not None:
            return  # a second button during a drag
        self._gesture = gestures.begun(self._target(x, y), button, whole_pose, x, y)
        if self._gesture.intent is Intent.JOINT:
            self._choose(self._gesture.joint)
        self._show(hint=None)
        self._update_cursor()

    def _on_move(self, x: float, y: float) -> None:
        if self._gesture is None:
            self._hover(x, y)
            return
        self._gesture = gestures.moved(self._gesture, x, y)
        if self._gesture.moved:
            self._drag(self._gesture)

    def _on_release(self, x: float, y: float) -> None:
        gesture, self._gesture = self._gesture, None
        if gesture is None:
            return
        gesture = gestures.moved(gesture, x, y)
        self._surface.hide_loupe()
        if gesture.moved:
            self._finish_drag(gesture)
        else:
            self._click(gesture, x, y)
        self._hover(x, y)

    def _on_double_click(self, x: float, y: float, button: str, whole_pose: bool) -> None:
        target = self._target(x, y)
        if button == "left" and target.on_pose and self._surface.overlay.predicted:
            self.prediction_accepted.emit()
        elif button != "left" or target.joint is not None:
            self._on_press(x, y, button, whole_pose)
        elif self._joint_to_place(x, y) is None:
            # While keypoints are being placed, a second click too soon is a slip and means nothing.
            self.fit()

    def _on_leave(self) -> None:
        if self._gesture is None:
            self._set_hovered(None)
            self._show(hint=None)

    def _drag(self, gesture: Gesture) -> None:
        if gesture.intent in (Intent.BACKGROUND, Intent.PAN):
            self._surface.pan(*gesture.step)
        elif gesture.intent is Intent.JOINT and gesture.joint is not None:
            self._preview_joint(gesture, gesture.joint, self.keypoint_dragged.emit)
        elif gesture.intent is Intent.POSE:
            self._preview_pose(gesture, self.pose_dragged.emit)

    def _finish_drag(self, gesture: Gesture) -> None:
        """Tell what was moved. The preview is taken back after it, so that what was not accepted is not shown."""
        if gesture.intent is Intent.JOINT and gesture.joint is not None:
            self._preview_joint(gesture, gesture.joint, self.keypoint_moved.emit)
        elif gesture.intent is Intent.POSE:
            self._preview_pose(gesture, self.pose_moved.emit)
        self._show(pose=self._pose)

    def _click(self, gesture: Gesture, x: float, y: float) -> None:
        if gesture.intent is Intent.OCCLUDE and gesture.joint is not None:
            self.occlusion_toggled.emit(gesture.joint)
        elif gesture.intent is Intent.BACKGROUND:
            joint = self._joint_to_place(x, y)
            if joint is not None:
                self.keypoint_placed.emit(joint, *self._surface.part.to_image(x, y))
            else:
                self._choose(None)

    def _preview_joint(self, gesture: Gesture, joint: int, tell: Callable[[int, float, float], None]) -> None:
        if self._pose is None or joint >= len(self._pose) or not self._pose.present[joint]:
            return
        scale, (dx, dy) = self._surface.part.scale, gesture.offset
        start = self._pose.keypoints[joint]
        x, y = self._surface.clamped(float(start[0]) + dx / scale, float(start[1]) + dy / scale)
        self._show(pose=self._pose.with_keypoint(joint, x, y), hovered=joint)
        if self._gesture is not None and self._loupe_wanted:
            self._surface.show_loupe(x, y, self._color(joint))
        tell(joint, x, y)

    def _preview_pose(self, gesture: Gesture, tell: Callable[[float, float], None]) -> None:
        if self._pose is None:
            return
        dx, dy = (v / self._surface.part.scale for v in gesture.offset)
        self._show(pose=self._pose.moved(dx, dy))
        tell(dx, dy)

    def _hover(self, x: float, y: float) -> None:
        target = self._target(x, y)
        self._set_hovered(target.joint)
        joint = self._joint_to_place(x, y) if target.joint is None else None
        self._show(hint=Hint(joint, x, y) if joint is not None else None)
        self._update_cursor()

    def _joint_to_place(self, x: float, y: float) -> int | None:
        """What a click here would place: nothing beside the image, or while keypoints are hidden."""
        return self._next_joint if self._surface.overlay.shown and self._surface.on_image(x, y) else None

    def _set_hovered(self, joint: int | None) -> None:
        if joint != self._surface.overlay.hovered:
            self._show(hovered=joint)
            self.joint_hovered.emit(joint)

    def _choose(self, joint: int | None) -> None:
        if joint != self._surface.overlay.selected:
            self._show(selected=joint)
            self.joint_selected.emit(joint)

    def _give_up_drag(self) -> None:
        """Everything is as it was before it."""
        gesture = self._gesture
        self._forget_gesture()
        self._show(pose=self._pose)
        if gesture is not None and gesture.moved and not gesture.pans:
            self.drag_cancelled.emit()

    def _forget_gesture(self) -> None:
        self._gesture = None
        self._surface.hide_loupe()

    def _target(self, x: float, y: float) -> HitTarget:
        overlay = self._surface.overlay
        bones = overlay.skeleton.bones if overlay.skeleton is not None else ()
        return hit_test(overlay.points(self._surface.part), bones, x, y)

    def _color(self, joint: int) -> tuple[int, int, int]:
        overlay = self._surface.overlay
        return joint_color(overlay.skeleton, joint, overlay.palette) if overlay.skeleton else (255, 255, 255)

    def _show(self, **changes: Any) -> None:
        self._surface.set_overlay(replace(self._surface.overlay, **changes))

    def _update_cursor(self) -> None:
        self._surface.viewport().setCursor(self._cursor_shape())

    def _cursor_shape(self) -> Qt.CursorShape:
        overlay = self._surface.overlay
        if self._gesture is not None and self._gesture.intent in (Intent.POSE, Intent.PAN):
            return Qt.CursorShape.ClosedHandCursor
        if overlay.hovered is not None:
            return Qt.CursorShape.PointingHandCursor
        if overlay.hint is not None or (self._gesture is not None and self._next_joint is not None):
            return Qt.CursorShape.CrossCursor
        return Qt.CursorShape.ArrowCursor

    # Qt's events

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._gesture is not None:
            self._give_up_drag()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._message.place()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "_surface"):
            self._surface.set_label_font(self.font())


class _MessageLabel(QLabel):
    """A sentence on a dark plate in the upper middle of its parent; the mouse goes through it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setStyleSheet("background: rgba(22, 24, 28, 230); color: #f5f6f8; border-radius: 8px; padding: 10px 16px;")
        self.hide()

    def set_words(self, text: str) -> None:
        self.setText(text)
        self.setVisible(bool(text))
        self.place()

    def place(self) -> None:
        if not self.text():
            return
        parent = self.parentWidget()
        assert parent is not None
        room = parent.size()
        self.ensurePolished()
        widest = min(self.fontMetrics().horizontalAdvance(self.text()) + 44, room.width() - 40, 560)
        self.setFixedWidth(max(widest, 80))
        self.setFixedHeight(max(self.heightForWidth(self.width()), 36))
        self.move((room.width() - self.width()) // 2, max(min(room.height() // 6, 90), 12))
        self.raise_()
