from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poseviewer.core.ranges import RangePreset, SwingRange
from poseviewer.core.skeleton import Skeleton
from poseviewer.geometry.kinematics import directions_from_swings, joints_from_vectors
from poseviewer.geometry.pose_check import THICKNESS, Fault, check_poses, segment_distance
from poseviewer.io.skeleton_files import load_ranges, load_skeleton

BONES = [
    ("neck", "tail"),
    ("neck", "left_shoulder"),
    ("left_shoulder", "left_paw"),
    ("neck", "right_shoulder"),
    ("right_shoulder", "right_paw"),
    ("tail", "left_hip"),
    ("left_hip", "left_foot"),
    ("tail", "right_hip"),
    ("right_hip", "right_foot"),
]
JOINTS = list(dict.fromkeys(j for bone in BONES for j in bone))


@pytest.fixture
def table() -> Skeleton:
    """A table with four straight legs: its girdles are 0.4 wide and 1 apart, its legs 0.6 long."""
    pairs = [(j, j.replace("left", "right")) for j in JOINTS if j.startswith("left")]
    return Skeleton.from_names("table", JOINTS, BONES, pairs)


def standing(**moved: tuple[float, float, float]) -> np.ndarray:
    """(1, J, 3) body frame, some joints elsewhere."""
    places = {
        "neck": (0, 0, 0.7), "tail": (0, 1, 0.7),
        "left_shoulder": (0.2, 0, 0.6), "left_paw": (0.2, 0, 0), "right_shoulder": (-0.2, 0, 0.6),
        "right_paw": (-0.2, 0, 0), "left_hip": (0.2, 1, 0.6), "left_foot": (0.2, 1, 0),
        "right_hip": (-0.2, 1, 0.6), "right_foot": (-0.2, 1, 0),
    } | moved  # fmt: skip
    return np.array([[places[j] for j in JOINTS]], dtype=float)


def test_a_table_stands(table: Skeleton) -> None:
    found = check_poses(table, standing())

    assert not found.impossible.any() and found.words(0) == [] and found.bones(0) == []
    assert found.broken.shape == (len(found.rules), 1)


def test_legs_through_each_other(table: Skeleton) -> None:
    crossed = standing(left_paw=(-0.2, -0.05, 0.0), right_paw=(0.2, 0.0, 0.0))

    found = check_poses(table, crossed)

    assert found.words(0) == ["left shoulder–paw passes through right shoulder–paw"]
    assert found.bones(0) == sorted(
        [table.bone_index("left_shoulder", "left_paw"), table.bone_index("right_shoulder", "right_paw")]
    )


def test_how_thick_a_bone_is(table: Skeleton) -> None:
    """Legs that pass in front of each other at a distance just above and just below the thickness."""
    reach = check_reach()
    for factor, expected in ((1.15, False), (0.85, True)):
        gap = factor * THICKNESS * reach
        pose = standing(left_paw=(-0.2, 0, 0), right_paw=(0.2, -2 * gap, 0))
        assert check_poses(table, pose).impossible[0] == expected, factor


def check_reach() -> float:
    """Half the way from paw to foot."""
    girdle = np.hypot(0.2, 0.1)
    return float((0.6 + girdle + 1.0 + girdle + 0.6) / 2)


def test_a_leg_through_the_trunk(table: Skeleton) -> None:
    """The paw is lifted to the other side of the belly; it stays on its own side of the shoulders."""
    found = check_poses(table, standing(left_paw=(-0.15, 0.5, 0.6)))

    assert "left shoulder–paw passes through the trunk" in found.words(0)
    kinds = {found.rules[r].fault for r in np.flatnonzero(found.broken[:, 0])}
    assert kinds == {Fault.TRUNK}


def test_a_paw_far_on_the_wrong_side(table: Skeleton) -> None:
    found = check_poses(table, standing(left_paw=(-0.5, -0.5, 0.2)))

    assert found.words(0) == ["left shoulder–paw reaches across to the wrong side"]
    assert not check_poses(table, standing(left_paw=(-0.2, -0.3, 0.1))).impossible[0], "under the body is no fault"


def test_many_poses_are_checked_each_for_itself(table: Skeleton) -> None:
    bad = standing(left_paw=(-0.2, -0.05, 0.0), right_paw=(0.2, 0.0, 0.0))

    found = check_poses(table, np.concatenate([standing(), bad, standing()]))

    np.testing.assert_array_equal(found.impossible, [False, True, False])


def test_size_and_place_do_not_matter(table: Skeleton) -> None:
    rng = np.random.default_rng(0)
    poses = standing() + rng.normal(0, 0.25, (200, len(JOINTS), 3))
    turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))

    plain, moved = check_poses(table, poses), check_poses(table, 37.0 * poses @ turn.T + (3, -5, 8))

    np.testing.assert_array_equal(plain.broken, moved.broken)
    assert 0 < plain.impossible.sum() < 200


def test_missing_joints_and_bones_of_no_length_break_no_rule(table: Skeleton) -> None:
    pose = standing(left_paw=(np.nan,) * 3)
    assert not check_poses(table, pose).impossible.any()
    assert not check_poses(table, np.zeros((2, len(JOINTS), 3))).impossible.any()


@pytest.mark.parametrize("name", ["quadruped16", "human17", "human16", "human14", "hand21"])
def test_shipped_skeletons_at_ease_are_possible(name: str) -> None:
    ranges = load_ranges(name)
    lengths = np.array([b.template for b in ranges.lengths])[:, None]
    for swings in (np.zeros((1, len(lengths), 3)), usual(ranges)):
        joints = joints_from_vectors(ranges.skeleton, directions_from_swings(ranges, swings) * lengths)
        assert check_poses(ranges.skeleton, joints).words(0) == []


def usual(ranges: RangePreset) -> np.ndarray:
    middle = [
        r.usual or (r.flexion.middle, r.abduction.middle, r.twist.middle)
        for r in ranges.ranges
        if isinstance(r, SwingRange)
    ]
    return np.array([middle])


def test_a_hand_has_no_trunk() -> None:
    hand = load_skeleton("hand21")

    found = check_poses(hand, np.zeros((1, hand.joint_count, 3)))

    assert {rule.fault for rule in found.rules} == {Fault.CROSSING}


numbers = st.floats(-2, 2, allow_nan=False).map(lambda x: round(x, 3))
point = st.tuples(numbers, numbers, numbers)


@given(point, point, point, point)
def test_the_distance_of_segments_is_the_least_of_a_dense_search(p1, q1, p2, q2) -> None:
    a, b, c, d = (np.array(p, dtype=float) for p in (p1, q1, p2, q2))
    found = float(segment_distance(a, b, c, d))

    s = np.linspace(0, 1, 201)
    first, second = a + s[:, None] * (b - a), c + s[:, None] * (d - c)
    searched = np.linalg.norm(first[:, None] - second[None], axis=-1).min()

    step = (np.linalg.norm(b - a) + np.linalg.norm(d - c)) / 400
    assert searched - step - 1e-6 <= found <= searched + 1e-6
    assert segment_distance(c, d, a, b) == pytest.approx(found, abs=1e-6)
