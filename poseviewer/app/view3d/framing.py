"""From lifted joints in pixels to the world of the 3D view, at a size that holds still while a joint is dragged."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from poseviewer.app.view3d.composer import Array, ScenePose

GROWN, SHRUNK = 1.6, 0.45
"""Beyond these ratios to the size it was framed at, a pose is framed anew: it would leave the view, or vanish in it."""

LONGEST_STD = 3.0
"""In sizes of the pose; a line that is longer would only run out of the view."""


class Framing:
    """Centres every pose and divides it by one size, which is kept until `reset`."""

    def __init__(self) -> None:
        self._size: float | None = None
        self._middle = np.zeros(3)

    @property
    def is_set(self) -> bool:
        """Whether there is a size to keep."""
        return self._size is not None

    def reset(self) -> None:
        """Take the next pose's size: it is of another frame or animal."""
        self._size = None

    def placed(
        self, joints: ArrayLike, given: ArrayLike | None = None, depth_std: ArrayLike | None = None
    ) -> ScenePose:
        """The pose as it stands in the view's world (x right, y away from the photo's camera, z up).

        Args:
            joints: (J, 3) camera frame (x right, y down, z away), any unit; a joint that is not finite is not drawn.
            given: (J,) true for joints whose keypoint was given; None means all.
            depth_std: (J,) in the unit of the joints.
        """
        world = _world_of(joints)
        size = self._size_for(world)
        known = np.isfinite(world[:, 0])
        self._middle = world[known].mean(axis=0) if known.any() else np.zeros(3)
        std = np.zeros(len(world)) if depth_std is None else np.array(depth_std, dtype=np.float64)
        std[~np.isfinite(std)] = 0.0
        solid = np.ones(len(world), dtype=bool) if given is None else np.asarray(given, dtype=bool)
        placed = (world - self._middle) / size
        return ScenePose(joints=placed, solid=solid, depth_std=np.minimum(std / size, LONGEST_STD))

    def beside(self, joints: ArrayLike) -> ScenePose:
        """Another pose of the same frame, (J, 3) as in `placed`, where it lies to the one that was placed last."""
        world = _world_of(joints)
        size = self._size or self._size_for(world)
        solid = np.ones(len(world), dtype=bool)
        return ScenePose(joints=(world - self._middle) / size, solid=solid, depth_std=np.zeros(len(world)))

    def _size_for(self, world: Array) -> float:
        known = world[np.isfinite(world[:, 0])]
        reach = float(np.linalg.norm(known - known.mean(axis=0), axis=1).max()) if len(known) else 0.0
        if reach <= 0:
            return self._size or 1.0
        if self._size is None or not SHRUNK * self._size < reach < GROWN * self._size:
            self._size = reach
        return self._size


def world_vectors(camera: ArrayLike) -> Array:
    """Vectors (..., 3) of the camera frame (x right, y down, z away) in the axes of the view's world (z up)."""
    x, y, z = np.moveaxis(np.asarray(camera, dtype=np.float64), -1, 0)
    return np.stack([x, z, -y], axis=-1)


def _world_of(joints: ArrayLike) -> Array:
    """(J, 3), NaN throughout where a joint is not finite."""
    camera = np.array(joints, dtype=np.float64).reshape(-1, 3)
    camera[~np.isfinite(camera).all(axis=1)] = np.nan
    return world_vectors(camera)
