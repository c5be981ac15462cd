"""Every labelled pose fitted inside the rotation ranges, and what would change if a range gave way.

The fit asks of each frame: which pose within the ranges, with likely bone lengths and seen from anywhere, lies on the
keypoints? Where none does, some angles are at their stop and pull outwards. The range of each bone at a stop is then
opened by itself and these frames are fitted again: what the fit gains by it is the evidence against that range.

One view does not tell depth apart from its mirror image, so every pose is tried from several starts, also with its
depths and those of single limbs turned round, and the one that costs least is taken.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poseviewer.core.derived import derived
from poseviewer.core.errors import PoseInputError
from poseviewer.core.range_edits import LIMITS, axes_of
from poseviewer.core.ranges import RangePreset
from poseviewer.core.skeleton import Skeleton
from poseviewer.geometry.body_frame import body_rotation, swings_of_pose
from poseviewer.geometry.camera import body_to_camera
from poseviewer.geometry.least_squares import minimise
from poseviewer.geometry.pose_model import Observed, PoseModel, PoseProblems, PoseState
from poseviewer.geometry.rotations import trailing_matrices, view_rotations

Array = NDArray[np.float64]
Answer = TypeVar("Answer")
Number = TypeVar("Number", bound=np.generic)

FEWEST = 4
"""Keypoints without which a pose is not fitted."""
NOISE = 0.015
"""Standard deviation of a click, as a share of the pose's RMS radius (of an occluded keypoint twice that)."""
AT_STOP = np.radians(0.3)
"""An angle this close to the end of its interval is at its stop."""
LOOSE_PRICE = 1 / np.radians(5.0)
"""What a radian beyond every range costs, in squared standard deviations of a click: five degrees for one click."""
OPEN_PRICE = 1 / np.radians(45.0)
"""What a radian costs beyond the one range that is open: little, so that nothing is asked for that brings nothing."""
TOGETHER = 128
"""Poses fitted at once: more need much memory and gain no speed."""
CANDIDATES = 16
"""Bones whose range is opened: those that promise most."""
PROMISE = 0.1
"""What opening a stop must promise to be tried, in squared standard deviations of a click."""
VIEWS = 8
"""Azimuths from which a usual pose is looked at, where no 3D pose is given to start from."""


class Release(NamedTuple):
    """The range of one bone opened on every side: the n frames at its stop, fitted again.

    bones: one, or a coupled pair. frames: (n,) their numbers. angles: (n, axes) of the bone then, radians.
    residual_px: (n,) RMS over the keypoints. gain: (n,) by how much the fit got better, in squared standard deviations
    of a click.
    """

    bones: tuple[int, ...]
    frames: NDArray[np.intp]
    angles: Array
    residual_px: Array
    gain: Array


@dataclass(frozen=True, eq=False)
class RangeFit:
    """N labelled poses fitted inside the ranges of `preset`; what was not fitted is NaN.

    Attributes:
        fitted: (N,) false for poses with too few keypoints.
        joints: (N, J, 3) camera frame, in pixels; z relative to the root.
        rotation: (N, 3, 3) body to camera.
        angles: (N, B, axes) inside the ranges, radians, in the order of `axes_of`.
        residual_px: (N,) RMS distance to the keypoints; joint_px: (N, J) each one's, NaN where missing.
        at_stop: (N, B, axes) -1 at the lower end of the interval, 1 at the upper, else 0.
        loosened_px: (N,) the residual where every angle may leave its range for a price.
        excess: (N, B, axes) by how much it then does: radians, negative below the range.
        noise_px: (N,) the standard deviation of a click that was assumed.
        releases: the stops that were opened one by one.
    """

    preset: RangePreset
    fitted: NDArray[np.bool_]
    joints: Array
    rotation: Array
    angles: Array
    residual_px: Array
    joint_px: Array
    at_stop: NDArray[np.int8]
    loosened_px: Array
    excess: Array
    noise_px: Array
    releases: tuple[Release, ...]


