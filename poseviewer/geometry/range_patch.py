"""A rotation range as a patch on the unit sphere: its surface, outline, grid, and the handles that widen it.

All directions are in the frame that the range refers to: for a swing range that of `kinematics.parent_frame`, in
which (flexion, abduction) points along (cos b cos a, cos b sin a, sin b); for a spherical range the body frame (eq. 5
of the synthesis paper). Angles are radians. One axis runs around the sphere (flexion, phi), one along its
meridians (abduction, theta).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poseviewer.core.range_edits import LIMITS
from poseviewer.core.ranges import Interval, RotationRange, SphericalRange, SwingRange

Array = NDArray[np.float64]
End = Literal["min", "max"]

STEP = math.radians(6.0)
"""Between neighbouring directions of a surface or line: so close that straight pieces look round."""
SLENDER = 0.2
"""Radius of the circle around the axis below which a handle would turn on the spot; it then moves to a wider one."""


@dataclass(frozen=True, eq=False)
class Handle:
    """A place at which one end of one axis is pulled.

    Attributes:
        axis, end: which one.
        value: where it stands.
        direction: (3,) unit; outward: (3,) unit, tangent to the sphere: where pulling widens the range.
    """

    axis: str
    end: End
    value: float
    direction: Array
    outward: Array


def patch_axes(rotation: RotationRange) -> tuple[str, str]:
    """The two axes that span a patch; a twist moves the bone along none."""
    return ("theta", "phi") if isinstance(rotation, SphericalRange) else ("flexion", "abduction")


def patch_intervals(rotation: RotationRange) -> tuple[Interval, Interval]:
    """The intervals of `patch_axes`."""
    if isinstance(rotation, SphericalRange):
        return rotation.theta, rotation.phi
    return rotation.flexion, rotation.abduction


def patch_direction(rotation: RotationRange, first: ArrayLike, second: ArrayLike) -> Array:
    """Values of the two axes, (...) each -> unit directions (..., 3)."""
    around, height = _around_and_height(rotation, first, second)
    flat = np.cos(height)
    return np.stack([flat * np.cos(around), flat * np.sin(around), np.sin(height)], axis=-1)


def patch_angles(rotation: RotationRange, direction: ArrayLike) -> tuple[float, float]:
    """A direction (3,) -> values of the two axes, each as near to the middle of its interval as turns allow."""
    x, y, z = (float(c) for c in np.asarray(direction, dtype=np.float64))
    around, height = math.atan2(y, x), math.atan2(z, math.hypot(x, y))
    first, second = patch_intervals(rotation)
    if isinstance(rotation, SphericalRange):
        return math.pi / 2 - height, _near(around, second.middle)
    return _near(around, first.middle), height


def patch_surface(rotation: RotationRange, step: float = STEP) -> Array:
    """(U, V, 3) directions that cover the range; U or V is 1 where an interval has no width."""
    first, second = (_samples(interval, step) for interval in patch_intervals(rotation))
    return patch_direction(rotation, first[:, None], second[None, :])


def patch_outline(rotation: RotationRange, step: float = STEP) -> Array:
    """(P, 3) the closed line around the range: a line there and back, or a point, where it has no width."""
    surface = patch_surface(rotation, step)
    sides = [surface[:, 0], surface[-1, :], surface[::-1, -1], surface[0, ::-1]]
    return np.concatenate([*(side[:-1] for side in sides), surface[:1, 0]])


def patch_grid(rotation: RotationRange, step: float = STEP) -> list[Array]:
    """Lines (P, 3) inside the range at multiples of 15 degrees, of 30 along an axis of more than 100."""
    first, second = patch_intervals(rotation)
    lines = [patch_direction(rotation, value, _samples(second, step)) for value in _ticks(first) if second.width]
    lines += [patch_direction(rotation, _samples(first, step), value) for value in _ticks(second) if first.width]
    return lines


def patch_handles(rotation: RotationRange) -> tuple[Handle, ...]:
    """Four handles: the minimum and maximum of each axis, in the middle of their edges."""
    made = []
    for axis in patch_axes(rotation):
        interval: Interval = getattr(rotation, axis)
        for end, value, sign in _ends(interval):
            place, along = _place_and_tangent(rotation, axis, value)
            made.append(Handle(axis, end, value, place, sign * along))
    return tuple(made)


def pointed_value(rotation: RotationRange, axis: str, direction: ArrayLike, near: float) -> float:
    """The value of an axis that a direction (3,) points at, within half a turn of `near`; it may pass the limits.

    Along a meridian it is measured in the plane of that axis's handles, so that a pointer that goes over the pole
    goes on counting instead of turning back.
    """
    x, y, z = (float(c) for c in np.asarray(direction, dtype=np.float64))
    if axis in ("flexion", "phi"):
        return _near(math.atan2(y, x), near)
    around = _handle_around(rotation)
    forward = x * math.cos(around) + y * math.sin(around)
    value = math.atan2(forward, z) if axis == "theta" else math.atan2(z, forward)
    return _near(value, near)


def with_end(interval: Interval, axis: str, end: End, value: float) -> Interval:
    """The interval with one end moved; it stops at the other end and at the axis's limit."""
    limit = LIMITS[axis]
    kept = min(max(value, limit.min), limit.max)
    if end == "min":
        return Interval(min(kept, interval.max), interval.max)
    return Interval(interval.min, max(kept, interval.min))


