"""`poseviewer convert` of motion capture, from the command to the file of poses."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from poseviewer.__main__ import main
from poseviewer.io.skeleton_files import load_skeleton

HUMAN = load_skeleton("human17")
PERSON = np.random.default_rng(0).normal(size=(10, 32, 3)).astype(np.float32)


@pytest.fixture
def human36m(tmp_path: Path) -> Path:
    positions = {"S1": {"Directions 1": PERSON, "Eating": PERSON[:5]}, "S5": {"Eating 1": PERSON}}
    np.savez(tmp_path / "data_3d_h36m.npz", positions_3d=np.array(positions, dtype=object))
    return tmp_path / "data_3d_h36m.npz"


def test_human36m_becomes_a_file_of_poses(human36m: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "h36m.npz"

    assert main(["convert", str(human36m), "-o", str(out), "--fps", "10", "--unit", "m", "--json"]) == 0

    report = json.loads(capsys.readouterr().out)
    assert report["poses"] == 5 and report["clips"] == 3 and report["unit"] == "mm" and report["fps"] == 10
    with np.load(out) as file:
        assert tuple(file["joint_names"]) == HUMAN.joints and file["clip_subject"].tolist() == ["S1", "S1", "S5"]
        assert file["clip_action"].tolist() == ["Directions", "Eating", "Eating"]
        np.testing.assert_allclose(file["joints"][1, 0], PERSON[5, 0] * 1000, rtol=1e-6)


def test_its_keypoints_become_keypoints(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    views = [PERSON[:, :17, :2]] * 4
    source, out = tmp_path / "data_2d_h36m_gt.npz", tmp_path / "out.npz"
    metadata = {"layout_name": "h36m", "num_joints": 17}
    content = {"positions_2d": {"S1": {"Eating": views}}, "metadata": metadata}
    np.savez(source, **{name: np.array(value, dtype=object) for name, value in content.items()})

    assert main(["convert", str(source), "-o", str(out)]) == 0

    assert "40 poses in 2D of 17 joints in 4 clips, from Human3.6M" in capsys.readouterr().out
    with np.load(out) as file:
        assert file["keypoints"].shape == (40, 17, 2) and "joints" not in file.files


def test_notes_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (
        "HIERARCHY\nROOT snout\n{\nOFFSET 0 0 0\nCHANNELS 3 Xposition Yposition Zposition\nJOINT tail\n{\n"
        "OFFSET 0 0 9\nCHANNELS 0\nEnd Site\n{\nOFFSET 0 0 0\n}\n}\n}\nMOTION\nFrames: 1\nFrame Time: 0.04\n1 2 3\n"
    )
    (tmp_path / "dog.bvh").write_text(text)
    assert main(["convert", str(tmp_path / "dog.bvh"), "-o", str(tmp_path / "out.npz")]) == 0
    shown = capsys.readouterr()
    assert "Note: The rig is of no known family (snout, tail, ...)" in shown.err
    assert "1 poses of 2 joints in 1 clip, from BVH" in shown.out
    np.testing.assert_array_equal(np.load(tmp_path / "out.npz")["joints"][0], [[1, -3, 2], [1, -12, 2]])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["data_3d_h36m.npz", "-o", "a.csv"], "must end in .npz"),
        (["data_3d_h36m.npz", "-o", "a.npz", "--skeleton", "human17"], "--skeleton is for labels"),
        (["data_3d_h36m.npz", "-o", "a.npz", "--unit", "feet"], "'feet' is not a unit"),
        (["labels.npz", "-o", "a.npz", "--fps", "12"], "is no motion capture, which --fps"),
        (["none.bvh", "-o", "a.npz"], "There is no file"),
    ],
)
def test_what_cannot_be_converted_is_one_sentence(
    arguments: list[str], words: str, human36m: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = human36m.parent
    np.savez(folder / "labels.npz", keypoints=np.zeros((1, 2, 2)), joint_names=["a", "b"])
    there = [str(folder / word) if "." in word else word for word in arguments]
    assert main(["convert", *there]) == 1
    shown = capsys.readouterr().err
    assert words in shown and shown.count("\n") == 1
    assert not (folder / "a.npz").exists()
