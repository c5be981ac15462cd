"""From bone lengths and angles to joints and back: eqs. 3-6 of the synthesis paper (001), and swing angles.

Every function takes numpy arrays or torch tensors and returns the same kind. Two layouts are in use:
`(..., B, 3)` at the border, and `(3, B, N)` ("planar": long contiguous rows) where millions are made.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
from array_api_compat import array_namespace, device

from poseviewer.core.ranges import RangePreset, SwingRange
from poseviewer.core.skeleton import Skeleton

Array = Any


# --- joints <-> bone vectors -------------------------------------------------------------------------


def joints_from_vectors(skeleton: Skeleton, vectors: Array) -> Array:
    """Bone vectors (..., B, 3) -> joints (..., J, 3) with the root at the origin: eq. 5, recursively.

    A joint is the sum of the bones on its way from the root, so the recursion is one matrix product.
    """
    xp = array_namespace(vectors)
    paths = xp.asarray(_paths(skeleton), dtype=vectors.dtype, device=device(vectors))
    return paths @ vectors


def vectors_from_joints(skeleton: Skeleton, joints: Array) -> Array:
    """Joints (..., J, 3) -> bone vectors (..., B, 3)."""
    parents = [b.parent for b in skeleton.bones]
    children = [b.child for b in skeleton.bones]
    return joints[..., children, :] - joints[..., parents, :]


def planar_joints(skeleton: Skeleton, vectors: Array) -> Array:
    """`joints_from_vectors` for planar arrays: (3, B, N) -> (3, J, N)."""
    xp = array_namespace(vectors)
    return xp.asarray(_paths(skeleton), dtype=vectors.dtype, device=device(vectors)) @ vectors


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
    out = np.asarray(swing.outward) - np.dot(swing.outward, rest) * rest
    norm = np.linalg.norm(out)
    if norm < 1e-6:
        out = np.array([0.0, 0.0, 1.0]) - rest[2] * rest
        norm = np.linalg.norm(out)
    out = out / norm
    side = -1.0 if swing.outward[0] < 0 or (swing.outward[0] == 0 and rest[0] < 0) else 1.0
    return np.stack([rest, side * np.cross(out, rest), out], axis=1)


def planar_directions(preset: RangePreset, flexion: Array, abduction: Array, twist: Array) -> Array:
    """Swing angles, each (B, N) in radians -> unit bone directions (3, B, N) in the body frame.

    The frame of bone i is G_i = G_parent C_i S(flexion, abduction) T(twist), where C_i takes the parent's
    rest axes to the bone's own; its first column is the bone's direction. Bones of equal depth go together.
    """
    xp = array_namespace(flexion)
    directions: list[Array | None] = [None] * preset.skeleton.bone_count
    frames: dict[int, list[list[Array]]] = {}
    for level in _levels(preset):
        bones = list(level.bones)
        a, b = flexion[bones, ...], abduction[bones, ...]
        ca, sa, cb, sb = xp.cos(a), xp.sin(a), xp.cos(b), xp.sin(b)
        constant = xp.asarray(level.constants, dtype=flexion.dtype, device=device(flexion))[..., None]
        base = [[constant[:, i, j, :] for j in range(3)] for i in range(3)]
        if level.parents is not None:
            parent = _gather(xp, frames, level.parents)
            base = [[_dot(parent[i], [base[k][j] for k in range(3)]) for j in range(3)] for i in range(3)]
        first = [cb * ca, cb * sa, sb]
        along = [_dot(base[i], first) for i in range(3)]
        for n, bone in enumerate(bones):
            directions[bone] = xp.stack([axis[n, ...] for axis in along])
        if level.has_children:
            ct, st = xp.cos(twist[bones, ...]), xp.sin(twist[bones, ...])
            second, third = [-sa, ca], [-ca * sb, -sa * sb, cb]
            turned = [ct * s + st * t for s, t in zip(second, third[:2], strict=True)] + [st * third[2]]
            turned3 = [ct * t - st * s for s, t in zip(second, third[:2], strict=True)] + [ct * third[2]]
            rows = [[along[i], _dot(base[i], turned), _dot(base[i], turned3)] for i in range(3)]
            for n, bone in enumerate(bones):
                frames[bone] = [[entry[n, ...] for entry in row] for row in rows]
    return xp.stack([d for d in directions if d is not None], axis=1)


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
        constant = xp.asarray(_constants(preset)[bone], dtype=directions.dtype, device=device(directions))
        base = constant if parent < 0 else frames[parent] @ constant
        local = xp.sum(base * directions[..., bone, :, None], axis=-2)  # base^T d
        a = xp.atan2(local[..., 1], local[..., 0])
        b = xp.atan2(local[..., 2], xp.hypot(local[..., 0], local[..., 1]))
        t = xp.zeros_like(a) if twist is None else twist[..., bone]
        answers.append(xp.stack([a, b, t], axis=-1))
        frames.append(base @ _swing_twist(xp, a, b, t))
    return xp.stack(answers, axis=-2)


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


def _dot(row: list[Array], column: list[Array]) -> Array:
    """Sum of products; the column may be shorter, its missing end being zero."""
    total = row[0] * column[0]
    for left, right in zip(row[1:], column[1:], strict=False):
        total = total + left * right
    return total


def _gather(xp: Any, frames: dict[int, list[list[Array]]], parents: tuple[int, ...]) -> list[list[Array]]:
    """The frames (3, 3) of (K, N) of the parents of K bones."""
    return [[xp.stack([frames[p][i][j] for p in parents]) for j in range(3)] for i in range(3)]


# --- constants of a skeleton -------------------------------------------------------------------------


class _Level:
    """Bones of equal depth, split into those with and without children, with their constant matrices."""

    def __init__(self, preset: RangePreset, bones: tuple[int, ...], has_children: bool) -> None:
        skeleton = preset.skeleton
        parents = tuple(skeleton.parent_bones[b] for b in bones)
        self.bones = bones
        self.parents = None if parents[0] < 0 else parents
        self.has_children = has_children
        self.constants = np.stack([_constants(preset)[b] for b in bones])


@lru_cache(maxsize=64)
def _paths(skeleton: Skeleton) -> np.ndarray[Any, np.dtype[np.float64]]:
    """(J, B): 1 where a bone lies on the way from the root to a joint."""
    paths = np.zeros((skeleton.joint_count, skeleton.bone_count))
    for i, bone in enumerate(skeleton.bones):
        paths[bone.child] = paths[bone.parent]
        paths[bone.child, i] = 1
    return paths


@lru_cache(maxsize=64)
def _constants(preset: RangePreset) -> tuple[np.ndarray[Any, np.dtype[np.float64]], ...]:
    """C of every bone (3, 3): from its parent's rest axes to its own; from the body's for bones at the root."""
    rests = [swing_frame(r) for r in preset.ranges if isinstance(r, SwingRange)]
    return tuple(
        rests[bone] if parent < 0 else rests[parent].T @ rests[bone]
        for bone, parent in enumerate(preset.skeleton.parent_bones)
    )


@lru_cache(maxsize=64)
def _levels(preset: RangePreset) -> tuple[_Level, ...]:
    parents = preset.skeleton.parent_bones
    depth: list[int] = []
    for parent in parents:
        depth.append(0 if parent < 0 else depth[parent] + 1)
    levels = []
    for d in range(max(depth) + 1):
        for has_children in (True, False):
            bones = tuple(i for i in range(len(parents)) if depth[i] == d and (i in parents) == has_children)
            if bones:
                levels.append(_Level(preset, bones, has_children))
    return tuple(levels)
