"""SVMA (002): a lifter that is right costs nothing from either angle; one for animals without a face is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from poseviewer.core.errors import PoseInputError
from poseviewer.geometry.turns import back_project
from poseviewer.io.skeleton_files import load_ranges
from poseviewer.models.depth_network import Depths
from training.adversarial_config import adversarial_config
from training.pose_losses import apart
from training.pose_material import PoseMaterial
from training.svma import SvmaRun, _views
from training.turned_poses import Turned, Turns


def material(joints: int) -> PoseMaterial:
    poses = np.random.default_rng(0).normal(size=(20, joints, 3)).astype(np.float32)
    return PoseMaterial(poses, np.zeros((0, joints, 2), np.float32), np.full(20, 0.05))


def test_a_skeleton_without_face_and_shoulders_is_refused(tmp_path: Path) -> None:
    config = adversarial_config("svma", "default", load_ranges("hand21"), output=tmp_path / "m.safetensors")
    with pytest.raises(PoseInputError, match=r"hand21.*another method"):
        SvmaRun(config, material(21))


def test_mixed_views_of_right_poses_are_the_same() -> None:
    """With true depths, an orthographic camera and the second lift right, all of eq. 9's views fall together."""
    pose = torch.randn(4, 17, 3)
    pose = pose - pose[:, :1]
    camera = torch.eye(2, 3).expand(4, 2, 3)
    azimuth, elevation = Turns().draw(torch.rand(4, 2))
    from poseviewer.geometry.turns import tilt, turn

    seen = tilt(turn(pose, azimuth), elevation)
    said = Depths(pose[..., 2], None, camera)
    one = torch.ones(4)
    turned = Turned(pose[..., :2], said, pose, seen, azimuth, elevation, 0 * azimuth, seen[..., :2], one)
    first, second = _views(turned, seen, camera, camera)
    assert (len(first), len(second)) == (5, 4)
    assert apart(first).item() < 1e-3 and apart(second).item() < 1e-3
    wrong = back_project(seen[..., :2], seen[..., 2] + 0.5, float("inf"))
    assert apart(_views(turned, wrong, camera, camera)[0]).item() > 0.05
