"""From bone lengths and angles to joints and back: eqs. 3-6 of the synthesis paper (001), and swing angles.

Every function takes numpy arrays or torch tensors and returns the same kind. Two layouts are in use:
`(..., B, 3)` at the border, and `(3, B, N)` ("planar": long contiguous rows) where millions are made.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
from array_api_compat import array_namespace, device

from poseviewer.core.derived import derived
from poseviewer.core.ranges import RangePreset, SwingRange
from poseviewer.core.skeleton import Skeleton
from poseviewer.geometry.constants import Constant

Array = Any


# --- joints <-> bone vectors -------------------------------------------------------------------------


def joints_from_vectors(skeleton: Skeleton, vectors: Array) -> Array:
    """Bone vectors (..., B, 3) -> joints (..., J, 3) with the root at the origin: eq. 5, recursively.

    A joint is the sum of the bones on its way from the root, so the recursion is one matrix product.
    """
    return _paths(skeleton).like(vectors) @ vectors


def vectors_from_joints(skeleton: Skeleton, joints: Array) -> Array:
    """Joints (..., J, 3) -> bone vectors (..., B, 3)."""
    parents = [b.parent for b in skeleton.bones]
    children = [b.child for b in skeleton.bones]
    return joints[..., children, :] - joints[..., parents, :]


def planar_joints(skeleton: Skeleton, vectors: Array) -> Array:
    """`joints_from_vectors` for planar arrays: (3, B, N) -> (3, J, N)."""
    return _paths(skeleton).like(vectors) @ vectors


# --- spherical coordinates: f and its inverse --------------------------------------------------------


def vectors_from_spherical(spherical: Array) -> Array:
    """(r, theta, phi) (..., 3) -> vectors (..., 3): eq. 5."""
    xp = array_namespace(spherical)
    r, theta, phi = spherical[..., 0], spherical[..., 1], spherical[..., 2]
    flat = r * xp.sin(theta)
    return xp.stack([flat * xp.cos(phi), flat * xp.sin(phi), r * xp.cos(theta)], axis=-1)


def spherical_from_vectors(vectors: Array) -> Array:
    """Vectors (..., 3) -> (r, theta, phi) (..., 3), theta in [0, pi], phi in (-pi, pi].

    theta comes from atan2 and not from arccos: it keeps its precision at the poles, where legs point.
    """
    xp = array_namespace(vectors)
    x, y, z = vectors[..., 0], vectors[..., 1], vectors[..., 2]
    flat = xp.hypot(x, y)
    return xp.stack([xp.hypot(flat, z), xp.atan2(flat, z), xp.atan2(y, x)], axis=-1)


def f(skeleton: Skeleton, spherical: Array) -> Array:
    """O (..., B, 3) -> P (..., J, 3), root at the origin: eq. 6."""
    return joints_from_vectors(skeleton, vectors_from_spherical(spherical))


def f_inverse(skeleton: Skeleton, joints: Array) -> Array:
    """P (..., J, 3) -> O (..., B, 3): eq. 6. A bone of length 0 has the angles 0."""
    return spherical_from_vectors(vectors_from_joints(skeleton, joints))


# --- swing angles ------------------------------------------------------------------------------------


def swing_frame(swing: SwingRange) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The axes that a bone's swing angles refer to, as columns (3, 3) in the body frame at rest.

    First the rest direction, last the outward direction made perpendicular to it. The middle one is where
    positive flexion goes: a right-handed turn about the animal's left-pointing axis, on both sides. For a
    bone that points down that is backwards, forwards it is down, up it is forwards.

    The frame of a bone on the right is the mirror image of its partner's (its determinant is -1), which is
    why equal angles on both sides are mirror images of each other.
    """
    rest = np.asarray(swing.rest)
    # Where outward is the rest direction itself, up stands in for it, and for a bone that points up, backwards.
    for towards in (swing.outward, (0.0, 0.0, 1.0), (0.0, 1.0, 0.0)):
        out = np.asarray(towards) - np.dot(towards, rest) * rest
        norm = np.linalg.norm(out)
        if norm > 1e-6:
            break
    out = out / norm
    side = -1.0 if swing.outward[0] < 0 or (swing.outward[0] == 0 and rest[0] < 0) else 1.0
    return np.stack([rest, side * np.cross(out, rest), out], axis=1)


