"""Joints, bone vectors, spherical coordinates and swing angles are the same thing, exactly."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from poseviewer.core.ranges import BoneLength, Interval, RangePreset, SwingRange
from poseviewer.core.skeleton import Skeleton
from poseviewer.geometry.kinematics import (
    directions_from_swings,
    f,
    f_inverse,
    joints_from_vectors,
    parent_frame,
    planar_directions,
    planar_joints,
    spherical_from_vectors,
    swing_frame,
    swings_from_directions,
    vectors_from_joints,
    vectors_from_spherical,
    wrap,
)
from poseviewer.io.skeleton_files import load_ranges, load_skeleton, shipped_skeletons

quick = settings(max_examples=40, deadline=None)  # a busy machine is no failure
SKELETONS = shipped_skeletons()
FREE = Interval(-math.pi, math.pi)
CHAIN = Skeleton.from_names("chain", ["a", "b", "c"], [("a", "b"), ("b", "c")])
coordinate = st.floats(-100, 100, allow_subnormal=False).map(lambda v: 0.0 if abs(v) < 1e-6 else v)


def unit_vector(values: list[float]) -> tuple[float, float, float]:
    x, y, z = np.array(values) / np.linalg.norm(values)
    return float(x), float(y), float(z)


directions = (
    st.lists(st.floats(-1, 1), min_size=3, max_size=3).filter(lambda v: np.linalg.norm(v) > 0.1).map(unit_vector)
)


@st.composite
def swing_presets(draw: st.DrawFn) -> RangePreset:
    """Any tree of up to 8 bones with any rest directions."""
    parents = [draw(st.integers(0, child)) for child in range(draw(st.integers(1, 8)))]
    names = [f"j{i}" for i in range(len(parents) + 1)]
    skeleton = Skeleton.from_names("tree", names, [(names[p], names[i + 1]) for i, p in enumerate(parents)])
    ranges = tuple(
        SwingRange(draw(directions), FREE, Interval(-1, 1), outward=draw(directions), carries=draw(st.booleans()))
        for _ in parents
    )
    return RangePreset("tree", skeleton, ranges, (BoneLength(1.0, 0.0),) * len(parents))


# --- f and its inverse ---------------------------------------------------------------------------------


@quick
@given(hnp.arrays(np.float64, (16, 3), elements=coordinate))
def test_f_undoes_its_inverse(joints: np.ndarray) -> None:
    skeleton = load_skeleton("quadruped16")
    joints = joints - joints[skeleton.root]

    assert f(skeleton, f_inverse(skeleton, joints)) == pytest.approx(joints, abs=1e-10)


@quick
@given(st.floats(1e-3, 1e3), st.floats(1e-6, math.pi - 1e-6), st.floats(-math.pi + 1e-9, math.pi))
def test_the_inverse_undoes_f(r: float, theta: float, phi: float) -> None:
    back = spherical_from_vectors(vectors_from_spherical(np.array([r, theta, phi])))

    assert back[:2] == pytest.approx([r, theta], rel=1e-9)
    assert math.remainder(back[2] - phi, 2 * math.pi) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    ("vector", "spherical"),
    [
        ([0, 0, 2], [2, 0, 0]),
        ([0, 0, -2], [2, math.pi, 0]),
        ([1, 0, 0], [1, math.pi / 2, 0]),
        ([0, -3, 0], [3, math.pi / 2, -math.pi / 2]),
        ([-1, 0, 0], [1, math.pi / 2, math.pi]),
        ([0, 0, 0], [0, 0, 0]),
    ],
)
def test_poles_axes_and_a_bone_of_no_length(vector: list[float], spherical: list[float]) -> None:
    assert spherical_from_vectors(np.array(vector, float)) == pytest.approx(spherical)
    assert vectors_from_spherical(np.array(spherical, float)) == pytest.approx(vector, abs=1e-15)


def test_single_precision_keeps_directions_next_to_the_poles() -> None:
    """arccos would round all of these to the pole itself."""
    vectors = np.array([[1e-5, 0, -1], [0, 2e-6, 1]], np.float32)

    assert vectors_from_spherical(spherical_from_vectors(vectors)) == pytest.approx(vectors, abs=3e-7)
    assert spherical_from_vectors(vectors)[1, 1] == pytest.approx(2e-6, rel=1e-3)


@pytest.mark.parametrize("name", SKELETONS)
def test_joints_follow_their_parents(name: str) -> None:
    skeleton = load_skeleton(name)
    vectors = np.random.default_rng(0).normal(size=(5, skeleton.bone_count, 3))

    joints = joints_from_vectors(skeleton, vectors)

    assert np.all(joints[:, skeleton.root] == 0)
    assert vectors_from_joints(skeleton, joints) == pytest.approx(vectors)
    assert planar_joints(skeleton, vectors.transpose(2, 1, 0)).transpose(2, 1, 0) == pytest.approx(joints)


# --- swing angles --------------------------------------------------------------------------------------


@quick
@given(swing_presets(), st.data())
def test_directions_come_back_from_their_swings(preset: RangePreset, data: st.DataObject) -> None:
    angles = st.tuples(st.floats(-3, 3), st.floats(-1.5, 1.5), st.floats(-3, 3))
    swings = np.array([data.draw(angles) for _ in range(preset.skeleton.bone_count)])

    made = directions_from_swings(preset, swings)
    back = swings_from_directions(preset, made, twist=swings[:, 2])

    assert np.linalg.norm(made, axis=-1) == pytest.approx(np.ones(len(swings)))
    assert back == pytest.approx(swings, abs=1e-8)


@quick
@given(swing_presets(), st.data())
def test_any_directions_have_swings(preset: RangePreset, data: st.DataObject) -> None:
    wanted = np.array([data.draw(directions) for _ in range(preset.skeleton.bone_count)])

    swings = swings_from_directions(preset, wanted)

    assert directions_from_swings(preset, swings) == pytest.approx(wanted, abs=1e-9)
    assert np.all(np.abs(swings[:, 1]) <= math.pi / 2)


@pytest.mark.parametrize("name", SKELETONS)
def test_without_angles_every_bone_is_at_rest(name: str) -> None:
    preset = load_ranges(name)

    made = directions_from_swings(preset, np.zeros((preset.skeleton.bone_count, 3)))

    assert made == pytest.approx(np.array([r.rest for r in preset.ranges if isinstance(r, SwingRange)]), abs=1e-12)


@pytest.mark.parametrize("name", ["quadruped16", "human17", "human16", "human14"])
def test_equal_angles_on_both_sides_are_mirror_images(name: str) -> None:
    preset = load_ranges(name)
    skeleton = preset.skeleton
    swings = np.random.default_rng(1).uniform(-1, 1, (20, skeleton.bone_count, 3))
    middle = [i for i, m in enumerate(skeleton.mirror_bones) if m == i]
    swings[:, middle, 1:] = 0  # the middle of the body neither leans nor turns
    for left, right in skeleton.bone_pairs:
        swings[:, right] = swings[:, left]

    joints = joints_from_vectors(skeleton, directions_from_swings(preset, swings))

    assert joints[:, list(skeleton.mirror)] == pytest.approx(joints * (-1, 1, 1), abs=1e-12)


@pytest.mark.parametrize(
    ("rest", "forward"), [((0, 0, -1), (0, 1, 0)), ((0, -1, 0), (0, 0, -1)), ((0, 0, 1), (0, -1, 0))]
)
def test_positive_flexion_is_backwards_below_down_in_front_and_forwards_above(
    rest: tuple[float, float, float], forward: tuple[float, float, float]
) -> None:
    for outward in ((1.0, 0.0, 0.0), (-1.0, 0.0, 0.0)):
        frame = swing_frame(SwingRange(rest, FREE, Interval(-1, 1), outward=outward))

        assert frame[:, 0] == pytest.approx(rest)
        assert frame[:, 1] == pytest.approx(forward)
        assert frame[:, 2] == pytest.approx(outward)


@quick
@given(swing_presets(), st.data())
def test_a_bone_points_where_its_swing_says_in_the_frame_of_its_parent(
    preset: RangePreset, data: st.DataObject
) -> None:
    angles = st.tuples(st.floats(-3, 3), st.floats(-1.5, 1.5), st.floats(-3, 3))
    swings = np.array([[data.draw(angles) for _ in range(preset.skeleton.bone_count)]] * 2)
    a, b = swings[..., 0], swings[..., 1]
    local = np.stack([np.cos(b) * np.cos(a), np.cos(b) * np.sin(a), np.sin(b)], axis=-1)

    made = directions_from_swings(preset, swings)

    for bone in range(preset.skeleton.bone_count):
        frame = parent_frame(preset, bone, swings)
        assert frame.shape == (2, 3, 3)
        assert np.swapaxes(frame, -1, -2) @ frame == pytest.approx(np.broadcast_to(np.eye(3), (2, 3, 3)), abs=1e-9)
        assert (frame @ local[:, bone, :, None])[..., 0] == pytest.approx(made[:, bone], abs=1e-9)


def test_twist_turns_what_hangs_on_the_bone_and_not_the_bone() -> None:
    down = SwingRange((0.0, 0.0, -1.0), FREE, Interval(-1, 1))
    preset = RangePreset("chain", CHAIN, (down, down), (BoneLength(1.0, 0.0),) * 2)
    bent = np.array([[0.0, 0.0, 0.0], [math.pi / 2, 0.0, 0.0]])
    turned = replace(preset, name="turned")

    straight = directions_from_swings(preset, bent)
    twisted = directions_from_swings(turned, bent + np.array([[0.0, 0.0, math.pi / 2], [0.0, 0.0, 0.0]]))

    assert straight == pytest.approx(np.array([[0, 0, -1], [0, 1, 0]]), abs=1e-12)
    assert twisted[0] == pytest.approx([0, 0, -1])
    assert np.abs(twisted[1]) == pytest.approx([1, 0, 0], abs=1e-12)


def test_a_swing_is_relative_to_the_parent_bone() -> None:
    """The lower bone's direction at 30 degrees on a parent at 50 is that of a straight pair at 80."""
    down = SwingRange((0.0, 0.0, -1.0), FREE, Interval(-1, 1))
    preset = RangePreset("chain", CHAIN, (down, down), (BoneLength(1.0, 0.0),) * 2)
    angles = np.radians([[50.0, 0.0, 0.0], [30.0, 0.0, 0.0]])

    made = directions_from_swings(preset, angles)

    assert made[1] == pytest.approx([0, math.sin(math.radians(80)), -math.cos(math.radians(80))])


