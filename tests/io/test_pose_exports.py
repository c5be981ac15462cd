"""Lifted poses written as .npz, .csv, .nc and .bvh hold what was lifted."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from poseviewer.core.errors import LabelFileError
from poseviewer.core.lifted import LiftedPoses
from poseviewer.core.skeleton import Skeleton
from poseviewer.geometry.kinematics import spherical_from_vectors
from poseviewer.io.keypoint_files import read_truth_npz, write_lifted

ARM = Skeleton.from_names("arm", ["shoulder", "elbow", "hand"], [("shoulder", "elbow"), ("elbow", "hand")])


@pytest.fixture
def poses() -> LiftedPoses:
    """In the camera: the upper arm hangs straight down (2 px), the forearm points away from the camera (1 px)."""
    pose = [[0, 0, 0], [0, 2, 0], [0, 2, 1]]
    joints = np.array([pose, np.full((3, 3), np.nan)], dtype=np.float32)
    std = np.array([[0, 0.5, 0.25], [np.nan] * 3], dtype=np.float32)
    return LiftedPoses(ARM, joints, std, np.zeros((2, 2), dtype=np.float32), np.ones((2, 3), dtype=bool))


def test_npz_holds_the_contract(tmp_path: Path, poses: LiftedPoses) -> None:
    write_lifted(tmp_path / "o.npz", replace(poses, unit="mm"))
    with np.load(tmp_path / "o.npz", allow_pickle=False) as found:
        assert np.array_equal(found["joints"], poses.joints, equal_nan=True)
        assert np.array_equal(found["depth_std"], poses.depth_std, equal_nan=True)
        assert found["bone_lengths"][0].tolist() == [2, 1]
        assert found["joint_names"].tolist() == list(ARM.joints)
        assert found["bones"].tolist() == [[0, 1], [1, 2]]
        # Down is theta = pi in the body's axes; away from the camera is +y there: theta = phi = pi / 2.
        np.testing.assert_allclose(found["bone_spherical"][0, 0, :2], [2, np.pi], rtol=1e-6)
        np.testing.assert_allclose(found["bone_spherical"][0, 1], [1, np.pi / 2, np.pi / 2], rtol=1e-6)
        assert str(found["unit"]) == "mm"
    assert read_truth_npz(tmp_path / "o.npz").unit == "mm"


def test_bone_spherical_is_the_f_of_the_paper() -> None:
    joints = np.random.default_rng(0).normal(size=(50, 3, 3)).astype(np.float32)
    poses = LiftedPoses(ARM, joints, joints[..., 0], joints[:, 0, :2], np.ones((50, 3), dtype=bool))
    camera = poses.bone_vectors
    body = np.stack([camera[..., 0], camera[..., 2], -camera[..., 1]], axis=-1)
    np.testing.assert_allclose(poses.bone_spherical, spherical_from_vectors(body), atol=1e-6)


def test_csv_has_a_row_per_frame_and_empty_cells_for_gaps(tmp_path: Path, poses: LiftedPoses) -> None:
    write_lifted(tmp_path / "o.csv", poses, ["shoulder", "elbow, left", "hand"])
    rows = list(csv.DictReader((tmp_path / "o.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["fnum"] for row in rows] == ["0", "1"]
    assert (rows[0]["hand_x"], rows[0]["hand_y"], rows[0]["hand_z"], rows[0]["hand_depth_std"]) == (
        "0",
        "2",
        "1",
        "0.25",
    )
    assert rows[0]["elbow, left_y"] == "2"
    assert rows[1]["hand_x"] == ""


def test_netcdf_is_a_movement_poses_dataset(tmp_path: Path, poses: LiftedPoses) -> None:
    write_lifted(tmp_path / "o.nc", poses, fps=50.0)
    content = (tmp_path / "o.nc").read_bytes()
    for word in (b"position", b"confidence", b"individual", b"ds_type", b"seconds", b"units"):
        assert word in content
    # time, space, keypoint, individual: the first frame's x of the three joints, then their y
    place = content.find(np.array([0, 0, 0, 0, 2, 2, 0, 0, 1], dtype=">f4").tobytes())
    assert place > 0 and place % 4 == 0


def test_bvh_is_written_with_the_names_given(tmp_path: Path, poses: LiftedPoses) -> None:
    write_lifted(tmp_path / "o.bvh", poses, ["a", "b", "c"])
    text = (tmp_path / "o.bvh").read_text(encoding="utf-8")
    assert text.startswith("HIERARCHY\nROOT a\n") and "Frames: 2" in text


def test_what_cannot_be_written_is_said_before_anything_is(tmp_path: Path, poses: LiftedPoses) -> None:
    with pytest.raises(LabelFileError, match=r"end its name in \.npz, \.csv, \.nc, \.bvh"):
        write_lifted(tmp_path / "o.xlsx", poses)
    with pytest.raises(LabelFileError, match="2 names for the 3 joints"):
        write_lifted(tmp_path / "o.csv", poses, ["a", "b"])
    with pytest.raises(FileNotFoundError):
        write_lifted(tmp_path / "nowhere" / "o.csv", poses)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_keeps_the_older_file(tmp_path: Path, poses: LiftedPoses, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "o.csv"
    path.write_text("older")

    def full(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="No space left"):
        write_lifted(path, poses)
    assert path.read_text() == "older" and list(tmp_path.iterdir()) == [path]
