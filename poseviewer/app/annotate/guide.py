"""The guide: says in plain words which keypoint to click next, and shows it on a diagram of the skeleton."""

from __future__ import annotations

from html import escape

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from poseviewer.app.annotate.diagram import SkeletonDiagram
from poseviewer.app.colors import joint_color, text_color
from poseviewer.core.edits import spoken
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import SURE
from poseviewer.core.skeleton import Skeleton

NO_FRAME = "Open a video or images to place keypoints."
CLICK = "Click the "
HINT = "Right-click a point you cannot really see: it becomes a guess. Left and right are its own, not the picture's."
HINT_PREDICTED = "Drag a point that is wrong: the pose is then yours. Empty rings are too doubtful for the 3D pose."
HINT_DONE = "Drag a point to correct it. Right-click one that you cannot really see."


class Guide(QWidget):
    """Shows where the user is in the order of clicking. It only asks: who listens decides."""

    joint_chosen = Signal(int)
    joint_hovered = Signal(object)
    """int or None: over the diagram."""
    skip_requested = Signal()
    back_requested = Signal()
    accept_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._skeleton: Skeleton | None = None
        self._pose: Pose2D | None = None
        self._predicted = False
        self._scores: NDArray[np.float32] | None = None
        self._next: int | None = None
        self._colors = "default"
        self.words = QLabel(self)
        self.count = QLabel(self)
        self.bar = QProgressBar(self)
        self.diagram = SkeletonDiagram(self)
        self.hint = QLabel(HINT, self)
        self.back = QPushButton("&Back", self)
        self.skip = QPushButton("S&kip", self)
        self.accept = QPushButton("Acc&ept", self)
        self._arrange()
        self.diagram.joint_chosen.connect(self.joint_chosen)
        self.diagram.joint_hovered.connect(self.joint_hovered)
        self.skip.clicked.connect(self.skip_requested)
        self.back.clicked.connect(self.back_requested)
        self.accept.clicked.connect(self.accept_requested)
        self._refresh()

    def set_skeleton(self, skeleton: Skeleton) -> None:
        self._skeleton = skeleton
        self._pose = self._next = None
        self.diagram.set_skeleton(skeleton)
        self._refresh()

    def set_pose(self, pose: Pose2D | None, predicted: bool = False, scores: NDArray[np.float32] | None = None) -> None:
        """The keypoints of the frame; None while no frame is shown. Of a prediction, with its scores (J,)."""
        self._pose, self._predicted, self._scores = pose, predicted, scores
        self.diagram.set_pose(pose, predicted, scores)
        self._refresh()

    def set_next_joint(self, joint: int | None) -> None:
        self._next = joint
        self.diagram.set_next_joint(joint)
        self._refresh()

    def set_selected_joint(self, joint: int | None) -> None:
        self.diagram.set_selected_joint(joint)

    def set_hovered_joint(self, joint: int | None) -> None:
        self.diagram.set_hovered_joint(joint)

    def set_colors(self, palette: str) -> None:
        """A key of `colors.PALETTES`."""
        self._colors = palette
        self.diagram.set_colors(palette)
        self._refresh()

    def _arrange(self) -> None:
        big = self.font()
        big.setPointSizeF(big.pointSizeF() * 1.45)
        self.words.setFont(big)
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.RichText)
        # Two lines whatever the words are, so that the diagram does not jump from joint to joint.
        self.words.setMinimumHeight(self.words.fontMetrics().lineSpacing() * 2 + 2)
        self.words.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.hint.setWordWrap(True)
        self.hint.setMinimumHeight(self.hint.fontMetrics().lineSpacing() * 2 + 2)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.back.setToolTip("Return to the joint before, to place it again")
        self.accept.setToolTip("The predicted pose is right: make it your own (Return, or double-click it)")
        self.skip.setToolTip("Leave this joint out and go on with the next one")
        buttons = QHBoxLayout()
        buttons.addWidget(self.back)
        buttons.addWidget(self.skip)
        buttons.addWidget(self.accept)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 12)
        layout.setSpacing(8)
        layout.addWidget(self.words)
        layout.addWidget(self.bar)
        layout.addWidget(self.count)
        layout.addWidget(self.diagram, 1)
        layout.addWidget(self.hint)
        layout.addLayout(buttons)

    def _refresh(self) -> None:
        """Say everything again; it is a handful of short texts."""
        self.words.setText(self._words())
        self.words.setAccessibleName(self.plain_words())
        total = self._skeleton.joint_count if self._skeleton is not None else 0
        placed = self._pose.present_count if self._pose is not None else 0
        self.bar.setRange(0, max(total, 1))
        self.bar.setValue(placed)
        self.count.setText(self._count_words(placed, total) if self._pose is not None else "")
        ready = self._pose is not None
        self.diagram.setEnabled(ready)
        asks = self._next is not None
        done = HINT_PREDICTED if self._predicted else HINT_DONE
        self.hint.setText("" if not ready else HINT if asks else done)
        checks = self._predicted and not asks
        self.accept.setVisible(checks)
        for button in (self.skip, self.back):
            button.setVisible(not checks)
        self.skip.setEnabled(ready and self._next is not None)
        self.back.setEnabled(ready)

    def _count_words(self, placed: int, total: int) -> str:
        if not self._predicted:
            return f"{placed} of {total} placed"
        if self._scores is None:
            return f"{placed} of {total} predicted"
        there = self._pose.present if self._pose is not None else np.zeros(0, bool)
        doubtful = int(((self._scores < SURE) & there).sum())
        return f"{placed} of {total} predicted" + (f" · {doubtful} doubtful" if doubtful else "")

    def plain_words(self) -> str:
        """The sentence shown, without markup."""
        if self._skeleton is None or self._pose is None:
            return NO_FRAME
        if self._next is not None:
            again = " again" if self._next < len(self._pose) and self._pose.present[self._next] else ""
            return f"{CLICK}{spoken(self._skeleton.joints[self._next])}{again}"
        if self._predicted:
            return "Predicted: is it right?"
        left_out = len(self._pose) - self._pose.present_count
        if left_out:
            return f"Done: {left_out} keypoint{'s' if left_out > 1 else ''} left out."
        return "All keypoints placed."

    def _words(self) -> str:
        """The sentence with the joint's name in bold and in the colour of its side."""
        plain = self.plain_words()
        if self._skeleton is None or self._pose is None or self._next is None:
            return escape(plain)
        window = self.palette().color(QPalette.ColorRole.Window)
        side = joint_color(self._skeleton, self._next, self._colors)
        r, g, b = text_color(side, (window.red(), window.green(), window.blue()))
        name = spoken(self._skeleton.joints[self._next])
        before, after = CLICK, plain[len(CLICK) + len(name) :]
        # Middle joints keep the text's colour: only left and right have something to say by it.
        style = f"color: rgb({r}, {g}, {b});" if self._skeleton.sides[self._next] != "middle" else ""
        return f'{escape(before)}<b style="{style}">{escape(name)}</b>{escape(after)}'

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "skip"):
            self._refresh()
