"""Uniform numbers -> valid 3D poses (001, section 3.3.2). Pure functions, numpy or torch, CPU or GPU.

Uniform numbers come as rows (C, N): one column of C numbers per pose. The same column always gives the same
pose, so a seed reproduces a data set, and an edited range moves the same poses instead of drawing new ones.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from array_api_compat import array_namespace, device

from poseviewer.core.ranges import RangePreset, RotationRange, SphericalRange
from poseviewer.geometry.kinematics import planar_directions, planar_joints
from poseviewer.synthesis.presets import SynthesisPreset

Array = Any


@dataclass(frozen=True)
class PlanarPoses:
    """N upright poses in the body frame, the longest bone of each being 1.

    lengths: (B, N). directions: (3, B, N) unit vectors. joints: (3, J, N), root at the origin.
    """

    lengths: Array
    directions: Array
    joints: Array


def pose_rows(preset: RangePreset, recipe: SynthesisPreset) -> int:
    """How many uniform numbers one pose takes."""
    return _angle_rows(preset) + _length_rows(preset, recipe)


def sample_poses(preset: RangePreset, recipe: SynthesisPreset, uniforms: Array) -> PlanarPoses:
    """N poses from uniform numbers (C, N), C = `pose_rows(preset, recipe)`."""
    split = _angle_rows(preset)
    directions = sample_directions(preset, uniforms[:split, ...])
    lengths = sample_lengths(preset, recipe, uniforms[split:, ...])
    joints = planar_joints(preset.skeleton, directions * lengths)
    return PlanarPoses(lengths, directions, joints)


def sample_directions(preset: RangePreset, uniforms: Array) -> Array:
    """Unit bone directions (3, B, N) within the ranges, from uniform numbers."""
    xp = array_namespace(uniforms)
    count = preset.skeleton.bone_count
    if preset.kind == "spherical":
        theta = _within(preset, "theta", uniforms[:count, ...])
        phi = _within(preset, "phi", uniforms[count : 2 * count, ...])
        flat = xp.sin(theta)
        return xp.stack([flat * xp.cos(phi), flat * xp.sin(phi), xp.cos(theta)])
    share = _shared_rows(preset)
    if preset.bell:
        uniforms = _bell(preset, uniforms)
    angles = [
        _within(preset, name, uniforms[k * count : (k + 1) * count, ...][share, ...])
        for k, name in enumerate(("flexion", "abduction", "twist"))
    ]
    return planar_directions(preset, *angles)


def sample_lengths(preset: RangePreset, recipe: SynthesisPreset, uniforms: Array) -> Array:
    """Bone lengths (B, N), left and right tied, the longest of each pose being 1."""
    xp = array_namespace(uniforms)
    groups = list(preset.skeleton.length_groups)
    count = max(groups) + 1
    if recipe.lengths == "uniform":
        lengths = uniforms[:count, ...][groups, ...]
        return lengths / xp.max(lengths, axis=0)
    normals = _normals(uniforms[:count, ...], uniforms[count : 2 * count, ...])
    spread = _column(uniforms, [b.spread for b in preset.lengths])
    logs = _column(uniforms, [math.log(b.template) for b in preset.lengths]) + spread * normals[groups, ...]
    row = 2 * count
    if preset.factors:
        n = len(preset.factors)
        shared = _normals(uniforms[row : row + n, ...], uniforms[row + n : row + 2 * n, ...])
        logs = logs + xp.asarray(_factor_matrix(preset), dtype=uniforms.dtype, device=device(uniforms)) @ shared
        row += 2 * n
    lengths = xp.exp(logs)
    if not recipe.rigid:
        flexible = [b.flex for b in preset.lengths]
        low, width = _column(uniforms, [f.min for f in flexible]), _column(uniforms, [f.width for f in flexible])
        lengths = lengths * (low + width * uniforms[row : row + len(flexible), ...])
    return lengths / xp.max(lengths, axis=0)


def _angle_rows(preset: RangePreset) -> int:
    count = preset.skeleton.bone_count
    if preset.kind == "spherical":
        return 2 * count
    return 3 * count if not preset.bell else 9 * count + 1


def _length_rows(preset: RangePreset, recipe: SynthesisPreset) -> int:
    count = max(preset.skeleton.length_groups) + 1
    if recipe.lengths == "uniform":
        return count
    return 2 * count + 2 * len(preset.factors) + (0 if recipe.rigid else preset.skeleton.bone_count)


def _bell(preset: RangePreset, uniforms: Array) -> Array:
    """Rows of angles of which a share of the poses, `preset.bell`, is drawn towards the middle.

    Whole poses are drawn one way or the other: an animal at ease has every joint near its middle.
    """
    xp = array_namespace(uniforms)
    rows = 3 * preset.skeleton.bone_count
    first = uniforms[:rows, ...]
    mean = (first + uniforms[rows : 2 * rows, ...] + uniforms[2 * rows : 3 * rows, ...]) / 3
    return xp.where(uniforms[3 * rows, ...] < preset.bell, mean, first)


def _within(preset: RangePreset, name: str, uniforms: Array) -> Array:
    """(B, N) uniform numbers -> (B, N) angles between the ends of one interval of every bone's range."""
    intervals = [getattr(r, name) for r in preset.ranges]
    low = _column(uniforms, [i.min for i in intervals])
    return low + _column(uniforms, [i.width for i in intervals]) * uniforms


def _shared_rows(preset: RangePreset) -> list[int]:
    """Whose uniform numbers each bone uses: a coupled bone its partner's, if that comes first."""
    partners = preset.skeleton.mirror_bones
    return [min(i, partners[i]) if _coupled(r) else i for i, r in enumerate(preset.ranges)]


def _coupled(rotation: RotationRange) -> bool:
    return not isinstance(rotation, SphericalRange) and rotation.coupled


def _normals(u1: Array, u2: Array) -> Array:
    """Standard normal numbers from two uniform ones (Box and Muller 1958)."""
    xp = array_namespace(u1)
    return xp.sqrt(-2 * xp.log(1 - u1 * (1 - 1e-7))) * xp.cos(2 * math.pi * u2)


def _column(like: Array, values: list[float]) -> Array:
    """(B, 1) constants of the kind of another array."""
    xp = array_namespace(like)
    return xp.asarray(values, dtype=like.dtype, device=device(like))[:, None]


def _factor_matrix(preset: RangePreset) -> np.ndarray[Any, np.dtype[np.float64]]:
    """(B, factors): the spread of a factor where it applies to a bone."""
    matrix = np.zeros((preset.skeleton.bone_count, len(preset.factors)))
    for k, factor in enumerate(preset.factors):
        matrix[list(factor.bones), k] = factor.spread
    return matrix
