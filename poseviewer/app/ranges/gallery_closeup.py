"""One pose of the gallery, as large as the gallery, with what is impossible about it in words."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from poseviewer.app.ranges.gallery_poses import GalleryPose
from poseviewer.app.view3d.canvas import Canvas3D
from poseviewer.app.view3d.heading import View
from poseviewer.core.skeleton import Skeleton
from poseviewer.geometry.camera import body_to_camera


class GalleryCloseup(QWidget):
    """The pose can be turned as in the 3D view. Setters never emit."""

    left = Signal()
    """The user wants all poses back."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.canvas = Canvas3D(self)
        self.canvas.setAccessibleName("One synthetic pose")
        self._skeleton: Skeleton | None = None
        self._words = QLabel(self)
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        back = QToolButton(self, text="‹ All poses", toolTip="Back to all poses (Esc)", autoRaise=True)
        back.clicked.connect(self.left)
        row = QHBoxLayout()
        row.setContentsMargins(6, 3, 8, 3)
        row.addWidget(back, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.canvas, 1)
        self.setFocusProxy(self.canvas)

    @property
    def words(self) -> str:
        """What is said about the pose."""
        return self._words.text()

    def set_skeleton(self, skeleton: Skeleton) -> None:
        if skeleton != self._skeleton:
            self._skeleton = skeleton
            self.canvas.set_skeleton(skeleton)

    def set_pose(self, pose: GalleryPose) -> None:
        self.canvas.set_pose(body_to_camera(pose.joints))
        reasons = "; ".join(pose.faults)
        self._words.setText(
            f"Pose {pose.index + 1}, impossible: {reasons}." if reasons else f"Pose {pose.index + 1}: possible."
        )

    def set_view(self, view: View) -> None:
        self.canvas.set_view(view)

    def fit(self) -> None:
        self.canvas.fit()

    def set_palette_name(self, name: str) -> None:
        self.canvas.set_palette_name(name)
