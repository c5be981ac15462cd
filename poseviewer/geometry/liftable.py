"""Which poses can be lifted, and how those that were lie among those that could not be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.core.joint_names import FEWEST
from poseviewer.core.lifted import LiftedPoses


def liftable(points: NDArray[Any], visibility: NDArray[Any] | None = None) -> NDArray[np.bool_]:
    """(N,) true for poses (N, J, 2) with four keypoints or more that are not all in one place."""
    there = np.isfinite(points).all(-1)
    if visibility is not None:
        there &= visibility > 0
    low = np.where(there[..., None], points, np.inf).min(1)
    high = np.where(there[..., None], points, -np.inf).max(1)
    usable: NDArray[np.bool_] = (there.sum(1) >= FEWEST) & ((high - low).max(1) > 1e-6)
    return usable


def spread(poses: LiftedPoses, usable: NDArray[np.bool_]) -> LiftedPoses:
    """The lifted poses at their places among all frames (N,); the others are NaN."""

    def at_places(values: NDArray[Any], empty: Any) -> NDArray[Any]:
        full = np.full((len(usable), *values.shape[1:]), empty, dtype=values.dtype)
        full[usable] = values
        return full

    return replace(
        poses,
        joints=at_places(poses.joints, np.nan),
        depth_std=at_places(poses.depth_std, np.nan),
        origin=at_places(poses.origin, np.nan),
        given=at_places(poses.given, False),
    )
