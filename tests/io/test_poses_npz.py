"""A file of poses says what it has, and the readers of true poses understand it."""

from pathlib import Path

import numpy as np

from poseviewer.io.keypoint_files import read_keypoints_npz, read_truth_npz
from poseviewer.io.poses_npz import PoseClips, write_poses

JOINTS = np.arange(18, dtype=np.float32).reshape(3, 2, 3)


def clips(joints: object, keypoints: object, unit: str = "mm", fps: float = 12.0) -> PoseClips:
    lengths = np.array([1, 2], dtype=np.int64)
    return PoseClips(("a", "b"), joints, keypoints, unit, fps, lengths, ("x", "y"), ("s", "s"), ("", "go"))  # type: ignore[arg-type]


def test_poses_and_clips_come_back(tmp_path: Path) -> None:
    write_poses(tmp_path / "a.npz", clips(JOINTS, JOINTS[..., :2]))

    truth = read_truth_npz(tmp_path / "a.npz")
    assert truth.unit == "mm" and truth.joint_names == ("a", "b")
    np.testing.assert_array_equal(truth.joints, JOINTS)
    np.testing.assert_array_equal(read_keypoints_npz(tmp_path / "a.npz").keypoints, JOINTS[..., :2])
    with np.load(tmp_path / "a.npz") as file:
        assert file["clip_start"].tolist() == [0, 1] and file["clip_len"].tolist() == [1, 2]
        assert file["clip_action"].tolist() == ["", "go"] and file["fps"] == 12


def test_what_is_not_known_is_not_said(tmp_path: Path) -> None:
    write_poses(tmp_path / "a.npz", clips(None, JOINTS[..., :2], "", 0.0))
    with np.load(tmp_path / "a.npz") as file:
        assert {"joints", "unit", "fps"}.isdisjoint(file.files)
    assert len(clips(JOINTS, None)) == 3
