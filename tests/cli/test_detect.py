"""`poseviewer detect`: from media to labels of any tool, to a project and to 3D, on an animal of three dots."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from poseviewer.__main__ import main
from poseviewer.cli.convert import read_any
from poseviewer.core.errors import CheckpointError, PoseviewerError
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import FrameKey, Instance, Project
from poseviewer.core.ranges import BoneLength, RangePreset
from poseviewer.io.media import describe, open_media
from poseviewer.io.project_file import ProjectFile
from poseviewer.io.skeleton_files import load_ranges, load_skeleton
from poseviewer.models.card import ModelCard, tables
from poseviewer.models.checkpoint import save_checkpoint
from poseviewer.models.detector import make_network

COUNT = 40
Video = tuple[Path, np.ndarray]


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory, dots: ModuleType) -> Video:
    path = tmp_path_factory.mktemp("dots") / "walk.mp4"
    return path, dots.write_video(path, dots.walk, COUNT)


@pytest.fixture
def finds_dots(monkeypatch: pytest.MonkeyPatch, dots: ModuleType) -> Any:
    """The detector of dots in the place of every trained one."""
    detector = dots.DotDetector()

    def load(model: Any, skeleton: Any, device: str) -> Any:
        if skeleton is not None and skeleton.joints != dots.DOTS.joints:
            raise CheckpointError(f"The detector {model} was trained for another skeleton.")
        return detector

    monkeypatch.setattr("poseviewer.models.detector.load_detector", load)
    return detector


def run(*arguments: object, code: int = 0) -> None:
    assert main(["detect", *map(str, arguments)]) == code


@pytest.mark.parametrize("suffix", [".slp", ".csv", ".npz"])
def test_a_video_becomes_labels_of_any_tool(suffix: str, walk: Video, finds_dots: Any, tmp_path: Path) -> None:
    path, truth = walk

    run(path, "-o", tmp_path / f"labels{suffix}")

    labels = read_any(tmp_path / f"labels{suffix}")
    assert labels.joint_names == ("red", "green", "blue")
    assert [frame.frame for frame in labels.frames] == list(range(COUNT))
    found = list(labels.instances())
    assert all(instance.predicted for instance in found)
    np.testing.assert_allclose([i.pose.keypoints for i in found], truth, atol=0.8)
    np.testing.assert_allclose([i.scores for i in found], 0.9, atol=1e-5)


def test_coco_names_every_frame(walk: Video, finds_dots: Any, tmp_path: Path) -> None:
    path, truth = walk

    run(path, "-o", tmp_path / "labels.json", "--frames", "5-7")

    labels = read_any(tmp_path / "labels.json")
    assert [frame.media for frame in labels.frames] == [f"labeled-data/walk/img00000{i}.png" for i in (5, 6, 7)]
    np.testing.assert_allclose([i.pose.keypoints for i in labels.instances()], truth[5:8], atol=0.8)


def test_what_it_writes_is_measured_by_evaluate(
    walk: Video, finds_dots: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, truth = walk
    np.savez(tmp_path / "truth.npz", keypoints=truth, joint_names=["red", "green", "blue"])
    run(path, "-o", tmp_path / "found.json")
    capsys.readouterr()

    command = ["--truth", str(tmp_path / "truth.npz"), "--prediction", str(tmp_path / "found.json"), "--json"]
    assert main(["evaluate", "detect", *command]) == 1  # the one names no media, the other every image
    run(path, "-o", tmp_path / "found.slp")
    capsys.readouterr()
    command[3] = str(tmp_path / "found.slp")
    assert main(["evaluate", "detect", *command]) == 0

    report = json.loads(capsys.readouterr().out)
    assert report["frames"] == COUNT and report["all"]["mean"] < 0.5


def test_without_a_name_it_is_written_beside(walk: Video, finds_dots: Any, dots: ModuleType, tmp_path: Path) -> None:
    dots.write_video(tmp_path / "short.mp4", dots.walk, 3)

    run(tmp_path / "short.mp4")

    assert len(read_any(tmp_path / "short.mp4.predictions.slp").frames) == 3


def test_it_reports_for_machines(
    walk: Video, finds_dots: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, _ = walk

    run(path, "-o", tmp_path / "labels.npz", "--frames", "0-30:10,3", "--boxes", "frame", "--json")

    shown = capsys.readouterr()
    report = json.loads(shown.out)
    assert (report["frames"], report["detected"], report["keypoints"]) == (5, 5, 15)
    assert (report["unreadable"], report["interrupted"], report["device"]) == ([], False, "cpu")
    assert json.loads(shown.err.splitlines()[-1])["of"] == 5


def test_unsure_keypoints_are_absent(dots: ModuleType, finds_dots: Any, tmp_path: Path) -> None:
    """The second frame has no blue dot, the third none at all."""
    without = dots.SHAPE + [100, 100]
    without[2] = np.nan
    frames = [dots.SHAPE + [100, 100], without, np.full((3, 2), np.nan), dots.SHAPE + [110, 100]]
    dots.write_video(tmp_path / "some.mp4", frames)

    run(tmp_path / "some.mp4", "-o", tmp_path / "sure.npz", "--boxes", "frame")
    run(tmp_path / "some.mp4", "-o", tmp_path / "all.npz", "--boxes", "frame", "--min-score", 0)

    sure, everything = read_any(tmp_path / "sure.npz"), read_any(tmp_path / "all.npz")
    assert [frame.frame for frame in sure.frames] == [0, 1, 3]
    assert [i.pose.present_count for i in sure.instances()] == [3, 2, 3]
    assert [i.pose.present_count for i in everything.instances()] == [3, 3, 3, 3]


def test_a_folder_of_images_keeps_their_names(dots: ModuleType, finds_dots: Any, tmp_path: Path) -> None:
    import cv2

    folder = tmp_path / "photos"
    folder.mkdir()
    for i in range(3):
        cv2.imwrite(str(folder / f"dog{i}.png"), dots.draw(dots.walk(10 * i))[..., ::-1])
    (folder / "dog9.png").write_bytes(b"nothing")

    run(folder, "-o", tmp_path / "labels.slp")

    labels = read_any(tmp_path / "labels.slp")
    assert [Path(frame.media).name for frame in labels.frames] == ["dog0.png", "dog1.png", "dog2.png"]
    np.testing.assert_allclose(
        [i.pose.keypoints for i in labels.instances()], [dots.walk(10 * i) for i in range(3)], atol=0.8
    )


# Projects


def project_of(dots: ModuleType, path: Path, video: Path, own: dict[int, Pose2D]) -> Path:
    """A project of dots with one video and some labels of the user's."""
    bone = load_ranges("quadruped16")
    ranges = RangePreset("dots", dots.DOTS, bone.ranges[:2], (BoneLength(1.0, 0.1),) * 2)
    reader = open_media(video)
    project = Project(dots.DOTS, ranges, (describe(reader, "m"),))
    reader.close()
    for frame, pose in own.items():
        project = project.with_instances(FrameKey("m", frame), (Instance(pose),))
    ProjectFile.create(path, project).close()
    return path


