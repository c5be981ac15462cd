"""Poses -> cones in the picture: random poses, a camera on each, flesh on the bones, and the part that is cut out.

Everything is in pixels from here on: x right, y down, integer = pixel centre, and z away from the camera in the same
unit. Perspective is applied to the ends of the cones, so that between them the picture is flat and a cone stays one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from array_api_compat import array_namespace

from poseviewer.core.derived import derived
from poseviewer.core.ranges import Interval, RangePreset
from poseviewer.geometry.constants import Constant
from poseviewer.geometry.rotations import rotate, view_rotations
from poseviewer.synthesis.picture_bodies import BodyPlan, plan_matrices
from poseviewer.synthesis.picture_draws import Draws, within
from poseviewer.synthesis.picture_generic import generic
from poseviewer.synthesis.picture_human import human, is_human
from poseviewer.synthesis.picture_quadruped import quadruped
from poseviewer.synthesis.poses import pose_rows, sample_poses
from poseviewer.synthesis.presets import Flaws, SynthesisPreset, Views

Array = Any

POSES = SynthesisPreset("pictures", "template", rigid=False, views=Views(), flaws=Flaws())
"""The skeleton's own lengths, changing with the pose; cameras are drawn here."""

CAMERA_ROWS = 32
MODE_ROWS = 16

THINNEST = 0.6
"""Radius of the thinnest cone, pixels."""

ELEVATION = Interval(math.radians(-12), math.radians(50))
FROM_ABOVE = Interval(math.radians(60), math.radians(90))
PITCH = Interval(math.radians(-20), math.radians(30))
ROLL = Interval(math.radians(-14), math.radians(14))
ABOVE = {"mouse": 0.55, "rat": 0.55, "quadruped16": 0.2}
"""Share of pictures from above, by the kind of animal; of others 0.12."""


@dataclass(frozen=True)
class Body:
    """A body plan in the arrays of its skeleton."""

    plan: BodyPlan
    mix: Constant
    frame_mix: Constant
    frame_of: list[int]
    offset: Constant
    offset_modes: Constant
    radius: Constant
    radius_modes: Constant
    unit: Constant
    mode_low: Constant
    mode_width: Constant
    nearest_end: list[int]
    """For each joint, the end of a cone that its flesh is measured by."""


@dataclass(frozen=True)
class Figures:
    """N bodies in their pictures, in pixels. P cones, J joints.

    ends: (2, P, 3, N) x, y, z of the cones' ends; radii: (2, P, N).
    keypoints: (2, J, N); depth: (J, N) their z; flesh: (J, N) how far under the skin each lies at most, when seen
    from its own side.
    size: (N,) the body's unit in pixels. turn: (3, 3, N) from the body frame to the camera's.
    centre: (3, N) the root of the body. elevation: (N,) of the camera; NaN-free, 0 level, pi / 2 from above.
    """

    ends: Array
    radii: Array
    keypoints: Array
    depth: Array
    flesh: Array
    size: Array
    turn: Array
    centre: Array
    elevation: Array


@derived
def body_of(ranges: RangePreset) -> Body:
    """The flesh on the skeleton of these ranges."""
    plan = _plan(ranges)
    m = plan_matrices(plan, ranges.skeleton)
    return Body(
        plan,
        Constant(m["mix"]),
        Constant(m["frame_mix"]),
        [int(i) for i in m["frame_of"]],
        Constant(m["offset"][:, :, None]),
        Constant(m["offset_modes"]),
        Constant(m["radius"][:, None]),
        Constant(m["radius_modes"]),
        Constant(m["unit"][None, :]),
        Constant(np.array([[low] for low, _ in plan.modes.values()])),
        Constant(np.array([[high - low] for low, high in plan.modes.values()])),
        # The end with the most of a joint in its mix; of equals the thickest.
        [int(np.argmax(m["mix"][:, j] + 0.3 * m["radius"])) for j in range(ranges.skeleton.joint_count)],
    )