def planar_directions(preset: RangePreset, flexion: Array, abduction: Array, twist: Array) -> Array:
    """Swing angles, each (B, N) in radians -> unit bone directions (3, B, N) in the body frame.

    The frame of bone i is G_i = G_parent C_i S(flexion, abduction) T(twist), where C_i takes the parent's
    rest axes to the bone's own; its first column is the bone's direction. Bones of equal depth go together.
    A bone that does not carry hands on G_parent C_i T(twist) instead.
    """
    xp = array_namespace(flexion)
    directions = xp.empty((3, *flexion.shape), dtype=flexion.dtype, device=device(flexion))
    frames: list[Array] = []  # the columns of the frames of the last depth, each (3, K, N)
    for level in _levels(preset):
        a, b = flexion[level.bones, ...], abduction[level.bones, ...]
        ca, sa, cb, sb = xp.cos(a), xp.sin(a), xp.cos(b), xp.sin(b)
        constant = [column.like(flexion) for column in level.constants]
        parent = [column[:, level.parents, :] for column in frames]
        first = _turned(parent, _turned(constant, [cb * ca, cb * sa, sb]))
        directions[:, level.bones, :] = first
        if not level.has_children:
            continue
        if level.carried is not None:
            carried = level.carried.like(flexion)
            ca, sa, cb, sb = xp.cos(a * carried), xp.sin(a * carried), xp.cos(b * carried), xp.sin(b * carried)
            first = _turned(parent, _turned(constant, [cb * ca, cb * sa, sb]))
        ct, st = xp.cos(twist[level.bones, ...]), xp.sin(twist[level.bones, ...])
        lifted = sb * st
        second = _turned(parent, _turned(constant, [-sa * ct - ca * lifted, ca * ct - sa * lifted, cb * st]))
        third = _cross(xp, first, second) * level.handedness.like(flexion)
        frames = [first, second, third]
    return directions


def directions_from_swings(preset: RangePreset, swings: Array) -> Array:
    """(flexion, abduction, twist) (..., B, 3) -> unit directions (..., B, 3) in the body frame."""
    xp = array_namespace(swings)
    lead = swings.shape[:-2]
    flat = xp.reshape(swings, (-1, *swings.shape[-2:]))
    planar = xp.permute_dims(flat, (2, 1, 0))
    directions = planar_directions(preset, planar[0, ...], planar[1, ...], planar[2, ...])
    return xp.reshape(xp.permute_dims(directions, (2, 1, 0)), (*lead, *swings.shape[-2:]))


def swings_from_directions(preset: RangePreset, directions: Array, twist: Array | None = None) -> Array:
    """The inverse of `directions_from_swings`: (..., B, 3) -> (flexion, abduction, twist) (..., B, 3).

    A direction says nothing about the twist of its own bone, so twists (..., B) are taken as given (zero
    without). Flexion is in (-pi, pi], abduction in [-pi/2, pi/2].
    """
    xp = array_namespace(directions)
    skeleton = preset.skeleton
    frames: list[Array] = []
    answers = []
    for bone, parent in enumerate(skeleton.parent_bones):
        constant = _constants(preset)[bone].like(directions)
        base = constant if parent < 0 else frames[parent] @ constant
        local = xp.sum(base * directions[..., bone, :, None], axis=-2)  # base^T d
        a = xp.atan2(local[..., 1], local[..., 0])
        b = xp.atan2(local[..., 2], xp.hypot(local[..., 0], local[..., 1]))
        t = xp.zeros_like(a) if twist is None else twist[..., bone]
        answers.append(xp.stack([a, b, t], axis=-1))
        carried = float(_carries(preset)[bone])
        frames.append(base @ _swing_twist(xp, a * carried, b * carried, t))
    return xp.stack(answers, axis=-2)


def parent_frame(preset: RangePreset, bone: int, swings: Array) -> Array:
    """The frame that the swing angles of one bone refer to, in poses (..., B, 3) of (flexion, abduction, twist).

    Columns (..., 3, 3) in the body frame: G_parent C_i of `planar_directions`. The bone points along this frame times
    (cos b cos a, cos b sin a, sin b). Only the bones on its way from the root are looked at.
    """
    xp = array_namespace(swings)
    parent = preset.skeleton.parent_bones[bone]
    constant = _constants(preset)[bone].like(swings)
    if parent < 0:
        return xp.broadcast_to(constant, (*swings.shape[:-2], 3, 3))
    carried = float(_carries(preset)[parent])
    a, b, t = swings[..., parent, 0] * carried, swings[..., parent, 1] * carried, swings[..., parent, 2]
    return parent_frame(preset, parent, swings) @ _swing_twist(xp, a, b, t) @ constant


def wrap(angle: Array, middle: float) -> Array:
    """The same angle within half a turn of `middle`."""
    xp = array_namespace(angle)
    return angle - 2 * math.pi * xp.round((angle - middle) / (2 * math.pi))


