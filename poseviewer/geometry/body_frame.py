"""How an animal stands before the camera: the body frame of a 3D pose, and from it the angles of its bones.

A lifted pose is in the camera frame; rotation ranges are in the body frame. Nothing says how one lies in the other, so
the rotation is taken that brings the bones closest to where they usually point, the steady ones before the others.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poseviewer.core.derived import derived
from poseviewer.core.range_edits import axes_of
from poseviewer.core.ranges import Interval, RangePreset, RotationRange, SwingRange
from poseviewer.geometry.kinematics import (
    directions_from_swings,
    spherical_from_vectors,
    swing_frame,
    vectors_from_joints,
    vectors_from_spherical,
    wrap,
)

Array = NDArray[np.float64]

SAMPLES = 512
"""Poses from which it is learnt how steady each bone is: enough for its weight to be good to some percent."""
TWIST_PRIOR = 0.2
"""How strongly an unseen twist is held at its middle, against children that say otherwise with strength up to 1."""


def body_rotation(preset: RangePreset, joints: ArrayLike) -> Array:
    """The rotation R of every pose with v_camera = R v_body, as nearly as can be told.

    Of all rotations it is the one that brings the directions of the bones closest to their usual ones (Kabsch
    1976), each bone weighing as much as its range lets its direction be relied upon. It contains the change from
    body to camera axes, so a pose that faces the camera upright has R = `body_to_camera`.

    Args:
        joints: (..., J, 3) camera frame; bones with a joint that is not finite do not count.

    Returns:
        (..., 3, 3), always proper. Where fewer than two directions are known it is one of the many that fit; where
        none is, the change of axes alone.
    """
    usual, weight = _references(preset)
    vectors = vectors_from_joints(preset.skeleton, np.asarray(joints, dtype=np.float64))
    units, known = _units(vectors)
    moments = np.einsum("...b,...bi,bj->...ij", known * weight, units, usual)
    # A trace of the plain view decides where the pose does not.
    moments = moments + 1e-9 * _PLAIN_VIEW
    u, _, vt = np.linalg.svd(moments)
    sign = np.where(np.linalg.det(u) * np.linalg.det(vt) < 0, -1.0, 1.0)
    u[..., :, 2] *= sign[..., None]
    rotation: Array = u @ vt
    return rotation


def swings_of_pose(preset: RangePreset, joints: ArrayLike, rotation: ArrayLike | None = None) -> Array:
    """The angles of every bone, each within half a turn of the middle of its interval.

    Args:
        joints: (..., J, 3) camera frame.
        rotation: (..., 3, 3) from body to camera; default: `body_rotation`.

    Returns:
        (..., B, 3) flexion, abduction and twist, or for spherical ranges (..., B, 2) theta and phi; NaN where a bone's
        direction is not known. A twist is read from the bones that hang on it, as far as they are bent, and lies
        within its interval.
    """
    points = np.asarray(joints, dtype=np.float64)
    turn = body_rotation(preset, points) if rotation is None else np.asarray(rotation, dtype=np.float64)
    units, known = _units(vectors_from_joints(preset.skeleton, points))
    directions = units @ turn  # v_body = R^T v_camera, for rows
    if preset.kind == "spherical":
        angles = np.asarray(spherical_from_vectors(directions)[..., 1:])
    else:
        angles = _swings(preset, directions, known)
    middles = middles_of(preset)
    wrapped: Array = np.asarray(wrap(angles, middles))  # type: ignore[arg-type]
    wrapped[~known] = np.nan
    return wrapped


def axis_intervals(preset: RangePreset) -> tuple[Array, Array]:
    """The lower and upper ends (B, A) of all intervals, in the order of `axes_of`."""
    ends = [[getattr(r, axis) for axis in axes_of(r)] for r in preset.ranges]
    low = np.array([[interval.min for interval in row] for row in ends])
    high = np.array([[interval.max for interval in row] for row in ends])
    return low, high


_PLAIN_VIEW = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
"""`body_to_camera` as a matrix."""


def _units(vectors: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Unit directions (..., B, 3), 0 where there is none, and where there is one (..., B)."""
    length = np.linalg.norm(vectors, axis=-1)
    known = np.isfinite(length) & (length > 1e-12)
    units = np.where(known[..., None], vectors, 0.0) / np.where(known, length, 1.0)[..., None]
    return units, known


@derived
def middles_of(preset: RangePreset) -> Array:
    """The middles (B, A) of all intervals, in the order of `axes_of`."""
    low, high = axis_intervals(preset)
    middles: Array = (low + high) / 2
    return middles


def _usual(rotation: RotationRange) -> list[float]:
    if isinstance(rotation, SwingRange):
        intervals = (rotation.flexion, rotation.abduction, rotation.twist)
        return [i.min + i.width * f for i, f in zip(intervals, rotation.usual_fractions(), strict=True)]
    return [rotation.theta.middle, rotation.phi.middle]


@derived
def _references(preset: RangePreset) -> tuple[Array, Array]:
    """The usual direction of every bone in the body frame (B, 3), and how much it can be relied upon (B,).

    The weight is the inverse of how far the direction strays from the usual one over the range, as the mean of
    1 - cosine, with half a degree for a bone that cannot move.
    """
    low, high = axis_intervals(preset)
    usual = _directions(preset, np.array([_usual(r) for r in preset.ranges]))
    uniforms = np.random.default_rng(0).random((SAMPLES, *low.shape))
    drawn = _directions(preset, low + (high - low) * uniforms)
    strays = 1.0 - np.einsum("nbi,bi->b", drawn, usual) / SAMPLES
    weight: Array = 1.0 / (strays + (1.0 - math.cos(math.radians(0.5))))
    return usual, weight / weight.sum()


