"""Seeded views of 3D poses: the pictures that a lifter is measured on.

A camera stands at a uniform azimuth and at a uniform elevation above the horizon, and looks at the pose's root.
Orthographic keypoints are the joints' x and y. In perspective (Drover et al. 2018, section 3.1: root at distance 10
where the head is at distance 1 from the root) they are x and y over relative distance, in the unit of the joints.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poseviewer.geometry.camera import body_to_camera, project_orthographic, project_perspective
from poseviewer.geometry.metrics import Root
from poseviewer.geometry.rotations import planar_vectors, rotate, trailing_vectors, view_rotations

Array = NDArray[np.float64]
Camera = Literal["orthographic", "perspective"]

NEAREST = 0.1
"""No joint comes closer to a perspective camera than this share of the camera's distance: nearer ones are cut off."""


@dataclass(frozen=True)
class ViewRange:
    """Where cameras stand.

    Attributes:
        elevation: degrees above the horizon, lowest and highest.
        camera: how they project. distance: perspective cameras', in units of the pose's extent.
    """

    elevation: tuple[float, float] = (0.0, 20.0)
    camera: Camera = "orthographic"
    distance: float = 10.0


@dataclass(frozen=True, eq=False)
class SeenPoses:
    """joints: (N, J, 3) in the camera frame, where they were in the world. keypoints: (N, J, 2), the root at 0.

    Both in one unit, NaN where a joint is missing.
    """

    joints: Array
    keypoints: Array


def see_poses(
    joints: ArrayLike,
    views: ViewRange,
    seed: int,
    root: Root = 0,
    extent: float = 1.0,
    clip: ArrayLike | None = None,
) -> SeenPoses:
    """Look at each pose once.

    Args:
        joints: (N, J, 3), z up, NaN where missing.
        seed: of the views; one seed gives the same views of as many poses.
        root: what the cameras look at, where it is known; the middle of the known joints otherwise.
        extent: the unit of the distance of perspective cameras, in the joints' unit; see `mean_extent`.
        clip: (N,) the clip of each pose, below 0 for none; the poses of a clip then share one view.
    """
    poses = np.asarray(joints, dtype=np.float64)
    of_pose = np.arange(len(poses)) if clip is None else _numbered(np.asarray(clip))
    count = int(of_pose.max(initial=-1)) + 1
    random = np.random.default_rng(seed)
    zero = np.zeros(count)
    azimuth = random.uniform(-np.pi, np.pi, count)
    rotation = view_rotations(azimuth, np.radians(random.uniform(*views.elevation, count)), zero, zero)
    turned = trailing_vectors(rotate(rotation[:, :, of_pose], planar_vectors(poses)))
    seen: Array = np.asarray(body_to_camera(turned))
    centred = seen - _aims(seen, root)
    if views.camera == "orthographic":
        return SeenPoses(seen, np.asarray(project_orthographic(centred)))
    distance = np.full(len(poses), views.distance * extent)
    centred[centred[..., 2] < (NEAREST - 1.0) * distance[:, None]] = np.nan
    return SeenPoses(seen, np.asarray(project_perspective(centred, distance)))


def mean_extent(joints: ArrayLike, root: Root, head: int | None) -> float:
    """Mean distance of the head from the root, over the poses that have both.

    Without a head, of the joint that is farthest from the root (or from the middle where there is no root).
    """
    poses = np.asarray(joints, dtype=np.float64)
    from_root = np.linalg.norm(poses - _aims(poses, root), axis=-1)
    distances = np.full(len(poses), np.nan) if head is None else from_root[:, head]
    if not np.isfinite(distances).any():
        distances = np.where(np.isfinite(from_root), from_root, -np.inf).max(axis=1)
    distances = distances[np.isfinite(distances)]
    return float(distances.mean()) if distances.size else float("nan")


def _aims(poses: Array, root: Root) -> Array:
    """(N, 1, 3) the root of each pose, or the middle of the joints that are there."""
    known = np.asarray(np.isfinite(poses).all(axis=-1))[..., None]
    middle = np.where(known, poses, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    place = poses[:, np.atleast_1d(root)].mean(axis=1)
    aims: Array = np.where(np.asarray(np.isfinite(place).all(axis=-1))[:, None], place, middle)[:, None]
    return aims


def _numbered(clip: NDArray[np.int64]) -> NDArray[np.int64]:
    """Clips from 0 without gaps, each pose of none in one of its own."""
    alone = clip < 0
    own = np.where(alone, int(clip.max(initial=-1)) + 1 + np.cumsum(alone), clip)
    return np.unique(own, return_inverse=True)[1].astype(np.int64)
