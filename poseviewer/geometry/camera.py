"""The frames of reference, stated here and nowhere else, and what a camera does to joints.

body:   x to the animal's left, y backwards (it faces -y), z up. The synthesis paper's upright animal.
camera: x right, y down, z away from the camera, as in OpenCV. From body axes: (x, -z, y).
image:  pixels, x right, y down, integers at pixel centres.

An orthographic camera drops the camera's z, which is the paper's projection onto the xz-plane (eq. 7)
with the image's y axis turned to point down.
"""

from __future__ import annotations

from typing import Any

from array_api_compat import array_namespace

Array = Any
"""A numpy array or a torch tensor."""


def body_to_camera(points: Array) -> Array:
    """(..., 3) in body axes -> (..., 3) in camera axes."""
    xp = array_namespace(points)
    return xp.stack([points[..., 0], -points[..., 2], points[..., 1]], axis=-1)


def camera_to_body(points: Array) -> Array:
    """(..., 3) in camera axes -> (..., 3) in body axes; the inverse of `body_to_camera`."""
    xp = array_namespace(points)
    return xp.stack([points[..., 0], points[..., 2], -points[..., 1]], axis=-1)


def project_orthographic(joints: Array) -> Array:
    """(..., J, 3) in the camera frame -> (..., J, 2)."""
    return joints[..., :2]


def project_perspective(joints: Array, distance: Array) -> Array:
    """A full perspective view of joints about the origin, scaled so that the plane z = 0 keeps its size.

    Args:
        joints: (..., J, 3) camera frame, around the origin.
        distance: (...) from the camera to the origin, in the unit of the joints; must exceed the largest -z.

    Returns:
        (..., J, 2).
    """
    factor = distance[..., None] / (distance[..., None] + joints[..., 2])
    return joints[..., :2] * factor[..., None]
