from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import numpy as np
import pytest

from poseviewer.core.ranges import RangePreset
from poseviewer.geometry.camera import project_orthographic
from poseviewer.io.label_files import map_to_skeleton, read_labels
from poseviewer.io.skeleton_files import load_ranges
from poseviewer.synthesis import reality_gap
from poseviewer.synthesis.generate import synthesize
from poseviewer.synthesis.presets import DEFAULT
from poseviewer.synthesis.reality_gap import GRID, GapProgress, RealityGap, measure_gap


@pytest.fixture(scope="module")
def ranges() -> RangePreset:
    return load_ranges("quadruped16")


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few synthetic poses: enough to tell a dog from a scrambled one."""
    monkeypatch.setattr(reality_gap, "SYNTHETIC", 12_000)
    monkeypatch.setattr(reality_gap, "CLOUD", 6_000)
    monkeypatch.setattr(reality_gap, "HELD_OUT", (100, 120))


def run(work: Generator[GapProgress, None, RealityGap]) -> tuple[list[GapProgress], RealityGap]:
    told = []
    while True:
        try:
            told.append(next(work))
        except StopIteration as done:
            return told, done.value


def test_synthetic_poses_are_inside_and_scrambled_ones_outside(ranges: RangePreset, small: None) -> None:
    poses = synthesize(ranges.skeleton, ranges, 200, seed=77, recipe=DEFAULT).keypoints.astype(float)
    rng = np.random.default_rng(0)
    whole = poses[np.isfinite(poses).all(axis=(1, 2))][:40]
    scrambled = np.stack([pose[rng.permutation(16)] for pose in whole])

    _, gap = run(measure_gap(ranges, np.concatenate([poses, scrambled])))

    assert gap.outside[:200].mean() < 0.06
    assert gap.outside[200:].mean() > 0.6
    assert set(gap.ranking()) == set(np.flatnonzero(gap.outside))
    assert (np.diff(gap.excess[gap.ranking()]) <= 0).all()
    assert all(gap.odd_joint(int(i)) is not None for i in gap.ranking())
    assert 0.35 < np.nanmedian(gap.quantile[:200]) < 0.65, "the cloud's own kind is spread evenly over the quantiles"


def test_progress_goes_one_way_and_says_what(ranges: RangePreset, small: None) -> None:
    told, gap = run(measure_gap(ranges, np.full((3, 16, 2), np.nan)))

    done = [p.done for p in told]
    assert done == sorted(done) and 0 < done[0] <= done[-1] <= 1 and all(p.what for p in told)
    assert gap.compared == 0 and not gap.outside.any() and gap.odd_joint(0) is None
    assert np.isnan(gap.labelled).all()


def test_poses_of_too_few_or_coincident_keypoints_are_left_out(ranges: RangePreset, small: None) -> None:
    pose = synthesize(ranges.skeleton, ranges, 1, seed=5).keypoints.astype(float)[0]
    three = np.full((16, 2), np.nan)
    three[:3] = pose[:3]
    heap = np.full((16, 2), 40.0)

    _, gap = run(measure_gap(ranges, np.stack([pose, three, heap])))

    np.testing.assert_array_equal(np.isfinite(gap.excess), [True, False, False])
    np.testing.assert_array_equal(np.isfinite(gap.labelled).all(axis=1), [True, False, False])


def test_the_map_has_axes_a_density_and_words(ranges: RangePreset, small: None) -> None:
    """A dog seen from its left looks to the left, one from its right to the right: the first axis of a walker."""
    joints = synthesize(ranges.skeleton, ranges, 60, seed=8).joints.astype(float)
    # Body axes: x to the animal's left, y backwards, z up. From its left, backwards is to the right.
    from_left = np.stack([joints[..., 1], -joints[..., 2]], axis=-1)
    from_right = np.stack([-joints[..., 1], -joints[..., 2]], axis=-1)

    _, gap = run(measure_gap(ranges, np.concatenate([from_left, from_right])))

    first, second = gap.axes
    assert (first.low, first.high) == ("facing left", "facing right")
    left, right = gap.labelled[:60, 0].mean(), gap.labelled[60:, 0].mean()
    assert left < right, "right is right"
    assert 1 > first.explained > second.explained > 0
    assert gap.density.shape == (GRID, GRID) and gap.density.max() == pytest.approx(1.0)
    x0, x1, y0, y1 = gap.extent
    inside = (gap.synthetic > (x0, y0)).all(axis=1) & (gap.synthetic < (x1, y1)).all(axis=1)
    assert inside.mean() > 0.99


def test_streamed_moments_are_those_of_all_at_once() -> None:
    rows = np.random.default_rng(0).normal(5.0, [1, 2, 3, 4, 5, 6], (1000, 6))
    moments = reality_gap._Moments(3)
    for part in np.array_split(rows, [10, 11, 700]):
        moments.add(part)

    plane, explained = moments.plane()

    np.testing.assert_allclose(moments.mean, rows.mean(axis=0))
    values, vectors = np.linalg.eigh(np.cov(rows.T, bias=True))
    np.testing.assert_allclose(np.abs(vectors[:, [-1, -2]].T @ plane), np.eye(2), atol=1e-9)
    np.testing.assert_allclose(explained, values[[-1, -2]] / values.sum())


@pytest.mark.parametrize("name", ["hand21", "human17", "quadruped16.paper"])
def test_every_kind_of_ranges_can_be_compared(name: str, small: None) -> None:
    ranges = load_ranges(name)
    joints = synthesize(ranges.skeleton, ranges, 8, seed=1).joints

    _, gap = run(measure_gap(ranges, project_orthographic(joints).astype(float)))

    assert gap.compared == 8


def test_real_dogs_lie_in_the_cloud_and_their_mirrored_labels_do_not(ranges: RangePreset, shared_data: Path) -> None:
    """Photos with published keypoints; then the same with the joints of fore and hind legs exchanged."""
    file = shared_data / "animal_images" / "stanfordextra_sample" / "StanfordExtra_sample.json"
    labels, _ = map_to_skeleton(read_labels(file), ranges.skeleton)
    dogs = np.array([instance.pose.keypoints for instance in labels.instances()])
    exchanged = list(range(16))
    for a, b in (("left_elbow", "left_knee"), ("right_front_paw", "right_knee"), ("neck", "left_hind_paw")):
        i, j = ranges.skeleton.joint_index(a), ranges.skeleton.joint_index(b)
        exchanged[i], exchanged[j] = exchanged[j], exchanged[i]

    _, gap = run(measure_gap(ranges, np.concatenate([dogs, dogs[:, exchanged]])))

    assert len(dogs) == 12 and not gap.outside[:12].any()
    assert np.nanmean(gap.excess[12:]) > 1.2 * np.nanmean(gap.excess[:12])
