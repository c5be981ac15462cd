"""A trot: the phase of a stride -> the joints of a dog.

In a trot the diagonal legs move together: the left front paw lands with the right hind one, half a stride
later the other two. While a paw stands, it moves backwards in the body frame as fast as the animal goes
forwards, so it does not slide on the ground. Everything here is written for any array library.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from array_api_compat import array_namespace

from poseviewer.synthesis.body import Body
from poseviewer.synthesis.hinge import cross, hinge, unit

Array = Any
"""A numpy array or a torch tensor."""


@dataclass(frozen=True)
class Trot:
    """How a dog trots. Lengths in mm, angles in radians, time in seconds.

    duty: part of the stride that a paw stands. sweep: how far the body moves over a standing paw.
    lift: how high a paw is raised. bob: how far the trunk rises and sinks about its height, `crouch` below
    the rest pose. front, hind: (y) the middle of the paws' sweep in the body frame.
    """

    period: float = 0.52
    duty: float = 0.46
    sweep: float = 240.0
    front: float = -55.0
    hind: float = 375.0
    front_lift: float = 78.0
    hind_lift: float = 62.0
    bob: float = 9.0
    crouch: float = 14.0
    pitch: float = 0.012
    roll: float = 0.05
    blade: float = 0.13
    nod: float = 0.035
    wag: float = 0.42

    @property
    def speed(self) -> float:
        """mm per second."""
        return self.sweep / (self.duty * self.period)


# The slope of the piece above the paw (pastern, cannon bone) from the vertical, positive with its upper end behind
# the paw: eight equal steps of the stride from the paw's landing on. Half a stride standing, half swinging.
FRONT_SLOPE = (0.34, 0.10, -0.06, -0.30, -0.95, -1.45, -0.60, 0.28)
HIND_SLOPE = (0.42, 0.30, 0.14, -0.12, -0.62, -0.72, -0.22, 0.30)


def trot(phases: Array, body: Body, gait: Trot, glance: Array | None = None) -> Array:
    """Phases (F,) of the stride, 0 to 1 from the landing of the left front paw -> joints (F, J, 3).

    Args:
        glance: (F,) radians that the head is turned to the animal's left, or None for straight ahead.

    Returns:
        mm in the body frame whose origin is on the ground and goes forward at `gait.speed`; the joints are in
        the order of `body.joints`.
    """
    xp = array_namespace(phases)
    place = _trunk(phases, body, gait, xp.zeros_like(phases) if glance is None else glance)
    for side, other in (("left", 0.0), ("right", 0.5)):
        _front_leg(place, side, _wrap(phases + other), body, gait)
        _hind_leg(place, side, _wrap(phases + other + 0.5), body, gait)
    return xp.stack([place[name] for name in body.joints], axis=-2)


def travelled(phases: Array, gait: Trot) -> Array:
    """Unwrapped phases (F,) -> (F, 3) where the body frame is: forward is -y."""
    xp = array_namespace(phases)
    still = xp.zeros_like(phases)
    return xp.stack([still, -phases * gait.speed * gait.period, still], axis=-1)


def standing(phases: Array, gait: Trot) -> Array:
    """Phases (F,) since a paw's landing -> true where that paw stands on the ground."""
    return _wrap(phases) < gait.duty


def _trunk(phases: Array, body: Body, gait: Trot, glance: Array) -> dict[str, Array]:
    """The spine, head, tail, shoulders and hips. The body sinks in the middle of each diagonal's stance."""
    xp = array_namespace(phases)
    twice = 4 * math.pi * (phases - gait.duty / 2)
    once = 2 * math.pi * phases
    still = xp.zeros_like(phases)
    height = -gait.crouch - gait.bob * xp.cos(twice)
    pitch = gait.pitch * xp.sin(twice)
    sway = gait.roll * xp.sin(once)

    def rest(start: str, end: str) -> Array:
        offset = [b - a for a, b in zip(body.rest[start], body.rest[end], strict=True)]
        return xp.stack([still + value for value in offset], axis=-1)

    origin = xp.stack([still + value for value in body.rest["neck"]], axis=-1)
    neck = origin + xp.stack([still, still, height], axis=-1)
    tail_base = neck + _turn(_turn(rest("neck", "tail_base"), 0, pitch), 2, 0.35 * sway)
    nose = _turn(_turn(rest("neck", "nose"), 0, -gait.nod * xp.cos(twice - 0.9)), 2, glance)
    tail = _turn(rest("tail_base", "tail_tip"), 0, 0.10 * xp.sin(twice + 0.5))
    place = {
        "neck": neck,
        "nose": neck + nose,
        "tail_base": tail_base,
        "tail_tip": tail_base + _turn(tail, 2, gait.wag * xp.sin(once + 0.6)),
    }
    for side, sign in (("left", 1.0), ("right", -1.0)):
        # The shoulder blade swings forward as its leg reaches out.
        swing = -sign * gait.blade * xp.cos(once)
        place[f"{side}_shoulder"] = neck + _turn(rest("neck", f"{side}_shoulder"), 0, swing)
        hip = _turn(_turn(rest("tail_base", f"{side}_hip"), 1, sway), 2, -0.6 * sway)
        place[f"{side}_hip"] = tail_base + hip
    return place


