"""What a fit says about the ranges: which are too narrow for the labelled poses, and which too wide."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poseviewer.core.range_edits import axes_of, interval_of, with_cover, with_interval
from poseviewer.core.ranges import Interval, RangePreset
from poseviewer.geometry.range_fit import RangeFit, Release

Array = NDArray[np.float64]

SHOWS = 0.5
"""Gain from which a frame counts as showing that a range is too narrow."""
MOST = 10.0
"""The most that one frame counts: a wrong label must not outweigh the poses in which the bone moves freely."""
SPEAKS = 2.0
"""Gain over all frames from which a range is called into question, and what is added to that for every pose."""
SPEAKS_PER_POSE = 0.07
"""Among many poses some gain a little from any range: this keeps what valid poses gain from being listed."""
BEYOND = math.radians(2.0)
"""An angle that goes less far beyond its stop has not asked for more room."""
COVERED = 0.9
"""Share of the frames that a proposal covers: a wrong label must not widen a range without end."""
ENOUGH_FRAMES = 20
"""Labelled poses from which it can be said that a range is not used."""
UNUSED = 0.7
"""A range of which the poses use less than this share may be too wide."""


@dataclass(frozen=True, eq=False)
class RangeStop:
    """One end of one interval that the labelled poses push against.

    Attributes:
        bones: the bone, or a coupled pair; `bone` is the first.
        axis: its name. side: -1 the lower end, 1 the upper.
        stop: where the end is now. needed: where it would have to be for nine of ten of the frames. Radians.
        frames: numbers of the poses that show it, the clearest first. angles: (n,) what each of them needs, radians.
        residual_px: (n,) RMS distance to the keypoints within the range. opened_px: (n,) with this end open.
        gain: of all frames together, in squared standard deviations of a click; what stops are ranked by.
    """

    bones: tuple[int, ...]
    axis: str
    side: int
    stop: float
    needed: float
    frames: tuple[int, ...]
    angles: Array
    residual_px: Array
    opened_px: Array
    gain: float

    @property
    def bone(self) -> int:
        return self.bones[0]

    @property
    def widening(self) -> float:
        """Radians, above 0."""
        return abs(self.needed - self.stop)

    @property
    def gain_px(self) -> float:
        """By how many pixels the residual of the frames that show it would fall, in the mean."""
        return float((self.residual_px - self.opened_px).mean())


@dataclass(frozen=True)
class UnusedRange:
    """An interval of which the labelled poses use only a part.

    Attributes:
        used: from the least to the greatest angle of the poses, but for the outermost twentieth. Radians.
        share: the width of that against the interval's.
        frames: number of poses that this rests on.
    """

    bone: int
    axis: str
    interval: Interval
    used: Interval
    share: float
    frames: int


def wrong_ranges(result: RangeFit) -> list[RangeStop]:
    """The stops that stand in the way of the labelled poses: of the bone whose opening would help the most first.

    A pose that one range keeps from its place leans on others. So once a bone is listed, a frame counts for the next
    one only with what that gains beyond it. All that a fit gains is evidence: keypoints that come closer, and bone
    lengths and depths that are likelier. Poses that one view leaves free gain only by the latter.
    """
    gains = np.zeros((len(result.releases), len(result.fitted)))
    for row, release in enumerate(result.releases):
        gains[row, release.frames] = release.gain
    stops: list[RangeStop] = []
    covered = np.zeros(len(result.fitted))
    enough = SPEAKS + SPEAKS_PER_POSE * np.count_nonzero(result.fitted)
    while len(gains):
        beyond = np.maximum(gains - covered, 0.0)
        counted = np.where(beyond > SHOWS, np.minimum(beyond, MOST), 0.0)
        first = int(np.argmax(counted.sum(1)))
        if counted[first].sum() < enough:
            break
        release = result.releases[first]
        stops += sorted(_stops(result, release, counted[first, release.frames]), key=lambda stop: -stop.gain)
        covered = np.maximum(covered, gains[first])
    return stops


def _stops(result: RangeFit, release: Release, gain: Array) -> list[RangeStop]:
    """The ends that an opened bone goes beyond, given what each of its frames counts (n,)."""
    shared = gain[:, None] * _shares(result.preset, release)  # what a frame gains is shared out among its stops
    found = [
        _stop(result, release, axis, name, side, np.where(gain > 0, shared[:, axis], -1.0))
        for axis, name in enumerate(axes_of(result.preset.ranges[release.bones[0]]))
        for side in (-1, 1)
    ]
    return [stop for stop in found if stop is not None]


def _stop(result: RangeFit, release: Release, axis: int, name: str, side: int, gain: Array) -> RangeStop | None:
    """One end of one interval of an opened bone; None where no frame that counts (gain >= 0) goes beyond it."""
    interval = interval_of(result.preset, release.bones[0], name)
    end = interval.min if side < 0 else interval.max
    beyond = np.flatnonzero((gain >= 0) & (side * (release.angles[:, axis] - end) > BEYOND))
    if not len(beyond):
        return None
    order = beyond[np.argsort(-gain[beyond], kind="stable")]
    angles, frames = release.angles[order, axis], release.frames[order]
    return RangeStop(
        bones=release.bones,
        axis=name,
        side=side,
        stop=end,
        needed=side * float(np.quantile(side * angles, COVERED, method="higher")),
        frames=tuple(int(f) for f in frames),
        angles=angles,
        residual_px=result.residual_px[frames],
        opened_px=release.residual_px[order],
        gain=float(gain[order].sum()),
    )


def _shares(preset: RangePreset, release: Release) -> Array:
    """(n, axes) which part of what an opened bone went beyond its range it went along each axis."""
    ends = [interval_of(preset, release.bones[0], name) for name in axes_of(preset.ranges[release.bones[0]])]
    low, high = np.array([e.min for e in ends]), np.array([e.max for e in ends])
    excess = np.abs(release.angles - np.clip(release.angles, low, high))
    shares: Array = excess / np.maximum(excess.sum(1, keepdims=True), 1e-12)
    return shares


def unused_ranges(result: RangeFit, share: float = UNUSED) -> list[UnusedRange]:
    """Intervals of which the poses use less than a share, the least used first; none below `ENOUGH_FRAMES` poses.

    Only the frames in which both joints of a bone were labelled say anything about it.
    """
    preset = result.preset
    placed = np.isfinite(result.joint_px)
    found = []
    for bone, ends in enumerate(preset.skeleton.bones):
        seen = placed[:, ends.parent] & placed[:, ends.child]
        if bone in preset.locked or seen.sum() < ENOUGH_FRAMES:
            continue
        for axis, name in enumerate(axes_of(preset.ranges[bone])):
            interval = interval_of(preset, bone, name)
            if name == "twist" or interval.width < 1e-6:
                continue
            low, high = np.quantile(result.angles[seen, bone, axis], [0.025, 0.975])
            used = Interval(max(interval.min, float(low)), min(interval.max, float(high)))
            part = used.width / interval.width
            if part < share:
                found.append(UnusedRange(bone, name, interval, used, part, int(seen.sum())))
    return sorted(found, key=lambda unused: unused.share)


def narrowed(
    preset: RangePreset, unused: Sequence[UnusedRange], margin: float = 0.0, mirror: bool = True
) -> RangePreset:
    """The preset with each range narrowed to what the poses use of it, with a margin in radians at both ends.

    No end moves outwards. Where the other side of the body is narrowed alike, it keeps what its own poses use.

    Raises:
        SkeletonError: a bone is locked.
    """
    listed = {(u.bone, u.axis): u.used for u in unused}
    for u in unused:
        old, partner = interval_of(preset, u.bone, u.axis), preset.skeleton.mirror_bones[u.bone]
        other = listed.get((partner, u.axis), u.used) if mirror else u.used
        low = max(old.min, min(u.used.min, other.min) - margin)
        high = min(old.max, max(u.used.max, other.max) + margin)
        if low <= high and Interval(low, high) != old:
            preset = with_interval(preset, u.bone, u.axis, Interval(low, high), mirror)
    return preset


def widened(
    preset: RangePreset,
    stops: Sequence[RangeStop],
    margin: float = 0.0,
    frames: Sequence[int] | None = None,
    mirror: bool = True,
) -> RangePreset:
    """The preset with the range of each stop widened to cover the frames that show it.

    Args:
        margin: radians beyond the outermost angle.
        frames: numbers of the poses to cover; default: what each stop needs for nine of ten of its frames.
        mirror: whether the other side of the body is widened alike.
    """
    for stop in stops:
        chosen = [a for f, a in zip(stop.frames, stop.angles, strict=True) if frames is not None and f in frames]
        if frames is not None and not chosen:
            continue
        reach = stop.side * max(stop.side * a for a in chosen) if chosen else stop.needed
        for bone in stop.bones:
            if bone not in preset.locked:
                preset = with_cover(
                    preset, bone, stop.axis, min(reach, stop.stop), max(reach, stop.stop), margin, mirror
                )
    return preset
