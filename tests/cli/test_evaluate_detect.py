"""`poseviewer evaluate detect`: frames and joints matched by name, what was missed counted, occluded labels apart."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from poseviewer.__main__ import main
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import FrameKey, Instance, MediaRef, Project
from poseviewer.io.label_writers import write_labels
from poseviewer.io.labelled_frames import LabelFile, LabelledFrame
from poseviewer.io.project_file import ProjectFile
from poseviewer.io.skeleton_files import load_ranges, load_skeleton

NAMES = ("left_shoulder", "nose", "right_hip")
POINTS = np.array([[0.0, 0.0], [10.0, 0.0], [30.0, 40.0]])


def labels(
    poses: dict[int, np.ndarray],
    names: tuple[str, ...] = NAMES,
    media: str = "walk.mp4",
    predicted: bool = False,
    seen: list[int] | None = None,
) -> LabelFile:
    scores = np.full(len(names), 0.9, np.float32) if predicted else None
    frames = (
        LabelledFrame(media, frame, (Instance(Pose2D(points, seen), "", predicted, scores),))
        for frame, points in poses.items()
    )
    return LabelFile("", "", names, tuple(frames))


def evaluate(
    tmp_path: Path, truth: LabelFile, prediction: LabelFile, capsys: pytest.CaptureFixture[str], *options: str,
    suffix: str = ".slp",
) -> dict[str, Any]:  # fmt: skip
    write_labels(tmp_path / "truth.npz", truth)
    write_labels(tmp_path / f"found{suffix}", prediction)
    command = ["--truth", str(tmp_path / "truth.npz"), "--prediction", str(tmp_path / f"found{suffix}"), "--json"]
    assert main(["evaluate", "detect", *command, *options]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("suffix", [".slp", ".csv", ".json", ".npz"])
def test_the_truth_itself_is_perfect(suffix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    truth = labels({3: POINTS, 8: POINTS + 5})

    report = evaluate(tmp_path, truth, labels({3: POINTS, 8: POINTS + 5}, predicted=True), capsys, suffix=suffix)

    everything = report["all"]
    assert (report["frames"], report["instances"], everything["keypoints"]) == (2, 2, 6)
    assert (everything["median"], everything["mean"]) == (0, 0)
    assert (everything["pck_torso"], everything["pck_box"], everything["oks"]) == (100, 100, 1)
    assert report["ap"] == pytest.approx(100)


def test_the_torso_decides(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The torso is 50 long, the box 40: 9 pixels are less than a fifth of the one, more than a fifth of the other."""
    moved = POINTS.copy()
    moved[1, 1] += 9

    report = evaluate(tmp_path, labels({0: POINTS}), labels({0: moved}, predicted=True), capsys)

    assert report["all"]["pck_torso"] == 100
    assert report["all"]["pck_box"] == pytest.approx(200 / 3)
    assert report["joints"]["nose"]["median"] == 9
    assert report["all"]["mean"] == 3


def test_occluded_labels_count_and_are_reported_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    moved = POINTS + [[0, 0], [4, 0], [0, 0]]

    report = evaluate(tmp_path, labels({0: POINTS}, seen=[2, 1, 0]), labels({0: moved}, predicted=True), capsys)

    assert (report["all"]["keypoints"], report["all"]["mean"]) == (2, 2)
    assert (report["visible"]["keypoints"], report["visible"]["mean"]) == (1, 0)
    assert (report["occluded"]["keypoints"], report["occluded"]["mean"]) == (1, 4)


def test_what_was_not_found_is_missed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    without = POINTS.copy()
    without[1] = np.nan
    truth, found = labels({0: POINTS, 1: POINTS}), labels({0: without}, predicted=True)

    report = evaluate(tmp_path, truth, found, capsys)
    common = evaluate(tmp_path, truth, found, capsys, "--common-frames")

    assert report["frames_not_detected"] == 1
    assert report["all"]["not_detected"] == 4
    assert report["all"]["pck_box"] == pytest.approx((50 + 0 + 50) / 3)
    assert report["all"]["oks"] == pytest.approx((2 / 3 + 0) / 2)
    assert common["all"]["pck_box"] == pytest.approx(200 / 3)