def fit_ranges(
    preset: RangePreset,
    keypoints: ArrayLike,
    visibility: ArrayLike | None = None,
    starts: ArrayLike | None = None,
    noise: float = NOISE,
) -> Generator[float, None, RangeFit]:
    """Fit N poses; yields how much is done, from 0 to 1, and returns a `RangeFit`.

    Args:
        keypoints: (N, J, 2) pixels, NaN where missing.
        visibility: (N, J); 0 is missing, 1 is a guess and weighs half.
        starts: (N, J, 3) 3D poses of a lifter, camera frame, any unit; NaN where there is none. Without them a usual
            pose is tried from all around.
        noise: standard deviation of a click as a share of the pose's RMS radius.

    Raises:
        PoseInputError: the shapes do not fit the skeleton, or no pose has four keypoints.
    """
    xy, given, guessed = _checked(preset.skeleton, keypoints, visibility)
    fitted = (given.sum(1) >= FEWEST) & (_radius(xy, given)[1] > 1e-9)
    if not fitted.any():
        raise PoseInputError(f"None of the {len(xy)} poses has {FEWEST} keypoints or more; place more keypoints.")
    model, first = PoseModel(preset), None if starts is None else np.asarray(starts, dtype=np.float64)
    numbers = np.flatnonzero(fitted)
    parts = np.array_split(numbers, -(-len(numbers) // TOGETHER))
    done = []
    for place, rows in enumerate(parts):
        scene = _Scene(model, xy[rows], given[rows], guessed[rows], noise)
        work = scene.fit(None if first is None else first[rows])
        done.append((yield from _parts(work, place / len(parts), (place + 1) / len(parts))))
    return _joined(preset, fitted, parts, done)


class _Scene:
    """The poses of one fit, in units of their own size about their own middle."""

    def __init__(
        self, model: PoseModel, xy: Array, given: NDArray[np.bool_], guessed: NDArray[np.bool_], noise: float
    ) -> None:
        self.model = model
        self.given = given
        self.middle, self.radius = _radius(xy, given)
        self.noise = noise
        n, count = len(xy), len(model.unknowns)
        points = np.where(given[..., None], (xy - self.middle[:, None]) / self.radius[:, None, None], 0.0)
        weight = np.where(given, np.where(guessed, 0.5, 1.0), 0.0) / noise
        low, high = np.broadcast_to(model.low, (n, count)), np.broadcast_to(model.high, (n, count))
        self.observed = Observed(points, weight, low, high, np.zeros((n, count)))
        limits = [LIMITS[axes_of(model.preset.ranges[u.bones[0]])[u.axis]] for u in model.unknowns]
        self.lowest = np.minimum([limit.min for limit in limits], model.low)
        self.highest = np.maximum([limit.max for limit in limits], model.high)

    def fit(self, starts: Array | None) -> Generator[float, None, RangeFit]:
        """All that is asked about these poses."""
        inside = yield from _parts(self.fit_inside(starts), 0.0, 0.6)
        loose = yield from _parts(self.fit_loosened(inside), 0.6, 0.7)
        releases = yield from _parts(self.open_stops(inside), 0.7, 1.0)
        return self.result(inside, loose, releases)

    # --- inside the ranges ---------------------------------------------------------------------------

    def fit_inside(self, joints: Array | None) -> Generator[float, None, PoseState]:
        problems = PoseProblems(self.model, self.observed)
        rows = np.arange(len(self.given))
        starts = list(self._starts(joints))
        state = yield from self._best_of(problems, rows, starts, 8, 0.0, 0.3)
        state = yield from _parts(minimise(problems, state, rows, 20), 0.3, 0.6)
        # A stop is only held against a range once no other pose, with other depths, does without it.
        unsure = rows[(self._residual(state, rows) > self.noise) | (self._promise(state).max(1) > PROMISE)]
        if len(unsure):
            part = problems.taken(state, unsure)
            flips = [part, *(self._start(joints, unsure) for joints in self._flipped(part))]
            better = yield from self._best_of(problems, unsure, flips, 10, 0.6, 0.85)
            better = yield from _parts(minimise(problems, better, unsure, 20), 0.85, 1.0)
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
        many = yield from _parts(minimise(problems, many, np.tile(rows, len(starts)), iterations), low, high)
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
        state = PoseState(rotation, np.zeros((len(rows), 3)), angles, np.zeros((len(rows), bones)))
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
        shape = state.angles.shape
        open_ = self.observed.bounded(
            np.broadcast_to(self.lowest, shape), np.broadcast_to(self.highest, shape), np.full(shape, LOOSE_PRICE)
        )
        done: PoseState = yield from minimise(PoseProblems(self.model, open_), state, np.arange(shape[0]), 20)
        return done

    def open_stops(self, inside: PoseState) -> Generator[float, None, list[Release]]:
        """Open the ranges that promise most, one bone at a time, on the frames in which the bone is at its stop."""
        candidates = self._candidates(inside)
        if not candidates:
            return []
        frames = np.concatenate([chosen for _, chosen in candidates])
        owner = np.repeat(np.arange(len(candidates)), [len(chosen) for _, chosen in candidates])
        part = self.observed.taken(frames)
        low, high, price = part.low.copy(), part.high.copy(), part.price.copy()
        for number, (bones, _) in enumerate(candidates):
            mine, columns = np.ix_(owner == number, self._columns(bones)), self._columns(bones)
            low[mine], high[mine], price[mine] = self.lowest[columns], self.highest[columns], OPEN_PRICE
        problems = PoseProblems(self.model, part.bounded(low, high, price))
        rows = np.arange(len(frames))
        before = problems.taken(inside, frames)
        after = yield from minimise(problems, before, rows, 15)
        gain = problems.cost(before, rows) - problems.cost(after, rows)
        residual = self._residual(after, frames) * self.radius[frames]
        angles = self.model.all_angles(after.angles)
        return [
            Release(bones, chosen, angles[owner == k, bones[0]], residual[owner == k], gain[owner == k])
            for k, (bones, chosen) in enumerate(candidates)
        ]

    def _columns(self, bones: tuple[int, ...]) -> list[int]:
        return [column for column, unknown in enumerate(self.model.unknowns) if unknown.bones == bones]

    def _candidates(self, inside: PoseState) -> list[tuple[tuple[int, ...], NDArray[np.intp]]]:
        """(bones, frames in which one of their angles is at its stop and pulls outwards), the locked ones apart."""
        promise = self._promise(inside)
        found = []
        for bones in dict.fromkeys(unknown.bones for unknown in self.model.unknowns):
            best = promise[:, self._columns(bones)].max(1)
            frames = np.flatnonzero(best > PROMISE)
            if len(frames) and not self.model.preset.locked.intersection(bones):
                found.append((float(best[frames].sum()), bones, frames))
        found.sort(key=lambda row: -row[0])
        return [(bones, frames) for _, bones, frames in found[:CANDIDATES]]

    def _promise(self, inside: PoseState) -> Array:
        """(n, A) what opening the stop that an angle is at would bring at least, 0 where it is at none."""
        rows = np.arange(len(self.given))
        residuals, slopes = PoseProblems(self.model, self.observed).linearise(inside, rows)
        slopes = slopes[..., 6 : 6 + len(self.model.unknowns)]
        gradient = np.einsum("nr,nrp->np", residuals, slopes)
        curvature = np.einsum("nrp,nrp->np", slopes, slopes)
        up = (inside.angles >= self.model.high - AT_STOP) & (gradient < 0) & (self.highest > self.model.high)
        down = (inside.angles <= self.model.low + AT_STOP) & (gradient > 0) & (self.lowest < self.model.low)
        promise: Array = np.where(up | down, gradient**2 / np.maximum(curvature, 1e-9) / 2, 0.0)
        return promise

    def _stops(self, angles: Array) -> NDArray[np.int8]:
        """(n, A) -1, 0 or 1."""
        upper, lower = angles >= self.model.high - AT_STOP, angles <= self.model.low + AT_STOP
        narrow = upper & lower
        near_upper = self.model.high - angles <= angles - self.model.low
        return np.where(upper & (~narrow | near_upper), 1, np.where(lower, -1, 0)).astype(np.int8)

    # --- what is said of it --------------------------------------------------------------------------

    def _residual(self, state: PoseState, rows: NDArray[np.intp]) -> Array:
        """(n,) RMS distance to the keypoints, in units of the poses."""
        off = self._off(state, rows)
        residual: Array = np.sqrt((off**2).sum(1) / self.given[rows].sum(1))
        return residual

    def _off(self, state: PoseState, rows: NDArray[np.intp]) -> Array:
        off = np.linalg.norm(self.model.joints(state)[..., :2] - self.observed.keypoints[rows], axis=-1)
        return np.where(self.given[rows], off, 0.0)

    def result(self, inside: PoseState, loose: PoseState, releases: list[Release]) -> RangeFit:
        rows, model = np.arange(len(self.given)), self.model
        joints = model.joints(inside) * self.radius[:, None, None]
        joints[..., :2] += self.middle[:, None]
        beyond = loose.angles - np.clip(loose.angles, model.low, model.high)
        return RangeFit(
            preset=model.preset,
            fitted=np.ones(len(rows), dtype=np.bool_),
            joints=joints,
            rotation=inside.rotation,
            angles=model.all_angles(inside.angles),
            residual_px=self._residual(inside, rows) * self.radius,
            joint_px=np.where(self.given, self._off(inside, rows), np.nan) * self.radius[:, None],
            at_stop=self._on_bones(self._stops(inside.angles)),
            loosened_px=self._residual(loose, rows) * self.radius,
            excess=self._on_bones(beyond),
            noise_px=self.noise * self.radius,
            releases=tuple(releases),
        )

    def _on_bones(self, values: NDArray[Number]) -> NDArray[Number]:
        """(n, A) -> (n, B, axes), 0 for what is no unknown."""
        full = np.zeros((len(values), *self.model.all_angles(np.zeros((1, values.shape[1]))).shape[1:]), values.dtype)
        for column, unknown in enumerate(self.model.unknowns):
            full[:, list(unknown.bones), unknown.axis] = values[:, column, None]
        return full


def _parts(work: Generator[float, None, Answer], low: float, high: float) -> Generator[float, None, Answer]:
    """The same work, reported as a part of the whole."""
    while True:
        try:
            done = next(work)
        except StopIteration as end:
            answer: Answer = end.value
            return answer
        yield low + (high - low) * done


PER_POSE = ("joints", "rotation", "angles", "residual_px", "joint_px", "at_stop", "loosened_px", "excess", "noise_px")


def _joined(
    preset: RangePreset, fitted: NDArray[np.bool_], parts: list[NDArray[np.intp]], fits: list[RangeFit]
) -> RangeFit:
    """The fits of some poses each, at their places among all of them."""
    arrays = {}
    for name in PER_POSE:
        values = [getattr(fit, name) for fit in fits]
        empty = 0 if name == "at_stop" else np.nan
        arrays[name] = np.full((len(fitted), *values[0].shape[1:]), empty, dtype=values[0].dtype)
        for rows, value in zip(parts, values, strict=True):
            arrays[name][rows] = value
    opened: dict[tuple[int, ...], list[Release]] = {}
    for rows, fit in zip(parts, fits, strict=True):
        for release in fit.releases:
            opened.setdefault(release.bones, []).append(release._replace(frames=rows[release.frames]))
    releases = tuple(
        Release(bones, *(np.concatenate(values) for values in zip(*(r[1:] for r in found), strict=True)))
        for bones, found in opened.items()
    )
    return RangeFit(preset=preset, fitted=fitted, releases=releases, **arrays)


def _checked(
    skeleton: Skeleton, keypoints: ArrayLike, visibility: ArrayLike | None
) -> tuple[Array, NDArray[np.bool_], NDArray[np.bool_]]:
    """Keypoints (N, J, 2), which are there and which of them are guesses (N, J)."""
    xy = np.asarray(keypoints, dtype=np.float64)
    if xy.ndim != 3 or xy.shape[1:] != (skeleton.joint_count, 2):
        raise PoseInputError(
            f"Expected keypoints of shape (N, {skeleton.joint_count}, 2) for {skeleton.name}, but got {xy.shape}."
        )
    given = np.isfinite(xy).all(-1)
    seen = np.full(given.shape, 2) if visibility is None else np.asarray(visibility)
    if seen.shape != given.shape:
        raise PoseInputError(f"Expected visibility of shape {given.shape}, but got {seen.shape}.")
    return xy, given & (seen > 0), seen == 1


def _radius(xy: Array, given: NDArray[np.bool_]) -> tuple[Array, Array]:
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
