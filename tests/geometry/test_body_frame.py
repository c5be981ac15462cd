"""How a pose stands before the camera, and its angles: exact at ease, close for poses drawn from the ranges."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poseviewer.core.ranges import Interval, RangePreset, SwingRange
from poseviewer.geometry.body_frame import axis_intervals, body_rotation, swings_of_pose
from poseviewer.geometry.camera import body_to_camera
from poseviewer.geometry.kinematics import (
    directions_from_swings,
    joints_from_vectors,
    vectors_from_spherical,
)
from poseviewer.geometry.rotations import random_rotations, trailing_matrices
from poseviewer.io.skeleton_files import load_ranges
from poseviewer.synthesis.generate import synthesize
from poseviewer.synthesis.presets import DEFAULT

quick = settings(max_examples=25, deadline=None)
PRESETS = ["quadruped16", "quadruped16.paper", "human17", "human16", "human14", "hand21"]
uniform = st.floats(0, 1, exclude_max=True)


def at_ease(preset: RangePreset) -> np.ndarray:
    """Joints (J, 3) in the body frame: every bone at its usual angle."""
    low, high = axis_intervals(preset)
    if preset.kind == "spherical":
        units = vectors_from_spherical(np.concatenate([np.ones((len(low), 1)), (low + high) / 2], axis=1))
    else:
        shares = np.array([r.usual_fractions() for r in preset.ranges if isinstance(r, SwingRange)])
        units = directions_from_swings(preset, low + (high - low) * shares)
    return joints_from_vectors(preset.skeleton, units * np.array([b.template for b in preset.lengths])[:, None])


def degrees_between(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.degrees(np.arccos(np.clip((np.einsum("...ij,...ij->...", a, b) - 1) / 2, -1, 1)))


def drawn(preset: RangePreset, n: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """Joints (n, J, 3) in the camera frame, and what turned them (n, 3, 3)."""
    batch = synthesize(preset.skeleton, preset, n, seed=3, recipe=DEFAULT)
    rotation = body_to_camera(np.swapaxes(batch.rotation.astype(np.float64), -1, -2)).swapaxes(-1, -2)
    return np.einsum("nij,nkj->nki", rotation, batch.joints), rotation


@quick
@given(st.sampled_from(PRESETS), uniform, uniform, uniform)
def test_a_pose_at_ease_is_read_exactly_however_it_is_turned(name: str, u1: float, u2: float, u3: float) -> None:
    preset = load_ranges(name)
    rotation = trailing_matrices(random_rotations(np.array([u1]), np.array([u2]), np.array([u3])))[0]

    found = body_rotation(preset, at_ease(preset) @ rotation.T)

    np.testing.assert_allclose(found, rotation, atol=1e-6)


def test_upright_before_the_camera_is_the_change_of_axes() -> None:
    preset = load_ranges("quadruped16")

    found = body_rotation(preset, body_to_camera(at_ease(preset)))

    np.testing.assert_allclose(found @ np.eye(3), body_to_camera(np.eye(3)).T, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "median"),
    [("quadruped16", 12), ("quadruped16.paper", 12), ("human17", 9), ("human16", 17), ("human14", 17), ("hand21", 4)],
)
def test_any_valid_pose_is_read_about_as_well_as_its_trunk_is_stiff(name: str, median: float) -> None:
    """Where the bones at the root may bend by 20 degrees against the body, no rule can tell by less than half that."""
    preset = load_ranges(name)
    joints, rotation = drawn(preset)

    off = degrees_between(body_rotation(preset, joints), rotation)

    assert np.median(off) < median
    assert np.percentile(off, 99) < 60


def test_rotations_are_proper_even_of_noise() -> None:
    preset = load_ranges("human17")

    found = body_rotation(preset, np.random.default_rng(0).normal(size=(200, 17, 3)))

    np.testing.assert_allclose(found @ found.swapaxes(-1, -2), np.broadcast_to(np.eye(3), found.shape), atol=1e-9)
    assert np.linalg.det(found) == pytest.approx(1)


def test_missing_joints_do_not_count() -> None:
    preset = load_ranges("quadruped16")
    joints = at_ease(preset)
    for name in ("nose", "left_elbow", "right_hind_paw"):
        joints[preset.skeleton.joint_index(name)] = np.nan

    np.testing.assert_allclose(body_rotation(preset, joints), np.eye(3), atol=1e-6)
    np.testing.assert_allclose(body_rotation(preset, np.full((16, 3), np.nan)), body_to_camera(np.eye(3)).T, atol=1e-6)


def test_many_poses_at_once_are_as_one_by_one() -> None:
    preset = load_ranges("hand21")
    joints, _ = drawn(preset, 6)

    together = body_rotation(preset, joints.reshape(2, 3, 21, 3))

    np.testing.assert_allclose(together[1, 2], body_rotation(preset, joints[5]), atol=1e-12)


def test_a_bone_between_two_joints_in_one_place_does_not_count() -> None:
    preset = load_ranges("quadruped16")
    joints = at_ease(preset)
    joints[preset.skeleton.joint_index("nose")] = joints[preset.skeleton.root]

    np.testing.assert_allclose(body_rotation(preset, joints), np.eye(3), atol=1e-6)


# --- angles ------------------------------------------------------------------------------------------


def test_the_angles_at_ease_are_the_usual_ones() -> None:
    preset = load_ranges("quadruped16")
    low, high = axis_intervals(preset)

    found = swings_of_pose(preset, at_ease(preset))

    np.testing.assert_allclose(found, (low + high) / 2, atol=1e-5)


@pytest.mark.parametrize("name", ["quadruped16", "human17", "human14", "hand21"])
def test_angles_make_the_same_pose_again(name: str) -> None:
    preset = load_ranges(name)
    joints, rotation = drawn(preset, 50)
    body = joints @ rotation

    found = swings_of_pose(preset, joints, rotation)

    lengths = np.linalg.norm(np.diff(body[:, [[b.parent, b.child] for b in preset.skeleton.bones]], axis=2), axis=-1)
    again = joints_from_vectors(preset.skeleton, directions_from_swings(preset, found) * lengths)
    np.testing.assert_allclose(again, body, atol=1e-5)


@pytest.mark.parametrize(("name", "share"), [("quadruped16", 0.97), ("human17", 0.9), ("hand21", 0.9)])
def test_with_the_true_rotation_most_angles_lie_in_their_ranges(name: str, share: float) -> None:
    preset = load_ranges(name)
    joints, rotation = drawn(preset)
    low, high = axis_intervals(preset)

    found = swings_of_pose(preset, joints, rotation)

    assert ((found > low - 1e-4) & (found < high + 1e-4)).all(-1).mean() > share


def test_a_bent_elbow_shows_how_the_upper_arm_is_twisted() -> None:
    preset = load_ranges("human17")
    skeleton = preset.skeleton
    upper, fore = (skeleton.bone_index("left_shoulder", "left_elbow"), skeleton.bone_index("left_elbow", "left_wrist"))
    low, high = axis_intervals(preset)
    angles = (low + high) / 2
    angles[upper, 2], angles[fore, :2] = math.radians(35), (math.radians(-80), 0)
    body = joints_from_vectors(skeleton, directions_from_swings(preset, angles))

    found = swings_of_pose(preset, body_to_camera(body), body_to_camera(np.eye(3)).T)

    assert math.degrees(found[upper, 2]) == pytest.approx(35, abs=8)


def test_angles_are_within_half_a_turn_of_the_middle() -> None:
    preset = load_ranges("quadruped16")
    bone = preset.skeleton.bone_index("neck", "nose")
    wide = preset.with_range(bone, replace(preset.ranges[bone], flexion=Interval(math.radians(100), math.pi)))
    middle = math.radians(140)
    angles = np.zeros((15, 3))
    angles[bone, 0] = -math.pi + 0.5
    body = joints_from_vectors(preset.skeleton, directions_from_swings(preset, angles))

    found = swings_of_pose(wide, body, np.eye(3))[bone, 0]

    assert abs(found - middle) <= math.pi
    assert found == pytest.approx(math.pi + 0.5)


def test_an_unknown_bone_has_no_angles_but_those_behind_it_do() -> None:
    preset = load_ranges("quadruped16")
    joints = at_ease(preset)
    joints[preset.skeleton.joint_index("left_elbow")] = np.nan
    gone = [preset.skeleton.bone_names.index(n) for n in ("left_shoulder:left_elbow", "left_elbow:left_front_paw")]

    found = swings_of_pose(preset, joints)

    assert np.isnan(found[gone]).all()
    assert np.isfinite(np.delete(found, gone, axis=0)).all()


def test_spherical_ranges_have_two_angles() -> None:
    preset = load_ranges("quadruped16.paper")
    low, high = axis_intervals(preset)

    found = swings_of_pose(preset, at_ease(preset))

    assert found.shape == (15, 2)
    np.testing.assert_allclose(found, (low + high) / 2, atol=1e-5)
