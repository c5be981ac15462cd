from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from poseviewer.core.ranges import Interval, RangePreset
from poseviewer.geometry.kinematics import swings_from_directions
from poseviewer.io.skeleton_files import load_ranges
from poseviewer.synthesis.generate import stream
from poseviewer.synthesis.pose_cloud import PoseCloud, normalised
from poseviewer.synthesis.presets import DEFAULT

SIZE = 8_000
ALL = np.ones(16, dtype=bool)


@pytest.fixture(scope="module")
def ranges() -> RangePreset:
    return load_ranges("quadruped16")


def drawn(ranges: RangePreset, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """2D poses (N, J, 2) with noise and all joints, and their bones' directions (N, B, 3)."""
    poses, directions = [], []
    for _, batch in stream(ranges, DEFAULT, count, seed):
        poses.append(batch.keypoints.transpose(2, 1, 0))
        directions.append(batch.poses.directions.transpose(2, 1, 0))
    return np.concatenate(poses).astype(float), np.concatenate(directions).astype(float)


@pytest.fixture(scope="module")
def cloud(ranges: RangePreset) -> PoseCloud:
    return PoseCloud(drawn(ranges, SIZE, 1)[0])


def area_under_curve(inside: np.ndarray, outside: np.ndarray) -> float:
    """How often one of the second is ranked above one of the first."""
    return float((outside[:, None] > inside[None]).mean())


@pytest.mark.parametrize(
    ("bone", "least"),
    [("left_shoulder:left_elbow", 0.74), ("left_hip:left_knee", 0.74), ("neck:nose", 0.72), ("neck:tail_base", 0.70)],
)
def test_poses_beyond_one_range_rank_above_poses_within(
    ranges: RangePreset, cloud: PoseCloud, bone: str, least: float
) -> None:
    """One range is doubled; of the poses drawn, those more than 10 degrees beyond the old one are to be found. From
    one view, and with the noise of clicks, not all of them can be."""
    index = ranges.skeleton.bone_names.index(bone)
    old = ranges.ranges[index]
    wide = replace(old, flexion=doubled(old.flexion, math.pi), abduction=doubled(old.abduction, math.pi / 2))
    poses, directions = drawn(ranges.with_range(index, wide), 1600, 3)
    swings = swings_from_directions(ranges, directions)[:, index]
    margin = math.radians(10)
    beyond = np.zeros(len(poses), dtype=bool)
    for angle, interval in zip(swings.T[:2], (old.flexion, old.abduction), strict=True):
        beyond |= (angle < interval.min - margin) | (angle > interval.max + margin)
    assert beyond.sum() > 150

    inside = cloud.judge(drawn(ranges, 500, 2)[0], ALL).distance
    outside = cloud.judge(poses[beyond], ALL).distance

    assert area_under_curve(inside, outside) > least


def doubled(interval: Interval, limit: float) -> Interval:
    return Interval(max(interval.middle - interval.width, -limit), min(interval.middle + interval.width, limit))


def test_place_size_and_turn_do_not_matter(ranges: RangePreset, cloud: PoseCloud) -> None:
    poses = drawn(ranges, 20, 5)[0]
    turn = np.array([[math.cos(1.0), -math.sin(1.0)], [math.sin(1.0), math.cos(1.0)]])

    plain, moved = cloud.judge(poses, ALL), cloud.judge(50.0 * poses @ turn.T + (700, 300), ALL)

    np.testing.assert_allclose(moved.distance, plain.distance, rtol=2e-2)


def test_a_joint_that_is_pulled_away_is_the_one_that_stands_out(ranges: RangePreset, cloud: PoseCloud) -> None:
    poses = drawn(ranges, 60, 5)[0]
    paw = ranges.skeleton.joint_index("right_hind_paw")
    size = np.sqrt(((poses - poses.mean(axis=1, keepdims=True)) ** 2).sum(axis=(1, 2)) / 16)
    wrong = poses.copy()
    wrong[:, paw] += 1.2 * size[:, None]

    before, after = cloud.judge(poses, ALL), cloud.judge(wrong, ALL)

    assert (after.distance > before.distance).mean() > 0.9
    assert (after.contribution.argmax(axis=1) == paw).mean() > 0.7


def test_a_contribution_is_what_is_gone_without_the_joint(ranges: RangePreset, cloud: PoseCloud) -> None:
    """All contributions are positive and none exceeds the whole."""
    judged = cloud.judge(drawn(ranges, 40, 6)[0], ALL)

    assert (judged.contribution >= 0).all()
    assert (judged.contribution <= judged.distance[:, None] ** 2 + 1e-6).all()


def test_missing_joints_are_expected_near_where_they_were(ranges: RangePreset, cloud: PoseCloud) -> None:
    poses = drawn(ranges, 200, 7)[0]
    mask = ALL.copy()
    missing = [ranges.skeleton.joint_index(j) for j in ("tail_tip", "right_elbow", "left_knee")]
    mask[missing] = False
    given = poses.copy()
    given[:, missing] = np.nan

    judged = cloud.judge(given, mask)

    np.testing.assert_allclose(judged.completed[:, mask], poses[:, mask], rtol=1e-5, atol=1e-5)
    size = np.sqrt(((poses - poses.mean(axis=1, keepdims=True)) ** 2).sum(axis=(1, 2)) / 16)
    error = np.linalg.norm(judged.completed[:, missing] - poses[:, missing], axis=-1) / size[:, None]
    naive = np.linalg.norm(poses[:, mask].mean(axis=1, keepdims=True) - poses[:, missing], axis=-1) / size[:, None]
    assert np.median(error) < 0.4 * np.median(naive)
    assert np.isnan(judged.contribution[:, missing]).all() and np.isfinite(judged.contribution[:, mask]).all()


def test_its_own_kind_is_taken_out_before_it_is_compared(cloud: PoseCloud) -> None:
    rest, own = cloud.without(100)

    assert (len(rest), own.shape) == (SIZE - 100, (100, 16, 2))


def test_normalised_poses_have_no_place_and_radius_one() -> None:
    poses = np.random.default_rng(0).normal(3.0, 5.0, (7, 16, 2))

    found = normalised(poses)

    np.testing.assert_allclose(found.mean(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose((found**2).sum(axis=(1, 2)) / 16, 1)
    assert np.isfinite(normalised(np.zeros((1, 16, 2)))).all()