def labels_of(path: Path) -> Project:
    file = ProjectFile.open(path)
    file.close()
    return file.project


def test_a_projects_media_are_detected_into_it(walk: Video, finds_dots: Any, dots: ModuleType, tmp_path: Path) -> None:
    """What the user labelled stays, and the command can be undone in the window."""
    path, truth = walk
    own = Pose2D(truth[4] + 1)
    place = project_of(dots, tmp_path / "dots.poseproj", path, {4: own})

    run(place, "-o", place)

    project = labels_of(place)
    assert project.labelled_frames("m") == [4]
    assert project.pose(FrameKey("m", 4)) == own
    assert project.predicted_frames("m") == [f for f in range(COUNT) if f != 4]
    np.testing.assert_allclose(project.pose(FrameKey("m", 20)).keypoints, truth[20], atol=0.8)


def test_only_a_projects_labelled_frames(walk: Video, finds_dots: Any, dots: ModuleType, tmp_path: Path) -> None:
    path, truth = walk
    place = project_of(dots, tmp_path / "dots.poseproj", path, {4: Pose2D(truth[4]), 9: Pose2D(truth[9])})

    run(place, "-o", tmp_path / "found.slp", "--frames", "labelled", "--boxes", "labelled")

    assert [frame.frame for frame in read_any(tmp_path / "found.slp").frames] == [4, 9]


