"""How many of a bone's directions two range presets have in common, each in the frame its ranges are measured in."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from poseviewer.core.range_diff import check_comparable
from poseviewer.core.ranges import Interval, RangePreset, SwingRange
from poseviewer.geometry.kinematics import spherical_from_vectors, swing_frame

POINTS = 20_000
"""Directions that are tried: a patch of 1 steradian holds 1,600 of them, so a share is good to a percent or two."""

Array = np.ndarray[Any, np.dtype[Any]]


def shared_directions(a: RangePreset, b: RangePreset) -> tuple[float, ...]:
    """For every bone the share of the directions that either preset allows which both do: 1 the same, 0 apart.

    A direction is one relative to the bone that carries it (a shank's to the thigh), or to the body where none does.
    Two ranges without any directions of that many tried (of almost no width) share none; NaN says so.

    Raises:
        SkeletonError: they are for different skeletons, or one is spherical and the other swing.
    """
    check_comparable(a, b)
    tried = _even_directions(POINTS)
    shares = []
    for bone in range(a.skeleton.bone_count):
        first, second = _allowed(a, bone, tried), _allowed(b, bone, tried)
        either = np.count_nonzero(first | second)
        shares.append(np.count_nonzero(first & second) / either if either else math.nan)
    return tuple(shares)


def _allowed(preset: RangePreset, bone: int, directions: Array) -> Array:
    """Which directions (N, 3) a range allows: (N,) of truth. They are in the frame of the bone that carries it."""
    rotation = preset.ranges[bone]
    if not isinstance(rotation, SwingRange):
        _, theta, phi = np.moveaxis(spherical_from_vectors(directions), -1, 0)
        return _inside(theta, rotation.theta) & _inside(phi, rotation.phi)
    frame = swing_frame(rotation)
    carrier = carrying_bone(preset, bone)
    if carrier >= 0:
        frame = swing_frame(_swing(preset, carrier)).T @ frame
    ahead, forward, out = np.moveaxis(directions @ frame, -1, 0)
    flexion, abduction = np.arctan2(forward, ahead), np.arctan2(out, np.hypot(ahead, forward))
    return _inside(flexion, rotation.flexion) & _inside(abduction, rotation.abduction)


def carrying_bone(preset: RangePreset, bone: int) -> int:
    """The nearest bone towards the root that carries what hangs on it; -1 where the body itself does."""
    parent = preset.skeleton.parent_bones[bone]
    while parent >= 0 and not _swing(preset, parent).carries:
        parent = preset.skeleton.parent_bones[parent]
    return parent


def _swing(preset: RangePreset, bone: int) -> SwingRange:
    rotation = preset.ranges[bone]
    assert isinstance(rotation, SwingRange)
    return rotation


def _inside(angle: Array, interval: Interval) -> Array:
    """Whether angles lie in an interval, a full turn more or less."""
    away = angle - interval.middle
    away = away - 2 * math.pi * np.round(away / (2 * math.pi))
    inside: Array = np.abs(away) <= interval.width / 2 + 1e-9
    return inside


def _even_directions(count: int) -> Array:
    """Unit vectors (count, 3) spread evenly over the sphere: a spiral by the golden angle (Gonzalez 2010)."""
    step = np.arange(count) + 0.5
    z = 1 - 2 * step / count
    turn = step * math.pi * (3 - math.sqrt(5))
    flat = np.sqrt(1 - z * z)
    return np.stack([flat * np.cos(turn), flat * np.sin(turn), z], axis=-1)
