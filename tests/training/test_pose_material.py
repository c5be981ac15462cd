"""Poses to learn from: files with weights, by name on a skeleton; what is not whole is left out and counted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from poseviewer.core.errors import LabelFileError, PoseInputError
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import FrameKey, Instance, Project
from poseviewer.io.npz import write_npz
from poseviewer.io.skeleton_files import load_ranges, load_skeleton
from training.pose_material import FEWEST_POSES, project_material, read_material

HUMAN14 = load_skeleton("human14")


def poses_file(path: Path, count: int = 6, last: int = 3, names: tuple[str, ...] = HUMAN14.joints) -> Path:
    array = np.random.default_rng(count).normal(size=(count, len(names), last))
    write_npz(path, **{"joints" if last == 3 else "keypoints": array}, joint_names=names)
    return path


def test_files_of_3d_and_of_2d_are_drawn_by_their_weights(tmp_path: Path) -> None:
    solid, flat = poses_file(tmp_path / "solid.npz", 6), poses_file(tmp_path / "flat.npz", 10, 2)
    material = read_material([flat, solid], HUMAN14, {"flat": 0.25})
    assert (len(material.joints), len(material.keypoints), len(material)) == (6, 10, 16)
    assert material.probability.sum() == pytest.approx(1)
    assert material.probability[:6].sum() == pytest.approx(6 / 8.5)
    np.testing.assert_allclose(material.joints.mean(1), 0, atol=1e-6)


def test_joints_are_found_by_name_in_any_order(tmp_path: Path) -> None:
    path = poses_file(tmp_path / "a.npz", names=(*reversed(HUMAN14.joints), "tail"))
    with np.load(path) as file:
        joints = file["joints"][:, -2::-1]
    material = read_material([path], HUMAN14)
    np.testing.assert_allclose(material.joints, joints - joints.mean(1, keepdims=True), atol=1e-6)


def test_poses_that_lack_a_joint_are_left_out_and_said(tmp_path: Path) -> None:
    joints = np.random.default_rng(0).normal(size=(5, 14, 3))
    joints[1, 3] = np.nan
    write_npz(tmp_path / "a.npz", joints=joints, joint_names=HUMAN14.joints)
    material = read_material([tmp_path / "a.npz"], HUMAN14)
    assert len(material) == 4
    assert material.note.startswith("1 poses lack")


def test_what_cannot_be_learned_from_is_refused(tmp_path: Path) -> None:
    fine = poses_file(tmp_path / "fine.npz")
    with pytest.raises(PoseInputError, match=r"no joint right_ankle.*human14"):
        read_material([poses_file(tmp_path / "b.npz", names=HUMAN14.joints[1:])], HUMAN14)
    with pytest.raises(PoseInputError, match=r"'bandai2'.*fine"):
        read_material([fine], HUMAN14, {"bandai2": 0.25})
    with pytest.raises(PoseInputError, match="weight above 0"):
        read_material([fine], HUMAN14, {"fine": 0})
    with pytest.raises(PoseInputError, match="no pose"):
        read_material([], HUMAN14)
    write_npz(tmp_path / "nameless.npz", joints=np.zeros((2, 5, 3)))
    with pytest.raises(PoseInputError, match="5 joints without names"):
        read_material([tmp_path / "nameless.npz"], HUMAN14)
    with pytest.raises(LabelFileError, match="no file"):
        read_material([tmp_path / "absent.npz"], HUMAN14)


def test_a_project_gives_its_whole_poses() -> None:
    ranges = load_ranges("human14")
    project = Project(HUMAN14, ranges)
    rng = np.random.default_rng(0)
    for frame in range(FEWEST_POSES + 1):
        xy = rng.normal(size=(14, 2))
        xy[0] = np.nan if frame == 7 else xy[0]
        project = project.with_instances(FrameKey("clip", frame), (Instance(Pose2D(xy), predicted=frame % 2 == 0),))
    material = project_material(project)
    assert (len(material.keypoints), material.lacking) == (FEWEST_POSES, 1)
    few = replace(project, labels=project.labels.delete(FrameKey("clip", 3)))
    with pytest.raises(PoseInputError, match=rf"199 poses.*{FEWEST_POSES}; detect a video"):
        project_material(few)
