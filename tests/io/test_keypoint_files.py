"""Keypoint files are checked at the door: every bad one is named in a sentence, and none is unpickled."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from poseviewer.core.errors import LabelFileError
from poseviewer.io.keypoint_files import read_keypoints_npz, read_truth_npz

POINTS = np.array([[[1.0, 2.0], [3.0, 4.0]], [[np.nan, np.nan], [7.0, 8.0]]])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "clicked.npz"


def test_keypoints_alone_are_visible_where_they_are_numbers(path: Path) -> None:
    np.savez(path, keypoints=POINTS.astype(np.float32))
    found = read_keypoints_npz(path)
    assert np.array_equal(found.keypoints, POINTS, equal_nan=True) and found.keypoints.dtype == np.float64
    assert found.visibility.tolist() == [[2, 2], [0, 2]] and found.visibility.dtype == np.uint8
    assert found.joint_names is None


def test_names_and_visibility_come_along(path: Path) -> None:
    np.savez(path, keypoints=POINTS, visibility=[[1, 0], [2, 2]], joint_names=["nez", "queue é"])
    found = read_keypoints_npz(path)
    assert found.joint_names == ("nez", "queue é")
    assert found.visibility.tolist() == [[1, 0], [0, 2]]
    assert np.isnan(found.keypoints[0, 1]).all(), "marked absent, so it has no place"


def test_bytes_names_and_true_or_false_are_understood(path: Path) -> None:
    np.savez(path, keypoints=POINTS, visibility=[[True, False], [True, True]], joint_names=np.array([b"a", b"b"]))
    found = read_keypoints_npz(path)
    assert found.joint_names == ("a", "b") and found.visibility.tolist() == [[2, 0], [0, 2]]


def test_infinity_is_missing(path: Path) -> None:
    np.savez(path, keypoints=[[[np.inf, 2.0], [3.0, 4.0]]])
    found = read_keypoints_npz(path)
    assert np.isnan(found.keypoints[0, 0]).all() and found.visibility.tolist() == [[0, 2]]


@pytest.mark.parametrize(
    ("arrays", "complaint"),
    [
        ({"points": POINTS}, "has no array 'keypoints' .it has points"),
        ({"keypoints": POINTS * 1e30}, "8e.30 pixels from the image's corner"),
        ({"keypoints": POINTS, "joint_names": ["neck", "neck"]}, "names neck more than once; give each its own name"),
        ({"keypoints": POINTS[0]}, r"shape \(N, J, 2\), but it has \(2, 2\)"),
        ({"keypoints": np.zeros((2, 3, 3))}, r"but it has \(2, 3, 3\)"),
        ({"keypoints": np.zeros((0, 3, 2))}, "is empty"),
        ({"keypoints": np.full((4, 3, 2), np.nan)}, "Every keypoint in .* is missing"),
        ({"keypoints": np.full((1, 1, 2), "x")}, "not numbers"),
        ({"keypoints": np.zeros((1, 1, 2), dtype=complex)}, "not numbers"),
        ({"keypoints": POINTS, "visibility": np.ones((2, 3))}, r"'visibility' .* \(2, 2\), but it has \(2, 3\)"),
        ({"keypoints": POINTS, "visibility": np.full((2, 2), 0.7)}, "values other than 0"),
        ({"keypoints": POINTS, "visibility": np.full((2, 2), 3)}, "values other than 0"),
        ({"keypoints": POINTS, "visibility": np.zeros((2, 2))}, "Every keypoint in .* is missing"),
        ({"keypoints": POINTS, "joint_names": ["a"]}, r"to be 2 names, but it is .* \(1,\)"),
        ({"keypoints": POINTS, "joint_names": [1, 2]}, "to be 2 names, but it is int64"),
        ({"keypoints": POINTS, "joint_names": np.array(["a", "b"], dtype=object)}, "never read .* dtype=str"),
        ({"keypoints": np.array([[[None, 1.0]]], dtype=object)}, "never read .* save it as numbers"),
    ],
)
def test_a_bad_array_is_named(path: Path, arrays: dict[str, object], complaint: str) -> None:
    np.savez(path, **arrays)  # type: ignore[arg-type]
    with pytest.raises(LabelFileError, match=complaint) as caught:
        read_keypoints_npz(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", r"clicked\.npz is empty \(0 bytes\); write it again"),
        (b"hello", r"clicked\.npz is not an \.npz file, whatever its name; write it"),
        (b"PK\x03\x04 half a zip", r"clicked\.npz is not an \.npz file, or it is damaged"),
    ],
    ids=["empty", "text", "half a zip"],
)
def test_another_file_is_refused(path: Path, content: bytes, complaint: str) -> None:
    path.write_bytes(content)
    with pytest.raises(LabelFileError, match=complaint):
        read_keypoints_npz(path)


def test_a_truncated_file_is_refused(path: Path) -> None:
    np.savez_compressed(path, keypoints=np.random.default_rng(0).uniform(size=(100, 5, 2)))
    whole = path.read_bytes()
    for part in (len(whole) // 2, len(whole) - 5):
        path.write_bytes(whole[:part])
        with pytest.raises(LabelFileError):
            read_keypoints_npz(path)


def test_flipped_bytes_are_refused(path: Path) -> None:
    np.savez_compressed(path, keypoints=np.random.default_rng(0).uniform(size=(100, 5, 2)))
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 0xFF
    path.write_bytes(whole)
    with pytest.raises(LabelFileError, match="damaged"):
        read_keypoints_npz(path)


def test_a_missing_file_a_folder_and_a_bare_array_are_named(tmp_path: Path) -> None:
    with pytest.raises(LabelFileError, match="There is no file"):
        read_keypoints_npz(tmp_path / "nowhere.npz")
    with pytest.raises(LabelFileError, match="is a folder"):
        read_keypoints_npz(tmp_path)
    np.save(tmp_path / "bare.npy", POINTS)
    with pytest.raises(LabelFileError, match="bare array"):
        read_keypoints_npz(tmp_path / "bare.npy")


def test_a_truth_may_have_gaps_and_a_unit(path: Path) -> None:
    joints = np.array([[[1.0, 2.0, 3.0], [np.nan, np.nan, np.nan]]])
    np.savez(path, joints=joints, joint_names=["a", "b"], unit="mm")
    found = read_truth_npz(path)
    assert np.array_equal(found.joints, joints, equal_nan=True)
    assert found.joint_names == ("a", "b") and found.unit == "mm"


def test_a_truth_needs_nothing_but_joints(path: Path) -> None:
    np.savez(path, joints=np.zeros((2, 4, 3)))
    found = read_truth_npz(path)
    assert found.joint_names is None and found.unit == ""
    np.savez(path, joints=np.zeros((2, 4, 2)))
    with pytest.raises(LabelFileError, match=r"shape \(N, J, 3\), but it has \(2, 4, 2\)"):
        read_truth_npz(path)


def test_the_real_dog_is_read(shared_data: Path) -> None:
    found = read_truth_npz(shared_data / "quadruped3d" / "dog_walk00.npz")
    assert found.joints.shape[1:] == (16, 3) and found.joint_names is not None and "nose" in found.joint_names
