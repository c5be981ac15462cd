"""The poses of a study: whole ones alone, by joint names, seen the same way every time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from poseviewer.core.errors import PoseInputError
from poseviewer.io.skeleton_files import load_skeleton
from training.study_poses import read_study_poses

HUMAN = load_skeleton("human17")


@pytest.fixture
def poses(tmp_path: Path) -> Path:
    """12 poses in mm with the joints in another order, the last of them not whole."""
    joints = np.random.default_rng(0).normal(size=(12, 18, 3)) * 400
    joints[-1, 3] = np.nan
    names = [*reversed([joint.replace("left_", "l_") for joint in HUMAN.joints]), "a tail"]
    np.savez(tmp_path / "poses.npz", joints=joints, joint_names=names, unit="mm")
    return tmp_path / "poses.npz"


def test_views_are_turned_poses_and_the_same_for_a_seed(poses: Path) -> None:
    found, again, other = (read_study_poses(poses, HUMAN, (0, 20), seed) for seed in (3, 3, 4))

    assert (len(found), found.of, found.lacking, found.unit) == (11, 12, 1, "mm")
    assert found.joints is not None
    true = np.load(poses)["joints"][:11, :17][:, ::-1]
    lengths = [np.linalg.norm(np.diff(each, axis=1), axis=-1) for each in (found.joints, true)]
    np.testing.assert_allclose(*lengths)
    root = found.joints[:, :1, :2]
    np.testing.assert_allclose(found.keypoints, found.joints[..., :2] - root, atol=1e-9)
    np.testing.assert_array_equal(found.keypoints, again.keypoints)
    assert np.abs(found.keypoints - other.keypoints).max() > 1


def test_a_camera_on_the_horizon_keeps_the_height(poses: Path) -> None:
    found = read_study_poses(poses, HUMAN, (0, 0))

    true = np.load(poses)["joints"][:11, :17][:, ::-1]
    np.testing.assert_allclose(found.keypoints[..., 1], true[:, :1, 2] - true[..., 2], atol=1e-9)


def test_some_are_enough(poses: Path) -> None:
    assert len(read_study_poses(poses, HUMAN, every=4)) == 3
    assert len(read_study_poses(poses, HUMAN, most=5)) == 4


def test_keypoints_are_taken_as_they_are(tmp_path: Path) -> None:
    keypoints = np.random.default_rng(1).normal(size=(5, 17, 2))
    keypoints[2] = 7.0  # all in one place
    np.savez(tmp_path / "k.npz", keypoints=keypoints)

    found = read_study_poses(tmp_path / "k.npz", HUMAN)

    np.testing.assert_array_equal(found.keypoints, keypoints[[0, 1, 3, 4]])
    assert found.joints is None


def test_what_cannot_be_studied_is_named(tmp_path: Path, poses: Path) -> None:
    with pytest.raises(PoseInputError, match=r"poses\.npz has no joint nose, .* of quadruped16"):
        read_study_poses(poses, load_skeleton("quadruped16"))
    np.savez(tmp_path / "k.npz", keypoints=np.ones((5, 16, 2)))
    with pytest.raises(PoseInputError, match="16 joints without names, but human17 has 17"):
        read_study_poses(tmp_path / "k.npz", HUMAN)
    np.savez(tmp_path / "one.npz", keypoints=np.ones((5, 17, 2)))
    with pytest.raises(PoseInputError, match="in one place"):
        read_study_poses(tmp_path / "one.npz", HUMAN)
    np.savez(tmp_path / "gaps.npz", joints=np.where(np.eye(17)[:, :, None] > 0, np.nan, np.ones((17, 17, 3))))
    with pytest.raises(PoseInputError, match="no pose with all 17 joints"):
        read_study_poses(tmp_path / "gaps.npz", HUMAN)
