"""Which poses a method learns from: this project's own keypoints, or files that the user adds."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QRadioButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from poseviewer.app import open_dialogs
from poseviewer.app.own_keys import OwnKeys
from poseviewer.app.train.controls import narrow
from poseviewer.app.train.stages import FLAT, SOLID, SOME, Stage, counted
from poseviewer.core.errors import LabelFileError
from poseviewer.core.joint_names import match_names
from poseviewer.core.skeleton import Skeleton
from poseviewer.io.pose_summary import PoseSummary, summarise_poses

PATH = Qt.ItemDataRole.UserRole
LINES = 3
"""Files that are seen at once."""


class PoseSource(QWidget):
    """Files stay listed when another method is chosen. Setters never emit."""

    changed = Signal()
    """The user chose something else: `files` are others."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stage: Stage | None = None
        self._skeleton: Skeleton | None = None
        self._found: dict[str, PoseSummary] = {}
        self._folder, self._poses = "", 0
        self.title, self.problem = QLabel("Learns from"), QLabel(wordWrap=True)
        self.own, self.from_files = QRadioButton(), QRadioButton("Files")
        self._group = QButtonGroup(self)
        self.list = FileList()
        self.list.setAccessibleName("Files of poses to learn from")
        self.add, self.remove = narrow(QPushButton("&Add…")), narrow(QPushButton("&Remove"))
        self.own.setChecked(True)
        self._arrange()
        self._listen()
        self.set_stage(None)

    @property
    def files(self) -> tuple[str, ...] | None:
        """Paths to learn from; None for the project's own keypoints, or where none are needed."""
        if self._stage is None or not self._stage.poses or (self._chooses and self.own.isChecked()):
            return None
        return tuple(self._fitting())

    @property
    def count(self) -> int | None:
        """How many files; None for the project's own keypoints, or where none are needed."""
        files = self.files
        return None if files is None else len(files)

    def set_stage(self, stage: Stage | None) -> None:
        """What is trained; nothing is asked where it learns from no such poses."""
        self._stage = stage
        self.setVisible(stage is not None and bool(stage.poses))
        self.set_poses(self._poses)
        self._show()

    def set_poses(self, poses: int) -> None:
        """How many whole poses the project has."""
        self._poses = poses
        ranges = self._stage is not None and self._stage.poses == SOME
        self.from_files.setText("3D poses in files" if ranges else "Files of poses")
        self.own.setText("The ranges alone" if ranges else f"This project’s keypoints ({counted(poses, 'pose')})")

    def set_skeleton(self, skeleton: Skeleton) -> None:
        """Whose joints the files must have."""
        if skeleton != self._skeleton:
            self._skeleton = skeleton
            self._show()

    def set_files(self, paths: Iterable[str]) -> None:
        """List these; the first that is no poses file is said, and none of it is listed."""
        self._found, problem = {}, ""
        for path in paths:
            problem = self._read(path) or problem
        self._show(problem)

    # Smaller parts

    @property
    def _chooses(self) -> bool:
        """Whether there is anything but files."""
        return self._stage is not None and self._stage.poses != SOLID

    def _fitting(self) -> list[str]:
        return [path for path in self._found if not self._misfit(path)]

    def _misfit(self, path: str) -> str:
        """Why a file that can be read is of no use here, "" where it is."""
        found, skeleton = self._found[path], self._skeleton
        if self._stage is not None and self._stage.poses != FLAT and found.dimensions != 3:
            return "2D only, 3D poses are needed"
        if skeleton is None or found.joint_names is None:
            return ""
        columns = match_names(found.joint_names, skeleton)
        lacking = [joint for joint, column in zip(skeleton.joints, columns, strict=True) if column is None]
        more = f" and {len(lacking) - 1} more" if len(lacking) > 1 else ""
        return f"no joint {lacking[0]}{more} of {skeleton.name}" if lacking else ""

    def _read(self, path: str) -> str:
        try:
            self._found[path] = summarise_poses(Path(path))
        except LabelFileError as error:
            return str(error)
        return ""

    def _add(self) -> None:
        problem = ""
        for path in open_dialogs.ask_poses(self, self._folder):
            self._folder = str(Path(path).parent)
            problem = self._read(path) or problem
        self.from_files.setChecked(True)
        self._show(problem)
        self.changed.emit()

    def _remove(self) -> None:
        for item in self.list.selectedItems():
            self._found.pop(str(item.data(PATH)), None)
        self._show()
        self.changed.emit()

    def _show(self, problem: str = "") -> None:
        kept = self.list.currentRow()
        self.list.clear()
        for path, found in self._found.items():
            misfit = self._misfit(path)
            words = misfit or f"{found.poses:,} {'3D' if found.dimensions == 3 else '2D'} poses"
            item = QListWidgetItem(f"{found.path.name} · {words}", self.list)
            item.setData(PATH, path)
            item.setToolTip(path)
            if misfit:
                problem = problem or f"{found.path.name} is left out: {misfit}."
        self.list.setCurrentRow(min(kept, self.list.count() - 1))
        self.list.updateGeometry()
        self.problem.setText(problem)
        self._show_which()

    def _show_which(self) -> None:
        for button in (self.own, self.from_files):
            button.setVisible(self._chooses)
        filed = not self._chooses or self.from_files.isChecked()
        for widget in (self.add, self.remove):
            widget.setVisible(filed)
        self.list.setVisible(filed and self.list.count() > 0)
        self.problem.setVisible(filed and bool(self.problem.text()))
        self.remove.setEnabled(self.list.currentRow() >= 0)
        words = {SOLID: "Learns from files of 3D poses (.npz)", SOME: "Evolves from"}
        self.title.setText(words.get(self._stage.poses if self._stage is not None else "", "Learns from"))

    def _choose(self) -> None:
        self._show_which()
        self.changed.emit()

    def _arrange(self) -> None:
        self.own.setToolTip("All poses with every keypoint, labelled or predicted, of all images and videos")
        self.from_files.setToolTip("Poses in .npz files: keypoints in 2D, or joints in 3D whose projections are used")
        for button in (self.own, self.from_files):
            self._group.addButton(button)
        OwnKeys(self.list)
        buttons = QHBoxLayout()
        for button in (self.add, self.remove):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for widget in (self.title, self.own, self.from_files, self.list, self.problem):
            column.addWidget(widget)
        column.addLayout(buttons)

    def _listen(self) -> None:
        self.own.clicked.connect(self._choose)
        self.from_files.clicked.connect(self._choose)
        self.add.clicked.connect(self._add)
        self.remove.clicked.connect(self._remove)
        self.list.remove_requested.connect(self._remove)
        self.list.currentRowChanged.connect(lambda row: self.remove.setEnabled(row >= 0))


class FileList(QListWidget):
    """As high as its files, up to a few of them; Delete takes the selected one away."""

    remove_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        lines = min(max(self.count(), 1), LINES)
        height = self.sizeHintForRow(0) if self.count() else self.fontMetrics().height()
        return QSize(200, lines * height + 2 * self.frameWidth() + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self.remove_requested.emit()
        else:
            super().keyPressEvent(event)
