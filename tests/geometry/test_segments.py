"""Segments of a two-bone arm at a right angle, a small floor and a camera at a known place."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from poseviewer.geometry.segments import bone_segments, camera_glyph, flattened, floor_lines, whiskers

ARM = np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [1.0, 0.0, 2.0]])
BONES = [(0, 1), (1, 2)]


def test_each_bone_is_a_segment_from_parent_to_child() -> None:
    assert_array_equal(bone_segments(ARM, BONES), [[ARM[0], ARM[1]], [ARM[1], ARM[2]]])


def test_many_poses_make_one_array_pose_after_pose() -> None:
    poses = np.stack([ARM, ARM + 10.0, ARM * 2.0])
    segments = bone_segments(poses, BONES)
    assert segments.shape == (6, 2, 3)
    for n, pose in enumerate(poses):
        assert_array_equal(segments[2 * n : 2 * n + 2], bone_segments(pose, BONES))


def test_a_bone_of_a_missing_joint_stays_missing() -> None:
    arm = ARM.copy()
    arm[2] = np.nan
    segments = bone_segments(arm, BONES)
    assert np.isfinite(segments[0]).all()
    assert np.isnan(segments[1, 1]).all()


def test_no_bones_make_no_segments() -> None:
    assert bone_segments(ARM, []).shape == (0, 2, 3)


def test_the_floor_is_a_closed_grid_at_one_height() -> None:
    lines = floor_lines(spacing=0.5, reach=2, height=-3.0, pieces=1)
    assert lines.shape == (2 * 5 * 4, 2, 3)
    assert_array_equal(lines[..., 2], -3.0)
    assert_allclose([lines[..., :2].min(), lines[..., :2].max()], [-1.0, 1.0])
    assert_allclose(np.linalg.norm(lines[:, 1] - lines[:, 0], axis=-1), 0.5)
    assert_allclose(np.unique(lines[:20, 0, 1]), [-1.0, -0.5, 0.0, 0.5, 1.0])


def test_finer_pieces_cover_the_same_length() -> None:
    lengths = [np.linalg.norm(np.diff(floor_lines(0.5, 2, 0.0, pieces), axis=1), axis=-1).sum() for pieces in (1, 2, 5)]
    assert_allclose(lengths, 2 * 5 * 2.0)


def test_a_shadow_lies_straight_below() -> None:
    shadow = flattened(bone_segments(ARM, BONES), -1.0)
    assert_array_equal(shadow[..., :2], bone_segments(ARM, BONES)[..., :2])
    assert_array_equal(shadow[..., 2], -1.0)


def test_whiskers_reach_one_deviation_to_each_side() -> None:
    lines = whiskers(ARM, [0.0, 0.5, 1.0], [0.0, 1.0, 0.0])
    assert_allclose(lines.mean(axis=1), ARM)
    assert_allclose(lines[:, 1, 1] - lines[:, 0, 1], [0.0, 1.0, 2.0])


def test_the_camera_looks_along_y() -> None:
    glyph = camera_glyph([1.0, -5.0, 2.0], size=0.4)
    assert glyph.shape == (8, 2, 3)
    assert_array_equal(glyph[:4, 0], [[1.0, -5.0, 2.0]] * 4)
    assert_allclose(glyph[4:, :, 1], -4.6)
    assert np.ptp(glyph[4:, :, 0]) == pytest.approx(0.4)
    assert_array_equal(glyph[4:, 1], np.roll(glyph[4:, 0], -1, axis=0))
