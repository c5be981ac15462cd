"""What is written for another tool is read back the same, and absent keypoints have no place in it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from poseviewer.core.errors import LabelFileError
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import Instance
from poseviewer.io.keypoint_files import read_keypoints_npz
from poseviewer.io.label_files import read_labels
from poseviewer.io.label_writers import image_name, write_labels
from poseviewer.io.labelled_frames import LabelFile, LabelledFrame

JOINTS = ("nose", "left_ear", "tail_base")
DOG = Pose2D([[10.5, 20.25], [np.nan, np.nan], [30.0, 40.0]], [2, 0, 1])
CAT = Pose2D([[1, 2], [3, 4], [5, 6]])
LABELS = LabelFile(
    "memory",
    "test",
    JOINTS,
    (
        LabelledFrame("walk.mp4", 3, (Instance(DOG), Instance(CAT))),
        LabelledFrame("walk.mp4", 7, (Instance(CAT),)),
    ),
)
SUFFIXES = [".slp", ".json", ".csv"]


def keypoints(labels: LabelFile) -> np.ndarray:
    return np.stack([instance.pose.keypoints for instance in labels.instances()])


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_is_written_is_read_again(suffix: str, tmp_path: Path) -> None:
    write_labels(tmp_path / f"labels{suffix}", LABELS)

    again = read_labels(tmp_path / f"labels{suffix}")

    assert again.joint_names == JOINTS
    np.testing.assert_array_equal(keypoints(again), keypoints(LABELS))
    assert [len(frame.instances) for frame in again.frames] == [2, 1]


def test_sleap_keeps_the_frames_of_a_video(tmp_path: Path) -> None:
    write_labels(tmp_path / "labels.slp", LABELS)

    assert [(Path(f.media).name, f.frame) for f in read_labels(tmp_path / "labels.slp").frames] == [
        ("walk.mp4", 3),
        ("walk.mp4", 7),
    ]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_images_keep_their_names(suffix: str, tmp_path: Path) -> None:
    frames = tuple(LabelledFrame(f"photos/dog{i}.jpg", 0, (Instance(CAT.moved(i, 0)),)) for i in range(3))
    mixed = (*frames, LabelledFrame("walk.mp4", 2, (Instance(DOG),))) if suffix == ".slp" else frames
    write_labels(tmp_path / f"labels{suffix}", LabelFile("", "", JOINTS, mixed))

    again = read_labels(tmp_path / f"labels{suffix}")

    by_media = {Path(frame.media).name: frame for frame in again.frames}
    for i in range(3):
        assert by_media[f"dog{i}.jpg"].instances[0].pose == CAT.moved(i, 0)
    assert len(again.frames) == len(mixed)


def test_sleap_keeps_predictions_and_identities(tmp_path: Path) -> None:
    rex = Instance(CAT, "Rex", True, np.array([0.5, 0.25, 1], np.float32))
    write_labels(tmp_path / "labels.slp", LabelFile("", "", JOINTS, (LabelledFrame("walk.mp4", 0, (rex,)),)))

    (again,) = read_labels(tmp_path / "labels.slp").instances()

    assert again.predicted
    assert again.identity == "Rex"
    np.testing.assert_allclose(again.scores, rex.scores)


SCORES = np.array([0.5, 0.125, 0.75], np.float32)
FOUND = LabelFile(
    "",
    "",
    JOINTS,
    (
        LabelledFrame("walk.mp4", 3, (Instance(DOG, "", True, SCORES),)),
        LabelledFrame("walk.mp4", 12, (Instance(CAT, "", True, SCORES),)),
    ),
)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_predictions_stay_predictions_with_their_scores(suffix: str, tmp_path: Path) -> None:
    write_labels(tmp_path / f"found{suffix}", FOUND)

    dog, cat = read_labels(tmp_path / f"found{suffix}").instances()

    assert dog.predicted and cat.predicted
    np.testing.assert_array_equal(dog.pose.keypoints, DOG.keypoints)
    np.testing.assert_allclose(dog.scores[[0, 2]], [0.5, 0.75])
    np.testing.assert_allclose(cat.scores, SCORES)


def test_coco_says_how_sure_an_absent_keypoint_is_not(tmp_path: Path) -> None:
    write_labels(tmp_path / "found.json", FOUND)

    first = json.loads((tmp_path / "found.json").read_text())["annotations"][0]
    assert first["keypoints"][3:6] == [0.0, 0.0, 0]
    assert first["keypoint_scores"] == [0.5, 0.0, 0.75]
    assert first["score"] == 0.625


def test_deeplabcut_numbers_the_frames_of_predictions(tmp_path: Path) -> None:
    write_labels(tmp_path / "walkDLC_found.csv", FOUND)

    lines = (tmp_path / "walkDLC_found.csv").read_text().splitlines()
    assert lines[2].startswith("coords,x,y,likelihood,x")
    assert lines[3] == "3,10.5,20.25,0.5,,,0.125,30.0,40.0,0.75"
    assert [(f.media, f.frame) for f in read_labels(tmp_path / "walkDLC_found.csv").frames] == [
        ("walk", 3),
        ("walk", 12),
    ]


def test_among_own_labels_deeplabcut_has_no_likelihood(tmp_path: Path) -> None:
    mixed = (*FOUND.frames, LabelledFrame("walk.mp4", 20, (Instance(CAT),)))
    write_labels(tmp_path / "mixed.csv", LabelFile("", "", JOINTS, mixed))

    assert not any(instance.predicted for instance in read_labels(tmp_path / "mixed.csv").instances())


def test_coco_keeps_occluded_and_writes_no_place_for_absent(tmp_path: Path) -> None:
    write_labels(tmp_path / "labels.json", LABELS)

    content = json.loads((tmp_path / "labels.json").read_text())
    assert content["annotations"][0]["keypoints"] == [10.5, 20.25, 2, 0.0, 0.0, 0, 30.0, 40.0, 1]
    assert content["annotations"][0]["bbox"] == [10.5, 20.25, 19.5, 19.75]
    assert content["images"][1]["file_name"] == "labeled-data/walk/img000007.png"


def test_deeplabcut_leaves_the_cells_of_an_absent_keypoint_empty(tmp_path: Path) -> None:
    write_labels(tmp_path / "labels.csv", LABELS)

    lines = (tmp_path / "labels.csv").read_text().splitlines()
    assert lines[1].startswith("individuals,individual1")
    assert lines[4].startswith("labeled-data/walk/img000003.png,10.5,20.25,,,30.0,40.0,1.0")


def test_npz_is_what_lift_reads(tmp_path: Path) -> None:
    write_labels(tmp_path / "labels.npz", LABELS)

    found = read_keypoints_npz(tmp_path / "labels.npz")
    np.testing.assert_array_equal(found.keypoints, keypoints(LABELS))
    assert found.visibility[0].tolist() == [2, 0, 1]
    with np.load(tmp_path / "labels.npz") as file:
        assert file["frame"].tolist() == [3, 3, 7]


def test_an_image_keeps_its_name() -> None:
    assert image_name(LabelledFrame("a\\dog.JPG", 0, ())) == "a/dog.JPG"


def test_an_unknown_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LabelFileError, match=r"labels\.txt.*\.slp"):
        write_labels(tmp_path / "labels.txt", LABELS)
