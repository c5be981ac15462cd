"""What a file of poses holds is read from its table of contents."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from poseviewer.core.errors import LabelFileError
from poseviewer.io.pose_summary import summarise_poses


def test_poses_are_counted_in_2d_and_3d(tmp_path: Path) -> None:
    solid, flat = tmp_path / "solid.npz", tmp_path / "flat.npz"
    np.savez(solid, joints=np.zeros((7, 2, 3)), joint_names=np.array(["a", "b"]))
    np.savez_compressed(flat, keypoints=np.zeros((5, 4, 2), np.float32))

    found = summarise_poses(solid), summarise_poses(flat)

    assert [(f.poses, f.dimensions, f.joint_names) for f in found] == [(7, 3, ("a", "b")), (5, 2, None)]


@pytest.mark.parametrize(
    "arrays", [{}, {"joints": np.zeros((7, 2))}, {"keypoints": np.zeros((0, 4, 2))}, {"joints": np.zeros((7, 2, 2))}]
)
def test_a_file_without_poses_says_what_it_needs(tmp_path: Path, arrays: dict[str, np.ndarray]) -> None:
    path = tmp_path / "other.npz"
    np.savez(path, **{"mark": np.zeros(1), **arrays})

    with pytest.raises(LabelFileError, match=r"other\.npz holds no poses: it needs joints"):
        summarise_poses(path)


@pytest.mark.parametrize("content", [b"", b"not a file of arrays", b"PK\x03\x04 cut short"])
def test_what_is_no_file_of_arrays_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.npz"
    path.write_bytes(content)

    with pytest.raises(LabelFileError, match=r"bad\.npz is not a poses file"):
        summarise_poses(path)
    with pytest.raises(LabelFileError, match="There is no file"):
        summarise_poses(tmp_path / "gone.npz")


def test_objects_are_not_unpickled(tmp_path: Path) -> None:
    path = tmp_path / "odd.npz"
    np.savez(path, joints=np.zeros((2, 2, 3)), joint_names=np.array(["a", None], dtype=object))

    with pytest.raises(LabelFileError, match="is not a poses file"):
        summarise_poses(path)


def test_real_motion_capture_is_counted(shared_data: Path) -> None:
    found = summarise_poses(shared_data / "human3d" / "hdm05_bk.npz")

    assert found.dimensions == 3 and found.poses > 1000 and found.joint_names is not None