def at_stop(rotation: RotationRange, direction: ArrayLike, tolerance: float = math.radians(1.0)) -> bool:
    """Whether a direction (3,) lies on the edge of a range or outside it.

    A pole is no stop of theta, and on it every phi is the same.
    """
    first, second = patch_angles(rotation, direction)
    if not isinstance(rotation, SphericalRange):
        return _stopped(rotation.flexion, first, tolerance) or _stopped(rotation.abduction, second, tolerance)
    below = first < rotation.theta.min + tolerance and rotation.theta.min > 0
    beyond = first > rotation.theta.max - tolerance and rotation.theta.max < math.pi
    on_pole = math.sin(first) < math.sin(tolerance)
    return below or beyond or (not on_pole and _stopped(rotation.phi, second, tolerance))


# --- twist -------------------------------------------------------------------------------------------


def twist_axes(rotation: SwingRange, direction: ArrayLike) -> Array:
    """The frame of a bone that points along a direction (3,), without twist: columns (3, 3), the bone's own first.

    A twist t turns the second column to cos t times itself plus sin t times the third.
    """
    a, b = patch_angles(rotation, direction)
    ca, sa, cb, sb = math.cos(a), math.sin(a), math.cos(b), math.sin(b)
    return np.array([[cb * ca, -sa, -ca * sb], [cb * sa, ca, -sa * sb], [sb, 0.0, cb]])


def twist_arc(axes: Array, interval: Interval, step: float = STEP) -> Array:
    """(P, 3) unit directions around the bone, from the least twist to the greatest."""
    return twist_direction(axes, _samples(interval, step))


def twist_direction(axes: Array, twist: ArrayLike) -> Array:
    """Twists (...) -> directions (..., 3) across the bone."""
    t = np.asarray(twist, dtype=np.float64)[..., None]
    directions: Array = np.cos(t) * axes[:, 1] + np.sin(t) * axes[:, 2]
    return directions


def twist_handles(axes: Array, interval: Interval) -> tuple[Handle, ...]:
    """The two ends of the arc."""
    return tuple(
        Handle("twist", end, value, twist_direction(axes, value), sign * twist_direction(axes, value + math.pi / 2))
        for end, value, sign in _ends(interval)
    )


def pointed_twist(axes: Array, direction: ArrayLike, near: float) -> float:
    """The twist that a direction (3,) points at, within half a turn of `near`."""
    across = np.asarray(direction, dtype=np.float64) @ axes
    return _near(math.atan2(across[2], across[1]), near)


# --- details -----------------------------------------------------------------------------------------


def _near(angle: float, middle: float) -> float:
    """The same angle within half a turn of `middle`."""
    return angle - 2 * math.pi * round((angle - middle) / (2 * math.pi))


def _ends(interval: Interval) -> tuple[tuple[End, float, float], tuple[End, float, float]]:
    """Name, value and sign of the two ends."""
    return ("min", interval.min, -1.0), ("max", interval.max, 1.0)


def _stopped(interval: Interval, value: float, tolerance: float) -> bool:
    """Whether a value is at an end of an interval or beyond; a whole turn has none."""
    return interval.width < 2 * math.pi and not interval.min + tolerance < value < interval.max - tolerance


def _around_and_height(rotation: RotationRange, first: ArrayLike, second: ArrayLike) -> tuple[Any, Any]:
    """The angle around the axis and the height above the equator."""
    a, b = np.broadcast_arrays(np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64))
    return (b, math.pi / 2 - a) if isinstance(rotation, SphericalRange) else (a, b)


def _samples(interval: Interval, step: float) -> Array:
    if not interval.width:
        return np.array([interval.min])
    return np.linspace(interval.min, interval.max, max(2, math.ceil(interval.width / step) + 1))


def _ticks(interval: Interval) -> list[float]:
    """Round degrees inside an interval, its ends left out."""
    step = math.radians(30 if interval.width > math.radians(100) else 15)
    first, last = math.floor(interval.min / step) + 1, math.ceil(interval.max / step) - 1
    slack = step / 100
    return [k * step for k in range(first, last + 1) if interval.min + slack < k * step < interval.max - slack]


def _handle_around(rotation: RotationRange) -> float:
    """The meridian on which the handles of abduction or theta stand."""
    first, second = patch_intervals(rotation)
    return second.middle if isinstance(rotation, SphericalRange) else first.middle


def _handle_height(rotation: RotationRange) -> float:
    """The height at which the handles of flexion or phi stand: the middle, unless that is next to a pole."""
    first, second = patch_intervals(rotation)
    if isinstance(rotation, SphericalRange):
        heights = [math.pi / 2 - v for v in (first.middle, first.min, first.max)]
    else:
        heights = [second.middle, second.min, second.max]
    return heights[0] if math.cos(heights[0]) > SLENDER else min(heights, key=abs)


def _place_and_tangent(rotation: RotationRange, axis: str, value: float) -> tuple[Array, Array]:
    """Where an end of an axis stands, and where the axis grows from there, both (3,) unit."""
    if axis in ("flexion", "phi"):
        around, height = value, _handle_height(rotation)
        along = np.array([-math.sin(around), math.cos(around), 0.0])
    else:
        around, height = _handle_around(rotation), math.pi / 2 - value if axis == "theta" else value
        rising = np.array(
            [-math.sin(height) * math.cos(around), -math.sin(height) * math.sin(around), math.cos(height)]
        )
        along = -rising if axis == "theta" else rising
    flat = math.cos(height)
    return np.array([flat * math.cos(around), flat * math.sin(around), math.sin(height)]), along