def test_joints_go_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = labels({0: np.array([[30.0, 40], [99, 99], [0, 0]])}, ("R-Hip", "tail", "l_shoulder"), predicted=True)

    report = evaluate(tmp_path, labels({0: POINTS}), found, capsys)

    assert list(report["joints"]) == ["left_shoulder", "right_hip"]
    assert report["all"]["mean"] == 0


def test_joints_of_a_known_data_set_go_by_its_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """AP-10K's `root_of_tail` and `left_back_paw` are quadruped16's tail_base and left_hind_paw."""
    skeleton = load_skeleton("quadruped16")
    theirs = ("nose", "neck", "root_of_tail", "left_shoulder", "right_hip")
    points = np.arange(10.0).reshape(5, 2) * 7
    placed = np.full((skeleton.joint_count, 2), np.nan)
    for name, point in zip(theirs, points, strict=True):
        placed[skeleton.joint_index(name)] = point

    report = evaluate(
        tmp_path, labels({0: points}, theirs), labels({0: placed}, skeleton.joints, predicted=True), capsys
    )

    assert report["joints"]["tail_base"]["mean"] == 0


def test_without_a_torso_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = ("snout", "leftear", "tailbase")
    report = evaluate(tmp_path, labels({0: POINTS}, names), labels({0: POINTS}, names, predicted=True), capsys)
    assert not report["has_torso"] and report["all"]["pck_torso"] is None

    main(["evaluate", "detect", "--truth", str(tmp_path / "truth.npz"), "--prediction", str(tmp_path / "found.slp")])
    shown = capsys.readouterr().out
    assert "needs a left shoulder and a right hip" in shown
    assert "tailbase" in shown


def test_a_projects_labels_against_its_own_predictions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    skeleton = load_skeleton("quadruped16")
    media = MediaRef("m", str(tmp_path / "dog.mp4"), "video", 1, "f", 10, 64, 48, 25.0)
    pose = Pose2D.empty(16).with_keypoint(0, 5, 6).with_keypoint(1, 17, 8)
    project = Project(skeleton, load_ranges("quadruped16"), (media,))
    project = project.with_instances(FrameKey("m", 4), (Instance(pose), Instance(pose.moved(3, 4), predicted=True)))
    ProjectFile.create(tmp_path / "dog.poseproj", project).close()
    path = str(tmp_path / "dog.poseproj")

    assert main(["evaluate", "detect", "--truth", path, "--prediction", path, "--json"]) == 0

    assert json.loads(capsys.readouterr().out)["all"]["mean"] == 5


def test_each_animal_is_compared_with_the_one_most_alike(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    two = [Instance(Pose2D(POINTS)), Instance(Pose2D(POINTS + 200))]
    frame = LabelledFrame("walk.mp4", 0, tuple(two))
    found = LabelledFrame("walk.mp4", 0, (Instance(Pose2D(POINTS + 201), predicted=True),))

    report = evaluate(
        tmp_path, LabelFile("", "", NAMES, (frame,)), LabelFile("", "", NAMES, (found,)), capsys, suffix=".npz"
    )

    assert report["all"]["mean"] == pytest.approx(2**0.5)
    assert report["all"]["not_detected"] == 3


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (labels({7: POINTS}, predicted=True), "no frame in common"),
        (labels({0: POINTS}, ("a", "b", "c"), predicted=True), "no joint in common"),
    ],
)
def test_what_cannot_be_compared_is_one_sentence(
    found: LabelFile, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_labels(tmp_path / "truth.npz", labels({0: POINTS}))
    write_labels(tmp_path / "found.npz", found)
    command = ["--truth", str(tmp_path / "truth.npz"), "--prediction", str(tmp_path / "found.npz")]

    assert main(["evaluate", "detect", *command]) == 1

    shown = capsys.readouterr().err
    assert words in shown and shown.count("\n") == 1
