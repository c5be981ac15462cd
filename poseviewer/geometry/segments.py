"""Skeletons, floor and camera as straight line segments: what a 3D view draws. Pure functions of arrays.

A segment is a pair of points, so S segments are (S, 2, 3).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def bone_segments(joints: ArrayLike, bones: ArrayLike) -> Array:
    """Every bone of every pose as one segment, parent first.

    Args:
        joints: (N, J, 3), or (J, 3) for one pose.
        bones: (B, 2) joint indices.

    Returns:
        (N * B, 2, 3), pose after pose; a bone that touches a NaN joint keeps its NaN.
    """
    points = np.asarray(joints, dtype=np.float64)
    ends = np.asarray(bones, dtype=np.intp).reshape(-1, 2)
    return points[..., ends, :].reshape(-1, 2, 3)


def floor_lines(spacing: float, reach: int, height: float, pieces: int = 2) -> Array:
    """A square grid in a plane of constant z, around the z axis.

    Args:
        spacing: distance between neighbouring lines.
        reach: lines on each side of the middle one.
        height: z of the plane.
        pieces: each line is cut into this many segments per cell, so that it can fade with distance.

    Returns:
        (2 * (2 * reach + 1) * 2 * reach * pieces, 2, 3): the lines along x, then those along y.
    """
    lines = np.arange(-reach, reach + 1) * spacing
    cuts = np.linspace(-reach, reach, 2 * reach * pieces + 1) * spacing
    across, start = np.meshgrid(lines, cuts[:-1], indexing="ij")
    end = np.broadcast_to(cuts[1:], across.shape)
    level = np.full(across.shape, height)
    along_x = np.stack([np.stack([start, across, level], -1), np.stack([end, across, level], -1)], -2).reshape(-1, 2, 3)
    return np.concatenate([along_x, along_x[..., [1, 0, 2]]])


def flattened(segments: ArrayLike, height: float) -> Array:
    """Segments (S, 2, 3) dropped straight down (or up) onto the plane z = height: their shadow at noon."""
    fallen = np.array(segments, dtype=np.float64)
    fallen[..., 2] = height
    return fallen


def whiskers(joints: ArrayLike, half_length: ArrayLike, axis: ArrayLike) -> Array:
    """A segment through every joint along one axis, such as one standard deviation of its depth to each side.

    Args:
        joints: (J, 3).
        half_length: (J,) from the joint to each end.
        axis: (3,) of length 1.

    Returns:
        (J, 2, 3).
    """
    points = np.asarray(joints, dtype=np.float64)
    step = np.asarray(half_length, dtype=np.float64)[:, None] * np.asarray(axis, dtype=np.float64)
    return np.stack([points - step, points + step], axis=1)


def camera_glyph(place: ArrayLike, size: float) -> Array:
    """A small wire pyramid that stands for a camera looking along +y with z up.

    Args:
        place: (3,) the lens, the tip of the pyramid.
        size: width of the picture plane.

    Returns:
        (8, 2, 3): four edges from the lens, then the four sides of the picture.
    """
    lens = np.asarray(place, dtype=np.float64)
    half = np.array([[-0.5, 1.0, -0.36], [0.5, 1.0, -0.36], [0.5, 1.0, 0.36], [-0.5, 1.0, 0.36]])
    corners = lens + size * half
    edges = np.stack([np.broadcast_to(lens, corners.shape), corners], axis=1)
    sides = np.stack([corners, np.roll(corners, -1, axis=0)], axis=1)
    return np.concatenate([edges, sides])
