"""Turning poses in front of a camera: about the camera's vertical, and by the camera's elevation. Any array library.

Points (..., J, 3) in the camera frame (x right, y down, z away), angles (...) in radians.
"""

from __future__ import annotations

from typing import Any

from array_api_compat import array_namespace

Array = Any


def turn(points: Array, azimuth: Array) -> Array:
    """Turn about the camera's y axis; a positive quarter moves what is to the right away from the camera."""
    xp = array_namespace(points)
    cos, sin = xp.cos(azimuth)[..., None], xp.sin(azimuth)[..., None]
    x, y, z = points[..., 0], points[..., 1], points[..., 2]
    return xp.stack([cos * x - sin * z, y, sin * x + cos * z], axis=-1)


def tilt(points: Array, elevation: Array) -> Array:
    """What a level camera sees -> what one sees that looks down by `elevation`: the far side comes up."""
    xp = array_namespace(points)
    cos, sin = xp.cos(elevation)[..., None], xp.sin(elevation)[..., None]
    x, y, z = points[..., 0], points[..., 1], points[..., 2]
    return xp.stack([x, cos * y - sin * z, sin * y + cos * z], axis=-1)


def seen_from(upright: Array, azimuth: Array, elevation: Array) -> Array:
    """Poses that stand upright (..., J, 3), z up -> the camera frame of a camera around them."""
    xp = array_namespace(upright)
    level = xp.stack([upright[..., 0], -upright[..., 2], upright[..., 1]], axis=-1)
    return tilt(turn(level, azimuth), elevation)


def back_project(keypoints: Array, depth: Array, distance: float) -> Array:
    """Keypoints (..., J, 2) with depths (..., J) -> points (..., J, 3): X = x (d + z) / d, as in 003.

    Args:
        distance: of the camera to the plane z = 0, in the unit of the keypoints; infinity for an orthographic camera.
    """
    xp = array_namespace(keypoints)
    if distance == float("inf"):
        return xp.concat([keypoints, depth[..., None]], axis=-1)
    depth = xp.clip(depth, -distance * NEAREST, None)
    return xp.concat([keypoints * ((distance + depth) / distance)[..., None], depth[..., None]], axis=-1)


def project(points: Array, distance: float) -> Array:
    """Points (..., J, 3) -> keypoints (..., J, 2): the inverse of `back_project`."""
    xp = array_namespace(points)
    if distance == float("inf"):
        return points[..., :2]
    depth = xp.clip(points[..., 2], -distance * NEAREST, None)
    return points[..., :2] * (distance / (distance + depth))[..., None]


NEAREST = 10 / 11
"""No point comes nearer to the camera than an eleventh of its distance: 003's z >= 1 at d = 10."""
