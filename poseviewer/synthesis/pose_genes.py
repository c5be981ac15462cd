"""Poses as genes: the angles of every bone in the frame of its parent, bone lengths, and how the body stands.

After the hierarchical human skeleton of Li et al. 2020 (CVPR, "Cascaded deep monocular 3D human pose estimation with
evolutionary training data", section 3.1), with this program's local frames and rotation ranges in place of its tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poseviewer.core.derived import derived
from poseviewer.core.range_edits import axes_of
from poseviewer.core.ranges import RangePreset, SwingRange
from poseviewer.core.skeleton import Skeleton
from poseviewer.geometry.body_frame import axis_intervals, body_rotation, swings_of_pose
from poseviewer.geometry.kinematics import (
    joints_from_vectors,
    planar_directions,
    vectors_from_joints,
    vectors_from_spherical,
)

Array = NDArray[np.float64]
Rows = Any

TOLERANCE = 1e-6
"""Radians beyond a range that are rounding."""


@dataclass(frozen=True, eq=False)
class PoseGenes:
    """N poses.

    angles: (N, B, A) radians, in the order of `axes_of`: flexion, abduction and twist, or theta and phi.
    lengths: (N, B). rotation: (N, 3, 3) from the body frame to the upright world (z up).
    """

    angles: Array
    lengths: Array
    rotation: Array

    def __len__(self) -> int:
        return len(self.angles)

    def taken(self, rows: Rows) -> PoseGenes:
        """The poses of some rows."""
        return PoseGenes(self.angles[rows], self.lengths[rows], self.rotation[rows])


def joined(parts: Sequence[PoseGenes]) -> PoseGenes:
    """The poses of all parts, in order."""
    return PoseGenes(
        np.concatenate([p.angles for p in parts]),
        np.concatenate([p.lengths for p in parts]),
        np.concatenate([p.rotation for p in parts]),
    )


def genes_of_joints(preset: RangePreset, joints: ArrayLike) -> PoseGenes:
    """Joints (N, J, 3), any unit, z up -> genes; `joints_of_genes` gives the same poses back, but for their place.

    How the body stands is told as for lifted poses (`geometry.body_frame.body_rotation`), and a twist by the bones that
    hang on it.
    """
    points = np.asarray(joints, dtype=np.float64)
    vectors = np.asarray(vectors_from_joints(preset.skeleton, points))
    rotation = body_rotation(preset, points)
    return PoseGenes(swings_of_pose(preset, points, rotation), np.linalg.norm(vectors, axis=-1), rotation)


def joints_of_genes(preset: RangePreset, genes: PoseGenes) -> Array:
    """Joints (N, J, 3), z up, the root at the origin."""
    if preset.kind == "swing":
        planar = np.ascontiguousarray(genes.angles.transpose(2, 1, 0))
        units = np.asarray(planar_directions(preset, planar[0], planar[1], planar[2])).transpose(2, 1, 0)
    else:
        one = np.ones((*genes.angles.shape[:-1], 1))
        units = np.asarray(vectors_from_spherical(np.concatenate([one, genes.angles], axis=-1)))
    body = np.asarray(joints_from_vectors(preset.skeleton, units * genes.lengths[..., None]))
    stood: Array = body @ np.swapaxes(genes.rotation, -1, -2)
    return stood


def excess(preset: RangePreset, genes: PoseGenes) -> Array:
    """(N, B) radians by which each bone is beyond its range, by its worst angle; 0 inside.

    A twist counts only where something hangs on the bone: it is not seen otherwise.
    """
    low, high = axis_intervals(preset)
    beyond = np.maximum(np.maximum(low - genes.angles, genes.angles - high), 0.0)
    worst: Array = np.where(seen_axes(preset), beyond, 0.0).max(-1)
    return worst


def tied_lengths(skeleton: Skeleton, lengths: ArrayLike) -> Array:
    """Bone lengths (N, B), left and right made equal to their mean, the longest of each pose being 1."""
    own = np.asarray(lengths, dtype=np.float64)
    tied = (own + own[:, list(skeleton.mirror_bones)]) / 2
    scaled: Array = tied / tied.max(1, keepdims=True)
    return scaled


@derived
def subtrees(skeleton: Skeleton) -> NDArray[np.bool_]:
    """(B, B): true where the second bone is the first or hangs on it."""
    hangs = np.eye(skeleton.bone_count, dtype=np.bool_)
    for bone, parent in enumerate(skeleton.parent_bones):
        if parent >= 0:
            hangs[:, bone] |= hangs[:, parent]
    return hangs


@derived
def seen_axes(preset: RangePreset) -> NDArray[np.bool_]:
    """(B, A): true for the angles that change a pose: all but the twists of bones on which nothing hangs."""
    carriers = set(preset.skeleton.parent_bones)
    names = [axes_of(rotation) for rotation in preset.ranges]
    return np.array([[name != "twist" or bone in carriers for name in row] for bone, row in enumerate(names)])


@derived
def partners(preset: RangePreset) -> tuple[int, ...]:
    """For every bone the one that moves as it does, mirrored: its partner where they are coupled, else itself."""
    return tuple(
        preset.skeleton.mirror_bones[bone] if isinstance(rotation, SwingRange) and rotation.coupled else bone
        for bone, rotation in enumerate(preset.ranges)
    )
