"""A detector has been over the video; a tired biologist checks it: corrects one, accepts some, comes back tomorrow."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from poseviewer.app.sample import sample_project
from poseviewer.core import edits
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import FrameKey, Instance, Project
from poseviewer.io.project_file import ProjectFile
from poseviewer.io.resources import resource

JUMP, UNSURE = 110, 90


@pytest.fixture
def detected(sit_down: Callable, tmp_path: Path) -> Path:
    """The sample's project with what a good detector would say of every frame, but for two bad ones."""
    path = sample_project()
    file = ProjectFile.open(path)
    media = file.project.media[0].id
    keypoints = np.array(np.load(resource("sample") / "truth.npz")["keypoints"], float)
    scores = np.full(keypoints.shape[:2], 0.9, np.float32)
    keypoints[JUMP, 4:7] += (50, -30)
    scores[UNSURE, 8:14] = 0.1
    said = {
        FrameKey(media, n): Instance(Pose2D(xy), "", True, row)
        for n, (xy, row) in enumerate(zip(keypoints, scores, strict=True))
    }
    file.commit(edits.add_predictions(file.project, said))
    file.close()
    return path


def project(person) -> Project:
    return person.window.opening.document.project


def color_at(person, x: float, y: float) -> tuple[int, int, int]:
    """What is painted at image pixels."""
    canvas = person.workspace.canvas
    picture = canvas.grab().toImage()
    left, top = (round(v * picture.devicePixelRatio()) for v in canvas.screen_point(x, y))
    color = picture.pixelColor(left, top)
    return color.red(), color.green(), color.blue()


def opens(person, path: Path) -> None:
    person.window.opening.open_paths([str(path)])
    person.waits_for(lambda: person.window.workspace is not None and person.workspace.selection.frame is not None)


def goes_to(person, frame: int) -> None:
    person.workspace.frames.show_frame(frame)
    person.waits_for(lambda: person.workspace.selection.frame.frame == frame)


def double_clicks(person, x: float, y: float) -> None:
    paper = person.workspace.canvas.surface.viewport()
    left, top = person.workspace.canvas.screen_point(x, y)
    place = QPoint(round(left), round(top))
    person.clicks(x, y)
    QTest.mouseDClick(paper, Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseRelease(paper, Qt.MouseButton.LeftButton, pos=place)


def test_predictions_are_checked_corrected_accepted_and_still_so_tomorrow(sit_down, detected):
    person = sit_down()
    opens(person, detected)
    media = project(person).media[0].id
    labelled = project(person).labelled_frames(media)

    # They are there, yellow, and lifted without what is too doubtful.
    goes_to(person, 1)
    tail = person.pose.keypoints[project(person).skeleton.joint_index("tail_tip")]
    r, g, b = color_at(person, *tail)
    assert min(r, g) > 180 and b < 80
    assert person.workspace.guide.plain_words() == "Predicted: is it right?"
    person.sees_3d()
    goes_to(person, UNSURE)
    person.waits_for(lambda: "3D from 10 of 16" in person.window.status.lift.text())

    # Space leads to the bad ones.
    person.waits_for(lambda: UNSURE in [s.frame for s in person.workspace.suggestions.found])
    assert {s.frame for s in person.workspace.suggestions.found[:2]} == {JUMP, UNSURE}
    seen = []
    for _ in person.workspace.suggestions.found:
        before = person.workspace.selection.frame
        person.presses("Space")
        person.waits_for(lambda before=before: person.workspace.selection.frame != before)
        seen.append(person.workspace.selection.frame.frame)
    assert {JUMP, UNSURE} <= set(seen) and len(set(seen)) == len(seen)

    # A drag corrects: the pose is the user's own. Undo gives the prediction back.
    goes_to(person, JUMP)
    joint = 5
    x, y = person.pose.keypoints[joint]
    scores = project(person).instances(FrameKey(media, JUMP))[0].scores
    person.drags((x, y), (x - 50, y + 30))
    own = project(person).instances(FrameKey(media, JUMP))[0]
    assert not own.predicted and own.pose.keypoints[joint] == pytest.approx([x - 50, y + 30], abs=1)
    assert JUMP not in {s.frame for s in person.workspace.suggestions.found}
    person.presses("Ctrl+Z")
    assert project(person).instances(FrameKey(media, JUMP))[0].scores == pytest.approx(scores)
    person.presses("Ctrl+Shift+Z")
    assert JUMP in project(person).labelled_frames(media)

    # A double-click accepts, and so does Return.
    goes_to(person, 3)
    double_clicks(person, *person.pose.keypoints[project(person).skeleton.joint_index("neck")])
    assert 3 in project(person).labelled_frames(media)
    goes_to(person, 5)
    person.presses("Return")
    assert project(person).labelled_frames(media) == sorted([*labelled, 3, 5, JUMP])
    person.closes()

    # Tomorrow undo still knows of it.
    person = sit_down()
    opens(person, detected)
    assert project(person).labelled_frames(media) == sorted([*labelled, 3, 5, JUMP])
    person.presses("Ctrl+Z")
    assert project(person).labelled_frames(media) == sorted([*labelled, 3, JUMP])
    assert 5 in project(person).predicted_frames(media)
    for _ in range(2):
        person.presses("Ctrl+Z")
    assert project(person).labelled_frames(media) == labelled