def test_a_video_is_detected_into_a_project_that_is_there(
    walk: Video, finds_dots: Any, dots: ModuleType, tmp_path: Path
) -> None:
    """A video that the project has is recognised; another is added."""
    path, _ = walk
    place = project_of(dots, tmp_path / "dots.poseproj", path, {})
    dots.write_video(tmp_path / "other.mp4", dots.walk, 5)

    run(path, "-o", place, "--frames", "0-2")
    run(tmp_path / "other.mp4", "-o", place)

    project = labels_of(place)
    assert [Path(media.path).name for media in project.media] == ["walk.mp4", "other.mp4"]
    assert [len(project.predicted_frames(media.id)) for media in project.media] == [3, 5]


class StandingDetector:
    """Finds a quadruped of always the same pose."""

    skeleton = load_skeleton("quadruped16")
    device = "cpu"
    description = "standing"

    def detect(self, crops: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        places = np.random.default_rng(0).uniform(60, 190, (16, 2))
        return np.repeat(places[None], len(crops), 0).astype(np.float32), np.full((len(crops), 16), 0.9, np.float32)


@pytest.fixture
def finds_quadrupeds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("poseviewer.models.detector.load_detector", lambda *_: StandingDetector())


def test_a_new_project_is_made(walk: Video, finds_quadrupeds: None, tmp_path: Path) -> None:
    path, _ = walk

    run(path, "-o", tmp_path / "new.poseproj", "--frames", "3-5")

    project = labels_of(tmp_path / "new.poseproj")
    (media,) = project.media
    assert project.skeleton.name == "quadruped16"
    assert project.predicted_frames(media.id) == [3, 4, 5]


def test_poses_are_lifted_on_the_way(walk: Video, finds_quadrupeds: None, barely_trained: Path, tmp_path: Path) -> None:
    path, _ = walk

    out = ("-o", tmp_path / "labels.npz", "--lift", tmp_path / "poses.npz", "--lifter", barely_trained)
    run(path, *out, "--frames", "0-30:3", "--boxes", "frame")
    assert (
        main(["lift", str(tmp_path / "labels.npz"), "--model", str(barely_trained), "-o", str(tmp_path / "b.npz")]) == 0
    )

    with np.load(tmp_path / "poses.npz") as streamed, np.load(tmp_path / "b.npz") as after:
        assert streamed["frame"].tolist() == list(range(0, 31, 3))
        np.testing.assert_allclose(streamed["joints"], after["joints"], atol=1e-3)


def test_a_trained_detector_is_loaded_from_its_file(walk: Video, tmp_path: Path) -> None:
    """What it has learned does not matter here: it says something of every joint, and the file names the skeleton."""
    ranges = load_ranges("quadruped16")
    skeleton, table = tables(ranges)
    shape = {"widths": [8, 16, 16, 16, 16], "head": 16}
    card = ModelCard("detector", "pyramid", shape, skeleton, table, "quick", "none", 0, 0, 0, "cpu")
    save_checkpoint(tmp_path / "model.safetensors", make_network(card).state_dict(), card)

    options = ("--model", tmp_path / "model.safetensors", "--frames", "0-2", "--min-score", 0, "--device", "cpu")
    run(walk[0], "-o", tmp_path / "labels.npz", *options)

    labels = read_any(tmp_path / "labels.npz")
    assert labels.joint_names == ranges.skeleton.joints
    assert [i.pose.present_count for i in labels.instances()] == [16, 16, 16]


def test_without_a_model_it_says_what_to_name(walk: Video, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(walk[0], "-o", tmp_path / "labels.npz", code=1)

    assert "--model" in capsys.readouterr().err


# What goes wrong


def test_ctrl_c_keeps_what_was_detected(
    dots: ModuleType,
    finds_dots: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    dots.write_video(tmp_path / "long.mp4", dots.walk, 100)
    detect = finds_dots.detect

    def interrupted(crops: np.ndarray) -> Any:
        if len(finds_dots.asked) == 2:
            signal.raise_signal(signal.SIGINT)
        return detect(crops)

    monkeypatch.setattr(finds_dots, "detect", interrupted)

    run(tmp_path / "long.mp4", "-o", tmp_path / "labels.slp", "--boxes", "frame", code=130)

    frames = [frame.frame for frame in read_any(tmp_path / "labels.slp").frames]
    assert frames == list(range(len(frames))) and 16 <= len(frames) < 100
    assert "kept" in capsys.readouterr().err


def test_after_an_error_what_was_detected_before_is_kept(
    walk: Video, finds_dots: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path, _ = walk
    detect = finds_dots.detect

    def fails(crops: np.ndarray) -> Any:
        if len(finds_dots.asked) == 2:
            raise PoseviewerError("The cuda device has too little memory even for one crop; use --device cpu.")
        return detect(crops)

    monkeypatch.setattr(finds_dots, "detect", fails)

    run(path, "-o", tmp_path / "labels.slp", "--boxes", "frame", code=1)

    assert len(read_any(tmp_path / "labels.slp").frames) == 32
    shown = capsys.readouterr().err
    assert "holds the 32 frames" in shown and shown.endswith("use --device cpu.\n")


def test_a_video_that_breaks_off_is_detected_as_far_as_it_goes(
    dots: ModuleType, finds_dots: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dots.write_video(tmp_path / "whole.mkv", dots.walk, 60)
    data = (tmp_path / "whole.mkv").read_bytes()
    (tmp_path / "broken.mkv").write_bytes(data[: int(len(data) * 0.7)])

    run(tmp_path / "broken.mkv", "-o", tmp_path / "labels.slp")

    assert len(read_any(tmp_path / "labels.slp").frames) > 20
    assert "breaks off" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["none.mp4"], "none.mp4"),
        (["VIDEO", "--frames", "5-3"], "not understood"),
        (["VIDEO", "--frames", "39-40"], "numbered from 0 to 39"),
        (["VIDEO", "--frames", "labelled"], "has no labels"),
        (["VIDEO", "--boxes", "sideways"], "sideways"),
        (["VIDEO", "-o", "labels.txt"], ".slp"),
        (["VIDEO", "-o", "none/labels.slp"], "does not exist"),
        (["VIDEO", "--lift", "poses.txt"], ".bvh"),
        (["VIDEO", "--min-score", "0.99"], "lower --min-score"),
        (["VIDEO", "-o", "new.poseproj"], "no rotation ranges"),
        (["VIDEO", "--skeleton", "human17"], "another skeleton"),
        (["empty.poseproj"], "no media"),
        (["dots.poseproj", "--frames", "labelled"], "No frame of"),
        (["VIDEO", "-o", "empty.poseproj"], "quadruped16"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    arguments: list[str],
    words: str,
    walk: Video,
    finds_dots: Any,
    dots: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    empty = Project(load_skeleton("quadruped16"), load_ranges("quadruped16"))
    ProjectFile.create(tmp_path / "empty.poseproj", empty).close()
    project_of(dots, tmp_path / "dots.poseproj", walk[0], {})
    there = sorted(tmp_path.iterdir())
    given = [str(walk[0]) if a == "VIDEO" else a for a in arguments]
    if "-o" not in given:
        given += ["-o", "out.slp"]

    run(*given, code=1)

    shown = capsys.readouterr().err.strip().splitlines()
    assert words in shown[-1]
    assert sorted(tmp_path.iterdir()) == there


def test_frames_that_cannot_be_read_are_said(
    dots: ModuleType, finds_dots: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import cv2

    folder = tmp_path / "photos"
    folder.mkdir()
    for i in range(2):
        cv2.imwrite(str(folder / f"dog{i}.png"), dots.draw(dots.walk(10 * i))[..., ::-1])
    (folder / "dog1.png").write_bytes(b"nothing")

    run(folder, "-o", tmp_path / "labels.slp")
    assert "1 frames could not be read and were left out: 1." in capsys.readouterr().err

    run(folder, "-o", tmp_path / "none.slp", "--frames", "1", code=1)
    assert "None of the 1 frames" in capsys.readouterr().err
