"""The handles of a range on the screen, and what pulling one makes of its interval. Without Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from poseviewer.app.view3d.range_patch import Ball, RangeSight
from poseviewer.core.ranges import Interval, RotationRange
from poseviewer.geometry.picking import nearest_point
from poseviewer.geometry.range_patch import (
    Handle,
    patch_handles,
    pointed_twist,
    pointed_value,
    twist_handles,
    with_end,
)

Array = NDArray[np.float64]

REACH = 10.0
"""Pixels around a handle within which it is meant, before any joint."""
STAND_OFF = 9.0
"""Pixels by which a handle stands outside its edge: two on a range without width do not cover each other."""
SLACK = 2.0
"""Pixels that the pointer may slip on a click without pulling."""


@dataclass(frozen=True, eq=False)
class Grip:
    """A handle on the screen, at (2,) pixels, beside its (2,) edge; `behind` is one on the far side of its ball."""

    handle: Handle
    place: Array
    edge: Array
    behind: bool

    @property
    def name(self) -> tuple[str, str]:
        """Axis and end: the same handle in another picture."""
        return self.handle.axis, self.handle.end


@dataclass(frozen=True, eq=False)
class RangePull:
    """What the user is making of a range: one axis of one bone gets another interval."""

    bone: int
    axis: str
    interval: Interval


@dataclass(frozen=True, eq=False)
class Pull:
    """A handle in hand.

    Attributes:
        bone, rotation: whose end is pulled, as it was when it was taken.
        handle, behind: the handle and the side of the ball that it was on.
        press: (2,) pixels where it was taken.
        value: of the end, in radians, not yet rounded or stopped.
        pointed: the value that the pointer points at; it need not have taken the handle at its middle.
        moved: whether it has left its place.
    """

    bone: int
    rotation: RotationRange
    handle: Handle
    behind: bool
    press: Array
    value: float
    pointed: float
    moved: bool = False

    @property
    def answer(self) -> RangePull:
        """The interval so far: whole degrees, its ends not crossing."""
        axis = self.handle.axis
        whole = math.radians(round(math.degrees(self.value)))
        old: Interval = getattr(self.rotation, axis)
        return RangePull(self.bone, axis, with_end(old, axis, self.handle.end, whole) if self.moved else old)


def grips_of(sight: RangeSight) -> tuple[Grip, ...]:
    """All handles of a range: four on the patch, two on the arc of a twist."""
    grips = [_grip(sight, sight.ball, handle) for handle in patch_handles(sight.shown.own.rotation)]
    interval = sight.twist_interval
    if interval is not None:
        grips += [_grip(sight, sight.twist_ball, handle) for handle in twist_handles(sight.twist_axes, interval)]
    return tuple(grips)


def grip_at(grips: tuple[Grip, ...], x: float, y: float) -> Grip | None:
    """The handle that is meant by a pixel; of two that cover each other the one in front."""
    depth = np.array([float(grip.behind) for grip in grips])
    found = nearest_point(np.array([grip.place for grip in grips]), (x, y), REACH, depth)
    return None if found is None else grips[found]


def taken(sight: RangeSight, grip: Grip, x: float, y: float) -> Pull:
    """Begin to pull."""
    handle, own = grip.handle, sight.shown.own
    press = np.array([x, y])
    pull = Pull(own.bone, own.rotation, handle, grip.behind, press, handle.value, handle.value)
    return replace(pull, pointed=_pointed(sight, pull, x, y))


def pulled(sight: RangeSight, pull: Pull, x: float, y: float) -> Pull:
    """Go on pulling: the end moves by as much as what the pointer points at."""
    if not pull.moved and math.hypot(x - pull.press[0], y - pull.press[1]) < SLACK:
        return pull
    pointed = _pointed(sight, pull, x, y)
    return replace(pull, pointed=pointed, value=pull.value + pointed - pull.pointed, moved=True)


def handle_words(axis: str, end: str, value: float) -> str:
    """`flexion max 70°`."""
    return f"{axis} {end} {degrees_words(value)}"


def degrees_words(value: float) -> str:
    """Radians as whole degrees, with a minus sign that is as wide as a plus."""
    whole = round(math.degrees(value))
    return f"\N{MINUS SIGN}{-whole}°" if whole < 0 else f"{whole}°"


def _grip(sight: RangeSight, ball: Ball, handle: Handle) -> Grip:
    step = 0.2
    beyond = math.cos(step) * handle.direction + math.sin(step) * handle.outward
    at = sight.stage.project(ball.points(np.stack([handle.direction, beyond])))
    place, outwards = at.places[0], at.places[1] - at.places[0]
    # Where pulling leads towards the viewer or away there is no outside on the screen.
    clear = max(float(np.hypot(*outwards)), 0.3 * step * ball.radius * float(at.scale[0]), 1e-9)
    behind = not bool(ball.faces(handle.direction, sight.stage.camera.eye))
    return Grip(handle, place + STAND_OFF * outwards / clear, place, behind)


def _pointed(sight: RangeSight, pull: Pull, x: float, y: float) -> float:
    axis = pull.handle.axis
    ball = sight.twist_ball if axis == "twist" else sight.ball
    direction = ball.direction_at(sight.stage, x, y, pull.behind)
    if axis == "twist":
        return pointed_twist(sight.twist_axes, direction, pull.pointed)
    return pointed_value(pull.rotation, axis, direction, pull.pointed)
