"""What was found is counted, and goes to the right place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from poseviewer.cli.detect_places import Place
from poseviewer.cli.detect_result import Found, check_project, write_found
from poseviewer.core.errors import ProjectFileError
from poseviewer.core.project import Project
from poseviewer.io.label_files import read_labels
from poseviewer.io.project_file import ProjectFile
from poseviewer.io.skeleton_files import load_ranges, load_skeleton
from poseviewer.models.detect_media import DetectedFrames

HUMAN, QUADRUPED = load_skeleton("human17"), load_skeleton("quadruped16")


def closed() -> None:
    raise AssertionError("nobody needs to open it")


def found_in(path: Path) -> Found:
    keypoints = np.random.default_rng(0).uniform(0, 100, (3, 16, 2))
    keypoints[1] = np.nan
    part = DetectedFrames(np.array([2, 3, 5]), keypoints, np.ones((3, 16), np.float32), np.zeros((3, 4)), (4,))
    return Found(QUADRUPED, [(Place(path, (), (2, 3, 4, 5), closed), part)])


def test_frames_are_counted(tmp_path: Path) -> None:
    found = found_in(tmp_path / "walk.mp4")

    assert (found.frames, found.detected, found.keypoints) == (3, 2, 32)
    assert [frame for _, frame in found.unreadable] == [4]
    assert [frame for _, frame, _ in found.instances()] == [2, 3, 5]


def test_a_frame_without_keypoints_is_left_out_of_label_files(tmp_path: Path) -> None:
    write_found(tmp_path / "labels.slp", found_in(tmp_path / "walk.mp4"), tmp_path / "walk.mp4")

    assert [frame.frame for frame in read_labels(tmp_path / "labels.slp").frames] == [2, 5]


def test_a_project_of_another_skeleton_is_refused(tmp_path: Path) -> None:
    ProjectFile.create(tmp_path / "p.poseproj", Project(HUMAN, load_ranges("human17"))).close()

    check_project(tmp_path / "p.poseproj", HUMAN)
    check_project(tmp_path / "new.poseproj", QUADRUPED)
    with pytest.raises(ProjectFileError, match=r"human17.*quadruped16"):
        check_project(tmp_path / "p.poseproj", QUADRUPED)


def test_a_project_that_is_open_elsewhere_is_refused(tmp_path: Path) -> None:
    open_elsewhere = ProjectFile.create(tmp_path / "p.poseproj", Project(HUMAN, load_ranges("human17")))

    with pytest.raises(ProjectFileError, match="another window"):
        check_project(tmp_path / "p.poseproj", HUMAN)
    open_elsewhere.close()
