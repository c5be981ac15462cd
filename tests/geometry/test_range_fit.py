"""Labelled poses fitted inside the ranges: they lie on their keypoints, inside, and say where they are stopped."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType

import numpy as np
import pytest

from poseviewer.core.errors import PoseInputError
from poseviewer.core.ranges import Interval
from poseviewer.geometry import range_fit, shared_lengths
from poseviewer.geometry.body_frame import axis_intervals
from poseviewer.geometry.range_fit import fit_ranges
from poseviewer.io.skeleton_files import load_ranges

QUADRUPED = load_ranges("quadruped16")


@pytest.mark.parametrize("name", ["quadruped16", "human17"])
def test_valid_poses_lie_on_their_keypoints_and_inside_their_ranges(name: str, narrow: ModuleType) -> None:
    preset = load_ranges(name)
    keypoints = narrow.clicked(preset, 12)

    found = narrow.fit(preset, keypoints)

    low, high = axis_intervals(preset)
    assert found.fitted.all()
    assert np.median(found.residual_px) < 1.0, "the clicks are off by one pixel, and the fit may follow them"
    assert np.quantile(found.residual_px, 0.9) < 3.0
    assert ((found.angles >= low - 1e-9) & (found.angles <= high + 1e-9)).all()
    offsets = np.linalg.norm(found.joints[..., :2] - keypoints, axis=-1)
    np.testing.assert_allclose(found.joint_px, offsets, atol=1e-6)
    np.testing.assert_allclose(found.residual_px, np.sqrt((offsets**2).mean(1)), atol=1e-6)


def test_the_loosened_fit_is_no_worse_and_leaves_few_ranges(narrow: ModuleType) -> None:
    found = narrow.fit(QUADRUPED, narrow.clicked(QUADRUPED, 20))

    assert np.median(found.loosened_px) <= np.median(found.residual_px) + 0.2
    assert (np.abs(found.excess) > np.radians(3)).mean() < 0.03


def test_an_angle_at_its_stop_is_said_to_be(narrow: ModuleType) -> None:
    knee = QUADRUPED.skeleton.bone_index("left_hip", "left_knee")
    keypoints = narrow.clicked(narrow.doubled(QUADRUPED, knee), 40)

    found = narrow.fit(QUADRUPED, keypoints)

    low, high = axis_intervals(QUADRUPED)
    assert (np.abs(found.angles - high)[found.at_stop == 1] < np.radians(0.31)).all()
    assert (np.abs(found.angles - low)[found.at_stop == -1] < np.radians(0.31)).all()
    assert (found.at_stop[:, knee] != 0).any()


def test_progress_grows_to_one(narrow: ModuleType) -> None:
    keypoints = narrow.clicked(QUADRUPED, 6)

    _, shares = narrow.driven(fit_ranges(QUADRUPED, keypoints, starts=narrow.lifted(QUADRUPED, keypoints)))

    assert shares == sorted(shares)
    assert shares[0] > 0 and shares[-1] <= 1
    assert len(shares) > 20, "each is a place to cancel"


def test_many_poses_are_fitted_in_parts_that_say_the_same(narrow: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    knee = QUADRUPED.skeleton.bone_index("left_hip", "left_knee")
    keypoints = narrow.clicked(narrow.doubled(QUADRUPED, knee), 24)
    keypoints[5] = np.nan
    usable = np.isfinite(keypoints).all((1, 2))
    starts = np.full((24, 16, 3), np.nan)
    starts[usable] = narrow.lifted(QUADRUPED, keypoints[usable])
    whole, _ = narrow.driven(fit_ranges(QUADRUPED, keypoints, starts=starts))

    monkeypatch.setattr(shared_lengths, "TOGETHER", 10)
    parts, shares = narrow.driven(fit_ranges(QUADRUPED, keypoints, starts=starts))

    np.testing.assert_allclose(parts.residual_px, whole.residual_px, atol=0.02)
    np.testing.assert_array_equal(parts.fitted, whole.fitted)
    assert shares == sorted(shares)
    found, wanted = ({r.bones: set(r.frames.tolist()) for r in fit.releases} for fit in (parts, whole))
    assert found == wanted and any(found.values())


def test_without_a_lifter_a_usual_pose_is_tried_from_all_around(narrow: ModuleType) -> None:
    preset = load_ranges("quadruped16")
    keypoints = narrow.clicked(preset, 10)

    found, _ = narrow.driven(fit_ranges(preset, keypoints, noise=0.01))

    assert np.median(found.residual_px) < 1.5


def test_spherical_ranges_are_fitted_too(narrow: ModuleType) -> None:
    preset = load_ranges("quadruped16.paper")

    found, _ = narrow.driven(fit_ranges(preset, narrow.clicked(preset, 10), noise=0.01))

    assert found.angles.shape == (10, 15, 2)
    assert np.median(found.residual_px) < 2.0


def test_poses_with_too_few_keypoints_are_left_out(narrow: ModuleType) -> None:
    keypoints = narrow.clicked(QUADRUPED, 4)
    keypoints[1, 3:] = np.nan
    keypoints[2] = 7.0
    keypoints[3, 9] = np.nan

    found, _ = narrow.driven(fit_ranges(QUADRUPED, keypoints))

    assert found.fitted.tolist() == [True, False, False, True]
    assert np.isnan(found.residual_px[1:3]).all() and np.isnan(found.angles[1:3]).all()
    assert np.isnan(found.joint_px[3, 9]) and np.isfinite(found.joints[3]).all()
    assert (found.at_stop[1:3] == 0).all()


def test_an_absent_keypoint_does_not_count_and_a_guess_counts_less(narrow: ModuleType) -> None:
    keypoints = narrow.clicked(QUADRUPED, 3, noise=0.0)
    moved = keypoints.copy()
    moved[:, 6] += 60.0
    seen = np.full(moved.shape[:2], 2)

    def residual_elsewhere(state: int) -> float:
        seen[:, 6] = state
        found, _ = narrow.driven(fit_ranges(QUADRUPED, moved, seen, narrow.lifted(QUADRUPED, keypoints)))
        return float(np.nanmean(np.delete(found.joint_px, 6, axis=1)))

    absent, guess, visible = (residual_elsewhere(state) for state in (0, 1, 2))

    assert absent < guess < visible


def test_locked_bones_are_not_opened(narrow: ModuleType) -> None:
    knee = QUADRUPED.skeleton.bone_index("left_hip", "left_knee")
    keypoints = narrow.clicked(narrow.doubled(QUADRUPED, knee), 30)

    free = narrow.fit(QUADRUPED, keypoints)
    locked = narrow.fit(replace(QUADRUPED, locked=frozenset({knee})), keypoints)

    assert any(knee in release.bones for release in free.releases)
    assert not any(knee in release.bones for release in locked.releases)


def test_a_range_without_width_can_be_found_too_narrow(narrow: ModuleType) -> None:
    paw = QUADRUPED.skeleton.bone_index("left_knee", "left_hind_paw")
    still = QUADRUPED.with_range(paw, replace(QUADRUPED.ranges[paw], flexion=Interval(0.6, 0.6), usual=None))

    found = narrow.fit(still, narrow.clicked(QUADRUPED, 40))

    gains = {release.bones: release.gain.sum() for release in found.releases}
    assert max(gains, key=gains.__getitem__) == (paw,)


def test_poses_of_one_animal_are_given_its_lengths(narrow: ModuleType) -> None:
    keypoints = narrow.of_one_animal(QUADRUPED, 24)

    alone, together = (narrow.fit(QUADRUPED, keypoints, one_animal=shared) for shared in (False, True))

    def spread(found: range_fit.RangeFit) -> float:
        """How much the length of the thigh against the upper arm differs from pose to pose."""
        vectors = found.joints[:, [11, 5]] - found.joints[:, [10, 4]]
        return float(np.std(np.log(np.linalg.norm(vectors[:, 0], axis=-1) / np.linalg.norm(vectors[:, 1], axis=-1))))

    assert spread(together) < 0.5 * spread(alone)
    assert np.median(together.residual_px) < 1.0, "the clicks are off by one pixel"


def test_groups_of_one_are_no_groups(narrow: ModuleType) -> None:
    keypoints = narrow.clicked(QUADRUPED, 5)
    starts = narrow.lifted(QUADRUPED, keypoints)

    alone, _ = narrow.driven(fit_ranges(QUADRUPED, keypoints, starts=starts))
    grouped, shares = narrow.driven(fit_ranges(QUADRUPED, keypoints, starts=starts, groups=[4, 9, 2, 7, 5]))

    np.testing.assert_array_equal(grouped.angles, alone.angles)
    assert shares == sorted(shares)


def test_a_group_too_few_is_said() -> None:
    with pytest.raises(PoseInputError, match=r"Expected groups of shape \(2,\)"):
        next(fit_ranges(QUADRUPED, np.zeros((2, 16, 2)), groups=[0]))


@pytest.mark.parametrize(
    ("keypoints", "visibility", "words"),
    [
        (np.zeros((2, 15, 2)), None, "Expected keypoints of shape"),
        (np.zeros((2, 16, 2)), np.ones((2, 15)), "Expected visibility of shape"),
        (np.full((2, 16, 2), np.nan), None, "place more keypoints"),
    ],
)
def test_what_cannot_be_fitted_is_said(keypoints: np.ndarray, visibility: np.ndarray | None, words: str) -> None:
    with pytest.raises(PoseInputError, match=words):
        next(fit_ranges(QUADRUPED, keypoints, visibility))
