"""How an animal stands before the camera: the body frame of a 3D pose, and from it the angles of its bones.

A lifted pose is in the camera frame; rotation ranges are in the body frame. Nothing says how one lies in the other, so
the rotation is taken that brings the bones closest to where they usually point, the steady ones before the others.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poseviewer.core.derived import derived
from poseviewer.core.range_edits import axes_of
from poseviewer.core.ranges import RangePreset, RotationRange, SwingRange
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
    middles = _middles(preset)
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


def _middles(preset: RangePreset) -> Array:
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


def _swings(preset: RangePreset, directions: Array, known: NDArray[np.bool_]) -> Array:
    """Directions (..., B, 3) in the body frame -> flexion, abduction and twist (..., B, 3), parents first.

    A bone that is not known passes on the frame that it has in the middle of its range.
    """
    skeleton = preset.skeleton
    swings: list[SwingRange] = [r for r in preset.ranges if isinstance(r, SwingRange)]
    rests = [swing_frame(r) for r in swings]
    middles = _middles(preset)
    frames: list[Array] = []
    answers = np.zeros((*directions.shape[:-1], 3))
    for bone, parent in enumerate(skeleton.parent_bones):
        base = np.broadcast_to(rests[bone], (*directions.shape[:-2], 3, 3))
        if parent >= 0:
            base = frames[parent] @ (rests[parent].T @ rests[bone])
        local = np.einsum("...ij,...i->...j", base, directions[..., bone, :])
        seen = known[..., bone]
        flexion = np.where(seen, np.arctan2(local[..., 1], local[..., 0]), middles[bone, 0])
        abduction = np.where(seen, np.arctan2(local[..., 2], np.hypot(local[..., 0], local[..., 1])), middles[bone, 1])
        carried = float(swings[bone].carries)
        swung = base @ _frame(flexion * carried, abduction * carried)
        children = [c for c, p in enumerate(skeleton.parent_bones) if p == bone]
        twist = _twist(preset, bone, children, [rests[bone].T @ rests[c] for c in children], swung, directions)
        frames.append(swung @ _about_first(twist))
        answers[..., bone, :] = np.stack([flexion, abduction, twist], axis=-1)
    return answers


def _twist(
    preset: RangePreset, bone: int, children: list[int], constants: list[Array], frame: Array, directions: Array
) -> Array:
    """The twist (...) of a bone that brings those that hang on it closest to the middle of their ranges.

    Each child adds p . T(t) q, where p is its direction and q its middle one, both in the frame of the bone: a
    cosine in t, so the sum is one too and its top is known.
    """
    interval = preset.ranges[bone].twist  # type: ignore[union-attr]
    lead = directions.shape[:-2]
    if not children or not interval.width:
        return np.full(lead, interval.middle)
    cosine = np.full(lead, TWIST_PRIOR * math.cos(interval.middle))
    sine = np.full(lead, TWIST_PRIOR * math.sin(interval.middle))
    middles = _middles(preset)
    for child, constant in zip(children, constants, strict=True):
        q = constant @ _frame(middles[child, 0], middles[child, 1])[:, 0]
        p = np.einsum("...ij,...i->...j", frame, directions[..., child, :])
        cosine = cosine + p[..., 1] * q[1] + p[..., 2] * q[2]
        sine = sine + p[..., 2] * q[1] - p[..., 1] * q[2]
    top = np.asarray(wrap(np.arctan2(sine, cosine), interval.middle))
    held: Array = np.clip(top, interval.min, interval.max)
    return held


def _frame(flexion: Any, abduction: Any) -> Array:
    """S(flexion, abduction) (..., 3, 3) of `planar_directions`, without twist."""
    ca, sa, cb, sb = np.cos(flexion), np.sin(flexion), np.cos(abduction), np.sin(abduction)
    zero = np.zeros_like(sa)
    rows = [[cb * ca, -sa, -ca * sb], [cb * sa, ca, -sa * sb], [sb, zero, cb]]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def _about_first(twist: Array) -> Array:
    """The turn T(t) about the first axis (..., 3, 3)."""
    c, s, one, zero = np.cos(twist), np.sin(twist), np.ones_like(twist), np.zeros_like(twist)
    rows = [[one, zero, zero], [zero, c, -s], [zero, s, c]]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)
