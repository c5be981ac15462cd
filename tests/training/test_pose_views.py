"""Views of poses: the cameras that are asked for, the same for the same numbers, mirrored as an animal is."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from poseviewer.core.errors import PoseviewerError
from poseviewer.io.skeleton_files import load_skeleton
from poseviewer.models.parts import root_joints
from training.pose_material import PoseMaterial
from training.pose_views import Cameras, PoseViews, uniforms

HUMAN17 = load_skeleton("human17")
CPU = torch.device("cpu")


def material(solid: int = 4, flat: int = 0) -> PoseMaterial:
    rng = np.random.default_rng(3)
    joints = rng.normal(size=(solid, 17, 3)).astype(np.float32)
    keypoints = rng.normal(size=(flat, 17, 2)).astype(np.float32)
    return PoseMaterial(joints, keypoints, np.full(solid + flat, 1 / (solid + flat)))


@pytest.mark.parametrize(("solid", "flat"), [(4, 0), (0, 4), (3, 2)])
@pytest.mark.parametrize("distance", [math.inf, 22.0])
def test_what_is_drawn_is_about_its_root_and_of_radius_1(solid: int, flat: int, distance: float) -> None:
    views = PoseViews(material(solid, flat), HUMAN17, Cameras(distance=distance), CPU)
    drawn = views.draw(uniforms(1, 2, 3, 50, PoseViews.ROWS, CPU))
    assert drawn.shape == (50, 17, 2)
    torch.testing.assert_close(drawn[:, list(root_joints(HUMAN17))].mean(1), torch.zeros(50, 2), atol=1e-5, rtol=0)
    torch.testing.assert_close(drawn.square().sum((1, 2)) / 17, torch.ones(50))


def test_the_same_seed_and_step_draw_the_same() -> None:
    first, again, other = (uniforms(5, step, 0, 9, 4, CPU) for step in (7, 7, 8))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert not torch.equal(first, uniforms(5, 7, 1, 9, 4, CPU))


def test_a_mirrored_pose_exchanges_left_and_right() -> None:
    u = torch.full((1, 4), 0.3)
    u[0, 3] = 0.1
    plain, swapped, not_at_all = (
        PoseViews(material(), HUMAN17, Cameras(mirror=kind), CPU).draw(u) for kind in ("plain", "swap", "none")
    )
    torch.testing.assert_close(plain, not_at_all * torch.tensor([-1.0, 1.0]))
    torch.testing.assert_close(swapped, plain[:, list(HUMAN17.mirror)])


def test_a_level_camera_sees_heights_as_they_are() -> None:
    poses = material(1)
    views = PoseViews(poses, HUMAN17, Cameras(elevation=(0.0, 0.0), mirror="none"), CPU)
    seen = views.draw(uniforms(0, 0, 0, 20, 4, CPU))
    height = -(poses.joints[0, :, 2] - poses.joints[0, 0, 2])
    slopes = seen[..., 1] @ torch.from_numpy(height) / float((height**2).sum())
    torch.testing.assert_close(seen[..., 1], slopes[:, None] * torch.from_numpy(height), atol=1e-5, rtol=0)


def test_an_unknown_mirror_is_named() -> None:
    with pytest.raises(PoseviewerError, match=r"'twice'.*swap"):
        Cameras(mirror="twice")
