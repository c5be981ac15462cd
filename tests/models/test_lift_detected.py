"""What is detected is lifted part by part, as it would be all at once."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from poseviewer.io.skeleton_files import load_skeleton
from poseviewer.models.detect_media import DetectedFrames
from poseviewer.models.lift_detected import joined, lift_detected
from poseviewer.models.lifter import load_lifter


def part(first: int, keypoints: np.ndarray) -> DetectedFrames:
    count = len(keypoints)
    return DetectedFrames(
        np.arange(first, first + count), keypoints, np.ones(keypoints.shape[:2], np.float32), np.zeros((count, 4))
    )


def test_part_by_part_is_as_all_at_once(default_model: Path) -> None:
    lifter = load_lifter(default_model, load_skeleton("quadruped16"), "cpu")
    keypoints = np.random.default_rng(0).uniform(0, 300, (9, 16, 2))
    keypoints[4, 3:] = np.nan

    pairs = list(lift_detected([part(0, keypoints[:5]), part(5, keypoints[5:5]), part(5, keypoints[5:])], lifter))
    poses = joined(lifted for _, lifted in pairs)

    assert [found.frames.tolist() for found, _ in pairs] == [[0, 1, 2, 3, 4], [], [5, 6, 7, 8]]
    assert np.isnan(poses.joints[4]).all()
    others = [0, 1, 2, 3, 5, 6, 7, 8]
    np.testing.assert_allclose(poses.joints[others], lifter.lift(keypoints[others]).joints, atol=1e-3)
    assert len(poses) == 9 and poses.unit == "px"
