"""What lies under the mouse: a pure function of the keypoints on screen and the place of the mouse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poseviewer.core.skeleton import Bone

PICK_RADIUS = 10.0


@dataclass(frozen=True)
class HitTarget:
    """What lies under the mouse.

    Attributes:
        joint: the nearest joint within the pick radius, or None.
        on_pose: true on a joint, along a bone or anywhere between the keypoints: where the whole pose can be taken.
        distance: screen pixels to the joint, infinite where there is none.
    """

    joint: int | None = None
    on_pose: bool = False
    distance: float = float("inf")


NOTHING = HitTarget()


def hit_test(
    points: NDArray[np.float64], bones: Sequence[Bone], x: float, y: float, radius: float = PICK_RADIUS
) -> HitTarget:
    """Find what lies at the screen place (x, y).

    Args:
        points: (J, 2) keypoints in screen pixels, NaN where absent.
        bones: the bones between them.
        radius: how near, in screen pixels, counts as on it; the nearest joint wins.
    """
    there = np.isfinite(points).all(axis=1)
    if not there.any():
        return NOTHING
    away = np.where(there, np.hypot(points[:, 0] - x, points[:, 1] - y), np.inf)
    nearest = int(np.argmin(away))
    if away[nearest] <= radius:
        return HitTarget(nearest, True, float(away[nearest]))
    mouse = np.array([x, y])
    return HitTarget(None, _between(points[there], mouse) or _along_a_bone(points, bones, mouse, radius))


def _between(points: NDArray[np.float64], mouse: NDArray[np.float64]) -> bool:
    """Whether the mouse is inside the convex hull: seen from inside, no half plane is free of points."""
    if len(points) < 3:
        return False
    to_points = points - mouse
    angles = np.sort(np.arctan2(to_points[:, 1], to_points[:, 0]))
    gaps = np.diff(np.append(angles, angles[0] + 2 * np.pi))
    return bool(gaps.max() < np.pi)


def _along_a_bone(
    points: NDArray[np.float64], bones: Sequence[Bone], mouse: NDArray[np.float64], radius: float
) -> bool:
    start = points[[b.parent for b in bones]]
    along = points[[b.child for b in bones]] - start
    square = np.maximum((along**2).sum(axis=1), 1e-12)
    share = np.clip(((mouse - start) * along).sum(axis=1) / square, 0.0, 1.0)
    away = np.linalg.norm(start + share[:, None] * along - mouse, axis=1)  # NaN where an end is absent
    return bool((away <= radius).any())