def _plan(ranges: RangePreset) -> BodyPlan:
    if ranges.skeleton.name == "quadruped16" and "left_hind_paw" in ranges.skeleton.joints:
        return quadruped(ranges.name)
    return human(ranges.skeleton) if is_human(ranges.skeleton) else generic(ranges)


def figure_rows(ranges: RangePreset) -> int:
    """How many uniform numbers a body in its picture takes."""
    return pose_rows(ranges, POSES) + CAMERA_ROWS + MODE_ROWS


def sample_figures(ranges: RangePreset, uniforms: Array, side: int) -> Figures:
    """Uniform numbers (C, N), C = `figure_rows(ranges)` -> N bodies in pictures of `side` pixels."""
    xp = array_namespace(uniforms)
    draws = Draws(uniforms)
    poses = sample_poses(ranges, POSES, draws.many(pose_rows(ranges, POSES)))
    camera, modes = draws.rest(CAMERA_ROWS), draws.many(MODE_ROWS)
    turn, elevation = _turn(ranges, camera)
    joints = rotate(turn, poses.joints)
    body = body_of(ranges)
    unit = (body.unit.like(uniforms) @ poses.lengths)[0, ...]
    ends, radii = _flesh(body, joints, unit, modes, camera.scale(0.85, 1.2))
    points = xp.concat([joints, ends], axis=1)
    factor = _perspective(points, camera)
    flat = points[:2, ...] * factor
    count = joints.shape[1]
    scale, shift = _framing(flat, radii * factor[count:, ...], count, side, camera)
    flat = flat * scale + shift[:, None, :]
    depth = points[2, ...] * scale
    half = radii.shape[0] // 2
    # A tail thinner than a pixel would come and go.
    radii = within(radii * factor[count:, ...] * scale, THINNEST, 1e4)
    xyz = xp.concat([flat, depth[None, ...]], axis=0)
    both = xp.permute_dims(xp.reshape(xyz[:, count:, :], (3, 2, half, -1)), (1, 2, 0, 3))
    root = ranges.skeleton.root
    thick = xp.reshape(radii, (2, half, -1))
    own = 1.5 * radii[body.nearest_end, ...]
    around = _around(both, thick, xyz[:, :count, :])
    return Figures(
        both,
        thick,
        flat[:, :count, :],
        depth[:count, ...],
        xp.where(around > own, around, own),
        unit * scale,
        turn,
        xyz[:, root, :],
        elevation,
    )


def _around(ends: Array, radii: Array, joints: Array) -> Array:
    """(J, N) the radius of the thickest cone that each joint (3, J, N) lies in, where it does; 0 if in none."""
    xp = array_namespace(joints)
    a = xp.permute_dims(ends[0, ...], (1, 0, 2))[:, :, None, :]
    d = xp.permute_dims(ends[1, ...], (1, 0, 2))[:, :, None, :] - a
    offset = joints[:, None, :, :] - a
    s = within(xp.sum(offset * d, axis=0) / (xp.sum(d * d, axis=0) + 1e-3), 0.0, 1.0)
    apart = offset - s * d
    radius = radii[0, :, None, :] + s * (radii[1, :, None, :] - radii[0, :, None, :])
    inside = xp.sum(apart * apart, axis=0) < radius * radius
    return xp.max(radius * xp.astype(inside, radius.dtype), axis=0)


def _turn(ranges: RangePreset, draws: Draws) -> tuple[Array, Array]:
    """(3, 3, N) from the body frame to the camera's axes, and how far above the camera stands."""
    xp = array_namespace(draws.uniforms)
    kind = ranges.name.rpartition(".")[2]
    azimuth = 2 * math.pi * draws.one()
    level = ELEVATION.min + ELEVATION.width * (draws.one() + draws.one()) / 2
    above = FROM_ABOVE.min + FROM_ABOVE.width * draws.one() ** 0.5
    elevation = xp.where(draws.one() < ABOVE.get(kind, 0.12), above, level)
    pitch = PITCH.min + PITCH.width * (draws.one() + draws.one()) / 2
    tilt = ROLL.min + ROLL.width * (draws.one() + draws.one()) / 2
    # One in twelve lies, hangs or jumps: any way up.
    roll = xp.where(draws.one() < 0.08, 2 * math.pi * draws.one(), tilt)
    body = view_rotations(azimuth, elevation, roll, pitch)
    return xp.stack([body[0, ...], -body[2, ...], body[1, ...]]), elevation


