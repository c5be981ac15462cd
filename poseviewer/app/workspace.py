"""The panels around one open project: made when it opens, taken down when it closes. Composition only."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget

from poseviewer.app.annotate.annotator import Annotator
from poseviewer.app.annotate.canvas import Canvas
from poseviewer.app.annotate.contrast import ContrastPanel
from poseviewer.app.annotate.guide import Guide
from poseviewer.app.detect.room import DetectRoom
from poseviewer.app.docks import Docks, Panel
from poseviewer.app.document import Document
from poseviewer.app.frames import Frames
from poseviewer.app.label_importer import LabelImporter
from poseviewer.app.lift_link import LiftLink
from poseviewer.app.lifters.compare import Comparison
from poseviewer.app.lifters.room import LifterRoom
from poseviewer.app.live_index import LiveIndex
from poseviewer.app.live_lift import LiveLift
from poseviewer.app.media.media_list import MediaList
from poseviewer.app.media.timeline import Timeline
from poseviewer.app.own_keys import FocusedKeys, OwnKeys
from poseviewer.app.predictions import Predictions
from poseviewer.app.ranges.room import RangeRoom
from poseviewer.app.selection import Selection
from poseviewer.app.services import Services
from poseviewer.app.settings import Settings
from poseviewer.app.suggest.panel import SuggestionPanel
from poseviewer.app.suggest.suggestions import Suggestions
from poseviewer.app.train.room import TrainRoom
from poseviewer.app.view3d.panel import View3D
from poseviewer.core.project import FrameKey, MediaRef

MIDDLE = 340
"""The picture keeps this width: as the window shrinks, the docks beside it give way."""


class Workspace(QObject):
    """Attributes:
    centre: the widget in the middle of the window: canvas over timeline.
    parts: what actions are aimed at, by name.
    panels: menu entries that show and hide the docks.
    """

    states_changed = Signal(object)
    """frozenset[str]: `states`, after they changed."""

    def __init__(self, window: QMainWindow, document: Document, services: Services) -> None:
        super().__init__(window)
        self._window, self._document, self._services = window, document, services
        self._told: frozenset[str] = frozenset()
        self.index = LiveIndex(document, self)
        self.selection = Selection(self)
        self.canvas, self.guide, self.view3d = Canvas(), Guide(), View3D()
        self.timeline, self.media_list, self.contrast = Timeline(), MediaList(), ContrastPanel()
        self.centre = self._middle()
        for panel in (self.media_list, self.contrast):
            OwnKeys(panel)
        FocusedKeys(self)
        self.annotator = Annotator(document, self.selection, self.canvas, self.guide, self)
        self.live = LiveLift(services.load, self)
        self.link = LiftLink(
            document,
            self.selection,
            self.annotator,
            self.live,
            self.canvas,
            self.view3d,
            services.status,
            services.store,
        )
        self.frames = Frames(
            document,
            self.selection,
            self.canvas,
            self.timeline,
            self.media_list,
            services.notices,
            services.tasks,
            self.index,
        )
        self.suggestions = Suggestions(
            document, self.selection, self.index, self.frames, self.timeline, services.tasks, services.notices
        )
        self.ranges = RangeRoom(document, self.selection, self.view3d, self.link, self.frames, services, self)
        comparison = Comparison(document, self.link, self.view3d, self.canvas, self, services.load)
        self.training = TrainRoom(document, comparison, services, self)
        self.lifters = LifterRoom(
            window, document, self.link, self.view3d, comparison, self.training.runner, services, self
        )
        self.detect = DetectRoom(document, self.selection, services, self.train_detector, self)
        self.predictions = Predictions(document, self.selection, self.index, services.notices, self)
        self.parts: dict[str, object] = {
            "workspace": self,
            "document": document,
            "annotator": self.annotator,
            "canvas": self.canvas,
            "view3d": self.view3d,
            "frames": self.frames,
            "suggestions": self.suggestions,
            "predictions": self.predictions,
            "detect": self.detect,
            "lifters": self.lifters,
            "import": LabelImporter(document, services.store, services.notices, services.tasks, self),
        }
        self._link_selection()
        self._listen()
        self._follow_settings(services.store.current)
        self.docks = Docks(window, self._panels(), services.store, self)

    @property
    def panels(self) -> list[QAction]:
        return self.docks.actions

    @property
    def states(self) -> frozenset[str]:
        """What there is for actions to act on.

        "project"; "media": several of them; "frame": one is shown; "frames": and there are others; "pose": it has
        keypoints; "keypoint": one of them is selected; "prediction": they are a detector's; "predictions":
        some frame has one; "own lifter", "own detector": not the shipped one;
        "comparison": two lifters are compared; "undo"; "redo".
        """
        document, frame = self._document, self.selection.frame
        media = document.project.find_media(frame.media) if frame is not None else None
        there = {
            "project": True,
            "media": len(document.project.media) > 1,
            "frame": frame is not None,
            "frames": media is not None and media.frame_count > 1,
            "pose": frame is not None and self.annotator.pose.present_count > 0,
            "keypoint": self.annotator.selected_keypoint is not None,
            "prediction": self.annotator.predicted,
            "predictions": self.index.any_predicted,
            "own lifter": bool(document.project.model),
            "own detector": bool(document.project.detector),
            "comparison": self.lifters.comparing,
            "undo": document.can_undo,
            "redo": document.can_redo,
        }
        return frozenset(name for name, true in there.items() if true)

    def close(self) -> None:
        """Remember the layout, stop the threads and take the panels down."""
        self.detect.close()
        self.lifters.close()
        self.training.close()
        self.predictions.close()
        self.frames.close()
        self.live.close()
        self.view3d.shut_down()
        self._services.status.clear_fields()
        self.docks.close()

    # What actions ask for

    def reset_layout(self) -> None:
        """Every panel back where it was on the first day."""
        self.docks.reset()

    def lay_out_to_label(self) -> None:
        self.docks.switch("label")

    def lay_out_for_ranges(self) -> None:
        self.docks.switch("ranges")

    def lay_out_to_train(self) -> None:
        self.docks.switch("train")

    def train_lifter(self) -> None:
        self._show_training("lifter")

    def train_detector(self) -> None:
        self._show_training("detector")

    def show_detection(self) -> None:
        if self.docks.layout_name == "ranges":  # which has no place for it
            self.docks.switch("label")
        self.docks.reveal("dock.detect")

    def show_ranges(self) -> None:
        self.docks.switch("ranges")
        self.docks.reveal("dock.ranges")

    def show_synthetic_poses(self) -> None:
        self.docks.switch("ranges")
        self.docks.reveal("dock.gallery")

    def show_range_check(self) -> None:
        self.docks.switch("ranges")
        self.docks.reveal("dock.check")

    def show_reality_gap(self) -> None:
        self.docks.switch("ranges")
        self.docks.reveal("dock.gap")

    def show_keypoints(self, on: bool) -> None:
        self.canvas.set_keypoints_shown(on)

    def show_reprojection(self, on: bool) -> None:
        self.link.show_reprojection(on)

    def view_front(self) -> None:
        self.view3d.set_view("front")

    def view_side(self) -> None:
        self.view3d.set_view("side")

    def view_top(self) -> None:
        self.view3d.set_view("top")

    def view_camera(self) -> None:
        self.view3d.set_view("camera")

    def nudge_left(self) -> None:
        self.annotator.nudge(-1, 0)

    def nudge_right(self) -> None:
        self.annotator.nudge(1, 0)

    def nudge_up(self) -> None:
        self.annotator.nudge(0, -1)

    def nudge_down(self) -> None:
        self.annotator.nudge(0, 1)

    # Composition

    def _show_training(self, task: str) -> None:
        self.docks.switch("train")
        self.docks.reveal("dock.train")
        self.training.choose(task)

    def _middle(self) -> QWidget:
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.canvas, 1)
        column.addWidget(self.timeline)
        middle.setMinimumWidth(MIDDLE)
        return middle

    def _panels(self) -> tuple[Panel, ...]:
        return (
            Panel("dock.view3d", "3D pose", lambda: self.view3d, there=True),
            Panel("dock.guide", "Keypoints", lambda: self.guide, there=True),
            Panel("dock.media", "Media", lambda: self.media_list, there=True),
            Panel("dock.contrast", "Brightness and contrast", lambda: self.contrast, there=True),
            Panel("dock.suggestions", "Suggestions", lambda: SuggestionPanel(self.suggestions, self.selection)),
            *self.ranges.panels,
            *self.training.panels,
            *self.detect.panels,
        )

    def _link_selection(self) -> None:
        """Canvas and guide are linked by the annotator; here the 3D view joins them."""
        self.selection.joint_changed.connect(self.view3d.set_selected_joint)
        self.selection.hovered_changed.connect(self.view3d.set_hovered_joint)
        self.view3d.joint_selected.connect(self.selection.set_joint)
        self.view3d.joint_hovered.connect(self.selection.set_hovered)

    def _listen(self) -> None:
        notices, status = self._services.notices, self._services.status
        self.annotator.noticed.connect(notices.say)
        self.view3d.notice.connect(notices.say)
        self.contrast.contrast_changed.connect(self.canvas.set_contrast)
        self.frames.shown.connect(self._say_frame)
        for signal in (self.selection.frame_changed, self.selection.joint_changed, self.annotator.pose_changed):
            signal.connect(self._tell_states)
        self.lifters.compared_changed.connect(self._tell_states)
        self.selection.frame_changed.connect(self._forget_frame)
        self._document.history_changed.connect(self._tell_states)
        self._document.skeleton_changed.connect(self.view3d.reset_scale)
        self._services.store.changed.connect(self._follow_settings)
        status.clear_fields()

    def _say_frame(self, key: FrameKey) -> None:
        media = self._document.project.find_media(key.media)
        if media is not None:
            self._services.status.frame.setText(frame_words(media, key.frame))

    def _forget_frame(self, key: FrameKey | None) -> None:
        if key is None:
            self._services.status.frame.clear()
            self.selection.set_hovered(None)

    def _tell_states(self) -> None:
        states = self.states
        if states != self._told:
            self._told = states
            self.states_changed.emit(states)

    def _follow_settings(self, settings: Settings) -> None:
        self.canvas.set_colors(settings.palette)
        self.guide.set_colors(settings.palette)
        self.timeline.set_colors(settings.palette)
        self.view3d.set_palette_name(settings.palette)


def frame_words(media: MediaRef, frame: int) -> str:
    """`trot.mp4 · frame 12 of 0–99`; an image of a folder by its own name; a single image by nothing else."""
    name = media.files[frame] if frame < len(media.files) else Path(media.path).name
    return name if media.frame_count == 1 else f"{name} · frame {frame} of 0–{media.frame_count - 1}"
