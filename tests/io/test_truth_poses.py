"""True poses in m, cm and mm, said or to be told by the size of the person, and the clips that they are of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from poseviewer.core.errors import LabelFileError
from poseviewer.io.truth_poses import read_truth_poses

NAMES = ["left_wrist", "right_wrist", "left_ankle", "right_ankle"]
PERSON = np.array([[[0, 0, 1700], [100, 0, 1700], [0, 0, 0], [100, 0, 0]]] * 4, dtype=float)
"""A person who stands with raised arms: 1.7 m from the ankles to the wrists."""
CLIPS = {"clip_start": [0, 2], "clip_len": [2, 1]}


def save(path: Path, joints: np.ndarray = PERSON, names: list[str] = NAMES, **arrays: Any) -> Path:
    np.savez(path / "t.npz", joints=joints, joint_names=names, **arrays)
    return path / "t.npz"


@pytest.mark.parametrize(("unit", "factor"), [("m", 1000), ("cm", 10), ("mm", 1)])
@pytest.mark.parametrize("how", ["unit", "meta", "size"])
def test_a_person_comes_out_in_millimetres(tmp_path: Path, unit: str, factor: float, how: str) -> None:
    said = {"unit": {"unit": unit}, "meta": {"meta": json.dumps({"unit": unit})}, "size": {}}[how]

    poses = read_truth_poses(save(tmp_path, PERSON / factor, **said))

    np.testing.assert_allclose(poses.joints, PERSON)
    assert (poses.unit, poses.factor) == ("mm", factor)
    assert (unit in poses.remark) == (how == "size" or unit != "mm")


def test_pixels_stay_pixels(tmp_path: Path) -> None:
    poses = read_truth_poses(save(tmp_path, unit="px"))

    assert (poses.unit, poses.remark) == ("px", "")
    np.testing.assert_array_equal(poses.joints, PERSON)


def test_the_size_of_an_animal_tells_nothing(tmp_path: Path) -> None:
    poses = read_truth_poses(save(tmp_path, PERSON / 1000, ["nose", "neck", "left_paw", "right_paw"]))

    assert (poses.unit, poses.remark) == ("", "")


def test_missing_joints_do_not_hide_the_size(tmp_path: Path) -> None:
    joints = PERSON / 1000
    joints[0] = np.nan
    joints[1:, 0] = np.nan

    assert read_truth_poses(save(tmp_path, joints)).factor == 1000


def test_a_unit_that_cannot_be_right_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LabelFileError, match=r"t\.npz says that its unit is mm, .* would measure 0\.0017 m"):
        read_truth_poses(save(tmp_path, PERSON / 1000, unit="mm"))


def test_clips_say_which_poses_follow_each_other(tmp_path: Path) -> None:
    clips = read_truth_poses(save(tmp_path, **CLIPS, clip_action=["walk", "jump"], clip_subject=[1, 2])).clips

    assert clips is not None
    np.testing.assert_array_equal(clips.clip, [0, 0, 1, -1])
    assert clips.labels == {"action": ("walk", "jump"), "subject": ("1", "2")}


def test_without_clips_nothing_is_known_of_them(tmp_path: Path) -> None:
    assert read_truth_poses(save(tmp_path)).clips is None


@pytest.mark.parametrize(
    ("clips", "words"),
    [
        ({"clip_start": [0, 2], "clip_len": [2, 3]}, "do not lie within its 4 poses"),
        ({"clip_start": [-1], "clip_len": [2]}, "do not lie within"),
        ({"clip_start": [0, 1], "clip_len": [2, 2]}, "overlaps"),
        ({"clip_start": [0.5], "clip_len": [2]}, "'clip_start'"),
        ({**CLIPS, "clip_action": ["walk"]}, "'clip_action' .* to be 2 names"),
    ],
)
def test_clips_that_do_not_fit_are_refused(tmp_path: Path, clips: dict[str, Any], words: str) -> None:
    with pytest.raises(LabelFileError, match=words):
        read_truth_poses(save(tmp_path, **clips))


def test_the_real_files_are_read(shared_data: Path) -> None:
    path = shared_data / "human3d" / "hdm05_bk.npz"
    if not path.is_file():
        pytest.skip(f"there is no {path}")

    poses = read_truth_poses(path)

    assert (poses.unit, poses.remark) == ("mm", "")
    assert poses.clips is not None
    assert (poses.clips.clip >= 0).all()
    assert list(poses.clips.groups("subject")) == ["HDM05_bk"]
    assert len(poses.clips.groups("action")) > 5
