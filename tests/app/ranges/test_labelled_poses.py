from __future__ import annotations

import immutables
import numpy as np
import pytest

from poseviewer.app.ranges.labelled_poses import LabelledPoses
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import FrameKey, Instance, MediaRef, Project
from poseviewer.core.ranges import RangePreset
from poseviewer.io.skeleton_files import load_ranges


@pytest.fixture
def ranges() -> RangePreset:
    return load_ranges("quadruped16")


def pose(count: int) -> Pose2D:
    """Only the first keypoints."""
    xy = np.full((16, 2), np.nan)
    xy[:count] = np.arange(2 * count).reshape(-1, 2)
    return Pose2D(xy)


def project(ranges: RangePreset, **labels: tuple[Instance, ...]) -> Project:
    video = MediaRef("v", "/films/walk.mp4", "video", 1, "", 50, 80, 60, 25.0)
    folder = MediaRef("f", "/photos", "images", 1, "", 2, 80, 60, 0.0, ("a.png", "b.png"))
    frames = {FrameKey(name[0], int(name[1:])): instances for name, instances in labels.items()}
    return Project(ranges.skeleton, ranges, (video, folder), immutables.Map(frames))


def test_users_poses_with_enough_keypoints(ranges: RangePreset) -> None:
    made = project(
        ranges,
        v7=(Instance(pose(16)), Instance(pose(5))),
        v9=(Instance(pose(3)),),
        f1=(Instance(pose(4)),),
        v11=(Instance(pose(16), predicted=True),),
    )

    found = LabelledPoses.of(made)

    assert found.places == ((FrameKey("f", 1), 0), (FrameKey("v", 7), 0), (FrameKey("v", 7), 1))
    assert found.keypoints.shape == (3, 16, 2)
    np.testing.assert_array_equal(np.isfinite(found.keypoints[..., 0]).sum(axis=1), [4, 16, 5])
    assert [found.name(made, i) for i in range(3)] == ["b.png", "walk.mp4 · 7 · animal 1", "walk.mp4 · 7 · animal 2"]


def test_none(ranges: RangePreset) -> None:
    found = LabelledPoses.of(project(ranges))

    assert found.places == () and found.keypoints.shape == (0, 16, 2)


def test_media_that_was_removed_meanwhile(ranges: RangePreset) -> None:
    made = project(ranges, v7=(Instance(pose(16)),))

    assert LabelledPoses.of(made).name(Project(ranges.skeleton, ranges), 0) == "frame 7"
