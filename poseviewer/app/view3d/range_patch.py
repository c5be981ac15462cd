"""From a rotation range, a pose and a camera to the shapes that are drawn around a joint. Without Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poseviewer.app.view3d.composer import ScenePose, Stage
from poseviewer.app.view3d.framing import world_vectors
from poseviewer.core.derived import derived
from poseviewer.core.ranges import Interval, RotationRange, SwingRange
from poseviewer.geometry.range_patch import (
    at_stop,
    patch_grid,
    patch_outline,
    patch_surface,
    twist_arc,
    twist_axes,
    twist_direction,
)

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]

SMALLEST = 0.05
"""Radius in world units of the patch of a bone that has almost no length."""
TWIST_PLACE, TWIST_RADIUS = 0.5, 0.34
"""Where along a bone its twist is drawn, and how large, in lengths of the bone."""
CELL = math.radians(10.0)
"""Size of the patch's cells; its outline, drawn over their edge, is finer."""
TWIST_ROOM = 55.0
"""Pixels of a bone, seen from the side, below which its twist would be lost among the other handles."""


@dataclass(frozen=True, eq=False)
class RangeOfBone:
    """A range and the frame that it refers to: columns (3, 3) in the camera frame."""

    bone: int
    rotation: RotationRange
    frame: Array


@dataclass(frozen=True, eq=False)
class RangeShown:
    """What the 3D view shows of the chosen bone's range.

    Attributes:
        own: the range as it is, or as it would be after the gesture in hand.
        committed: the range that stands, while another one is previewed.
        partner: the bone on the other side, where it follows.
        twist: the bone's twist in this pose in radians, where it has a twist that can be seen; else None.
        refusal: why the handles cannot be pulled; "" where they can.
    """

    own: RangeOfBone
    committed: RotationRange | None = None
    partner: RangeOfBone | None = None
    twist: float | None = None
    refusal: str = ""


@dataclass(frozen=True, eq=False)
class Ball:
    """A sphere in the world: (3,) centre, radius, and columns (3, 3), the axes that directions on it refer to."""

    center: Array
    radius: float
    frame: Array

    def points(self, directions: ArrayLike) -> Array:
        """Directions (..., 3) -> (..., 3) in the world."""
        placed: Array = self.center + self.radius * (np.asarray(directions, dtype=np.float64) @ self.frame.T)
        return placed

    def faces(self, directions: ArrayLike, eye: Array) -> Bools:
        """(...) whether the viewer sees the outside of the sphere there."""
        normals = np.asarray(directions, dtype=np.float64) @ self.frame.T
        seen: Bools = ((eye - self.points(directions)) * normals).sum(axis=-1) > 0
        return seen

    def direction_at(self, stage: Stage, x: float, y: float, behind: bool) -> Array:
        """The direction (3,) that a pixel points at, on the near side or on the one behind.

        Beside the sphere the pointer rolls it on over its edge, as far as it is away: so an end can be pulled
        around to the other side.
        """
        eye, ray = stage.camera.eye, stage.camera.ray(x, y, stage.width, stage.height)
        nearest = eye + ray * ((self.center - eye) @ ray) - self.center
        away = float(np.linalg.norm(nearest))
        towards = ray if behind else -ray
        if away < self.radius:
            hit = nearest + towards * math.sqrt(self.radius**2 - away**2)
        else:
            over = min(away / self.radius - 1.0, math.pi / 2)
            hit = nearest / away * math.cos(over) - towards * math.sin(over)
        local: Array = hit @ self.frame
        return local / np.linalg.norm(local)


@dataclass(frozen=True, eq=False)
class PatchShape:
    """Directions that do not change while the pose does: of cells (U, V, 3) and corners (K, 3), pieces of lines."""

    cells: Array
    corners: Array
    outline: Array
    grid: Array


@derived
def shape_of(rotation: RotationRange) -> PatchShape:
    """Worked out once per range: a pose that is dragged is drawn with the same one again and again."""
    cells = patch_surface(rotation, CELL)
    corners = np.unique(np.round(cells[[0, 0, -1, -1], [0, -1, 0, -1]], 9), axis=0)
    return PatchShape(cells, corners, _pieces([patch_outline(rotation)]), _pieces(patch_grid(rotation)))


@dataclass(frozen=True, eq=False)
class Lines:
    """Pieces of a line on a ball, (M, 2, 2) pixels: those on the viewer's side, and those behind."""

    front: Array
    back: Array


@dataclass(frozen=True, eq=False)
class Dot:
    """Where the pose's own direction is: (2,) pixels, whether it is at its stop, and whether it is behind."""

    place: Array
    stopped: bool
    behind: bool


@dataclass(frozen=True, eq=False)
class RangePicture:
    """A range on the screen.

    Attributes:
        front, back: (K, 4, 2) pixels, the patch's cells.
        spokes: (M, 2, 2) from the joint to the corners.
        twist, twist_dot: the arc around the bone and where this pose is in it.
    """

    front: Array
    back: Array
    outline: Lines
    grid: Lines
    spokes: Array
    dot: Dot
    committed: Lines | None = None
    partner: Lines | None = None
    twist: Lines | None = None
    twist_dot: Dot | None = None