def _flesh(body: Body, joints: Array, unit: Array, uniforms: Array, thick: Array) -> tuple[Array, Array]:
    """Ends of cones (3, E, N) and their radii (E, N), from joints (3, J, N)."""
    xp = array_namespace(joints)
    low = body.mode_low.like(joints)
    modes = low + body.mode_width.like(joints) * uniforms[: low.shape[0], ...]
    ends = xp.stack([body.mix.like(joints) @ joints[axis, ...] for axis in range(3)])
    radii = (body.radius.like(joints) + body.radius_modes.like(joints) @ modes) * thick
    smallest = 0.25 * body.radius.like(joints)
    radii = xp.where(radii > smallest, radii, smallest) * unit
    if body.plan.frames:
        offsets = (body.offset.like(joints) + body.offset_modes.like(joints) @ modes) * (unit * thick)
        frames = _frames(body, joints)
        nowhere = xp.zeros_like(frames[:, 0, :, :])
        axes = [frames[:, f, :, :] if f >= 0 else nowhere for f in body.frame_of]
        ends = ends + xp.stack(
            [axis[0, ...] * offsets[0, e] + axis[1, ...] * offsets[1, e] + axis[2, ...] * offsets[2, e]
             for e, axis in enumerate(axes)], axis=1
        )  # fmt: skip
    return ends, radii


def _frames(body: Body, joints: Array) -> Array:
    """(3 axes, F, 3, N): along, left, across."""
    xp = array_namespace(joints)
    mix = body.frame_mix.like(joints)
    places = xp.stack([mix @ joints[axis, ...] for axis in range(3)])
    along = _unit(places[:, 1::4, :] - places[:, 0::4, :])
    left = places[:, 3::4, :] - places[:, 2::4, :]
    left = _unit(left - along * xp.sum(along * left, axis=0))
    across = xp.stack(
        [along[(k + 1) % 3, ...] * left[(k + 2) % 3, ...] - along[(k + 2) % 3, ...] * left[(k + 1) % 3, ...]
         for k in range(3)]
    )  # fmt: skip
    return xp.permute_dims(xp.stack([along, left, across]), (0, 2, 1, 3))


def _unit(vectors: Array) -> Array:
    xp = array_namespace(vectors)
    return vectors / xp.sqrt(xp.sum(vectors * vectors, axis=0) + 1e-8)


def _perspective(points: Array, draws: Draws) -> Array:
    """(K, N) how much larger or smaller each of (3, K, N) appears for its distance."""
    xp = array_namespace(points)
    middle = xp.mean(points, axis=1, keepdims=True)
    centred = points - middle
    radius = xp.sqrt(xp.max(xp.sum(centred * centred, axis=0), axis=0))
    nearness = draws.chance(0.6) / (draws.scale(2.5, 20.0) * radius)
    return 1 / (1 + centred[2, ...] * nearness)


def _framing(flat: Array, radii: Array, count: int, side: int, draws: Draws) -> tuple[Array, Array]:
    """(N,) pixels per unit and (2, N) shift: the body fills 40 to 95 % of the picture; some are cut off by its edge."""
    xp = array_namespace(flat)
    ends = flat[:, count:, :]
    low = xp.min(xp.concat([flat[:, :count, :], ends - radii], axis=1), axis=1)
    high = xp.max(xp.concat([flat[:, :count, :], ends + radii], axis=1), axis=1)
    size = xp.max(high - low, axis=0)
    cut = draws.chance(0.2)
    fill = draws.between(0.45, 0.95) * (1 - cut) + draws.between(0.8, 1.5) * cut
    scale = side * fill / size
    free = xp.abs(1 - fill) + cut * 0.35
    places = xp.stack([draws.one(), draws.one()])
    centre = side * (0.5 + (places - 0.5) * free) - 0.5
    return scale, centre - (low + high) / 2 * scale
