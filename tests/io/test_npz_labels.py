"""Our own file of labels keeps all that there is to say of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from poseviewer.core.errors import LabelFileError
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import Instance
from poseviewer.io.labelled_frames import LabelFile, LabelledFrame
from poseviewer.io.npz_labels import read_npz_labels, write_npz_labels

JOINTS = ("nose", "tail")
OWN = Instance(Pose2D([[1, 2], [np.nan, np.nan]], [1, 0]), "Rex")
FOUND = Instance(Pose2D([[3, 4], [5, 6]]), predicted=True, scores=np.array([0.25, 0.75], np.float32))


def test_all_comes_back(tmp_path: Path) -> None:
    frames = (
        LabelledFrame("a.mp4", 3, (OWN, FOUND)),
        LabelledFrame("a.mp4", 7, (FOUND,)),
        LabelledFrame("b.png", 0, (OWN,)),
    )
    write_npz_labels(tmp_path / "labels.npz", LabelFile("", "", JOINTS, frames))

    again = read_npz_labels(tmp_path / "labels.npz")

    assert again.joint_names == JOINTS
    assert [(f.media, f.frame, f.instances) for f in again.frames] == [(f.media, f.frame, f.instances) for f in frames]


def test_without_scores_none_are_written(tmp_path: Path) -> None:
    write_npz_labels(tmp_path / "labels.npz", LabelFile("", "", JOINTS, (LabelledFrame("a.mp4", 3, (OWN,)),)))

    with np.load(tmp_path / "labels.npz") as file:
        assert "scores" not in file


def test_bare_keypoints_are_frames_one_after_the_other(tmp_path: Path) -> None:
    points = np.array([[[1, 2], [3, 4]], [[np.nan] * 2] * 2, [[5, 6], [7, 8]]], dtype=float)
    np.savez(tmp_path / "bare.npz", keypoints=points, joint_names=JOINTS, frame=np.arange(7))

    again = read_npz_labels(tmp_path / "bare.npz")

    assert [(f.media, f.frame) for f in again.frames] == [("", 0), ("", 2)]
    assert not any(instance.predicted or instance.scores is not None for instance in again.instances())


def test_joints_without_names_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "bare.npz", keypoints=np.zeros((1, 2, 2)))

    with pytest.raises(LabelFileError, match="joint_names"):
        read_npz_labels(tmp_path / "bare.npz")
