"""Every labelled pose fitted inside the rotation ranges, and what would change if a range gave way.

The fit asks of each frame: which pose within the ranges, with likely bone lengths and seen from anywhere, lies on the
keypoints? Where none does, some angles are at their stop and pull outwards. The range of each bone at a stop is then
opened by itself and these frames are fitted again: what the fit gains by it is the evidence against that range.

A bone of any length explains away a wrong range. So poses of one animal are told by each other how long its bones are
(`shared_lengths`) before they are fitted.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poseviewer.core.errors import PoseInputError
from poseviewer.core.ranges import RangePreset
from poseviewer.core.skeleton import Skeleton
from poseviewer.geometry.least_squares import minimise
from poseviewer.geometry.pose_model import LengthPrior, PoseModel, PoseProblems, PoseState
from poseviewer.geometry.pose_search import PROMISE, PoseSearch, middle_and_radius, shared_out
from poseviewer.geometry.shared_lengths import in_parts, learn_lengths

Array = NDArray[np.float64]
Number = TypeVar("Number", bound=np.generic)

Rows = NDArray[np.intp]

FEWEST = 4
"""Keypoints without which a pose is not fitted."""
NOISE = 0.015
"""Standard deviation of a click, as a share of the pose's RMS radius (of an occluded keypoint twice that).