@dataclass(frozen=True, eq=False)
class RangeSight:
    """A range as it is looked at: what drawing it and pulling at it have in common.

    Attributes:
        bones: (B, 2) joint indices.
        ball: around the joint that the bone turns about; the pose's own bone ends on it.
        direction: (3,) where the bone points, in the ball's axes.
    """

    stage: Stage
    shown: RangeShown
    joints: Array
    bones: NDArray[np.intp]
    ball: Ball
    direction: Array

    @cached_property
    def twist_interval(self) -> Interval | None:
        """None where no twist is drawn: there is none, or no room for it."""
        rotation = self.shown.own.rotation
        if self.shown.twist is None or not isinstance(rotation, SwingRange):
            return None
        scale = float(self.stage.project(self.ball.center).scale[0])
        return rotation.twist if self.ball.radius * scale > TWIST_ROOM else None

    @cached_property
    def twist_axes(self) -> Array:
        """(3, 3) columns in the ball's axes; only of a swing range."""
        rotation = self.shown.own.rotation
        assert isinstance(rotation, SwingRange)
        return twist_axes(rotation, self.direction)

    @cached_property
    def twist_ball(self) -> Ball:
        """A smaller ball around the middle of the bone; the arc is where it is thickest."""
        middle = self.ball.points(self.direction) * TWIST_PLACE + self.ball.center * (1 - TWIST_PLACE)
        return Ball(middle, self.ball.radius * TWIST_RADIUS, self.ball.frame)


def sight_of(stage: Stage, shown: RangeShown, pose: ScenePose, bones: NDArray[np.intp]) -> RangeSight | None:
    """The chosen range around its joint; None where the pose does not have the bone, or the viewer is inside."""
    ball = _ball(shown.own, pose.joints, bones)
    if ball is None or np.linalg.norm(stage.camera.eye - ball.center) < 1.2 * ball.radius:
        return None
    parent, child = bones[shown.own.bone]
    along = (pose.joints[child] - pose.joints[parent]) @ ball.frame
    length = float(np.linalg.norm(along))
    if not length:
        return None
    return RangeSight(stage, shown, pose.joints, bones, ball, along / length)


def picture_of(sight: RangeSight) -> RangePicture:
    """Everything about the range that is drawn, its handles apart."""
    stage, shown, ball = sight.stage, sight.shown, sight.ball
    rotation = shown.own.rotation
    shape = shape_of(rotation)
    front, back = _cells(stage, ball, shape.cells)
    corners = _project(stage, ball.points(shape.corners))
    center = _project(stage, np.broadcast_to(ball.center, (len(corners), 3)))
    twist = sight.twist_interval
    return RangePicture(
        front=front,
        back=back,
        outline=_lines(stage, ball, shape.outline),
        grid=_lines(stage, ball, shape.grid),
        spokes=np.stack([center, corners], axis=1),
        dot=_dot(stage, ball, sight.direction, at_stop(rotation, sight.direction)),
        committed=_lines(stage, ball, shape_of(shown.committed).outline) if shown.committed is not None else None,
        partner=_partner(sight),
        twist=None if twist is None else _lines(stage, sight.twist_ball, _pieces([twist_arc(sight.twist_axes, twist)])),
        twist_dot=None if twist is None else _twist_dot(sight, twist),
    )


def _ball(of: RangeOfBone, joints: Array, bones: NDArray[np.intp]) -> Ball | None:
    if of.bone >= len(bones) or not np.isfinite(of.frame).all():
        return None
    parent, child = joints[bones[of.bone]]
    length = float(np.linalg.norm(child - parent))
    if not math.isfinite(length):
        return None
    return Ball(parent, max(length, SMALLEST), world_vectors(of.frame.T).T)


def _partner(sight: RangeSight) -> Lines | None:
    partner = sight.shown.partner
    ball = _ball(partner, sight.joints, sight.bones) if partner is not None else None
    if partner is None or ball is None:
        return None
    return _lines(sight.stage, ball, shape_of(partner.rotation).outline)


def _twist_dot(sight: RangeSight, interval: Interval) -> Dot:
    twist = sight.shown.twist or 0.0
    degree = math.radians(1.0)
    stopped = not interval.min + degree < twist < interval.max - degree
    return _dot(sight.stage, sight.twist_ball, twist_direction(sight.twist_axes, twist), stopped)


def _dot(stage: Stage, ball: Ball, direction: Array, stopped: bool) -> Dot:
    place = _project(stage, ball.points(direction))
    return Dot(place, stopped, not bool(ball.faces(direction, stage.camera.eye)))


def _cells(stage: Stage, ball: Ball, surface: Array) -> tuple[Array, Array]:
    """The patch's cells (K, 4, 2) on the viewer's side and behind, from the grid (U, V, 3) of their corners."""
    rows, columns = surface.shape[:2]
    if rows < 2 or columns < 2:
        return np.empty((0, 4, 2)), np.empty((0, 4, 2))
    places = _project(stage, ball.points(surface))
    cells = np.stack([places[:-1, :-1], places[1:, :-1], places[1:, 1:], places[:-1, 1:]], axis=2).reshape(-1, 4, 2)
    middles = (surface[:-1, :-1] + surface[1:, 1:] + surface[1:, :-1] + surface[:-1, 1:]).reshape(-1, 3)
    middles /= np.maximum(np.linalg.norm(middles, axis=-1, keepdims=True), 1e-9)
    seen = ball.faces(middles, stage.camera.eye)
    return cells[seen], cells[~seen]


def _lines(stage: Stage, ball: Ball, pieces: Array) -> Lines:
    """Pieces of lines, (M, 2, 3) directions."""
    places = _project(stage, ball.points(pieces))
    seen = ball.faces(pieces.mean(axis=1), stage.camera.eye)
    return Lines(places[seen], places[~seen])


def _pieces(lines: list[Array]) -> Array:
    """Polylines (P, 3) -> (M, 2, 3), each from one of their points to the next."""
    pairs = [np.stack([line[:-1], line[1:]], axis=1) for line in lines]
    return np.concatenate(pairs) if pairs else np.empty((0, 2, 3))


def _project(stage: Stage, points: Array) -> Array:
    """World points (..., 3) -> pixels (..., 2)."""
    return stage.project(points).places.reshape(*points.shape[:-1], 2)
