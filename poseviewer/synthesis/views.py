"""3D poses -> 2D views: cameras, click noise and missing keypoints, from uniform numbers (C, N)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from array_api_compat import array_namespace

from poseviewer.core.derived import derived
from poseviewer.core.skeleton import Skeleton
from poseviewer.geometry.constants import Constant
from poseviewer.geometry.rotations import random_rotations, rotate, view_rotations
from poseviewer.synthesis.presets import Flaws, Views

Array = Any

_VIEW_ROWS = 11

FEWEST = 4
"""Keypoints that stay in every pose: fewer cannot be lifted."""


@dataclass(frozen=True)
class PlanarViews:
    """N views.

    rotation: (3, 3, N) from the body frame to the turned body frame (the camera looks along its +y).
    joints: (3, J, N) camera frame (x right, y down, z away), root at the origin.
    keypoints: (2, J, N), x right, y down: what a camera without flaws sees, root at the origin, in the unit of
        the joints (times the view's scale).
    scale: (N,) size of the keypoints over that of the joints.
    """

    rotation: Array
    joints: Array
    keypoints: Array
    scale: Array


def view_rows(views: Views) -> int:
    """How many uniform numbers one view takes."""
    return _VIEW_ROWS if views.upright or views.perspective or views.scale.width else 3


def sample_views(views: Views, joints: Array, uniforms: Array) -> PlanarViews:
    """Turn upright joints (3, J, N) and look at them."""
    xp = array_namespace(joints)
    rotation = random_rotations(uniforms[0, ...], uniforms[1, ...], uniforms[2, ...])
    if view_rows(views) == 3:
        seen = rotate(_camera_axes(rotation), joints)
        return PlanarViews(rotation, seen, seen[:2, ...], xp.ones_like(uniforms[0, ...]))
    azimuth = 2 * math.pi * uniforms[0, ...]
    elevation = views.elevation.min + views.elevation.width * (uniforms[1, ...] + uniforms[3, ...]) / 2
    roll = views.roll.min + views.roll.width * (uniforms[2, ...] + uniforms[4, ...]) / 2
    pitch = views.pitch.min + views.pitch.width * (uniforms[9, ...] + uniforms[10, ...]) / 2
    upright = view_rotations(azimuth, elevation, roll, pitch)
    rotation = xp.where(uniforms[5, ...] < views.upright, upright, rotation)
    seen = rotate(_camera_axes(rotation), joints)
    flat = _perspective(views, seen, uniforms[6:8, ...])
    scale = xp.exp(_between(math.log(views.scale.min), math.log(views.scale.max), uniforms[8, ...]))
    return PlanarViews(rotation, seen, flat * scale, scale)


def _perspective(views: Views, seen: Array, uniforms: Array) -> Array:
    """Keypoints (2, J, N) of perspective cameras, and of orthographic ones for the rest of the poses.

    The camera aims at the middle of the body; its picture is then moved back so that the root is the origin.
    """
    xp = array_namespace(seen)
    if not views.perspective:
        return seen[:2, ...]
    middle = xp.mean(seen, axis=1, keepdims=True)
    centred = seen - middle
    radius = xp.sqrt(xp.max(_squares(centred), axis=0))
    far = xp.exp(_between(math.log(views.distance.min), math.log(views.distance.max), uniforms[0, ...]))
    inverse = xp.where(uniforms[1, ...] < views.perspective, 1 / (far * radius), xp.zeros_like(far))
    flat = centred[:2, ...] / (1 + centred[2, ...] * inverse)
    flat += middle[:2, ...]
    return flat


def _squares(vectors: Array) -> Array:
    """(K, J, N) -> the squared lengths (J, N)."""
    total = vectors[0, ...] * vectors[0, ...]
    for axis in range(1, vectors.shape[0]):
        total += vectors[axis, ...] * vectors[axis, ...]
    return total


def _camera_axes(turned: Array) -> Array:
    """(3, ..., N) turned body axes -> camera axes (x, -z, y)."""
    xp = array_namespace(turned)
    return xp.stack([turned[0, ...], -turned[2, ...], turned[1, ...]])


def _between(low: float, high: float, uniforms: Array) -> Array:
    return low + (high - low) * uniforms


def flaw_rows(skeleton: Skeleton, flaws: Flaws) -> int:
    """How many uniform numbers the flaws of one view take."""
    if flaws == Flaws():
        return 0
    chains: int = _chains(skeleton).values.shape[1]
    return 4 * skeleton.joint_count + 3 + chains


def sample_flaws(skeleton: Skeleton, flaws: Flaws, keypoints: Array, uniforms: Array) -> tuple[Array, Array]:
    """Noisy keypoints (2, J, N), and which of them are there: (J, N), 1 or 0.

    At least four keypoints stay in every pose.
    """
    xp = array_namespace(keypoints)
    count = skeleton.joint_count
    if flaws == Flaws():
        return keypoints, xp.ones_like(keypoints[0, ...])
    middle = xp.mean(keypoints, axis=1, keepdims=True)
    radius = xp.sqrt(xp.mean(_squares(keypoints - middle), axis=0))
    # Box and Muller's normal numbers, x and y from one pair.
    offset = xp.sqrt(-2 * xp.log(1 - uniforms[:count, ...] * (1 - 1e-7)))
    offset *= flaws.noise * radius * uniforms[4 * count, ...]
    offset *= 1 + 5 * xp.astype(uniforms[2 * count : 3 * count, ...] < flaws.outliers, uniforms.dtype)
    turn = 2 * math.pi * uniforms[count : 2 * count, ...]
    noisy = xp.stack([offset * xp.cos(turn), offset * xp.sin(turn)])
    noisy += keypoints
    return noisy, _presence(skeleton, flaws, uniforms[3 * count :, ...])


def _presence(skeleton: Skeleton, flaws: Flaws, uniforms: Array) -> Array:
    """(J, N): 1 where a keypoint is there."""
    xp = array_namespace(uniforms)
    count = skeleton.joint_count
    luck, complete, rate = uniforms[:count, ...], uniforms[count + 1, ...], uniforms[count + 2, ...]
    chains = _chains(skeleton).like(uniforms)
    hidden = xp.astype(uniforms[count + 3 :, ...] < flaws.limbs, uniforms.dtype)
    gone = (luck < rate * flaws.missing) | (chains @ hidden > 0.5)
    present = xp.astype(~(gone & (complete >= flaws.complete)), uniforms.dtype)
    # A joint's luck also ranks it: where fewer than four would stay, the four luckiest do. Such poses are few,
    # and sorting all of them would take as long as everything else here.
    few = xp.nonzero(xp.sum(present, axis=0) < FEWEST)[0]
    if few.shape[0]:
        lucky = luck[:, few]
        fourth = xp.sort(lucky, axis=0)[max(0, count - FEWEST), ...]
        present[:, few] = xp.astype(lucky >= fourth, uniforms.dtype)
    return present


@derived
def _chains(skeleton: Skeleton) -> Constant:
    """(J, C): 1 for the joints of each limb, from the first joint that belongs to a side to its end."""
    chains: dict[int, list[int]] = {}
    home: dict[int, int] = {}
    sides = skeleton.sides
    for bone in skeleton.bones:
        if sides[bone.child] == "middle":
            continue
        home[bone.child] = home.get(bone.parent, bone.child)
        chains.setdefault(home[bone.child], []).append(bone.child)
    matrix = np.zeros((skeleton.joint_count, len(chains)))
    for column, joints in enumerate(chains.values()):
        matrix[joints, column] = 1
    return Constant(matrix)
