"""The poses nearest to labelled keypoints, inside the rotation ranges or a little beyond: from many starts the best.

One view does not tell depth apart from its mirror image, so every pose is tried from several starts, also with its
depths and those of single limbs turned round, and the one that costs least is taken.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from poseviewer.core.derived import derived
from poseviewer.core.range_edits import LIMITS, axes_of
from poseviewer.core.skeleton import Skeleton
from poseviewer.geometry.body_frame import body_rotation, swings_of_pose
from poseviewer.geometry.camera import body_to_camera
from poseviewer.geometry.least_squares import minimise
from poseviewer.geometry.pose_model import LengthPrior, Observed, PoseModel, PoseProblems, PoseState
from poseviewer.geometry.rotations import trailing_matrices, view_rotations

Array = NDArray[np.float64]
Answer = TypeVar("Answer")

AT_STOP = np.radians(0.3)
"""An angle this close to the end of its interval is at its stop."""
LOOSE_PRICE = 1 / np.radians(5.0)
"""What a radian beyond every range costs, in squared standard deviations of a click: five degrees for one click."""
PROMISE = 0.1
"""What opening a stop must promise to be tried, in squared standard deviations of a click."""
DEPTH = 0.2
"""Standard deviation of a lifter's depths, as a share of the pose's RMS radius."""
VIEWS = 8
"""Azimuths from which a usual pose is looked at, where no 3D pose is given to start from."""


class PoseSearch:
    """The poses of one fit, in units of their own size about their own middle."""

    def __init__(
        self,
        model: PoseModel,
        xy: Array,
        given: NDArray[np.bool_],
        guessed: NDArray[np.bool_],
        noise: float,
        prior: LengthPrior,
        starts: Array | None,
    ) -> None:
        self.model, self.given, self.prior, self.starts = model, given, prior, starts
        self.middle, self.radius = middle_and_radius(xy, given)
        self.noise = noise
        n, count = len(xy), len(model.unknowns)
        points = np.where(given[..., None], (xy - self.middle[:, None]) / self.radius[:, None, None], 0.0)
        weight = np.where(given, np.where(guessed, 0.5, 1.0), 0.0) / noise
        low, high = np.broadcast_to(model.low, (n, count)), np.broadcast_to(model.high, (n, count))
        self.observed = Observed(points, weight, low, high, np.zeros((n, count)), *self._depth(points, starts))
        limits = [LIMITS[axes_of(model.preset.ranges[u.bones[0]])[u.axis]] for u in model.unknowns]
        self.lowest = np.minimum([limit.min for limit in limits], model.low)
        self.highest = np.maximum([limit.max for limit in limits], model.high)

    def _depth(self, points: Array, joints: Array | None) -> tuple[Array, Array]:
        """What a lifter sees of the depths (n, J), in the units of the poses, and how sure that is (n, J)."""
        if joints is None:
            return np.zeros(self.given.shape), np.zeros(self.given.shape)
        known: NDArray[np.bool_] = np.asarray(np.isfinite(joints).all(axis=2))
        count = np.maximum(known.sum(1), 1)[:, None]
        about = np.where(known[..., None], joints, 0.0)
        about = np.where(known[..., None], about - (about.sum(1) / count)[:, None], 0.0)
        both = known & self.given
        target = np.where(both[..., None], points, 0.0)
        flat = np.where(both[..., None], about[..., :2], 0.0)
        size = (flat * target).sum((1, 2)) / np.maximum((flat**2).sum((1, 2)), 1e-12)
        sure = np.where(known.all(axis=1, keepdims=True), 1 / DEPTH, 0.0)
        return about[..., 2] * np.maximum(size, 0.0)[:, None], np.broadcast_to(sure, known.shape)

    # --- inside the ranges ---------------------------------------------------------------------------

    def fit_inside(self) -> Generator[float, None, PoseState]:
        problems = PoseProblems(self.model, self.observed)
        rows = np.arange(len(self.given))
        starts = list(self._starts(self.starts))
        state = yield from self._best_of(problems, rows, starts, 8, 0.0, 0.3)
        state = yield from shared_out(minimise(problems, state, rows, 20), 0.3, 0.6)
        # A stop is only held against a range once no other pose, with other depths, does without it.
        unsure = rows[(self.residual(state, rows) > self.noise) | (self.promise(state).max(1) > PROMISE)]
        if len(unsure):
            part = problems.taken(state, unsure)
            flips = [part, *(self._start(joints, unsure) for joints in self._flipped(part))]
            better = yield from self._best_of(problems, unsure, flips, 10, 0.6, 0.85)
            better = yield from shared_out(minimise(problems, better, unsure, 20), 0.85, 1.0)
            won = problems.cost(better, unsure) < problems.cost(part, unsure)
            state = problems.placed(state, unsure[won], problems.taken(better, np.flatnonzero(won)))
        return state

    def _best_of(
        self,
        problems: PoseProblems,
        rows: NDArray[np.intp],
        starts: list[PoseState],
        iterations: int,
        low: float,
        high: float,
    ) -> Generator[float, None, PoseState]:
        """Of several starts of the same poses, that which costs least after some iterations."""
        many = PoseState(*(np.concatenate(parts) for parts in zip(*starts, strict=True)))
        many = yield from shared_out(minimise(problems, many, np.tile(rows, len(starts)), iterations), low, high)
        cost = problems.cost(many, np.tile(rows, len(starts))).reshape(len(starts), len(rows))
        return problems.taken(many, np.argmin(cost, axis=0) * len(rows) + np.arange(len(rows)))

    def _starts(self, joints: Array | None) -> Iterator[PoseState]:
        """The lifter's pose, its mirror image in depth and both with limbs at ease; else a usual pose from around."""
        rows = np.arange(len(self.given))
        if joints is None:
            for azimuth in np.arange(VIEWS) * (2 * np.pi / VIEWS):
                yield self._start(self._posed(azimuth), rows)
            return
        known = np.isfinite(joints).all(-1).sum(1) >= 3
        joints = np.where(known[:, None, None], joints, self._posed(0.7))
        for depth in (1.0, -1.0):
            state = self._start(joints * (1, 1, depth), rows)
            yield state
            yield state._replace(
                angles=np.broadcast_to(np.clip(self.model.usual, self.model.low, self.model.high), state.angles.shape)
            )

    def _posed(self, azimuth: float) -> Array:
        """A pose at ease (n, J, 3), seen a little from above."""
        n, zero = len(self.given), np.zeros(1)
        turned = trailing_matrices(view_rotations(zero + azimuth, zero + 0.3, zero, zero))[0]
        rotation = body_to_camera(turned.T).T
        bones = self.model.preset.skeleton.bone_count
        state = PoseState(
            np.broadcast_to(rotation, (n, 3, 3)),
            np.zeros((n, 3)),
            np.tile(self.model.usual, (n, 1)),
            np.zeros((n, bones)),
            *self.prior,
        )
        return self.model.joints(state)

    def _flipped(self, state: PoseState) -> Iterator[Array]:
        """The joints of a state with the depths of one limb after the other turned round."""
        skeleton = self.model.preset.skeleton
        joints = self.model.joints(state)
        for base, members in _limbs(skeleton):
            flipped = joints.copy()
            flipped[:, members, 2] = 2 * joints[:, base, None, 2] - joints[:, members, 2]
            yield flipped

    def _start(self, joints: Array, rows: NDArray[np.intp]) -> PoseState:
        """Joints (n, J, 3) of some poses, in any unit -> the unknowns nearest to them inside the ranges."""
        model = self.model
        rotation = body_rotation(model.preset, joints)
        angles = model.own_angles(swings_of_pose(model.preset, joints, rotation))
        angles = np.clip(np.where(np.isfinite(angles), angles, model.usual), model.low, model.high)
        bones = model.preset.skeleton.bone_count
        prior = self.prior.taken(rows)
        state = PoseState(rotation, np.zeros((len(rows), 3)), angles, np.zeros((len(rows), bones)), *prior)
        # Its size and place are those that bring it onto the keypoints.
        flat, seen = model.joints(state)[..., :2], self.observed.taken(rows)
        weight = (seen.weight > 0)[..., None] / np.maximum((seen.weight > 0).sum(1), 1)[:, None, None]
        middle, target = (flat * weight).sum(1), (seen.keypoints * weight).sum(1)
        spread = (((flat - middle[:, None]) ** 2) * weight).sum((1, 2))
        wanted = (((seen.keypoints - target[:, None]) ** 2) * weight).sum((1, 2))
        size = np.sqrt(wanted / np.maximum(spread, 1e-6))
        frame = np.concatenate([target - middle * size[:, None], np.log(np.maximum(size, 1e-6))[:, None]], axis=1)
        return state._replace(frame=frame)

    # --- beyond the ranges ---------------------------------------------------------------------------

    def fit_loosened(self, state: PoseState) -> Generator[float, None, PoseState]:
        """Every angle may leave its range, for a price that grows evenly: few leave it, and those for a reason."""
        done: PoseState = yield from minimise(self.loosened(), state, np.arange(len(self.given)), 20)
        return done

    def loosened(self) -> PoseProblems:
        """The same poses, where every angle may leave its range for a price."""
        shape = self.observed.low.shape
        low, high = np.broadcast_to(self.lowest, shape), np.broadcast_to(self.highest, shape)
        return PoseProblems(self.model, self.observed.bounded(low, high, np.full(shape, LOOSE_PRICE)))

    def promise(self, inside: PoseState) -> Array:
        """(n, A) what opening the stop that an angle is at would bring, all else following; 0 where it is at none."""
        model, rows = self.model, np.arange(len(self.given))
        stopped = self.at_stop(inside.angles)
        low, high = np.where(stopped < 0, self.lowest, model.low), np.where(stopped > 0, self.highest, model.high)
        opened = PoseProblems(model, self.observed.bounded(low, high, self.observed.price))
        residuals, slopes = opened.linearise(inside, rows)
        angles = slice(6, 6 + len(model.unknowns))
        normal = np.swapaxes(slopes, 1, 2) @ slopes + 1e-9 * np.eye(slopes.shape[2])
        # The others that are at a stop stay there.
        free = np.ones(normal.shape[:2], dtype=np.bool_)
        free[:, angles] = stopped == 0
        crossed = normal[:, :, angles] * free[..., None]
        held = np.where(free[:, :, None] & free[:, None, :], normal, np.eye(normal.shape[1]))
        followed = np.linalg.solve(held, crossed)
        diagonal = np.einsum("npp->np", normal)[:, angles]
        curvature = diagonal - np.einsum("npa,npa->na", crossed, followed)
        gradient = np.einsum("nr,nrp->np", residuals, slopes)
        gradient = gradient[:, angles] - np.einsum("np,npa->na", gradient * free, followed)
        outwards = (stopped * gradient < 0) & (
            np.where(stopped > 0, self.highest > model.high, self.lowest < model.low)
        )
        promise: Array = np.where(outwards, gradient**2 / np.maximum(curvature, 1e-6 * diagonal + 1e-9) / 2, 0.0)
        return promise

    def at_stop(self, angles: Array) -> NDArray[np.int8]:
        """(n, A) -1, 0 or 1: the lower end of the interval, none or the upper."""
        low, high = self.model.low, self.model.high
        upper, lower = angles >= high - AT_STOP, angles <= low + AT_STOP
        near_upper = high - angles <= angles - low
        return np.where(upper & (~(upper & lower) | near_upper), 1, np.where(lower, -1, 0)).astype(np.int8)

    def residual(self, state: PoseState, rows: NDArray[np.intp]) -> Array:
        """(n,) RMS distance to the keypoints, in units of the poses."""
        off = self.off(state, rows)
        residual: Array = np.sqrt((off**2).sum(1) / self.given[rows].sum(1))
        return residual

    def off(self, state: PoseState, rows: NDArray[np.intp]) -> Array:
        off = np.linalg.norm(self.model.joints(state)[..., :2] - self.observed.keypoints[rows], axis=-1)
        return np.where(self.given[rows], off, 0.0)


