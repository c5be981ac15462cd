"""MPI-INF-3DHP's test set and training recordings, from tiny files of their layouts."""

from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from scipy.io import savemat

from poseviewer.core.errors import LabelFileError
from poseviewer.io.motion_clip import FrameChoice
from poseviewer.io.mpi_inf_3dhp import is_mpi_inf_3dhp, read_mpi_inf_3dhp
from poseviewer.io.skeleton_files import load_skeleton

JOINTS = load_skeleton("human17").joints
CHANCE = np.random.default_rng(0)
POINTS, PLACES = CHANCE.normal(size=(8, 1, 17, 2)), CHANCE.normal(size=(8, 1, 17, 3))
VALID = np.array([0, 1, 1, 0, 1, 1, 1, 1])
ACTIVITY = np.array([1, 1, 1, 1, 1, 3, 3, 3])


def test_set(path: Path, **other: Any) -> Path:
    path.parent.mkdir(exist_ok=True)
    arrays = {"annot2": POINTS, "annot3": PLACES + 1, "univ_annot3": PLACES}
    arrays |= {"valid_frame": VALID[:, None].astype(float), "activity_annotation": ACTIVITY[:, None].astype(float)}
    with h5py.File(path, "w", userblock_size=512) as file:
        for name, array in (arrays | other).items():
            if array is not None:
                file[name] = array
    with path.open("r+b") as raw:  # as MATLAB writes it: its own words before the HDF5
        raw.write(b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(512))
    return path


test_set.__test__ = False  # type: ignore[attr-defined]


def test_valid_frames_become_clips_of_one_activity(tmp_path: Path) -> None:
    path = test_set(tmp_path / "TS1" / "annot_data.mat")

    clips = list(read_mpi_inf_3dhp(path))

    assert is_mpi_inf_3dhp(path)
    assert [len(clip.joints) for clip in clips] == [2, 1, 3]
    assert [clip.action for clip in clips] == ["standing", "standing", "sitting"]
    assert [clip.name for clip in clips] == ["TS1/00001", "TS1/00004", "TS1/00005"]
    assert {(clip.subject, clip.mm, clip.up, clip.names) for clip in clips} == {("TS1", 1.0, "camera", JOINTS)}
    # The file's order: 0 head top, 1 neck, 4 right wrist, 13 left ankle, 14 pelvis, 15 spine, 16 head.
    order = {"head": 0, "thorax": 1, "right_wrist": 4, "left_ankle": 13, "pelvis": 14, "spine": 15, "neck": 16}
    for joint, number in order.items():
        np.testing.assert_array_equal(clips[2].joints[:, JOINTS.index(joint)], PLACES[5:, 0, number])
        assert clips[2].keypoints is not None
        np.testing.assert_array_equal(clips[2].keypoints[:, JOINTS.index(joint)], POINTS[5:, 0, number])


def test_arrays_the_other_way_round_are_the_same(tmp_path: Path) -> None:
    one = list(read_mpi_inf_3dhp(test_set(tmp_path / "a.mat")))
    other = list(read_mpi_inf_3dhp(test_set(tmp_path / "b.mat", annot2=POINTS.T, univ_annot3=PLACES.T)))
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a.joints, b.joints)
    assert one[0].subject == "a" and is_mpi_inf_3dhp(tmp_path / "b.mat")


def test_frames_are_thinned_out_where_the_rate_is_said(tmp_path: Path) -> None:
    path = test_set(tmp_path / "a.mat", valid_frame=np.ones(8), activity_annotation=None)
    (clip,) = read_mpi_inf_3dhp(path, FrameChoice(5, 25))
    np.testing.assert_array_equal(clip.joints[:, 0], PLACES[::5, 0, 14])
    with pytest.raises(LabelFileError, match="--file-fps"):
        list(read_mpi_inf_3dhp(path, FrameChoice(5)))


def cells(array: np.ndarray) -> np.ndarray:
    made = np.empty((2, 1), dtype=object)
    made[0, 0], made[1, 0] = array.reshape(len(array), -1), array[:3].reshape(3, -1)
    return made


def test_training_recordings_have_28_joints_and_several_cameras(tmp_path: Path) -> None:
    places, points = CHANCE.normal(size=(5, 28, 3)), CHANCE.normal(size=(5, 28, 2))
    path = tmp_path / "S1" / "Seq2" / "annot.mat"
    path.parent.mkdir(parents=True)
    savemat(path, {"annot2": cells(points), "univ_annot3": cells(places), "cameras": np.arange(2)})

    first, second = read_mpi_inf_3dhp(path)

    assert is_mpi_inf_3dhp(path) and (first.name, second.subject) == ("S1/Seq2/camera 0", "S1")
    for joint, number in {"pelvis": 4, "head": 7, "left_shoulder": 9, "right_ankle": 25, "thorax": 5}.items():
        np.testing.assert_array_equal(first.joints[:, JOINTS.index(joint)], places[:, number])
        assert second.keypoints is not None
        np.testing.assert_array_equal(second.keypoints[:, JOINTS.index(joint)], points[:3, number])


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"univ_annot3": None}, "has no univ_annot3"),
        ({"valid_frame": np.zeros(8)}, "no valid frame"),
        ({"valid_frame": np.ones(7)}, "other numbers of poses"),
        ({"annot2": np.zeros((8, 1, 16, 2))}, "not of 17 joints"),
    ],
)
def test_a_faulty_file_is_one_sentence(tmp_path: Path, other: dict[str, Any], words: str) -> None:
    path = test_set(tmp_path / "annot_data.mat", **other)
    with pytest.raises(LabelFileError, match=words) as caught:
        list(read_mpi_inf_3dhp(path))
    assert "annot_data.mat" in str(caught.value)


def test_damaged_and_missing_files(tmp_path: Path) -> None:
    path = test_set(tmp_path / "annot_data.mat")
    path.write_bytes(path.read_bytes()[:700])
    with pytest.raises(LabelFileError, match="damaged, or not of MPI-INF-3DHP"):
        list(read_mpi_inf_3dhp(path))
    path.write_bytes(b"hello")
    with pytest.raises(LabelFileError, match="no MATLAB file"):
        list(read_mpi_inf_3dhp(path))
    with pytest.raises(LabelFileError, match="There is no file"):
        list(read_mpi_inf_3dhp(tmp_path / "none.mat"))
    (tmp_path / "other.mat").write_bytes(b"MATLAB 5.0 MAT-file")
    assert not is_mpi_inf_3dhp(tmp_path / "other.mat") and not is_mpi_inf_3dhp(tmp_path / "annot_data.npz")


def test_where_h5py_is_not_installed_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = test_set(tmp_path / "annot_data.mat")
    real = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "h5py":
            raise ImportError("No module named 'h5py'", name="h5py")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(LabelFileError, match=r'h5py, which is not installed; run: pip install "poseviewer\[labels\]"'):
        list(read_mpi_inf_3dhp(path))
