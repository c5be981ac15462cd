"""COCO, StanfordExtra and BADJA: three states of visibility, rows and columns the right way round."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from poseviewer.core.errors import LabelFileError
from poseviewer.io.label_files import read_labels

COCO: dict[str, Any] = {
    "images": [{"id": 5, "file_name": "a.jpg"}, {"id": 6, "file_name": "b.jpg"}],
    "categories": [
        {"id": 1, "name": "dog", "keypoints": ["nose", "neck", "tail"]},
        {"id": 2, "name": "cat", "keypoints": ["neck", "nose", "tail"]},
    ],
    "annotations": [
        {"id": 1, "image_id": 6, "category_id": 1, "keypoints": [1, 2, 2, 3, 4, 1, 0, 0, 0]},
        {"id": 2, "image_id": 6, "category_id": 2, "keypoints": [5, 6, 2, 7, 8, 2, 99, 99, 0]},
        {"id": 3, "image_id": 5, "category_id": 1, "keypoints": [0, 0, 0, 0, 0, 0, 0, 0, 0]},
        {"id": 4, "image_id": 5, "category_id": 1, "bbox": [0, 0, 1, 1]},
    ],
}


def write(folder: Path, content: object) -> Path:
    path = folder / "labels.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_coco_keeps_occluded_keypoints_and_images_that_are_elsewhere(tmp_path: Path) -> None:
    found = read_labels(write(tmp_path, COCO))
    assert found.tool == "COCO" and found.joint_names == ("nose", "neck", "tail") and found.media == ("b.jpg",)
    dog, cat = found.frames[0].instances
    assert dog.pose.visibility.tolist() == [2, 1, 0]
    assert dog.pose.keypoints[1].tolist() == [3, 4]
    assert cat.pose.keypoints[:2].tolist() == [[7, 8], [5, 6]], "by name, whatever a category's order is"
    assert cat.pose.visibility.tolist() == [2, 2, 0], "coordinates of an absent keypoint mean nothing"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"categories": [{"id": 1, "name": "dog"}]}, "no keypoints, only boxes"),
        ({"annotations": [{"image_id": 5, "category_id": 1, "keypoints": [1, 2]}]}, "damaged or not a label file"),
        ({"annotations": [{"image_id": 5, "category_id": 9, "keypoints": [1, 2, 2]}]}, "damaged or not a label file"),
        ({"annotations": []}, "holds no keypoints"),
    ],
)
def test_damaged_coco_is_refused(tmp_path: Path, change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(LabelFileError, match=complaint):
        read_labels(write(tmp_path, COCO | change))


def test_stanford_extra_leaves_out_what_was_not_labelled(tmp_path: Path) -> None:
    joints = [[float(i), float(i + 100), 1.0] for i in range(24)]
    joints[22] = [50.0, 60.0, 0.0]
    found = read_labels(write(tmp_path, [{"img_path": "breed/dog.jpg", "joints": joints}]))
    pose = found.frames[0].instances[0].pose
    assert found.tool == "StanfordExtra" and found.media == ("breed/dog.jpg",)
    assert pose.keypoints[found.joint_names.index("nose")].tolist() == [16, 116]
    assert pose.visibility[found.joint_names.index("withers")] == 0


def test_badja_is_row_before_column_with_guesses(tmp_path: Path) -> None:
    joints, seen = [[0, 0]] * 37, [False] * 37
    joints[8], seen[8] = [30, 200], True
    joints[33] = [40, 300]
    found = read_labels(write(tmp_path, [{"image_path": "dog/1.jpg", "joints": joints, "visibility": seen}]))
    pose = found.frames[0].instances[0].pose
    elbow, nose = found.joint_names.index("right_front_elbow"), found.joint_names.index("nose")
    assert pose.keypoints[elbow].tolist() == [200, 30] and pose.visibility[elbow] == 2
    assert pose.keypoints[nose].tolist() == [300, 40] and pose.visibility[nose] == 1
    assert pose.present_count == 2


def test_the_real_files_lie_inside_their_images(shared_data: Path) -> None:
    dogs = read_labels(shared_data / "animal_images/stanfordextra_sample/StanfordExtra_sample.json")
    assert len(dogs.frames) == 12
    running = read_labels(shared_data / "labels/badja/joint_annotations/dog.json")
    for instance in running.instances():
        xy = instance.pose.keypoints[instance.pose.present]
        assert (xy >= 0).all() and (xy < (1920, 1080)).all()
    zebra = read_labels(shared_data / "animal_images/mmpose_test_samples/zebra/test_zebra.json")
    assert zebra.joint_names[0] == "snout" and zebra.media == ("810.jpg", "850.jpg")
