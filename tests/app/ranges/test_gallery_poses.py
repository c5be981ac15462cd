from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from poseviewer.app.ranges.gallery_poses import moved_bones, sample_gallery
from poseviewer.core.range_edits import with_interval
from poseviewer.core.ranges import Interval, RangePreset
from poseviewer.io.skeleton_files import load_ranges
from poseviewer.synthesis.generate import synthesize
from poseviewer.synthesis.presets import DEFAULT


@pytest.fixture
def ranges() -> RangePreset:
    return load_ranges("quadruped16")


def test_an_edit_moves_only_what_hangs_on_the_bone(ranges: RangePreset) -> None:
    skeleton = ranges.skeleton
    bone = skeleton.bone_index("left_shoulder", "left_elbow")
    wider = with_interval(ranges, bone, "flexion", Interval(-1.0, 2.5), mirror=False)

    moved = moved_bones(sample_gallery(wider, 3, 64), sample_gallery(ranges, 3, 64))

    below = skeleton.bone_index("left_elbow", "left_front_paw")
    assert set(np.flatnonzero(moved.any(axis=0))) == {bone, below}
    assert moved[:, bone].sum() > 50


def test_fewer_poses_are_the_first_of_more(ranges: RangePreset) -> None:
    few, many = sample_gallery(ranges, 0, 16), sample_gallery(ranges, 0, 64)

    np.testing.assert_array_equal(few.joints, many.joints[:16])
    assert len(few) == 16 and few.check.broken.shape[1] == 16
    assert not np.array_equal(sample_gallery(ranges, 1, 16).joints, few.joints)


def test_they_are_the_first_poses_of_the_seed(ranges: RangePreset) -> None:
    made = synthesize(ranges.skeleton, ranges, 64, seed=7, recipe=DEFAULT)

    shown = sample_gallery(ranges, 7, 64)

    np.testing.assert_allclose(shown.joints, made.joints, atol=1e-6)
    np.testing.assert_allclose(shown.keypoints, made.keypoints, atol=1e-5)


def test_the_2d_poses_have_the_flaws_of_training(ranges: RangePreset) -> None:
    sample = sample_gallery(ranges, 0, 64)

    missing = np.isnan(sample.keypoints[..., 0])
    assert 0 < missing.mean() < 0.5
    assert (~missing).sum(axis=1).min() >= 4


def test_samples_that_cannot_be_compared_have_not_moved(ranges: RangePreset) -> None:
    hand = sample_gallery(load_ranges("hand21"), 0, 16)
    dogs = sample_gallery(ranges, 0, 16)

    assert not moved_bones(hand, dogs).any()
    assert not moved_bones(dogs, sample_gallery(ranges, 0, 36)).any()


@pytest.mark.parametrize("name", ["hand21", "human17", "human14", "quadruped16.paper"])
def test_every_shipped_preset_has_a_gallery(name: str) -> None:
    ranges = load_ranges(name)

    sample = sample_gallery(ranges, 0, 64)

    assert np.isfinite(sample.joints).all() and sample.joints.shape == (64, ranges.skeleton.joint_count, 3)


def test_ranges_of_no_width_draw_one_pose_of_many_lengths(ranges: RangePreset) -> None:
    still = replace(
        ranges,
        ranges=tuple(
            replace(r, flexion=Interval(0, 0), abduction=Interval(0, 0), twist=Interval(0, 0)) for r in ranges.ranges
        ),
    )

    sample = sample_gallery(still, 0, 16)

    assert np.isfinite(sample.joints).all() and not sample.check.impossible.any()