def _directions(preset: RangePreset, angles: Array) -> Array:
    """Angles (..., B, A) -> unit directions (..., B, 3) in the body frame."""
    if preset.kind == "swing":
        return np.asarray(directions_from_swings(preset, angles))
    spherical = np.concatenate([np.ones((*angles.shape[:-1], 1)), angles], axis=-1)
    return np.asarray(vectors_from_spherical(spherical))


@dataclass(frozen=True, eq=False)
class _Step:
    """What is known beforehand of one bone: the matrix from its parent's rest axes to its own, and what hangs on it.

    children: for every bone that hangs on it, its index and its middle direction in this bone's rest axes.
    """

    parent: int
    constant: Array
    carried: float
    twist: Interval
    children: tuple[tuple[int, Array], ...]


@derived
def _steps(preset: RangePreset) -> tuple[_Step, ...]:
    swings: list[SwingRange] = [r for r in preset.ranges if isinstance(r, SwingRange)]
    rests = [swing_frame(r) for r in swings]
    middles = middles_of(preset)
    parents = preset.skeleton.parent_bones
    steps = []
    for bone, parent in enumerate(parents):
        hanging = [c for c, p in enumerate(parents) if p == bone]
        points = [rests[bone].T @ rests[c] @ _frame(middles[c, 0], middles[c, 1])[:, 0] for c in hanging]
        constant = rests[bone] if parent < 0 else rests[parent].T @ rests[bone]
        children = tuple(zip(hanging, points, strict=True))
        steps.append(_Step(parent, constant, float(swings[bone].carries), swings[bone].twist, children))
    return tuple(steps)


def _swings(preset: RangePreset, directions: Array, known: NDArray[np.bool_]) -> Array:
    """Directions (..., B, 3) in the body frame -> flexion, abduction and twist (..., B, 3), parents first.

    A bone that is not known passes on the frame that it has in the middle of its range. One pose at a time is asked
    for while a keypoint is dragged, so little is done per bone: none on which nothing hangs has a frame.
    """
    middles = middles_of(preset)
    complete = bool(known.all())
    frames: list[Array | None] = []
    answers = np.zeros((*directions.shape[:-1], 3))
    for bone, step in enumerate(_steps(preset)):
        above = frames[step.parent] if step.parent >= 0 else None
        base = step.constant if above is None else above @ step.constant
        local = (directions[..., bone, None, :] @ base)[..., 0, :]
        x, y, z = local[..., 0], local[..., 1], local[..., 2]
        flexion, abduction = np.arctan2(y, x), np.arctan2(z, np.hypot(x, y))
        if not complete:
            seen = known[..., bone]
            flexion = np.where(seen, flexion, middles[bone, 0])
            abduction = np.where(seen, abduction, middles[bone, 1])
        answers[..., bone, 0], answers[..., bone, 1] = flexion, abduction
        answers[..., bone, 2] = step.twist.middle
        if not step.children:
            frames.append(None)
            continue
        swung = base @ _frame(flexion * step.carried, abduction * step.carried)
        if step.twist.width:
            answers[..., bone, 2] = _twist(step, swung, directions)
        frames.append(swung @ _about_first(answers[..., bone, 2]))
    return answers


def _twist(step: _Step, frame: Array, directions: Array) -> Array:
    """The twist (...) of a bone that brings those that hang on it closest to the middle of their ranges.

    Each child adds p . T(t) q, where p is its direction and q its middle one, both in the frame of the bone: a
    cosine in t, so the sum is one too and its top is known.
    """
    interval = step.twist
    cosine: Any = TWIST_PRIOR * math.cos(interval.middle)
    sine: Any = TWIST_PRIOR * math.sin(interval.middle)
    for child, q in step.children:
        p = (directions[..., child, None, :] @ frame)[..., 0, :]
        cosine = cosine + p[..., 1] * q[1] + p[..., 2] * q[2]
        sine = sine + p[..., 2] * q[1] - p[..., 1] * q[2]
    top = np.asarray(wrap(np.arctan2(sine, cosine), interval.middle))
    kept: Array = np.clip(top, interval.min, interval.max)
    return kept


def _frame(flexion: Any, abduction: Any) -> Array:
    """S(flexion, abduction) (..., 3, 3) of `planar_directions`, without twist."""
    ca, sa, cb, sb = np.cos(flexion), np.sin(flexion), np.cos(abduction), np.sin(abduction)
    return _matrix(np.shape(flexion), (cb * ca, -sa, -ca * sb, cb * sa, ca, -sa * sb, sb, 0.0, cb))


def _about_first(twist: Array) -> Array:
    """The turn T(t) about the first axis (..., 3, 3)."""
    c, s = np.cos(twist), np.sin(twist)
    return _matrix(np.shape(twist), (1.0, 0.0, 0.0, 0.0, c, -s, 0.0, s, c))


def _matrix(lead: tuple[int, ...], entries: tuple[Any, ...]) -> Array:
    """(*lead, 3, 3) from nine entries in rows, each of shape `lead` or one number."""
    made = np.empty((*lead, 9))
    for place, entry in enumerate(entries):
        made[..., place] = entry
    return made.reshape(*lead, 3, 3)