def _swing_twist(xp: Any, a: Array, b: Array, t: Array) -> Array:
    """S(a, b) T(t) (..., 3, 3); its first column is the direction in the bone's rest axes."""
    ca, sa, cb, sb, ct, st = xp.cos(a), xp.sin(a), xp.cos(b), xp.sin(b), xp.cos(t), xp.sin(t)
    rows = [
        [cb * ca, -sa * ct - ca * sb * st, sa * st - ca * sb * ct],
        [cb * sa, ca * ct - sa * sb * st, -ca * st - sa * sb * ct],
        [sb, cb * st, cb * ct],
    ]
    return xp.stack([xp.stack(row, axis=-1) for row in rows], axis=-2)


def _turned(columns: list[Array], vector: Any) -> Array:
    """A matrix, given as three columns (3, K, N) or (3, K, 1), times a vector of three (K, N); none: the identity."""
    if not columns:
        return vector
    total = columns[0] * vector[0]
    total += columns[1] * vector[1]
    total += columns[2] * vector[2]
    return total


def _cross(xp: Any, a: Array, b: Array) -> Array:
    """The cross product of (3, K, N) with (3, K, N)."""
    product = xp.empty_like(a)
    for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        product[i, ...] = a[j, ...] * b[k, ...] - a[k, ...] * b[j, ...]
    return product


# --- constants of a skeleton -------------------------------------------------------------------------


Index = slice | list[int]


class _Level:
    """Bones of equal depth, those with children and those without apart.

    parents: the places of their parents among the bones with children of the depth before.
    constants: the three columns of their matrices C, each (3, K, 1). handedness: of their frames, (K, 1), 1 or -1.
    carried: (K, 1), 1 where a bone's swing is handed on and 0 where not; None where all are.
    """

    def __init__(self, preset: RangePreset, bones: list[int], before: list[int], has_children: bool) -> None:
        parents = [preset.skeleton.parent_bones[b] for b in bones]
        matrices = np.stack([_constants(preset)[b].values for b in bones], axis=1)  # (3, K, 3)
        self.bones = _index(bones)
        self.parents = _index([before.index(p) for p in parents if p >= 0])
        self.has_children = has_children
        self.constants = [Constant(matrices[:, :, j : j + 1]) for j in range(3)]
        carried = np.array([[float(_carries(preset)[b])] for b in bones])
        self.carried = None if carried.all() else Constant(carried)
        self.handedness = Constant(np.sign(np.linalg.det([_rest_frames(preset)[b] for b in bones]))[:, None])


def _index(rows: list[int]) -> Index:
    """Rows as a slice where they are evenly spaced: a view instead of a copy."""
    steps = {b - a for a, b in itertools.pairwise(rows)}
    if rows and len(steps) <= 1 and all(s > 0 for s in steps):
        return slice(rows[0], rows[-1] + 1, steps.pop() if steps else 1)
    return rows


@derived
def _paths(skeleton: Skeleton) -> Constant:
    """(J, B): 1 where a bone lies on the way from the root to a joint."""
    paths = np.zeros((skeleton.joint_count, skeleton.bone_count))
    for i, bone in enumerate(skeleton.bones):
        paths[bone.child] = paths[bone.parent]
        paths[bone.child, i] = 1
    return Constant(paths)


@derived
def _rest_frames(preset: RangePreset) -> tuple[np.ndarray[Any, np.dtype[np.float64]], ...]:
    """The swing frame of every bone (3, 3)."""
    return tuple(swing_frame(r) for r in preset.ranges if isinstance(r, SwingRange))


@derived
def _carries(preset: RangePreset) -> tuple[bool, ...]:
    """For every bone whether those that hang on it swing with it."""
    return tuple(not isinstance(r, SwingRange) or r.carries for r in preset.ranges)


@derived
def _constants(preset: RangePreset) -> tuple[Constant, ...]:
    """C of every bone (3, 3): from its parent's rest axes to its own; from the body's for bones at the root."""
    rests = _rest_frames(preset)
    return tuple(
        Constant(rests[bone] if parent < 0 else rests[parent].T @ rests[bone])
        for bone, parent in enumerate(preset.skeleton.parent_bones)
    )


@derived
def _levels(preset: RangePreset) -> tuple[_Level, ...]:
    """Of each depth the bones without children first: those with children leave their frames to the next depth."""
    parents = preset.skeleton.parent_bones
    depth: list[int] = []
    for parent in parents:
        depth.append(0 if parent < 0 else depth[parent] + 1)
    levels = []
    before: list[int] = []
    for d in range(max(depth) + 1):
        here = [i for i in range(len(parents)) if depth[i] == d]
        ends, branches = [i for i in here if i not in parents], [i for i in here if i in parents]
        levels += [_Level(preset, g, before, g is branches) for g in (ends, branches) if g]
        before = branches
    return tuple(levels)
