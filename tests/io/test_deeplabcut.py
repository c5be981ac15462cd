"""DeepLabCut's tables: one animal, several, unique parts, predictions; as .csv and as .h5."""

from __future__ import annotations

import pickle
from pathlib import Path

import h5py
import numpy as np
import pytest

from poseviewer.core.errors import LabelFileError
from poseviewer.io.deeplabcut import video_of
from poseviewer.io.label_files import read_labels

SINGLE = """\
scorer,me,me,me,me
bodyparts,nose,nose,tail,tail
coords,x,y,x,y
labeled-data/clip/img003.png,1,2,3,4
labeled-data/clip/img007.png,,,5,6
labeled-data/clip/img009.png,,,,
"""
SEVERAL = """\
scorer,,,me,me,me,me,me,me
individuals,,,Rex,Rex,Ada,Ada,single,single
bodyparts,,,nose,nose,nose,nose,bowl,bowl
coords,,,x,y,x,y,x,y
labeled-data,clip,img000.png,1,2,,,9,8
labeled-data,clip,img001.png,,,3,4
"""
PREDICTED = """\
scorer,net,net,net
bodyparts,nose,nose,nose
coords,x,y,likelihood
0,1.5,2.5,0.9
1,3.5,4.5,0.1
"""


def write(folder: Path, text: str, name: str = "CollectedData_me.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_one_animal(tmp_path: Path) -> None:
    found = read_labels(write(tmp_path, SINGLE))
    assert found.tool == "DeepLabCut" and found.joint_names == ("nose", "tail")
    assert [(f.media, f.frame) for f in found.frames] == [
        ("labeled-data/clip/img003.png", 0),
        ("labeled-data/clip/img007.png", 0),
    ]
    first, second = (f.instances[0] for f in found.frames)
    assert first.pose.keypoints.tolist() == [[1, 2], [3, 4]] and not first.predicted and first.scores is None
    assert second.pose.visibility.tolist() == [0, 2]


def test_several_animals_and_a_part_of_none(tmp_path: Path) -> None:
    found = read_labels(write(tmp_path, SEVERAL))
    assert found.joint_names == ("nose", "bowl") and found.media[0] == "labeled-data/clip/img000.png"
    assert [i.identity for i in found.frames[0].instances] == ["Rex", "single"]
    assert found.frames[0].instances[1].pose.keypoints[1].tolist() == [9, 8]
    assert [i.identity for i in found.frames[1].instances] == ["Ada"]


def test_predictions_know_their_video_and_their_scores(tmp_path: Path) -> None:
    found = read_labels(write(tmp_path, PREDICTED, "clip7DLC_resnet50_shuffle1.csv"))
    assert [(f.media, f.frame) for f in found.frames] == [("clip7", 0), ("clip7", 1)]
    assert found.frames[1].instances[0].predicted
    np.testing.assert_allclose(found.frames[1].instances[0].scores, [0.1])
    assert video_of(Path("CollectedData_me.h5")) == ""


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (SINGLE.replace("coords", "places"), "first rows are not scorer"),
        (SINGLE.replace("1,2,3,4", "1,2,3,4,5"), "row 4 has 6 cells, but there are 5 columns"),
        (SINGLE.replace("1,2,3,4", "1,two,3,4"), "a coordinate is not a number"),
        (SINGLE.replace("coords,x,y,x,y", "coords,x,y,x,z"), "tail has only one of x and y"),
        ("scorer,me\n", "first rows are not scorer"),
        (SINGLE.split("labeled-data")[0], "holds no keypoints"),
    ],
)
def test_a_bad_table_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(LabelFileError, match=complaint) as caught:
        read_labels(path)
    assert str(path) in str(caught.value)


COLUMNS = [("me", "nose", "x"), ("me", "nose", "y"), ("me", "tail", "x"), ("me", "tail", "y")]


