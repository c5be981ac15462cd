"""The labelled poses fitted inside the ranges, away from the window: from a snapshot to what is listed. Without Qt."""

from __future__ import annotations

import logging
import math
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.app.live_lift import ModelChoice, load_shipped
from poseviewer.app.ranges.labelled_poses import LabelledPoses
from poseviewer.app.ranges.range_words import bone_words, number
from poseviewer.core.errors import CheckpointError
from poseviewer.core.project import Project
from poseviewer.core.range_edits import interval_of
from poseviewer.core.ranges import RangePreset
from poseviewer.geometry.range_fit import RangeFit, fit_ranges
from poseviewer.geometry.range_stops import RangeStop, UnusedRange, unused_ranges, wrong_ranges

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class CheckRequest:
    """What is checked: nothing in it changes while the work goes on.

    Attributes:
        visibility: (N, J) of the labelled poses.
        animals: (N,) which poses are of one animal: those of one name; where none is given, those of one media.
    """

    ranges: RangePreset
    model: ModelChoice
    poses: LabelledPoses
    visibility: NDArray[np.uint8]
    animals: NDArray[np.intp]

    @classmethod
    def of(cls, project: Project, device: str = "auto") -> CheckRequest:
        poses = LabelledPoses.of(project)
        seen = [project.instances(key)[animal].pose.visibility for key, animal in poses.places]
        none = np.zeros((0, project.skeleton.joint_count), np.uint8)
        choice = ModelChoice(project.skeleton, project.model, device)
        animals = animals_of(project, poses)
        return cls(project.ranges, choice, poses, np.array(seen) if seen else none, animals)


def animals_of(project: Project, poses: LabelledPoses) -> NDArray[np.intp]:
    """(N,) a number per animal: poses of one name, or nameless ones of one media, unless several are in one frame."""
    numbers: dict[tuple[str, ...], int] = {}
    found = []
    for key, animal in poses.places:
        instances = project.instances(key)
        name = instances[animal].identity
        alone = sum(not instance.identity and not instance.predicted for instance in instances) == 1
        place = (key.media,) if alone else (key.media, str(key.frame), str(animal))
        found.append(numbers.setdefault(("", name) if name else place, len(numbers)))
    return np.array(found, dtype=np.intp)


@dataclass(frozen=True, eq=False)
class RangeCheck:
    """What came of it: the ranges that are too narrow, and those that are hardly used."""

    request: CheckRequest
    fit: RangeFit
    stops: tuple[RangeStop, ...]
    unused: tuple[UnusedRange, ...]


def check_ranges(request: CheckRequest) -> Generator[float, None, RangeCheck]:
    """Fit the poses; yields the share that is done.

    Raises:
        PoseInputError: no pose has enough keypoints.
    """
    yield 0.0
    starts = _lifted(request)
    fit = yield from fit_ranges(
        request.ranges, request.poses.keypoints, request.visibility, starts, groups=request.animals
    )
    return RangeCheck(request, fit, tuple(wrong_ranges(fit)), tuple(unused_ranges(fit)))


def _lifted(request: CheckRequest) -> NDArray[Any] | None:
    """3D poses to start from, NaN where one cannot be lifted; None where there is no lifter."""
    keypoints, seen = request.poses.keypoints, request.visibility
    # A lifter refuses a pose whose keypoints all lie in one place, and with it all others.
    places = np.where((seen > 0)[..., None], keypoints, np.nan)
    liftable = [bool(np.ptp(pose[np.isfinite(pose[:, 0])], axis=0).max(initial=0) > 1e-6) for pose in places]
    joints = np.full((*seen.shape, 3), np.nan)
    if not any(liftable):
        return joints
    try:
        lifter = load_shipped(request.model)
    except CheckpointError as error:
        log.info("The ranges are checked without a lifter: %s", error)
        return None
    joints[liftable] = lifter.lift(keypoints[liftable], seen[liftable]).joints
    return joints


def widening_text(old: RangePreset, new: RangePreset, stops: Sequence[RangeStop]) -> str:
    """What the edit is called: `Widen left hip to knee flexion to 92°`, or how many ranges it widens."""
    changed = [stop for stop in stops if _end(new, stop) != _end(old, stop)]
    if len(changed) != 1:
        return f"Widen {len(changed)} ranges to cover labelled poses"
    stop = changed[0]
    bone = bone_words(new.skeleton, stop.bone)
    return f"Widen {bone} {stop.axis} to {number(round(math.degrees(_end(new, stop))))}°"


def narrowing_text(old: RangePreset, new: RangePreset, unused: Sequence[UnusedRange]) -> str:
    """What the edit is called: `Narrow left hip to knee flexion to -20 to 40°`, or how many ranges it narrows."""
    changed = [u for u in unused if interval_of(new, u.bone, u.axis) != interval_of(old, u.bone, u.axis)]
    if len(changed) != 1:
        return f"Narrow {len(changed)} ranges to what is used"
    bone, axis = changed[0].bone, changed[0].axis
    interval = interval_of(new, bone, axis)
    low, high = (number(round(math.degrees(end))) for end in (interval.min, interval.max))
    return f"Narrow {bone_words(new.skeleton, bone)} {axis} to {low}…{high}°"


def _end(preset: RangePreset, stop: RangeStop) -> float:
    interval = interval_of(preset, stop.bone, stop.axis)
    return interval.min if stop.side < 0 else interval.max
