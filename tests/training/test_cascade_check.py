"""Files of poses that a run is validated on: a lifter that knows the answer makes no error, a flat one has ratio 1."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from poseviewer.core.lifted import LiftedPoses
from poseviewer.io.npz import write_npz
from poseviewer.io.skeleton_files import load_ranges
from poseviewer.synthesis.evolution import evolved_joints, first_of_ranges
from training import cascade_check
from training.cascade_check import CheckPoses

HUMAN = load_ranges("human17")


class Fixed:
    """A lifter that always gives the same depths (N, J)."""

    def __init__(self, depth: NDArray[Any]) -> None:
        self.depth = depth

    def lift(self, keypoints: NDArray[Any]) -> LiftedPoses:
        joints = np.concatenate([keypoints, self.depth[..., None]], axis=-1)
        given = np.ones(keypoints.shape[:2], bool)
        return LiftedPoses(HUMAN.skeleton, joints, 0 * self.depth, keypoints[:, 0], given)


@pytest.fixture
def walk(tmp_path: Path) -> Path:
    joints = 900 * evolved_joints(HUMAN, first_of_ranges(HUMAN, 60, 0))
    write_npz(tmp_path / "walk.npz", joints=joints, joint_names=np.array(HUMAN.skeleton.joints))
    return tmp_path / "walk.npz"


def test_the_truth_has_no_error_and_a_flat_pose_is_the_flat_pose(walk: Path) -> None:
    check = CheckPoses.read(walk, HUMAN.skeleton)

    perfect = check.figures(Fixed(check.truth[..., 2]))  # type: ignore[arg-type]
    flat = check.figures(Fixed(0 * check.truth[..., 2]))  # type: ignore[arg-type]
    mirrored = check.figures(Fixed(-check.truth[..., 2]))  # type: ignore[arg-type]

    assert perfect["walk P-MPJPE"] == pytest.approx(0, abs=1e-3)
    assert flat["walk of flat"] == pytest.approx(1)
    assert flat["walk P-MPJPE"] > 50
    assert mirrored["walk of flat"] > 0.5  # no reflection is forgiven


def test_views_are_the_same_each_time_and_long_files_are_thinned(walk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (CheckPoses.read(walk, HUMAN.skeleton) for _ in range(2))
    assert np.array_equal(first.truth, second.truth)
    assert len(first.truth) == 60

    monkeypatch.setattr(cascade_check, "MOST", 25)
    assert len(CheckPoses.read(walk, HUMAN.skeleton).truth) == 20


def test_people_stand_upright_before_the_cameras(walk: Path) -> None:
    check = CheckPoses.read(walk, HUMAN.skeleton)
    head, pelvis = HUMAN.skeleton.joint_index("head"), HUMAN.skeleton.root

    assert (check.truth[:, head, 1] < check.truth[:, pelvis, 1]).mean() > 0.9  # y points down