def test_h5_in_the_layout_that_can_be_appended_to(tmp_path: Path) -> None:
    path = tmp_path / "CollectedData_me.h5"
    rows = np.array(
        [(b"labeled-data/clip/img003.png", [1, 2, 3, np.nan])], dtype=[("index", "S40"), ("values_block_0", "f8", 4)]
    )
    with h5py.File(path, "w") as file:
        group = file.create_group("df_with_missing")
        group.attrs["pandas_type"] = np.bytes_("frame_table")
        group["table"] = rows
        group["table"].attrs["values_block_0_kind"] = np.bytes_(pickle.dumps(COLUMNS, 0))
    found = read_labels(path)
    assert found.joint_names == ("nose", "tail") and found.media == ("labeled-data/clip/img003.png",)
    assert found.frames[0].instances[0].pose.visibility.tolist() == [2, 0]


def test_h5_in_the_fixed_layout(tmp_path: Path) -> None:
    """As pandas writes it by default: column levels with an index into each, and rows of three levels."""
    path = tmp_path / "CollectedData_me.h5"
    with h5py.File(path, "w") as file:
        group = file.create_group("df_with_missing")
        group.attrs["pandas_type"] = "frame"
        for axis, order in (("axis0", [0, 1, 2, 3]), ("block0_items", [2, 3, 0, 1])):
            labels = [[0, 0, 0, 0], [0, 0, 1, 1], [0, 1, 0, 1]]
            for level, (values, label) in enumerate(zip([["me"], ["nose", "tail"], ["x", "y"]], labels, strict=True)):
                group[f"{axis}_level{level}"] = np.array(values, dtype="S")
                group[f"{axis}_label{level}"] = np.array(label, dtype=np.int8)[order]
        for level, name in enumerate(["labeled-data", "clip", "img003.png"]):
            group[f"axis1_level{level}"] = np.array([name], dtype="S")
            group[f"axis1_label{level}"] = np.array([0], dtype=np.int8)
        group["block0_values"] = np.array([[3.0, 4.0, 1.0, 2.0]])
    found = read_labels(path)
    assert found.media == ("labeled-data/clip/img003.png",)
    assert found.frames[0].instances[0].pose.keypoints.tolist() == [[1, 2], [3, 4]]


def test_h5_whose_names_are_a_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "CollectedData_me.h5"
    with h5py.File(path, "w") as file:
        group = file.create_group("df_with_missing")
        group.attrs["pandas_type"] = np.bytes_("frame_table")
        group["table"] = np.zeros(1, dtype=[("index", "i8"), ("values_block_0", "f8", 4)])
        group["table"].attrs["values_block_0_kind"] = np.bytes_(b"cos\nsystem\n(S'touch /tmp/harm'\ntR.")
    with pytest.raises(LabelFileError, match="is not followed"):
        read_labels(path)


def test_the_real_files_are_read(shared_data: Path) -> None:
    images = shared_data / "animal_images"
    mouse = read_labels(images / "dlc_openfield_mouse" / "labeled-data" / "m4s1" / "CollectedData_Pranav.csv")
    assert len(mouse.frames) == 80 and mouse.joint_names == ("snout", "leftear", "rightear", "tailbase")
    folder = images / "dlc_reaching_mouse" / "labeled-data" / "reachingvideo1"
    csv, h5 = read_labels(folder / "CollectedData_Mackenzie.csv"), read_labels(folder / "CollectedData_Mackenzie.h5")
    assert csv.joint_names == h5.joint_names and csv.media == h5.media and len(csv.frames) == 55
    for a, b in zip(csv.instances(), h5.instances(), strict=True):
        np.testing.assert_allclose(a.pose.keypoints, b.pose.keypoints)
    predicted = read_labels(
        shared_data / "labels/dlc_openfield_predictions/m3v1mp4DLC_resnet50_openfieldOct30shuffle1_100000.h5"
    )
    assert len(predicted.frames) == 2330 and predicted.media == ("m3v1mp4",)
    for table in sorted((shared_data / "labels/sleap/dlc/labeled-data/video").glob("*.csv")):
        assert read_labels(table).frames[0].instances[0].pose.keypoints[0].tolist() == [0, 1]
