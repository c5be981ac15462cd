"""`poseviewer convert`: one tool's labels become another's."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from poseviewer.__main__ import main
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import FrameKey, Instance, MediaRef, Project
from poseviewer.io.project_file import ProjectFile
from poseviewer.io.skeleton_files import load_ranges, load_skeleton

NAMES = ["Nose", "L_Ear", "tail_base"]
POINTS = np.array([[[1, 2], [3, 4], [5, 6]], [[7, 8], [np.nan, np.nan], [9, 10]]], dtype=float)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    np.savez(tmp_path / "in.npz", keypoints=POINTS, joint_names=NAMES)
    return tmp_path / "in.npz"


def test_labels_go_round_through_every_format(source: Path, tmp_path: Path) -> None:
    last = source
    for name in ("a.slp", "b.json", "c.csv", "d.npz"):
        assert main(["convert", str(last), "-o", str(tmp_path / name)]) == 0
        last = tmp_path / name

    with np.load(last) as file:
        np.testing.assert_array_equal(file["keypoints"], POINTS)
        assert file["joint_names"].tolist() == NAMES


def test_a_skeleton_renames_and_orders(source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.npz"

    assert main(["convert", str(source), "-o", str(out), "--skeleton", "quadruped16", "--json"]) == 0

    shown = capsys.readouterr()
    quadruped = load_skeleton("quadruped16")
    assert tuple(json.loads(shown.out)["joint_names"]) == quadruped.joints
    assert "L_Ear" in shown.err
    np.testing.assert_array_equal(np.load(out)["keypoints"][0, quadruped.joint_index("nose")], [1, 2])


def test_a_projects_labels_are_exported(tmp_path: Path) -> None:
    skeleton = load_skeleton("quadruped16")
    pose = Pose2D.empty(16).with_keypoint(0, 5, 6).with_keypoint(1, 7, 8)
    media = MediaRef("m", str(tmp_path / "dog.mp4"), "video", 1, "f", 10, 64, 48, 25.0)
    project = Project(skeleton, load_ranges("quadruped16"), (media,)).with_instances(
        FrameKey("m", 4), (Instance(pose),)
    )
    ProjectFile.create(tmp_path / "dog.poseproj", project).close()

    assert main(["convert", str(tmp_path / "dog.poseproj"), "-o", str(tmp_path / "out.npz")]) == 0

    with np.load(tmp_path / "out.npz") as file:
        assert file["frame"].tolist() == [4]
        assert Path(str(file["media"][0])).name == "dog.mp4"
        np.testing.assert_array_equal(file["keypoints"][0, :2], [[5, 6], [7, 8]])


@pytest.mark.parametrize(
    ("name", "out", "words"),
    [("none.slp", "a.json", "none.slp"), ("in.npz", "a.txt", ".slp"), ("in.npz", "in.npz", "the input itself")],
)
def test_what_cannot_be_converted_is_one_sentence(
    name: str, out: str, words: str, source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["convert", str(tmp_path / name), "-o", str(tmp_path / out)]) == 1
    shown = capsys.readouterr().err
    assert words in shown
    assert shown.count("\n") == 1
