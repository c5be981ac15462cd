"""What cameras see of the poses, and what is left of it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from poseviewer.core.ranges import Interval
from poseviewer.core.skeleton import Skeleton
from poseviewer.io.skeleton_files import load_ranges
from poseviewer.synthesis.poses import pose_rows, sample_poses
from poseviewer.synthesis.presets import DEFAULT, PLAIN, Flaws, Views
from poseviewer.synthesis.views import FEWEST, PlanarViews, flaw_rows, sample_flaws, sample_views, view_rows

COUNT = 4000
PRESET = load_ranges("quadruped16")
SKELETON = PRESET.skeleton


def joints(count: int = COUNT) -> np.ndarray:
    uniforms = np.random.default_rng(0).random((pose_rows(PRESET, PLAIN), count))
    return np.asarray(sample_poses(PRESET, PLAIN, uniforms).joints)


def seen(views: Views, count: int = COUNT) -> PlanarViews:
    return sample_views(views, joints(count), np.random.default_rng(1).random((view_rows(views), count)))


def flawed(
    flaws: Flaws, skeleton: Skeleton = SKELETON, count: int = COUNT
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Perfect keypoints, what became of them, and which are there."""
    perfect = seen(Views(), count).keypoints[:, : skeleton.joint_count]
    uniforms = np.random.default_rng(2).random((flaw_rows(skeleton, flaws), count))
    return (perfect, *sample_flaws(skeleton, flaws, perfect, uniforms))


def test_the_papers_view_is_the_turned_pose_on_the_xz_plane() -> None:
    """001, eq. 7. The image's y axis points down, so it is minus the paper's z."""
    view = seen(Views())
    turned = np.einsum("ijn,jkn->ikn", view.rotation, joints())

    assert view.keypoints[0] == pytest.approx(turned[0])
    assert view.keypoints[1] == pytest.approx(-turned[2])
    assert view.joints[2] == pytest.approx(turned[1])
    assert np.all(view.scale == 1)
    assert np.all(view.joints[:, SKELETON.root] == 0)


def test_upright_animals_stand_on_their_feet() -> None:
    view = seen(Views(upright=1.0))

    assert view.rotation[2, 2] == pytest.approx(np.ones(COUNT))  # up stays up: only the azimuth is random
    assert view.rotation[0, 0].std() == pytest.approx(math.sqrt(0.5), rel=0.05)


def test_elevation_looks_down_on_the_back() -> None:
    high = Interval(math.radians(40), math.radians(60))
    view = seen(Views(upright=1.0, elevation=high))

    depth_of_up = view.rotation[1, 2]  # how far the body's up points away from the camera
    assert np.degrees(np.arcsin(-depth_of_up)).min() >= 40 - 1e-6
    assert np.degrees(np.arcsin(-depth_of_up)).max() <= 60 + 1e-6


def test_the_share_of_upright_views() -> None:
    view = seen(Views(upright=0.7))

    assert np.isclose(view.rotation[2, 2], 1).mean() == pytest.approx(0.7, abs=0.03)


def test_sizes_are_log_uniform_and_apply_to_the_picture_alone() -> None:
    view, plain = seen(Views(scale=Interval(0.5, 2.0))), seen(Views())

    assert np.log2(view.scale).min() >= -1
    assert np.log2(view.scale).max() <= 1
    assert np.log2(view.scale).std() == pytest.approx(2 / math.sqrt(12), rel=0.05)
    assert view.keypoints == pytest.approx(view.joints[:2] * view.scale)
    assert np.array_equal(view.joints.shape, plain.joints.shape)


def test_perspective_enlarges_what_is_near_and_keeps_the_root_at_the_origin() -> None:
    view = seen(Views(perspective=1.0, distance=Interval(4.0, 6.0)))
    centred = view.joints - view.joints.mean(1, keepdims=True)
    flat = view.keypoints - view.keypoints.mean(1, keepdims=True)
    size, grown = np.linalg.norm(centred[:2], axis=0), np.linalg.norm(flat, axis=0)
    near, far = centred[2] < -0.2, centred[2] > 0.2

    assert np.median((grown / size)[near]) > 1.02
    assert np.median((grown / size)[far]) < 0.98
    # The aim is the middle of the body, whose place in the picture does not move.
    with_root = view.keypoints[:, SKELETON.root] - view.joints[:2, SKELETON.root]
    assert np.abs(with_root).max() < 0.5


def test_a_far_camera_is_an_orthographic_one() -> None:
    view = seen(Views(perspective=1.0, distance=Interval(1e6, 1e6)))

    assert view.keypoints == pytest.approx(view.joints[:2], abs=1e-5)


def test_without_flaws_keypoints_are_perfect_and_all_there() -> None:
    perfect, keypoints, present = flawed(Flaws())

    assert keypoints is perfect
    assert np.all(present == 1)
    assert flaw_rows(SKELETON, Flaws()) == 0