def _front_leg(place: dict[str, Array], side: str, phases: Array, body: Body, gait: Trot) -> None:
    paw, carpus = _foot(phases, body, gait, f"{side}_front_paw", f"{side}_carpus", FRONT_SLOPE, gait.front)
    shoulder = place[f"{side}_shoulder"]
    upper = body.rest_distance(f"{side}_shoulder", f"{side}_elbow")
    lower = body.rest_distance(f"{side}_elbow", f"{side}_carpus")
    place[f"{side}_elbow"] = hinge(shoulder, carpus, upper, lower, _left(paw), -1.0)
    place[f"{side}_front_paw"] = paw


def _hind_leg(place: dict[str, Array], side: str, phases: Array, body: Body, gait: Trot) -> None:
    paw, hock = _foot(phases, body, gait, f"{side}_hind_paw", f"{side}_hock", HIND_SLOPE, gait.hind)
    hip = place[f"{side}_hip"]
    upper = body.rest_distance(f"{side}_hip", f"{side}_knee")
    lower = body.rest_distance(f"{side}_knee", f"{side}_hock")
    place[f"{side}_knee"] = hinge(hip, hock, upper, lower, _left(paw), 1.0)
    place[f"{side}_hind_paw"] = paw


def _foot(
    phases: Array, body: Body, gait: Trot, paw: str, above: str, slopes: tuple[float, ...], middle: float
) -> tuple[Array, Array]:
    """The paw and the joint above it, (F, 3) each, for phases (F,) since the paw landed."""
    xp = array_namespace(phases)
    lift = gait.front_lift if "front" in paw else gait.hind_lift
    y, z = _paw_path(phases, gait, lift)
    x, _, height = body.rest[paw]
    place = xp.stack([xp.zeros_like(y) + x, middle + y, height + z], axis=-1)
    slope = _through(phases, slopes)
    piece = body.rest_distance(paw, above)
    rise = xp.stack([xp.zeros_like(slope), xp.sin(slope), xp.cos(slope)], axis=-1)
    return place, place + piece * rise


def _paw_path(phases: Array, gait: Trot, lift: float) -> tuple[Array, Array]:
    """How far behind the middle of its sweep a paw is, and how high, for phases (F,) since it landed."""
    xp = array_namespace(phases)
    half = gait.sweep / 2
    stance = -half + gait.sweep * phases / gait.duty
    u = (phases - gait.duty) / (1 - gait.duty)
    # It leaves the ground and meets it again at the speed at which the ground passes (a cubic through both ends).
    slope = gait.sweep * (1 - gait.duty) / gait.duty
    swing = half * (4 * u**3 - 6 * u**2 + 1) + slope * (u - 3 * u**2 + 2 * u**3)
    rise = lift * xp.sin(math.pi * xp.clip(u, 0, 1) ** 0.8) ** 2
    on_ground = phases < gait.duty
    return xp.where(on_ground, stance, swing), xp.where(on_ground, xp.zeros_like(rise), rise)


def _through(phases: Array, values: tuple[float, ...]) -> Array:
    """A smooth periodic curve through values at equal steps of the phase (Catmull-Rom)."""
    xp = array_namespace(phases)
    count = len(values)
    steps = phases * count
    curve = xp.zeros_like(phases)
    for i, value in enumerate(values):
        distance = xp.abs(_wrap((steps - i) / count + 0.5) - 0.5) * count
        near = 1.5 * distance**3 - 2.5 * distance**2 + 1
        far = -0.5 * distance**3 + 2.5 * distance**2 - 4 * distance + 2
        weight = xp.where(distance < 1, near, xp.where(distance < 2, far, xp.zeros_like(far)))
        curve = curve + value * weight
    return curve


def _turn(vectors: Array, axis: int, angles: Array) -> Array:
    """Vectors (F, 3) turned by angles (F,) about a coordinate axis."""
    xp = array_namespace(vectors)
    still = xp.zeros_like(angles)
    pole = xp.stack([still + 1.0 if i == axis else still for i in range(3)], axis=-1)
    cosine, sine = xp.cos(angles)[..., None], xp.sin(angles)[..., None]
    along = xp.sum(vectors * pole, axis=-1, keepdims=True) * pole
    return cosine * vectors + sine * cross(pole, vectors) + (1 - cosine) * along


def _left(points: Array) -> Array:
    """(F, 3): the animal's left beside every point."""
    xp = array_namespace(points)
    return unit(xp.stack([points[..., 0] * 0 + 1, points[..., 1] * 0, points[..., 2] * 0], axis=-1))


def _wrap(phases: Array) -> Array:
    xp = array_namespace(phases)
    return phases - xp.floor(phases)
