"""Bodies in their pictures: keypoints are the ends of the cones, and sizes are those asked for."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.io.skeleton_files import load_ranges
from poseviewer.synthesis.picture_cameras import body_of, figure_rows, sample_figures

SIDE = 256


@pytest.mark.parametrize("name", ["quadruped16", "human17", "hand21"])
def test_a_cone_that_ends_at_a_joint_ends_at_its_keypoint(name: str) -> None:
    ranges = load_ranges(name)
    figures = sample_figures(ranges, np.random.default_rng(0).random((figure_rows(ranges), 50), dtype=np.float32), SIDE)
    looked = 0
    for p, cone in enumerate(body_of(ranges).plan.cones):
        for k, end in enumerate((cone.a, cone.b)):
            if len(end.at) == 1 and not any(end.offset) and not any(any(m[:3]) for m in end.modes.values()):
                joint = ranges.skeleton.joint_index(next(iter(end.at)))
                np.testing.assert_allclose(figures.ends[k, p, :2, :], figures.keypoints[:, joint, :], atol=0.02)
                np.testing.assert_allclose(figures.ends[k, p, 2, :], figures.depth[joint, :], atol=0.02)
                looked += 1

    assert looked >= 10


def test_bodies_fill_the_picture_as_asked() -> None:
    ranges = load_ranges("quadruped16")
    figures = sample_figures(
        ranges, np.random.default_rng(0).random((figure_rows(ranges), 400), dtype=np.float32), SIDE
    )
    low = (figures.ends[:, :, :2, :] - figures.radii[:, :, None, :]).min(axis=(0, 1))
    high = (figures.ends[:, :, :2, :] + figures.radii[:, :, None, :]).max(axis=(0, 1))
    fill = (high - low).max(axis=0) / SIDE
    whole = (low > -1).all(axis=0) & (high < SIDE).all(axis=0)

    assert fill.min() > 0.44
    assert fill.max() < 1.55
    assert 0.7 < whole.mean() < 0.95


def test_left_and_right_are_as_thick() -> None:
    ranges = load_ranges("human17")
    figures = sample_figures(ranges, np.full((figure_rows(ranges), 1), 0.37, np.float32), SIDE)
    flesh = dict(zip(ranges.skeleton.joints, figures.flesh[:, 0], strict=True))
    for joint in ("hip", "knee", "elbow", "shoulder"):
        # Only perspective makes a difference.
        assert flesh[f"left_{joint}"] == pytest.approx(flesh[f"right_{joint}"], rel=0.35)


def test_a_joint_deep_in_the_trunk_is_seen_from_its_own_side_only() -> None:
    """The flesh over a mouse's shoulders is its trunk's, and no thicker than that."""
    ranges = load_ranges("quadruped16.mouse")
    figures = sample_figures(ranges, np.random.default_rng(0).random((figure_rows(ranges), 200), dtype=np.float32), 64)
    flesh = figures.flesh / figures.size
    for joint in ("left_shoulder", "right_hip"):
        row = flesh[ranges.skeleton.joint_index(joint)]
        assert 0.13 < np.median(row) < 0.5
    assert np.median(flesh[ranges.skeleton.joint_index("tail_tip")]) < 0.04


def test_mice_are_seen_from_above_more_often() -> None:
    shares = {}
    for name in ("quadruped16.mouse", "human17"):
        ranges = load_ranges(name)
        rows = figure_rows(ranges)
        figures = sample_figures(ranges, np.random.default_rng(0).random((rows, 400), dtype=np.float32), SIDE)
        shares[name] = (figures.elevation > 1.0).mean()

    assert shares["quadruped16.mouse"] > 0.45 > 0.2 > shares["human17"] > 0.05
