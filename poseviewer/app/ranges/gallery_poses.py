"""The poses of the gallery: the same random numbers through whatever the ranges are now. Without Qt."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from poseviewer.core.ranges import RangePreset
from poseviewer.core.skeleton import Skeleton
from poseviewer.geometry.pose_check import PoseCheck, check_poses
from poseviewer.geometry.rotations import trailing_vectors
from poseviewer.synthesis.generate import Float, batch_rows, chunk_uniforms, sample_batch
from poseviewer.synthesis.presets import DEFAULT

COUNTS = (16, 36, 64)
MOVED = 1e-4
"""A bone end that moves less, in body units, stayed where it was: rounding."""


@dataclass(frozen=True, eq=False)
class GallerySample:
    """N synthetic poses.

    Attributes:
        joints: (N, J, 3) body frame, longest bone = 1, the root at the origin.
        keypoints: (N, J, 2) as training sees them: noisy, x right, y down, NaN where missing.
        check: what is impossible about each.
    """

    skeleton: Skeleton
    joints: NDArray[np.float32]
    keypoints: NDArray[np.float32]
    check: PoseCheck

    def __len__(self) -> int:
        return len(self.joints)


@dataclass(frozen=True, eq=False)
class GalleryPose:
    """One pose of the gallery: what a click chooses.

    Attributes:
        seed, index: which of the random poses it is.
        joints: (J, 3) body frame. keypoints: (J, 2), NaN where missing.
        faults: what is impossible about it, a sentence each.
    """

    seed: int
    index: int
    joints: NDArray[np.float32]
    keypoints: NDArray[np.float32]
    faults: tuple[str, ...]


def sample_gallery(ranges: RangePreset, seed: int, count: int) -> GallerySample:
    """The first `count` poses of a seed. The same seed gives the same random numbers whatever the ranges are, so an
    edit moves the poses instead of exchanging them; and pose k is the same one however many are shown."""
    uniforms = _uniforms(batch_rows(ranges, DEFAULT), seed)[:, :count]
    batch = sample_batch(ranges, DEFAULT, uniforms)
    joints = trailing_vectors(batch.poses.joints)
    keypoints = np.where(batch.present > 0, batch.keypoints, np.nan).transpose(2, 1, 0)
    return GallerySample(ranges.skeleton, joints, keypoints, check_poses(ranges.skeleton, joints))


def moved_bones(now: GallerySample, before: GallerySample) -> NDArray[np.bool_]:
    """(N, B) true where a bone is no longer where it was; of other poses or another skeleton, none has moved."""
    bones = np.array([(b.parent, b.child) for b in now.skeleton.bones])
    if now.skeleton != before.skeleton or len(now) != len(before):
        return np.zeros((len(now), len(bones)), dtype=bool)
    moved: NDArray[np.bool_] = (np.abs(now.joints - before.joints) > MOVED).any(axis=-1)
    either: NDArray[np.bool_] = moved[:, bones].any(axis=-1)
    return either


@lru_cache(maxsize=2)
def _uniforms(rows: int, seed: int) -> Float:
    """The first columns of a seed's first chunk, so that these are the first poses that `synthesize` makes of it."""
    numbers = chunk_uniforms(rows, seed, 0)[:, : max(COUNTS)].copy()
    numbers.flags.writeable = False
    return numbers