def shared_out(work: Generator[float, None, Answer], low: float, high: float) -> Generator[float, None, Answer]:
    """The same work, reported as a part of the whole."""
    while True:
        try:
            done = next(work)
        except StopIteration as end:
            answer: Answer = end.value
            return answer
        yield low + (high - low) * done


def middle_and_radius(xy: Array, given: NDArray[np.bool_]) -> tuple[Array, Array]:
    """The middle (N, 2) and the RMS radius (N,) of what is given."""
    count = np.maximum(given.sum(1), 1)
    points = np.where(given[..., None], xy, 0.0)
    middle = points.sum(1) / count[:, None]
    off = np.where(given[..., None], points - middle[:, None], 0.0)
    return middle, np.sqrt((off**2).sum((1, 2)) / count)


@derived
def _limbs(skeleton: Skeleton) -> tuple[tuple[int, list[int]], ...]:
    """(joint where it begins, its joints) of each part that hangs on a fork of the skeleton, or on the root."""
    children: dict[int, list[int]] = {}
    for bone in skeleton.bones:
        children.setdefault(bone.parent, []).append(bone.child)
    found = []
    for bone in skeleton.bones:
        if bone.parent != skeleton.root and len(children[bone.parent]) < 2:
            continue
        members = [bone.child]
        for joint in members:
            members += children.get(joint, [])
        found.append((bone.parent, members))
    return tuple(found)
