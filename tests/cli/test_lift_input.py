"""Label files of other tools become rows of keypoints."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from poseviewer.__main__ import main
from poseviewer.cli.lift_input import read_input
from poseviewer.core.errors import LabelFileError, PoseInputError
from poseviewer.io.skeleton_files import load_skeleton

NAMES = ["Neck", "L_knee", "nose", "whiskers", "tail_base", "R_Hip"]


def deeplabcut(path: Path, names: list[str], frames: list[int]) -> Path:
    """Keypoint j of frame f at (10 j, f)."""
    rows = [
        ["scorer", *["me"] * 2 * len(names)],
        ["bodyparts", *[name for name in names for _ in "xy"]],
        ["coords", *["x", "y"] * len(names)],
    ]
    for frame in frames:
        places = [str(value) for j in range(len(names)) for value in (10.0 * j, float(frame))]
        rows.append([f"labeled-data/mouse/img{frame:04d}.png", *places])
    path.write_text("\n".join(",".join(row) for row in rows) + "\n")
    return path


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    return deeplabcut(tmp_path / "CollectedData_me.csv", NAMES, [3, 7])


def test_every_frame_is_a_row_of_keypoints(labels: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found, skeleton = read_input(labels, None)

    assert skeleton.name == "quadruped16"
    assert found.points.shape == (2, 6, 2)
    np.testing.assert_array_equal(found.points[1, 2], [20, 7])
    assert [name.endswith(f"img{n:04d}.png") for name, n in zip(found.rows["media"], (3, 7), strict=True)] == [True] * 2
    assert "whiskers" in capsys.readouterr().err


def test_joints_keep_the_spelling_of_the_file(labels: Path) -> None:
    found, skeleton = read_input(labels, "quadruped16")

    spelled = found.spelled_on(skeleton)
    assert spelled[skeleton.joint_index("left_knee")] == "L_knee"
    assert spelled[skeleton.joint_index("right_knee")] == "right_knee"


def test_labels_are_lifted(labels: Path, barely_trained: Path, tmp_path: Path) -> None:
    out = tmp_path / "poses.npz"

    assert main(["lift", str(labels), "--model", str(barely_trained), "-o", str(out), "--device", "cpu"]) == 0

    with np.load(out) as file:
        assert file["joints"].shape == (2, 16, 3)
        assert file["media"].shape == file["frame"].shape == file["instance"].shape == (2,)


def test_keypoints_that_no_skeleton_knows_are_listed(tmp_path: Path) -> None:
    with pytest.raises(PoseInputError, match="petal, stem"):
        read_input(deeplabcut(tmp_path / "flower.csv", ["petal", "stem", "leaf", "root"], [0]), None)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(LabelFileError, match=r"none\.slp"):
        read_input(tmp_path / "none.slp", None)


def test_real_dogs_are_mapped_by_the_table_of_their_data_set(shared_data: Path) -> None:
    source = next((shared_data / "animal_images" / "stanfordextra_sample").glob("*.json"))

    found, skeleton = read_input(source, None)

    assert skeleton == load_skeleton("quadruped16")
    assert len(found.points) == 12
