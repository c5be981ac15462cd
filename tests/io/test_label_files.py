"""Any label file opens or is refused in a sentence; on a skeleton, what could not be kept is said."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from poseviewer.core.errors import LabelFileError, SkeletonError
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import Instance
from poseviewer.core.skeleton import Skeleton
from poseviewer.io.label_files import LabelFile, LabelledFrame, map_to_skeleton, read_labels
from poseviewer.io.skeleton_files import load_skeleton

LEG = Skeleton.from_names("leg", ["hip", "knee", "paw"], [("hip", "knee"), ("knee", "paw")], aliases=[("foot", "paw")])


def labels(joints: tuple[str, ...], *poses: list[list[float]], scores: list[float] | None = None) -> LabelFile:
    found = None if scores is None else np.array(scores, dtype=np.float32)
    frames = tuple(
        LabelledFrame("clip.mp4", i, (Instance(Pose2D(pose), "Rex", scores is not None, found),))
        for i, pose in enumerate(poses)
    )
    return LabelFile("/labels/legs.csv", "DeepLabCut", joints, frames)


def test_joints_are_found_by_name_and_alias_in_any_spelling() -> None:
    given = labels(("Foot", "eye", "HIP"), [[1, 2], [3, 4], [5, 6]], scores=[0.1, 0.2, 0.3])
    mapped, report = map_to_skeleton(given, LEG)
    instance = mapped.frames[0].instances[0]
    assert mapped.joint_names == LEG.joints
    assert instance.pose == Pose2D([[5, 6], [np.nan, np.nan], [1, 2]])
    np.testing.assert_array_equal(instance.scores, np.float32([0.3, np.nan, 0.1]))
    assert instance.identity == "Rex" and instance.predicted
    assert report == [
        "1 keypoints were left out: leg has no joint for eye.",
        "The file has no keypoints for knee; they stay empty.",
    ]


def test_a_mapping_says_which_is_which() -> None:
    given = labels(("a", "b", "c"), [[1, 1], [2, 2], [3, 3]])
    mapped, report = map_to_skeleton(given, LEG, {"A": "foot", "b": "hip"})
    assert mapped.frames[0].instances[0].pose == Pose2D([[2, 2], [np.nan, np.nan], [1, 1]])
    assert "no joint for c" in report[0]
    with pytest.raises(SkeletonError, match="has no joint 'wing'"):
        map_to_skeleton(given, LEG, {"a": "wing"})


def test_occluded_stays_occluded_and_absent_stays_absent() -> None:
    pose = Pose2D([[1, 1], [2, 2], [3, 3]], [2, 1, 0])
    given = LabelFile("p", "t", ("hip", "knee", "paw"), (LabelledFrame("m", 0, (Instance(pose),)),))
    mapped, report = map_to_skeleton(given, LEG)
    assert mapped.frames[0].instances[0].pose.visibility.tolist() == [2, 1, 0] and report == []


def test_a_pose_without_a_joint_of_the_skeleton_is_left_out() -> None:
    nan = np.nan
    given = labels(("hip", "eye"), [[1, 1], [2, 2]], [[nan, nan], [3, 3]])
    mapped, report = map_to_skeleton(given, LEG)
    assert [frame.frame for frame in mapped.frames] == [0]
    assert "1 poses were left out" in report[-1]


def test_labels_of_another_animal_are_refused() -> None:
    with pytest.raises(LabelFileError, match=r"None of the keypoints of .*legs\.csv \(wing, beak\) is a joint of leg"):
        map_to_skeleton(labels(("wing", "beak"), [[1, 1], [2, 2]]), LEG)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.slp", b"not an HDF5 file"),
        ("a.h5", b"\x89HDF\r\n\x1a\n and no more"),
        ("a.json", b'{"half": '),
        ("a.json", b"[1, 2, 3]"),
        ("a.json", b"{}"),
        ("a.csv", b"some,other\n1,2\n"),
        ("a.csv", b"scorer,me\n\xff\xfe"),
        ("a.mat", b"MATLAB 5.0 MAT-file"),
        ("a.xyz", b"?"),
        ("a.slp", b""),
        ("a.json", b""),
    ],
)
def test_a_bad_file_is_refused_in_one_sentence(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(LabelFileError) as caught:
        read_labels(path)
    message = str(caught.value)
    assert str(path) in message and "\n" not in message


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(LabelFileError, match="There is no file"):
        read_labels(tmp_path / "nowhere.slp")
    (tmp_path / "project.json").mkdir()
    with pytest.raises(LabelFileError, match="is a folder"):
        read_labels(tmp_path / "project.json")


def test_a_truncated_real_file_is_refused(shared_data: Path, tmp_path: Path) -> None:
    whole = (shared_data / "labels/sleap/slp_hdf5/small_robot_minimal.slp").read_bytes()
    (tmp_path / "half.slp").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(LabelFileError, match=r"half\.slp"):
        read_labels(tmp_path / "half.slp")


def test_stanford_extras_dogs_stand_on_the_quadruped(shared_data: Path) -> None:
    """On the photo of a dog that stands facing right, elbows are above front paws and knees above hind paws."""
    quadruped = load_skeleton("quadruped16")
    given = read_labels(shared_data / "animal_images/stanfordextra_sample/StanfordExtra_sample.json")
    mapped, report = map_to_skeleton(given, quadruped)
    pose = next(f for f in mapped.frames if "n02087394_10591" in f.media).instances[0].pose
    place = {name: pose.keypoints[quadruped.joint_index(name)] for name in quadruped.joints}
    for side in ("left", "right"):
        assert place[f"{side}_elbow"][1] + 50 < place[f"{side}_front_paw"][1]
        assert place[f"{side}_knee"][1] + 50 < place[f"{side}_hind_paw"][1]
        assert place[f"{side}_front_paw"][0] > place[f"{side}_hind_paw"][0]
    assert place["nose"][0] > place["tail_base"][0] > place["tail_tip"][0]
    assert np.isnan(place["left_shoulder"]).all()
    assert "left_front_leg_middle" in report[0] and "left_shoulder" in report[1]


def test_every_real_label_file_is_read_or_refused_in_a_sentence(shared_data: Path) -> None:
    refused = []
    for path in sorted((shared_data / "labels").rglob("*.*")):
        if path.suffix in (".png", ".jpg", ".yaml"):
            continue
        try:
            assert read_labels(path).frames
        except LabelFileError as error:
            refused.append(path.name)
            assert str(path) in str(error)
    # Skeletons without labels, LEAP's .mat (one more library) and SLEAP's first JSON format.
    assert set(refused) <= {
        "labels.mat", "skeleton_legs.mat", "minimal_instance.json", "fly_skeleton_legs.json",
        "fly_skeleton_legs_pystate_dict.json",
    }  # fmt: skip


def test_json_of_no_known_format_says_so(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"theme": "dark"}))
    with pytest.raises(LabelFileError, match="cannot be read as labels"):
        read_labels(path)
