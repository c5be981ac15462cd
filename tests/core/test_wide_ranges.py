"""A skeleton that nobody has described can be drawn, saved and trained like any other."""

from __future__ import annotations

import numpy as np

from poseviewer.core.skeleton import Skeleton
from poseviewer.core.wide_ranges import wide_ranges
from poseviewer.io.skeleton_files import ranges_from_table, ranges_to_table
from poseviewer.synthesis.poses import sample_directions

MOUSE = Skeleton.from_names(
    "mouse",
    ["snout", "leftear", "rightear", "tailbase"],
    [("snout", "leftear"), ("snout", "rightear"), ("snout", "tailbase")],
    [("leftear", "rightear")],
)


def test_every_bone_may_point_anywhere_and_poses_can_be_made() -> None:
    ranges = wide_ranges(MOUSE)

    assert ranges.name == "mouse" and len(ranges.ranges) == MOUSE.bone_count
    assert ranges_from_table(ranges_to_table(ranges), "here", MOUSE) == ranges
    directions = sample_directions(ranges, np.random.default_rng(0).random((2 * MOUSE.bone_count, 200)))
    np.testing.assert_allclose(np.linalg.norm(directions, axis=0), 1)
    assert directions.min() < -0.9 and directions.max() > 0.9
