"""Data sets of synthetic poses: what `poseviewer synthesize` writes and what lifters are trained on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.core.errors import PoseviewerError
from poseviewer.core.ranges import RangePreset
from poseviewer.core.skeleton import Skeleton
from poseviewer.geometry.kinematics import f_inverse
from poseviewer.geometry.rotations import trailing_matrices, trailing_vectors
from poseviewer.synthesis.poses import PlanarPoses, pose_rows, sample_poses
from poseviewer.synthesis.presets import PLAIN, SynthesisPreset
from poseviewer.synthesis.views import PlanarViews, flaw_rows, sample_flaws, sample_views, view_rows

Array = Any
Float = NDArray[np.float32]

CHUNK = 2048
"""Poses made at once: their arrays stay in a core's cache. Part of what a seed means: do not change."""


@dataclass(frozen=True)
class PlanarBatch:
    """N poses, their views, and what is left of the keypoints: noisy (2, J, N) and present (J, N)."""

    poses: PlanarPoses
    views: PlanarViews
    keypoints: Array
    present: Array


@dataclass(frozen=True)
class SyntheticBatch:
    """N synthetic poses.

    joints: (N, J, 3) upright, body frame, root at the origin, longest bone = 1.
    keypoints: (N, J, 2) x right, y down, NaN where missing.
    bone_lengths: (N, B). bone_spherical: (N, B, 3) r, theta, phi of the joints.
    rotation: (N, 3, 3): `joints @ rotation^T` is what the camera looks at along +y.
    """

    joints: Float
    keypoints: Float
    bone_lengths: Float
    bone_spherical: Float
    rotation: Float


def batch_rows(preset: RangePreset, recipe: SynthesisPreset) -> int:
    """How many uniform numbers one synthetic pose takes, view and flaws included."""
    return pose_rows(preset, recipe) + view_rows(recipe.views) + flaw_rows(preset.skeleton, recipe.flaws)


def sample_batch(preset: RangePreset, recipe: SynthesisPreset, uniforms: Array) -> PlanarBatch:
    """Uniform numbers (C, N), C = `batch_rows(preset, recipe)` -> N poses with their 2D views."""
    a = pose_rows(preset, recipe)
    b = a + view_rows(recipe.views)
    poses = sample_poses(preset, recipe, uniforms[:a, ...])
    views = sample_views(recipe.views, poses.joints, uniforms[a:b, ...])
    keypoints, present = sample_flaws(preset.skeleton, recipe.flaws, views.keypoints, uniforms[b:, ...])
    return PlanarBatch(poses, views, keypoints, present)


def chunk_uniforms(rows: int, seed: int, chunk: int, count: int = CHUNK, out: Float | None = None) -> Float:
    """The uniform numbers (rows, count) of one chunk of a seeded stream, into `out` if given.

    Chunks are independent of each other.
    """
    generator = np.random.Generator(np.random.SFC64(np.random.SeedSequence((seed, chunk))))
    return generator.random((rows, count), dtype=np.float32, out=out)


def stream(
    preset: RangePreset, recipe: SynthesisPreset, n: int, seed: int, workers: int = 2
) -> Iterator[tuple[int, PlanarBatch]]:
    """N poses in chunks, in order, made on several cores: (number of the first pose, batch) each."""
    rows = batch_rows(preset, recipe)
    kept = threading.local()  # one buffer per worker: fresh memory costs as much as the numbers in it

    def make(chunk: int) -> PlanarBatch:
        kept.uniforms = chunk_uniforms(rows, seed, chunk, out=getattr(kept, "uniforms", None))
        return sample_batch(preset, recipe, kept.uniforms[:, : min(CHUNK, n - chunk * CHUNK)])

    with ThreadPoolExecutor(workers) as pool:
        total = -(-n // CHUNK)
        # A window of chunks in flight, so that a long stream needs the memory of a short one.
        waiting = [pool.submit(make, k) for k in range(min(total, 2 * workers))]
        for k in range(total):
            batch = waiting.pop(0).result()
            if k + 2 * workers < total:
                waiting.append(pool.submit(make, k + 2 * workers))
            yield k * CHUNK, batch


def synthesize(
    skeleton: Skeleton, ranges: RangePreset, n: int, seed: int = 0, recipe: SynthesisPreset = PLAIN
) -> SyntheticBatch:
    """N valid poses and their 2D views; the same arguments give the same poses.

    Raises:
        PoseviewerError: n is below 1.
        SkeletonError: the ranges are for another skeleton.
    """
    if n < 1:
        raise PoseviewerError(f"Cannot synthesize {n} poses; ask for at least 1.")
    if ranges.skeleton != skeleton:
        raise PoseviewerError(
            f"The ranges '{ranges.name}' are for the skeleton '{ranges.skeleton.name}', not '{skeleton.name}'; "
            f"choose ranges made for '{skeleton.name}'."
        )
    joints = np.empty((n, skeleton.joint_count, 3), np.float32)
    keypoints = np.empty((n, skeleton.joint_count, 2), np.float32)
    rotation = np.empty((n, 3, 3), np.float32)
    lengths = np.empty((n, skeleton.bone_count), np.float32)
    for first, batch in stream(ranges, recipe, n, seed):
        part = slice(first, first + batch.present.shape[-1])
        joints[part] = trailing_vectors(batch.poses.joints)
        rotation[part] = trailing_matrices(batch.views.rotation)
        lengths[part] = batch.poses.lengths.T
        keypoints[part] = np.where(batch.present > 0, batch.keypoints, np.nan).transpose(2, 1, 0)
    return SyntheticBatch(joints, keypoints, lengths, f_inverse(skeleton, joints), rotation)
