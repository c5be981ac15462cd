"""From detections to 3D poses as they come: decode, detect and lift in one stream."""

from __future__ import annotations

from collections.abc import Generator, Iterable

import numpy as np

from poseviewer.core.lifted import LiftedPoses
from poseviewer.geometry.liftable import liftable, spread
from poseviewer.models.base import Lifter
from poseviewer.models.detect_media import DetectedFrames


def lift_detected(
    parts: Iterable[DetectedFrames], lifter: Lifter
) -> Generator[tuple[DetectedFrames, LiftedPoses], None, None]:
    """Each part with the poses of its frames; a frame with fewer than four keypoints is NaN.

    Closing it does not close `parts`.
    """
    for part in parts:
        usable = liftable(part.keypoints)
        yield part, spread(lifter.lift(part.keypoints[usable]), usable)


def joined(parts: Iterable[LiftedPoses]) -> LiftedPoses:
    """One after the other; there must be at least one."""
    poses = list(parts)
    return LiftedPoses(
        poses[0].skeleton,
        np.concatenate([part.joints for part in poses]),
        np.concatenate([part.depth_std for part in poses]),
        np.concatenate([part.origin for part in poses]),
        np.concatenate([part.given for part in poses]),
        poses[0].unit,
    )
