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

from poseviewer.core.derived import derived
from poseviewer.core.ranges import RangePreset, SwingRange
from poseviewer.geometry.constants import Constant
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
    return _angle_rows(preset) + length_rows(preset, recipe)


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
    angles = sample_angles(preset, uniforms)
    count = preset.skeleton.bone_count
    if preset.kind == "swing":
        return planar_directions(preset, angles[:count, ...], angles[count : 2 * count, ...], angles[2 * count :, ...])
    theta, phi = angles[:count, ...], angles[count:, ...]
    directions = xp.empty((3, *theta.shape), dtype=theta.dtype, device=device(theta))
    flat = xp.sin(theta)
    directions[0, ...] = flat * xp.cos(phi)
    directions[1, ...] = flat * xp.sin(phi)
    directions[2, ...] = xp.cos(theta)
    return directions


def sample_angles(preset: RangePreset, uniforms: Array) -> Array:
    """Angles (A, N) within the ranges, from uniform numbers; all first ones, then all second, then all third."""
    plan = _angle_plan(preset)
    if preset.bell:
        uniforms = _bell(preset, plan, uniforms)
    angles = uniforms[plan.source, ...]
    angles *= plan.width.like(uniforms)
    angles += plan.low.like(uniforms)
    return angles


def sample_lengths(preset: RangePreset, recipe: SynthesisPreset, uniforms: Array) -> Array:
    """Bone lengths (B, N), left and right tied, the longest of each pose being 1."""
    xp = array_namespace(uniforms)
    plan = _length_plan(preset)
    if recipe.lengths == "uniform":
        lengths = uniforms[plan.groups, ...]
    else:
        logs = plan.spread.like(uniforms) @ _normals(uniforms[: 2 * plan.pairs, ...])
        lengths = xp.exp(logs + plan.log_template.like(uniforms))
        if not recipe.rigid:
            flex = plan.flex_width.like(uniforms) * uniforms[2 * plan.pairs :, ...]
            lengths *= flex + plan.flex_low.like(uniforms)
    lengths /= xp.max(lengths, axis=0)
    return lengths


def _bell(preset: RangePreset, plan: _AnglePlan, uniforms: Array) -> Array:
    """Rows of angles of which a share of the poses, `preset.bell`, is drawn towards the usual posture.

    Whole poses are drawn one way or the other: an animal at ease has every joint near its usual angle.
    """
    xp = array_namespace(uniforms)
    rows = plan.rows
    first = uniforms[:rows, ...]
    mean = first + uniforms[rows : 2 * rows, ...]
    mean += uniforms[2 * rows : 3 * rows, ...]
    mean *= 1 / 3
    if plan.usual is not None:
        # Below its half the mean spans the range up to the usual angle, above it the rest.
        usual = plan.usual.like(uniforms)
        mean = xp.where(mean < 0.5, 2 * usual * mean, 1 - 2 * (1 - usual) * (1 - mean))
    mean -= first
    mean *= xp.astype(uniforms[3 * rows, ...] < preset.bell, uniforms.dtype)
    mean += first
    return mean


def _normals(uniforms: Array) -> Array:
    """Standard normal numbers (2K, N) from as many uniform ones (Box and Muller 1958)."""
    xp = array_namespace(uniforms)
    half = uniforms.shape[0] // 2
    radius = xp.sqrt(-2 * xp.log(1 - uniforms[:half, ...] * (1 - 1e-7)))
    turn = 2 * math.pi * uniforms[half:, ...]
    return xp.concat([radius * xp.cos(turn), radius * xp.sin(turn)])


# --- constants of a preset -----------------------------------------------------------------------------


@dataclass(frozen=True)
class _AnglePlan:
    """The A angles of a pose, all bones of one kind after the other, and the C uniform numbers they come from.

    rows: C. source: the row of each angle (A,). low, width: of its interval (A, 1).
    usual: where in its interval the usual angle of each row lies (C, 1); None where all are in the middle.
    """

    rows: int
    source: list[int]
    low: Constant
    width: Constant
    usual: Constant | None


@derived
def _angle_plan(preset: RangePreset) -> _AnglePlan:
    """The rows do not depend on how wide an interval is, so that an edited range moves the same poses."""
    skeleton = preset.skeleton
    count = skeleton.bone_count
    names = ("theta", "phi") if preset.kind == "spherical" else ("flexion", "abduction", "twist")
    source = [kind * count + _drawn_by(preset, bone) for kind in range(2) for bone in range(count)]
    rows = 2 * count
    if preset.kind == "swing":
        # A twist moves only what hangs on the bone.
        twisting = sorted(set(skeleton.parent_bones) - {-1})
        source += [rows + twisting.index(_drawn_by(preset, b)) if b in twisting else 0 for b in range(count)]
        rows += len(twisting)
    intervals = [getattr(r, name) for name in names for r in preset.ranges]
    used = [i < 2 * count or s >= 2 * count for i, s in enumerate(source)]
    usual = [0.5] * rows
    for kind in range(len(names)):
        for bone, rotation in enumerate(preset.ranges):
            if isinstance(rotation, SwingRange) and used[kind * count + bone]:
                usual[source[kind * count + bone]] = rotation.usual_fractions()[kind]
    return _AnglePlan(
        rows,
        source,
        _column([i.min if u else 0.0 for i, u in zip(intervals, used, strict=True)]),
        _column([i.width if u else 0.0 for i, u in zip(intervals, used, strict=True)]),
        _column(usual) if set(usual) != {0.5} else None,
    )


def _drawn_by(preset: RangePreset, bone: int) -> int:
    """Whose uniform numbers a bone uses: a coupled bone its partner's, if that comes first."""
    rotation = preset.ranges[bone]
    coupled = isinstance(rotation, SwingRange) and rotation.coupled
    return min(bone, preset.skeleton.mirror_bones[bone]) if coupled else bone


@dataclass(frozen=True)
class _LengthPlan:
    """groups: the group of each bone (B,). spread: of each bone's log length by each normal number (B, 2 pairs):
    they are made two at a time. The rest are (B, 1).
    """

    groups: list[int]
    pairs: int
    log_template: Constant
    spread: Constant
    flex_low: Constant
    flex_width: Constant


@derived
def _length_plan(preset: RangePreset) -> _LengthPlan:
    groups = list(preset.skeleton.length_groups)
    own = max(groups) + 1
    pairs = (own + len(preset.factors) + 1) // 2
    spread = np.zeros((len(groups), 2 * pairs))
    spread[np.arange(len(groups)), groups] = [b.spread for b in preset.lengths]
    for k, factor in enumerate(preset.factors):
        spread[list(factor.bones), own + k] = factor.spread
    flex = [b.flex for b in preset.lengths]
    return _LengthPlan(
        groups,
        pairs,
        _column([math.log(b.template) for b in preset.lengths]),
        Constant(spread),
        _column([f.min for f in flex]),
        _column([f.width for f in flex]),
    )


def _column(values: list[float]) -> Constant:
    """(len, 1)."""
    return Constant(np.array(values)[:, None])


def _angle_rows(preset: RangePreset) -> int:
    rows = _angle_plan(preset).rows
    return 3 * rows + 1 if preset.bell else rows


def length_rows(preset: RangePreset, recipe: SynthesisPreset) -> int:
    """How many of a pose's uniform numbers its lengths take: the last ones."""
    plan = _length_plan(preset)
    if recipe.lengths == "uniform":
        return max(plan.groups) + 1
    return 2 * plan.pairs + (0 if recipe.rigid else preset.skeleton.bone_count)
