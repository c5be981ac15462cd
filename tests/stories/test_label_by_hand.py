"""A biologist labels a dog by hand: clicks what is named, skips what is hidden, corrects, undoes, comes back tomorrow.

At the level of the canvas: the panels of the annotation corner on a real project file.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from poseviewer.app.annotate.annotator import Annotator
from poseviewer.app.annotate.canvas import Canvas
from poseviewer.app.annotate.guide import Guide
from poseviewer.app.document import Document
from poseviewer.app.selection import Selection
from poseviewer.core.edits import spoken
from poseviewer.core.project import FrameKey, Project
from poseviewer.io.project_file import ProjectFile
from poseviewer.io.skeleton_files import load_ranges, load_skeleton

PHOTO = FrameKey("dogs", 0)
NEXT_PHOTO = FrameKey("dogs", 1)
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton

KEYPOINTS_OF_THE_DATA_SET = {
    "left_front_paw": 0,
    "left_elbow": 1,
    "left_shoulder": 2,
    "left_hind_paw": 3,
    "left_knee": 4,
    "left_hip": 5,
    "right_front_paw": 6,
    "right_elbow": 7,
    "right_shoulder": 8,
    "right_hind_paw": 9,
    "right_knee": 10,
    "right_hip": 11,
    "tail_base": 12,
    "tail_tip": 13,
    "nose": 16,
}


@dataclass
class Dog:
    """A photo and where its keypoints are, by joint name."""

    picture: np.ndarray
    places: dict[str, tuple[float, float]]


@pytest.fixture(scope="module")
def dog(shared_data: Path) -> Dog:
    folder = shared_data / "animal_images" / "stanfordextra_sample"
    entry = json.loads((folder / "StanfordExtra_sample.json").read_text(encoding="utf-8"))[0]
    picture = cv2.cvtColor(cv2.imread(str(folder / "sample_imgs" / entry["img_path"])), cv2.COLOR_BGR2RGB)
    rows = {name: entry["joints"][row] for name, row in KEYPOINTS_OF_THE_DATA_SET.items()}
    return Dog(picture, {name: (x, y) for name, (x, y, there) in rows.items() if there})


class Desk:
    """The annotation corner of the window on one project file, and the person before it."""

    def __init__(self, file: ProjectFile, qtbot: QtBot) -> None:
        self._qtbot = qtbot
        self.document, self.selection = Document(file.project, file), Selection()
        self.canvas, self.guide = Canvas(), Guide()
        for panel, size in ((self.canvas, (700, 500)), (self.guide, (300, 500))):
            qtbot.addWidget(panel)
            panel.resize(*size)
        self.annotator = Annotator(self.document, self.selection, self.canvas, self.guide)
        with qtbot.waitExposed(self.canvas):
            self.canvas.show()

    def look_at(self, picture: np.ndarray, frame: FrameKey = PHOTO) -> None:
        self.canvas.set_image(picture)
        self.selection.set_frame(frame)

    def asked_for(self) -> str:
        """The joint that the guide names, as the skeleton writes it; "" at the end."""
        words = self.guide.plain_words()
        names = {f"Click the {spoken(joint)}": joint for joint in self.document.project.skeleton.joints}
        return names.get(words, "")

    def click(self, xy: tuple[float, float], button: Qt.MouseButton = LEFT) -> None:
        QTest.mouseClick(self.canvas.surface.viewport(), button, pos=self._place(xy))

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        paper = self.canvas.surface.viewport()
        QTest.mousePress(paper, LEFT, pos=self._place(start))
        for share in np.linspace(0.2, 1.0, 5):
            place = self._place(tuple(np.array(start) * (1 - share) + np.array(end) * share))
            with self._qtbot.waitSignal(self.canvas.surface.moved):
                QTest.mouseMove(paper, place)
        QTest.mouseRelease(paper, LEFT, pos=self._place(end))

    def placed(self, joint: str) -> np.ndarray:
        """Where the project file has a joint."""
        project = self.document.project
        return project.pose(self.selection.frame or PHOTO).keypoints[project.skeleton.joint_index(joint)]

    def label(self, places: dict[str, tuple[float, float]]) -> None:
        """Click whatever is asked for, skip what is not to be seen, until the guide is content."""
        for _ in range(2 * self.document.project.skeleton.joint_count):
            joint = self.asked_for()
            if not joint:
                return
            if joint in places:
                self.click(places[joint])
            else:
                QTest.mouseClick(self.guide.skip, LEFT)
        pytest.fail(f"the guide never came to an end; it asks: {self.guide.plain_words()}")

    def _place(self, xy: tuple[float, float]) -> QPoint:
        x, y = self.canvas.screen_point(*xy)
        return QPoint(round(x), round(y))


@pytest.fixture
def file(tmp_path: Path) -> ProjectFile:
    skeleton = load_skeleton("quadruped16")
    return ProjectFile.create(tmp_path / "dogs.poseproj", Project(skeleton, load_ranges("quadruped16", skeleton)))


def test_a_dog_is_labelled_corrected_and_still_there_tomorrow(file: ProjectFile, dog: Dog, qtbot: QtBot) -> None:
    desk = Desk(file, qtbot)
    desk.look_at(dog.picture)

    desk.label(dog.places)
    assert desk.guide.plain_words() == "Done: 1 keypoint left out."  # the data set has no neck for this dog
    for joint, xy in dog.places.items():
        assert desk.placed(joint) == pytest.approx(xy, abs=0.6)

    nose = dog.places["nose"]
    corrected = (nose[0] + 12, nose[1] + 6)
    desk.drag(nose, corrected)
    assert desk.placed("nose") == pytest.approx(corrected, abs=0.9)

    desk.document.undo()
    assert desk.placed("nose") == pytest.approx(nose, abs=0.6)
    desk.document.redo()

    desk.click(dog.places["right_knee"], RIGHT)
    tomorrow = desk.document.project.pose(PHOTO)
    desk.document.close()

    again = Desk(ProjectFile.open(file.path or ""), qtbot)
    again.look_at(dog.picture)
    assert again.annotator.pose == tomorrow
    knee = again.document.project.skeleton.joint_index("right_knee")
    assert again.annotator.pose.visibility[knee] == 1
    assert again.asked_for() == "neck"
    again.document.close()


def test_the_next_photo_starts_from_the_last_pose(file: ProjectFile, dog: Dog, qtbot: QtBot) -> None:
    desk = Desk(file, qtbot)
    desk.look_at(dog.picture)
    desk.label(dog.places)

    desk.look_at(dog.picture[:, ::-1].copy(), NEXT_PHOTO)
    assert desk.asked_for() == "neck"
    desk.annotator.carry_forward_from_previous()

    assert desk.document.project.pose(NEXT_PHOTO) == desk.document.project.pose(PHOTO)
    desk.document.undo()
    assert desk.document.project.pose(NEXT_PHOTO).present_count == 0
    desk.document.close()


def test_every_click_can_be_taken_back_one_by_one(file: ProjectFile, dog: Dog, qtbot: QtBot) -> None:
    desk = Desk(file, qtbot)
    desk.look_at(dog.picture)
    desk.label(dog.places)

    taken_back = 0
    while desk.document.undo():
        taken_back += 1
    assert taken_back == len(dog.places)
    assert desk.annotator.pose.present_count == 0
    desk.label(dog.places)
    assert desk.annotator.pose.present_count == len(dog.places)
    desk.document.close()
