"""Views are seeded, stand where they should, and keep the pose that they see."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.geometry.metrics import mean_error, p_mpjpe
from poseviewer.geometry.pose_views import ViewRange, mean_extent, see_poses

STANDING = np.array([[[0, 0, 0], [0, 0, 600], [100, 0, 0], [0, -50, 300]]], dtype=float) + [7, 8, 9]
"""Root, head 600 mm above it, and two others; not at the origin."""
MANY = np.repeat(STANDING, 500, axis=0)


def test_a_seed_gives_the_same_views_again_and_another_others() -> None:
    first, again, other = (see_poses(MANY, ViewRange(), seed).joints for seed in (3, 3, 4))

    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 10


def test_the_pose_stays_what_it_is() -> None:
    seen = see_poses(MANY, ViewRange((-30, 60)), 0)

    assert mean_error(p_mpjpe(seen.joints, MANY)) < 1e-9
    np.testing.assert_allclose(seen.keypoints, (seen.joints - seen.joints[:, :1])[..., :2], atol=1e-9)


@pytest.mark.parametrize("elevation", [(0.0, 20.0), (-40.0, -10.0), (15.0, 15.0)])
def test_cameras_stand_within_their_elevations_and_all_around(elevation: tuple[float, float]) -> None:
    seen = see_poses(MANY, ViewRange(elevation), 0)

    upright = seen.joints[:, 1] - seen.joints[:, 0]
    # Seen from above, the head is nearer to the camera than the pelvis: z is away from it.
    found = np.degrees(np.arcsin(-upright[:, 2] / 600))
    assert elevation[0] - 1e-6 <= found.min() <= found.max() <= elevation[1] + 1e-6
    assert found.max() - found.min() >= 0.9 * (elevation[1] - elevation[0])
    side = seen.joints[:, 2] - seen.joints[:, 0]
    azimuth = np.arctan2(side[:, 2], side[:, 0])
    assert np.histogram(azimuth, 8, (-np.pi, np.pi))[0].min() > 30


def test_poses_of_a_clip_share_a_view_and_those_of_none_do_not() -> None:
    clip = np.array([5, 5, -1, 2, 5, -1])

    seen = see_poses(MANY[:6], ViewRange(), 0, clip=clip).joints

    np.testing.assert_array_equal(seen[0], seen[1])
    np.testing.assert_array_equal(seen[0], seen[4])
    assert len({pose.tobytes() for pose in seen}) == 4


def test_perspective_from_ten_head_root_distances() -> None:
    # From the side at the height of the root: the head (600 up) is at the distance 6000 and keeps its size.
    straight = ViewRange((0.0, 0.0), "perspective", 10.0)
    seen = see_poses(STANDING, straight, 0, root=0, extent=mean_extent(STANDING, 0, 1))

    np.testing.assert_allclose(seen.keypoints[0, 0], [0, 0], atol=1e-9)
    np.testing.assert_allclose(seen.keypoints[0, 1], [0, -600], atol=1e-9)
    away = seen.joints[0, 2] - seen.joints[0, 0]
    np.testing.assert_allclose(seen.keypoints[0, 2], away[:2] * 6000 / (6000 + away[2]), atol=1e-9)


def test_far_away_a_perspective_camera_is_an_orthographic_one() -> None:
    far = see_poses(MANY, ViewRange(camera="perspective", distance=1e7), 0, extent=600)

    np.testing.assert_allclose(far.keypoints, see_poses(MANY, ViewRange(), 0).keypoints, atol=1e-3)


def test_what_is_behind_the_camera_is_not_seen() -> None:
    near = see_poses(MANY, ViewRange(camera="perspective", distance=1.5), 0, extent=60)

    hidden = np.isnan(near.keypoints).any(axis=-1)
    assert 0 < hidden.mean() < 0.5
    assert np.nanmax(np.abs(near.keypoints)) <= 601 / 0.1


def test_a_missing_joint_stays_missing_and_a_missing_root_is_replaced() -> None:
    pose = STANDING.copy()
    pose[0, 0] = np.nan

    keypoints = see_poses(pose, ViewRange(), 0, root=0).keypoints

    assert np.isnan(keypoints[0, 0]).all()
    np.testing.assert_allclose(np.nanmean(keypoints, axis=1), [[0, 0]], atol=1e-9)


def test_the_extent_is_from_the_root_to_the_head_or_to_the_farthest() -> None:
    assert mean_extent(STANDING, 0, 1) == pytest.approx(600)
    assert mean_extent(STANDING, 0, 2) == pytest.approx(100)
    assert mean_extent(STANDING, 0, None) == pytest.approx(600)
    assert mean_extent(np.concatenate([STANDING, STANDING / 2]), 0, 1) == pytest.approx(450)
