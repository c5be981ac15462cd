"""What a rendered animal is made of: rounded parts bound to the joints of its skeleton.

A body is described once, in its rest pose, as a sculptor would: "a part from here to there, this thick".
Each end of a part is bound to frames that move with the joints, so any pose of the same skeleton, from
a gait or drawn from rotation ranges, poses the whole body.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from poseviewer.synthesis.hinge import hinge, unit

Floats = NDArray[np.float64]
Point = tuple[float, float, float]


@dataclass(frozen=True)
class Hinge:
    """A place that is not a joint of the skeleton but bends between two of them: the carpus, the hock.

    side: (left, right) points that tell the animal's left. toward: see `hinge.hinge`.
    """

    name: str
    start: str
    end: str
    side: tuple[str, str]
    toward: float


@dataclass(frozen=True)
class Frame:
    """A frame that moves with the animal: its place is a point, its axes follow two others.

    at: the point it is fixed to. along: the points its long axis runs between. side: (left, right) points.
    """

    at: str
    along: tuple[str, str]
    side: tuple[str, str]


@dataclass(frozen=True)
class Anchor:
    """A place on the body, given in the rest pose, that follows one frame or a weighted mean of several."""

    rest: Point
    frames: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Part:
    """A round cone: everything within a radius, growing from `radii[0]` to `radii[1]`, of the line from a to b.

    width: factor on its extent towards the animal's sides (a chest is deeper than it is wide).
    colour: linear RGB of a part that is not covered by the coat (an eye), or None.
    gloss: strength of its highlight.
    """

    name: str
    a: Anchor
    b: Anchor
    radii: tuple[float, float]
    width: float = 1.0
    colour: Point | None = None
    gloss: float = 0.0


@dataclass(frozen=True)
class PosedParts:
    """K parts in a pose, each as an affine map into its own frame, where it is a round cone on the +z axis.

    Attributes:
        maps: (K, 3, 3), and offsets: (K, 3): local = maps @ point + offsets; local x runs across, z along the part.
        lengths: (K,) of the axis; radii: (K, 2) at its ends; widths: (K,).
        ends: (K, 2, 3) the ends of the axis.
    """

    maps: Floats
    offsets: Floats
    lengths: Floats
    radii: Floats
    widths: Floats
    ends: Floats


@dataclass(frozen=True)
class Body:
    """An animal's shape: its skeleton's joints and hinges at rest, its frames and its parts. Unit: mm.

    skin_depth: for every joint, how far below the skin it lies: what hides it there is its own flesh.
    blend: how far apart two parts begin to melt into one surface.
    """

    joints: tuple[str, ...]
    rest: Mapping[str, Point] = field(hash=False)
    hinges: tuple[Hinge, ...]
    frames: Mapping[str, Frame] = field(hash=False)
    parts: tuple[Part, ...]
    skin_depth: Mapping[str, float] = field(hash=False)
    size_bone: tuple[str, str]
    blend: float

    @cached_property
    def points(self) -> tuple[str, ...]:
        """The joints, then the hinges."""
        return self.joints + tuple(h.name for h in self.hinges)

    @cached_property
    def rest_points(self) -> Floats:
        """(P, 3) the points at rest."""
        return np.array([self.rest[name] for name in self.points], dtype=np.float64)

    @cached_property
    def rest_parts(self) -> PosedParts:
        return pose_parts(self, self.rest_points)

    def rest_distance(self, a: str, b: str) -> float:
        return float(np.linalg.norm(np.subtract(self.rest[a], self.rest[b])))

    def scale(self, joints: Floats) -> float:
        """How large a posed animal (J, 3) is compared to the rest pose."""
        a, b = (self.joints.index(n) for n in self.size_bone)
        return float(np.linalg.norm(joints[a] - joints[b])) / self.rest_distance(*self.size_bone)


def extend(body: Body, joints: Floats) -> Floats:
    """Joints (J, 3) of any pose in any frame -> points (P, 3): the joints and the hinges between them."""
    scale = body.scale(joints)
    place = dict(zip(body.joints, joints, strict=True))
    for h in body.hinges:
        first = body.rest_distance(h.start, h.name) * scale
        second = body.rest_distance(h.name, h.end) * scale
        left = place[h.side[0]] - place[h.side[1]]
        place[h.name] = hinge(place[h.start], place[h.end], first, second, left, h.toward)
    return np.stack([place[name] for name in body.points])


def pose_parts(body: Body, points: Floats) -> PosedParts:
    """Points (P, 3) of a pose -> its parts."""
    scale = body.scale(points)
    place = dict(zip(body.points, points, strict=True))
    axes = {name: _axes(frame, place) for name, frame in body.frames.items()}
    rest_axes = {name: _axes(frame, body.rest) for name, frame in body.frames.items()}

    def move(anchor: Anchor) -> Floats:
        moved = np.zeros(3)
        for name, weight in anchor.frames:
            at = body.frames[name].at
            offset = np.subtract(anchor.rest, body.rest[at])
            moved += weight * (place[at] + scale * axes[name].T @ (rest_axes[name] @ offset))
        return moved

    ends = np.array([[move(part.a), move(part.b)] for part in body.parts])
    lengths = np.linalg.norm(ends[:, 1] - ends[:, 0], axis=-1)
    widths = np.array([part.width for part in body.parts])
    # A part turns about itself with the frame of its first end.
    lefts = np.array([axes[part.a.frames[0][0]][0] for part in body.parts])
    onwards = np.array([axes[part.a.frames[0][0]][2] for part in body.parts])
    frames = _part_axes(ends, lefts, onwards)
    frames[:, 0] /= widths[:, None]
    return PosedParts(
        maps=frames,
        offsets=-np.einsum("kij,kj->ki", frames, ends[:, 0]),
        lengths=lengths,
        radii=scale * np.array([part.radii for part in body.parts]),
        widths=widths,
        ends=ends,
    )


def _axes(frame: Frame, place: Mapping[str, Floats] | Mapping[str, Point]) -> Floats:
    """(3, 3): rows are the frame's side, up and long axes, orthonormal."""
    along = unit(np.subtract(place[frame.along[1]], place[frame.along[0]]))
    side = np.subtract(place[frame.side[0]], place[frame.side[1]])
    side = unit(side - (side @ along) * along)
    return np.stack([side, np.cross(side, along), along])


def _part_axes(ends: Floats, lefts: Floats, onwards: Floats) -> Floats:
    """(K, 3, 3) orthonormal rows: across, up and along each part; a ball lies along its frame, `onwards`."""
    run = ends[:, 1] - ends[:, 0]
    along = unit(np.where(np.linalg.norm(run, axis=-1, keepdims=True) > 1e-9, run, onwards))
    across = lefts - np.sum(lefts * along, axis=-1, keepdims=True) * along
    # A part that runs straight to the side has no "across" of its own; any perpendicular will do.
    other = np.stack([along[:, 1], -along[:, 0], np.zeros(len(along))], axis=-1)
    across = unit(np.where(np.linalg.norm(across, axis=-1, keepdims=True) > 1e-3, across, other))
    return np.stack([across, np.cross(across, along), along], axis=1)
