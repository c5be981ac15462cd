"""What the rows of a project file stand for, both ways: instances, and the settings (skeleton, ranges, models)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.core.pose import Pose2D
from poseviewer.core.project import Change, FrameKey, Instance, Project
from poseviewer.core.ranges import RangePreset
from poseviewer.core.skeleton import Skeleton
from poseviewer.io.skeleton_files import ranges_from_table, ranges_to_table, skeleton_from_table, skeleton_to_table

Row = tuple[Any, ...]

INSTANCE_COLUMNS = "media, frame, instance, keypoints, visibility, identity, predicted, scores"


class DamagedRowError(ValueError):
    """A row that this program does not write: the file was damaged or changed by another program."""


def instance_rows(project: Project, frames: Iterable[FrameKey]) -> Iterator[Row]:
    """One row per instance on these frames, in the order of `INSTANCE_COLUMNS`."""
    for key in frames:
        for number, instance in enumerate(project.instances(key)):
            pose, scores = instance.pose, instance.scores
            yield (
                key.media,
                key.frame,
                number,
                pose.keypoints.astype("<f8", copy=False).tobytes(),
                pose.visibility.tobytes(),
                instance.identity,
                int(instance.predicted),
                None if scores is None else scores.astype("<f4", copy=False).tobytes(),
            )


def frames_of_rows(rows: list[Row]) -> Iterator[tuple[FrameKey, tuple[Instance, ...]]]:
    """The frames that rows sorted by media, frame and instance stand for.

    Raises:
        DamagedRowError: the rows are not of one number of joints, or not whole.
    """
    instances = zip(rows, _instances(rows), strict=True)
    for (media, frame), group in groupby(instances, key=lambda pair: pair[0][:2]):
        yield FrameKey(media, frame), tuple(instance for _, instance in group)


def _instances(rows: list[Row]) -> Iterator[Instance]:
    if not rows:
        return
    count = len(rows[0][4])
    keypoints = _stacked(rows, 3, "<f8", 2 * count).reshape(-1, count, 2)
    visibility = _stacked(rows, 4, "u1", count)
    for row, pose in zip(rows, Pose2D.many(keypoints, visibility), strict=True):
        yield Instance(pose, row[5], bool(row[6]), None if row[7] is None else _scores(row[7], count))


def _stacked(rows: list[Row], column: int, kind: str, width: int) -> NDArray[Any]:
    """One column of equally long blobs as an array (N, width): one copy, however many rows there are."""
    blobs = list(map(itemgetter(column), rows))
    size = width * np.dtype(kind).itemsize
    if width == 0 or any(len(blob) != size for blob in blobs):
        raise DamagedRowError("a pose has another number of joints than the rest")
    return np.frombuffer(b"".join(blobs), dtype=kind).reshape(len(rows), width)


def _scores(blob: bytes, count: int) -> NDArray[np.float32]:
    if len(blob) != 4 * count:
        raise DamagedRowError("a prediction has another number of scores than joints")
    return np.frombuffer(blob, dtype="<f4").astype(np.float32, copy=False)


def settings_of(project: Project, change: Change) -> dict[str, str]:
    """Those of the project's settings that a change touches, as text."""
    settings = {}
    if change.skeleton:
        settings["skeleton"] = json.dumps(skeleton_to_table(project.skeleton))
    if change.ranges or change.skeleton:
        settings["ranges"] = json.dumps(ranges_to_table(project.ranges))
    if change.model:
        settings["model"] = project.model
    if change.detector:
        settings["detector"] = project.detector
    return settings


def change_of_settings(settings: Mapping[str, str]) -> Change:
    return Change(
        skeleton="skeleton" in settings,
        ranges="ranges" in settings,
        model="model" in settings,
        detector="detector" in settings,
    )


def skeleton_of(settings: Mapping[str, str], where: str) -> Skeleton:
    """
    Raises:
        SkeletonError, ValueError, KeyError: there is none, or it is damaged.
    """
    return skeleton_from_table(json.loads(settings["skeleton"]), where)


def ranges_of(settings: Mapping[str, str], where: str, skeleton: Skeleton) -> RangePreset:
    """
    Raises:
        SkeletonError, ValueError, KeyError: there are none, or they are damaged.
    """
    return ranges_from_table(json.loads(settings["ranges"]), where, skeleton)
