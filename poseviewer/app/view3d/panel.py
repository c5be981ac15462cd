"""The 3D view: the lifted pose, to be turned around, with its presets above it."""

from __future__ import annotations

import logging
import threading
from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QGuiApplication, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QToolBar, QToolButton, QVBoxLayout, QWidget

from poseviewer.app.gl import GlProbe, GlReport
from poseviewer.app.view3d.canvas import Canvas3D
from poseviewer.app.view3d.comparison import Comparison
from poseviewer.app.view3d.heading import View
from poseviewer.app.view3d.range_patch import RangeShown
from poseviewer.app.view3d.scene import SceneError
from poseviewer.core.skeleton import Skeleton

log = logging.getLogger(__name__)

OpenGl = Literal["auto", "on", "off"]

WITHOUT_OPENGL = ("offscreen", "minimal")
"""Qt's platforms for programs that nobody watches: painted, and no word about it in a screenshot."""

VIEWS: tuple[tuple[View, str, str], ...] = (
    ("camera", "Camera", "The photo's own view (0)"),
    ("front", "Front", "The animal from the front; again: from behind (1)"),
    ("side", "Side", "The animal's left side; again: its right (2)"),
    ("top", "Top", "From above, head up (3)"),
)


class View3D(QWidget):
    """Shows one pose in 3D. Setters never emit; signals tell what the user did.

    Joints come in the camera frame (x right, y down, z away), root-relative, in pixels.
    """

    joint_selected = Signal(object)
    """int or None."""
    joint_hovered = Signal(object)
    """int or None."""
    range_pulled = Signal(object)
    """RangePull: a handle of the range is being pulled."""
    range_released = Signal(object)
    """RangePull: it was let go."""
    range_cancelled = Signal()
    """It was let go by Escape: the range is to be as it was."""
    drawn = Signal()
    """After every repaint of the canvas."""
    notice = Signal(str)
    """One sentence, once: the view is painted without OpenGL."""

    def __init__(self, parent: QWidget | None = None, opengl: OpenGl = "auto") -> None:
        """Make the view.

        Args:
            parent: Qt's.
            opengl: "auto" starts painted and takes OpenGL once a test in another process has passed;
                "on" takes it at once, "off" never.
        """
        super().__init__(parent)
        self.canvas = Canvas3D(self)
        self.canvas.joint_selected.connect(self.joint_selected)
        self.canvas.joint_hovered.connect(self.joint_hovered)
        tool = self.canvas.range_tool
        tool.pulled.connect(self.range_pulled)
        tool.released.connect(self.range_released)
        tool.cancelled.connect(self.range_cancelled)
        self.canvas.drawn.connect(self.drawn)
        self.canvas.scene_failed.connect(self._say_painted)
        self._opengl = opengl
        self._comparison: Comparison | None = None
        self._ours, self._apart = "A", False
        self._asked = False
        self._told = False
        self._preloading: threading.Thread | None = None
        self._probe = GlProbe(self)
        self._probe.answered.connect(self._take_answer)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._tool_strip())
        layout.addWidget(self.canvas, 1)
        self.setFocusProxy(self.canvas)

    def set_skeleton(self, skeleton: Skeleton) -> None:
        """Show poses of this skeleton from now on; the view is empty until `set_pose`."""
        self._comparison = None
        self.canvas.set_skeleton(skeleton)

    def set_pose(
        self,
        joints: NDArray[np.floating] | None,
        given: NDArray[np.bool_] | None = None,
        depth_std: NDArray[np.floating] | None = None,
    ) -> None:
        """Show a pose, or the message where it is None.

        Args:
            joints: (J, 3), camera frame.
            given: (J,) false for joints whose keypoint was not clicked; they are translucent. None: all were.
            depth_std: (J,) in the unit of the joints, or None.

        Raises:
            ValueError: the joints are not those of the skeleton.
        """
        self._uncertainty.setEnabled(depth_std is not None)
        self.canvas.set_pose(joints, given, depth_std)

    def set_comparison(self, joints: NDArray[np.floating] | None, label: str = "B") -> None:
        """Draw a second pose of the same frame, (J, 3) as in `set_pose`, under a name such as "B run 3"; or none.

        Raises:
            ValueError: the joints are not those of the skeleton.
        """
        points = None if joints is None else np.asarray(joints, np.float64)
        self._show_comparison(None if points is None else Comparison(points, label, self._ours, self._apart))

    def set_ours(self, label: str) -> None:
        """What the lifter of the pose is called while another one is compared."""
        self._ours = label
        if self._comparison is not None:
            self._show_comparison(replace(self._comparison, ours=label))

    def set_apart(self, apart: bool) -> None:
        """Whether two poses that are compared stand side by side instead of over each other."""
        self._apart = apart
        if self._comparison is not None:
            self._show_comparison(replace(self._comparison, apart=apart))

    def _show_comparison(self, comparison: Comparison | None) -> None:
        self.canvas.set_comparison(comparison)
        self._comparison = comparison

    def set_range(self, shown: RangeShown | None) -> None:
        """Show the rotation range of one bone around its joint, or none."""
        self.canvas.range_tool.set_shown(shown)
        self._range.setEnabled(shown is not None)

    def let_go_of_range(self) -> None:
        """The range was changed from elsewhere: take its handle out of the user's hand."""
        self.canvas.range_tool.let_go()

    def set_range_visible(self, visible: bool) -> None:
        """Whether the user wants to see ranges at all."""
        self._range.setChecked(visible)

    def set_selected_joint(self, joint: int | None) -> None:
        self.canvas.set_selected_joint(joint)

    def set_hovered_joint(self, joint: int | None) -> None:
        self.canvas.set_hovered_joint(joint)

    def set_view(self, view: View) -> None:
        """Look from "camera", "front", "side" or "top"."""
        self.canvas.set_view(view)

    def set_uncertainty_visible(self, visible: bool) -> None:
        """Draw how uncertain each depth is: one standard deviation to each side."""
        self._uncertainty.setChecked(visible)

    def set_palette_name(self, name: str) -> None:
        """One of `poseviewer.app.colors.PALETTES`."""
        self.canvas.set_palette_name(name)

    def set_message(self, text: str) -> None:
        """What the empty view says."""
        self.canvas.set_words(message=text)

    def set_remark(self, text: str) -> None:
        """A quiet line under the pose, "" for none."""
        self.canvas.set_words(remark=text)

    def set_heading(self, widget: QWidget) -> None:
        """Stand this on top of the view."""
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(0, widget)

    def fit(self) -> None:
        """Bring the whole pose into view."""
        self.canvas.fit()

    def reset_scale(self) -> None:
        """The next pose is of another frame or animal: take its size instead of keeping the last one's."""
        self.canvas.reset_scale()

    @property
    def scene_name(self) -> str:
        """What draws: "OpenGL (...)" or "painted"."""
        return self.canvas.scene_name

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._asked or self._opengl == "off" or QGuiApplication.platformName() in WITHOUT_OPENGL:
            return
        self._asked = True
        if self._opengl == "on":
            self._take_opengl()
        else:
            self._preloading = threading.Thread(target=_import_opengl, name="import of vispy", daemon=True)
            self._preloading.start()
            self._probe.start()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.shut_down()
        self._asked = False  # it may be shown again
        super().closeEvent(event)

    def shut_down(self) -> None:
        """Stop what runs and give back what is held, for good: what is still drawn is painted."""
        self._probe.stop()
        if self._preloading is not None:
            self._preloading.join()
        self.canvas.close_scene()
        self._asked = True

    def _take_answer(self, report: GlReport) -> None:
        if report.usable:
            self._take_opengl()
        else:
            self._say_painted(report.reason)

    def _take_opengl(self) -> None:
        from poseviewer.app.view3d.gl_scene import GlScene

        try:
            self.canvas.use_scene(GlScene())
        except SceneError as error:
            self._say_painted(str(error))

    def _say_painted(self, reason: str) -> None:
        log.info("3D view painted without OpenGL: %s", reason)
        if not self._told:
            self._told = True
            sentence = f"OpenGL cannot be used here ({reason}), so the 3D view is painted; poseviewer doctor says more."
            self.canvas.set_words(note=sentence)
            self.notice.emit(sentence)

    def _tool_strip(self) -> QWidget:
        """A tool bar, because it puts what has no room into a menu of its own."""
        strip = QToolBar(self)
        strip.setObjectName("view3d_tools")
        strip.setMovable(False)
        for view, text, tip in VIEWS:
            look = _tool(strip, text, tip)
            look.triggered.connect(lambda _=False, v=view: self.set_view(v))
            strip.addAction(look)
        fit = _tool(strip, "Fit", "All of the pose in view (F)")
        fit.triggered.connect(self.fit)
        strip.addAction(fit)
        gap = QWidget(strip)
        gap.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        strip.addWidget(gap)
        tip = "The rotation range of the bone that is chosen among the ranges; pull its handles to change it"
        self._range = _tool(strip, "Range", tip)
        self._range.setCheckable(True)
        self._range.setChecked(True)
        self._range.setEnabled(False)
        self._range.toggled.connect(self.canvas.range_tool.set_visible)
        self._uncertainty = _tool(strip, "± Depth", "How uncertain each joint's depth is: one standard deviation")
        self._uncertainty.setCheckable(True)
        self._uncertainty.setEnabled(False)
        self._uncertainty.toggled.connect(self.canvas.set_uncertainty_visible)
        for action in (self._range, self._uncertainty):
            strip.addAction(action)
        for button in strip.findChildren(QToolButton):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return strip


def _tool(parent: QObject, text: str, tip: str) -> QAction:
    action = QAction(text, parent)
    action.setToolTip(tip)
    return action


def _import_opengl() -> None:
    """Read vispy's modules while OpenGL is being tried, so that taking it does not hold up the window."""
    from poseviewer.app.view3d.gl_scene import preload

    preload()
