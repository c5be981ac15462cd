"""Validation on 3D poses: a perfect lifter has no error, a flat one the flat pose's, a mirrored one shows itself."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch

from poseviewer.io.npz import write_npz
from poseviewer.io.skeleton_files import load_ranges
from poseviewer.synthesis.generate import synthesize
from training.pose_validation import PoseValidation
from training.run import finish

HUMAN17 = load_ranges("human17")


@pytest.fixture(scope="module")
def poses(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("poses") / "poses.npz"
    joints = synthesize(HUMAN17.skeleton, HUMAN17, 40, seed=2).joints
    write_npz(path, joints=1000 * joints, joint_names=HUMAN17.skeleton.joints)
    return path


def test_what_each_lifter_is_worth(poses: Path) -> None:
    made = PoseValidation(poses, HUMAN17.skeleton, (0.0, 20.0), math.inf)
    truth = torch.from_numpy(made.truth)
    where = {tuple(k.flatten().tolist()): t for k, t in zip(made.keypoints, truth, strict=True)}

    def depth_times(factor: float) -> dict[str, float]:
        def lift(keypoints: torch.Tensor) -> torch.Tensor:
            known = torch.stack([where[tuple(k.flatten().tolist())] for k in keypoints])
            return known * torch.tensor([1.0, 1.0, factor])

        return finish(made.figures(lift))

    assert depth_times(1)["p_mpjpe"] == pytest.approx(0, abs=1e-6)
    assert depth_times(0)["of_flat"] == pytest.approx(1, abs=1e-3)
    mirrored = depth_times(-1)
    assert mirrored["of_flat_reflection_best"] == pytest.approx(0, abs=1e-6)
    assert mirrored["of_flat"] > 1
    assert mirrored["p_mpjpe"] == pytest.approx(mirrored["of_flat"] * made.flat)


def test_the_views_are_the_same_every_time_and_no_more_than_are_wanted(poses: Path) -> None:
    first, again = (PoseValidation(poses, HUMAN17.skeleton, (0.0, 20.0), 22.0, most=10) for _ in range(2))
    assert torch.equal(first.keypoints, again.keypoints)
    assert len(first.keypoints) == 10