def test_what_hangs_on_a_bone_that_does_not_carry_stays_where_it_is() -> None:
    line = SwingRange((0.0, 0.0, -1.0), FREE, Interval(-1, 1), carries=False)
    preset = RangePreset("chain", CHAIN, (line, replace(line, carries=True)), (BoneLength(1.0, 0.0),) * 2)
    angles = np.radians([[50.0, 20.0, 0.0], [30.0, 0.0, 0.0]])

    made = directions_from_swings(preset, angles)

    assert made[1] == pytest.approx([0, 0.5, -math.cos(math.radians(30))])


@quick
@given(st.floats(-50, 50), st.floats(-4, 4))
def test_wrapped_angles_are_the_same_angle_near_the_middle(angle: float, middle: float) -> None:
    wrapped = float(wrap(np.array(angle), middle))

    assert abs(wrapped - middle) <= math.pi + 1e-9
    assert math.cos(wrapped - angle) == pytest.approx(1)


# --- both engines ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SKELETONS)
def test_torch_and_numpy_agree(name: str) -> None:
    preset = load_ranges(name)
    swings = np.random.default_rng(2).uniform(-1.5, 1.5, (9, preset.skeleton.bone_count, 3))
    made = directions_from_swings(preset, swings)
    joints = joints_from_vectors(preset.skeleton, made)

    tensors = directions_from_swings(preset, torch.from_numpy(swings))

    assert tensors.numpy() == pytest.approx(made, abs=1e-12)
    assert swings_from_directions(preset, tensors).numpy() == pytest.approx(swings_from_directions(preset, made))
    assert f_inverse(preset.skeleton, torch.from_numpy(joints)).numpy() == pytest.approx(
        f_inverse(preset.skeleton, joints)
    )


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_the_precision_of_the_angles_is_kept(kind: type) -> None:
    preset = load_ranges("quadruped16")
    angles = np.zeros((preset.skeleton.bone_count, 2), kind)

    made = planar_directions(preset, angles, angles, angles)

    assert made.dtype == kind
    assert planar_joints(preset.skeleton, made).dtype == kind


def test_gradients_pass_through_the_swings() -> None:
    down = SwingRange((0.0, 0.0, -1.0), FREE, Interval(-1, 1))
    preset = RangePreset("chain", CHAIN, (down, down), (BoneLength(1.0, 0.0),) * 2)
    swings = torch.full((1, 2, 3), 0.1, dtype=torch.float64, requires_grad=True)

    assert torch.autograd.gradcheck(lambda s: directions_from_swings(preset, s), (swings,))
