"""Flesh on a skeleton: which round cones a body is made of, as numbers that turn joints into cones.

A body is a linear model. Every cone has two ends; an end is a mix of joints plus an offset in a frame that the
joints span (along, left, and across both), and its offset and radius change with the modes of a body: how fat it is,
how long its ears are. Lengths are in the body's unit: one or more bones that stand for its size.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.core.skeleton import Skeleton

Mix = Mapping[str, float]
Offset = tuple[float, float, float]
Numbers = NDArray[Any]

NO_OFFSET: Offset = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class End:
    """One end of a cone.

    at: joints and their weights. offset: (along, left, across) in the frame, in units. radius: in units.
    modes: what one step of a body's mode adds: name -> (along, left, across, radius).
    """

    at: Mix
    radius: float
    frame: str = ""
    offset: Offset = NO_OFFSET
    modes: Mapping[str, tuple[float, float, float, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Cone:
    """A round cone. role: what its colour is chosen by. melts: its skin goes over into its neighbours'."""

    a: End
    b: End
    role: str
    melts: bool = True


@dataclass(frozen=True)
class Frame:
    """Two directions between mixes of joints: `along`, and `left`, which is made square to it. The third is their
    cross product: up for an animal on four legs, backwards for a person's trunk."""

    along: tuple[Mix, Mix]
    left: tuple[Mix, Mix]


@dataclass(frozen=True)
class BodyPlan:
    """What the cones of a skeleton are.

    unit: bones (parent, child) whose lengths add up to the body's unit. modes: names and the ends of their uniform
    range. roles: all that cones may have.
    """

    cones: tuple[Cone, ...]
    frames: Mapping[str, Frame]
    unit: tuple[str, ...]
    modes: Mapping[str, tuple[float, float]]
    roles: tuple[str, ...]


def between(a: str | Mix, b: str | Mix, share: float) -> Mix:
    """The place `share` of the way from a to b."""
    one, two = (({m: 1.0} if isinstance(m, str) else m) for m in (a, b))
    mixed = {k: v * (1 - share) for k, v in one.items()}
    for k, v in two.items():
        mixed[k] = mixed.get(k, 0.0) + v * share
    return mixed


def middle(*joints: str) -> Mix:
    return {joint: 1 / len(joints) for joint in joints}


def mirrored(cones: Sequence[Cone]) -> list[Cone]:
    """Cones of the left side, and the same on the right."""
    return [*cones, *(Cone(_other(c.a), _other(c.b), c.role, c.melts) for c in cones)]


def _other(end: End) -> End:
    flip = {_swapped(joint): weight for joint, weight in end.at.items()}
    along, left, across = end.offset
    modes = {name: (m[0], -m[1], m[2], m[3]) for name, m in end.modes.items()}
    return End(flip, end.radius, _swapped(end.frame), (along, -left, across), modes)


def _swapped(name: str) -> str:
    """left_knee for right_knee, and the other way round."""
    if name.startswith("left_"):
        return "right_" + name.removeprefix("left_")
    return "left_" + name.removeprefix("right_") if name.startswith("right_") else name


def plan_matrices(plan: BodyPlan, skeleton: Skeleton) -> dict[str, Numbers]:
    """The plan as arrays: E = 2 P ends (all first ends, then all second ends), F frames, K modes, J joints, B bones.

    mix (E, J); frame_mix (4 F, J): from, to of `along`, then of `left`; frame_of (E,), offset (3, E), offset_modes
    (3, E, K); radius (E,), radius_modes (E, K); unit (B,); role (P,); melts (P,).
    """
    index = {name: skeleton.joint_index(name) for name in {j for c in plan.cones for e in (c.a, c.b) for j in e.at}}
    count = skeleton.joint_count

    def row(mix: Mix) -> Numbers:
        weights = np.zeros(count)
        for joint, weight in mix.items():
            weights[index[joint] if joint in index else skeleton.joint_index(joint)] += weight
        return weights

    ends = [c.a for c in plan.cones] + [c.b for c in plan.cones]
    frames, modes = list(plan.frames), list(plan.modes)
    zero = (0.0, 0.0, 0.0, 0.0)
    changes = np.array([[end.modes.get(m, zero) for m in modes] for end in ends]).reshape(len(ends), len(modes), 4)
    return {
        "mix": np.stack([row(end.at) for end in ends]),
        "frame_mix": np.stack([row(m) for f in plan.frames.values() for m in (*f.along, *f.left)])
        if frames
        else np.zeros((0, count)),
        "frame_of": np.array([frames.index(e.frame) if e.frame else -1 for e in ends]),
        "offset": np.array([e.offset for e in ends]).T,
        "offset_modes": changes[:, :, :3].transpose(2, 0, 1),
        "radius": np.array([e.radius for e in ends]),
        "radius_modes": changes[:, :, 3],
        "unit": np.array([float(name in plan.unit) for name in skeleton.bone_names]),
        "role": np.array([plan.roles.index(c.role) for c in plan.cones]),
        "melts": np.array([float(c.melts) for c in plan.cones]),
    }