def test_noise_has_its_level() -> None:
    """Uniform levels from 0 to s have the mean square s^2 / 3, in each of two directions."""
    perfect, keypoints, present = flawed(Flaws(noise=0.06))
    radius = np.sqrt(((perfect - perfect.mean(1, keepdims=True)) ** 2).sum(0).mean(0))
    error = (keypoints - perfect) / radius

    assert np.sqrt((error**2).mean()) == pytest.approx(0.06 / math.sqrt(3), rel=0.03)
    assert error.mean() == pytest.approx(0, abs=0.001)
    assert np.all(present == 1)


def test_outliers_are_as_many_as_they_should_be() -> None:
    perfect, calm, _ = flawed(Flaws(noise=0.05))
    _, wild, _ = flawed(Flaws(noise=0.05, outliers=0.1))
    ratio = np.linalg.norm(wild - perfect, axis=0) / np.linalg.norm(calm - perfect, axis=0)

    assert np.isclose(ratio, 6).mean() == pytest.approx(0.1, abs=0.01)
    assert np.isclose(ratio, 1).mean() == pytest.approx(0.9, abs=0.01)


def test_complete_poses_are_as_many_as_they_should_be() -> None:
    _, _, present = flawed(Flaws(complete=0.4, missing=0.9, limbs=0.3))

    assert present.all(0).mean() == pytest.approx(0.4, abs=0.04)


def test_missing_keypoints_have_their_rate() -> None:
    """Rates from 0 to m, uniformly: m / 2 are missing on average."""
    _, _, present = flawed(Flaws(complete=0.0, missing=0.5))

    assert 1 - present.mean() == pytest.approx(0.25, abs=0.015)


def test_limbs_are_hidden_whole() -> None:
    _, _, present = flawed(Flaws(complete=0.0, limbs=0.5), count=8000)
    legs = [
        [SKELETON.joint_index(f"{side}_{part}") for part in parts]
        for side in ("left", "right")
        for parts in (("shoulder", "elbow", "front_paw"), ("hip", "knee", "hind_paw"))
    ]

    enough = present.sum(0) > FEWEST
    for leg in legs:
        assert np.all(np.isin(present[leg][:, enough].sum(0), (0, 3)))
        assert present[leg[0]][enough].mean() == pytest.approx(0.5, abs=0.05)
    middle = [j for j, side in enumerate(SKELETON.sides) if side == "middle"]
    assert np.all(present[middle][:, enough] == 1)


@pytest.mark.parametrize("flaws", [Flaws(complete=0.0, missing=1.0, limbs=1.0), DEFAULT.flaws])
def test_at_least_four_keypoints_stay(flaws: Flaws) -> None:
    _, _, present = flawed(flaws)

    assert present.sum(0).min() == FEWEST
    assert set(np.unique(present)) == {0, 1}


def test_a_skeleton_of_three_joints_keeps_them_all() -> None:
    chain = Skeleton.from_names("chain", ["a", "b", "c"], [("a", "b"), ("b", "c")])

    _, _, present = flawed(Flaws(complete=0.0, missing=1.0), chain)

    assert np.all(present == 1)


def test_torch_and_numpy_agree() -> None:
    shape, views, flaws = joints(200), DEFAULT.views, replace(DEFAULT.flaws, complete=0.1, missing=0.9)
    random = np.random.default_rng(3)
    u, v = random.random((view_rows(views), 200)), random.random((flaw_rows(SKELETON, flaws), 200))

    ours = sample_views(views, shape, u)
    theirs = sample_views(views, torch.from_numpy(shape), torch.from_numpy(u))
    noisy, present = sample_flaws(SKELETON, flaws, ours.keypoints, v)
    their_noisy, their_present = sample_flaws(SKELETON, flaws, theirs.keypoints, torch.from_numpy(v))

    for field in ("rotation", "joints", "keypoints", "scale"):
        assert getattr(theirs, field).numpy() == pytest.approx(getattr(ours, field), abs=1e-9)
    assert their_noisy.numpy() == pytest.approx(noisy, abs=1e-9)
    assert np.array_equal(their_present.numpy(), present)


def test_single_precision_is_kept() -> None:
    views, flaws = DEFAULT.views, DEFAULT.flaws
    u = np.random.default_rng(4).random((view_rows(views), 64), dtype=np.float32)
    v = np.random.default_rng(4).random((flaw_rows(SKELETON, flaws), 64), dtype=np.float32)

    view = sample_views(views, joints(64).astype(np.float32), u)
    noisy, present = sample_flaws(SKELETON, flaws, view.keypoints, v)

    assert {a.dtype for a in (view.rotation, view.joints, view.keypoints, view.scale, noisy, present)} == {
        np.dtype(np.float32)
    }