One or two pixels of an animal of 200: a careful click in a zoomed image. On a dozen frames clicked that well, half of
it finds as much, and twice as much hides two in five of the violations: odd lengths, depths and angles then cost more
than the pixels that they save.
"""
OPEN_PRICE = 1 / np.radians(45.0)
"""What a radian costs beyond the one range that is open: little, so that nothing is asked for that brings nothing."""
LEARNING = 0.65
"""Share of the work that goes into the lengths of groups."""
CANDIDATES = 16
"""Bones whose range is opened: those that promise most."""


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
    groups: ArrayLike | None = None,
) -> Generator[float, None, RangeFit]:
    """Fit N poses; yields how much is done, from 0 to 1, and returns a `RangeFit`.

    Args:
        keypoints: (N, J, 2) pixels, NaN where missing.
        visibility: (N, J); 0 is missing, 1 is a guess and weighs half.
        starts: (N, J, 3) 3D poses of a lifter, camera frame, any unit; NaN where there is none. Without them a usual
            pose is tried from all around.
        noise: standard deviation of a click as a share of the pose's RMS radius.
        groups: (N,) whole numbers: poses of one number are of one animal and share its bone lengths, but for what
            flexes. Without them every pose has lengths of its own.

    Raises:
        PoseInputError: the shapes do not fit the skeleton, or no pose has four keypoints.
    """
    xy, given, guessed = _checked(preset.skeleton, keypoints, visibility)
    animals = _checked_groups(groups, len(xy))
    fitted = (given.sum(1) >= FEWEST) & (middle_and_radius(xy, given)[1] > 1e-9)
    if not fitted.any():
        raise PoseInputError(f"None of the {len(xy)} poses has {FEWEST} keypoints or more; place more keypoints.")
    model, numbers = PoseModel(preset), np.flatnonzero(fitted)
    first = None if starts is None else np.asarray(starts, dtype=np.float64)[numbers]

    def search(rows: Rows, prior: LengthPrior) -> PoseSearch:
        some, began = numbers[rows], None if first is None else first[rows]
        return PoseSearch(model, xy[some], given[some], guessed[some], noise, prior, began)

    learning = learn_lengths(preset, animals[numbers], search)
    prior = yield from shared_out(learning, 0.0, LEARNING)
    parts = in_parts(np.arange(len(numbers)))
    begin = 0.0 if groups is None else LEARNING
    done = []
    for place, rows in enumerate(parts):
        work = _fit(search(rows, prior.taken(rows)))
        low, high = (begin + (1 - begin) * (place + ahead) / len(parts) for ahead in (0, 1))
        done.append((yield from shared_out(work, low, high)))
    return _joined(preset, fitted, [numbers[rows] for rows in parts], done)


def _fit(search: PoseSearch) -> Generator[float, None, RangeFit]:
    """All that is asked about some poses."""
    inside = yield from shared_out(search.fit_inside(), 0.0, 0.6)
    loose = yield from shared_out(search.fit_loosened(inside), 0.6, 0.7)
    releases = yield from shared_out(open_stops(search, inside), 0.7, 1.0)
    return _result(search, inside, loose, releases)


def open_stops(search: PoseSearch, inside: PoseState) -> Generator[float, None, list[Release]]:
    """Open the ranges that promise most, one bone at a time, on the frames in which the bone is at its stop."""
    candidates = _candidates(search, inside)
    if not candidates:
        return []
    frames = np.concatenate([chosen for _, chosen in candidates])
    owner = np.repeat(np.arange(len(candidates)), [len(chosen) for _, chosen in candidates])
    part = search.observed.taken(frames)
    low, high, price = part.low.copy(), part.high.copy(), part.price.copy()
    for number, (bones, _) in enumerate(candidates):
        mine, columns = np.ix_(owner == number, _columns(search.model, bones)), _columns(search.model, bones)
        low[mine], high[mine], price[mine] = search.lowest[columns], search.highest[columns], OPEN_PRICE
    problems = PoseProblems(search.model, part.bounded(low, high, price))
    rows = np.arange(len(frames))
    before = problems.taken(inside, frames)
    after = yield from minimise(problems, before, rows, 15)
    gain = problems.cost(before, rows) - problems.cost(after, rows)
    residual = search.residual(after, frames) * search.radius[frames]
    angles = search.model.all_angles(after.angles)
    return [
        Release(bones, chosen, angles[owner == k, bones[0]], residual[owner == k], gain[owner == k])
        for k, (bones, chosen) in enumerate(candidates)
    ]


def _columns(model: PoseModel, bones: tuple[int, ...]) -> list[int]:
    return [column for column, unknown in enumerate(model.unknowns) if unknown.bones == bones]


def _candidates(search: PoseSearch, inside: PoseState) -> list[tuple[tuple[int, ...], NDArray[np.intp]]]:
    """(bones, frames in which one of their angles is at its stop and pulls outwards), the locked ones apart."""
    promise = search.promise(inside)
    found = []
    for bones in dict.fromkeys(unknown.bones for unknown in search.model.unknowns):
        best = promise[:, _columns(search.model, bones)].max(1)
        frames = np.flatnonzero(best > PROMISE)
        if len(frames) and not search.model.preset.locked.intersection(bones):
            found.append((float(best[frames].sum()), bones, frames))
    found.sort(key=lambda row: -row[0])
    return [(bones, frames) for _, bones, frames in found[:CANDIDATES]]


def _result(search: PoseSearch, inside: PoseState, loose: PoseState, releases: list[Release]) -> RangeFit:
    rows, model = np.arange(len(search.given)), search.model
    joints = model.joints(inside) * search.radius[:, None, None]
    joints[..., :2] += search.middle[:, None]
    beyond = loose.angles - np.clip(loose.angles, model.low, model.high)
    return RangeFit(
        preset=model.preset,
        fitted=np.ones(len(rows), dtype=np.bool_),
        joints=joints,
        rotation=inside.rotation,
        angles=model.all_angles(inside.angles),
        residual_px=search.residual(inside, rows) * search.radius,
        joint_px=np.where(search.given, search.off(inside, rows), np.nan) * search.radius[:, None],
        at_stop=_on_bones(model, search.at_stop(inside.angles)),
        loosened_px=search.residual(loose, rows) * search.radius,
        excess=_on_bones(model, beyond),
        noise_px=search.noise * search.radius,
        releases=tuple(releases),
    )


def _on_bones(model: PoseModel, values: NDArray[Number]) -> NDArray[Number]:
    """(n, A) -> (n, B, axes), 0 for what is no unknown."""
    full = np.zeros((len(values), *model.all_angles(np.zeros((1, values.shape[1]))).shape[1:]), values.dtype)
    for column, unknown in enumerate(model.unknowns):
        full[:, list(unknown.bones), unknown.axis] = values[:, column, None]
    return full


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


def _checked_groups(groups: ArrayLike | None, n: int) -> Rows:
    """(N,) the animal of each pose: without groups each has its own."""
    if groups is None:
        return np.arange(n)
    animals = np.asarray(groups)
    if animals.shape != (n,):
        raise PoseInputError(f"Expected groups of shape ({n},), but got {animals.shape}.")
    return np.asarray(np.unique(animals, return_inverse=True)[1], dtype=np.intp)
