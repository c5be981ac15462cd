"""What the user wants detected: on which frames, where to look, and how sure a keypoint must be."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from poseviewer.core.pose import Pose2D
from poseviewer.core.project import FrameKey, Instance, MediaRef, Project
from poseviewer.geometry.crops import box_of_keypoints

BOXES = ("track", "motion", "labelled", "frame")
"""Where a detector looks, as `models.detect_media` calls it; the usual one first."""
SCOPES = ("frame", "range", "media", "all")
LEAST = 0.2
"""Keypoints that the detector is less sure of are left out."""


@dataclass(frozen=True, eq=False)
class DetectRequest:
    """One detection, with the project as it was when it was asked for.

    Attributes:
        places: each media with the numbers of its frames, in order.
        boxes: one of `BOXES`.
        least: the confidence below which a keypoint counts as not found.
        device: "auto", "cpu", "cuda" or "mps".
    """

    project: Project
    places: tuple[tuple[MediaRef, tuple[int, ...]], ...]
    boxes: str = "track"
    least: float = LEAST
    device: str = "auto"

    @property
    def frame_count(self) -> int:
        return sum(len(frames) for _, frames in self.places)

    @property
    def title(self) -> str:
        """ "frame 12 of trot.mp4", "trot.mp4", "3 videos and images"."""
        if len(self.places) != 1:
            return f"{len(self.places)} videos and images"
        media, frames = self.places[0]
        name = Path(media.path).name
        return f"frame {frames[0]} of {name}" if len(frames) == 1 and media.frame_count > 1 else name


@dataclass(frozen=True)
class Scope:
    """On what to detect: "frame", "range", "media" or "all".

    here: the frame in view. first, last: of a range, both in it. again: also where there is a prediction already.
    """

    kind: str
    here: FrameKey | None
    first: int = 0
    last: int = 0
    again: bool = True


def places_of(project: Project, scope: Scope) -> tuple[tuple[MediaRef, tuple[int, ...]], ...]:
    """The frames to detect on: never those that the user has labelled. Media without any are left out."""
    left_out = _left_out(project, scope)
    found = []
    for media, numbers in _asked(project, scope):
        frames = tuple(number for number in numbers if (media.id, number) not in left_out)
        if frames:
            found.append((media, frames))
    return tuple(found)


def counts_of(project: Project, scope: Scope) -> tuple[int, int]:
    """How many frames `places_of` has, and how many it leaves out because the user has labelled them."""
    asked = {media.id: numbers for media, numbers in _asked(project, scope)}
    if scope.kind == "frame" and asked and scope.here is not None:
        instances = project.instances(scope.here)
        out = bool(instances) and (not scope.again or has_own(instances))
        return 1 - out, int(has_own(instances))
    left_out = [key for key in _left_out(project, scope) if key.media in asked and key.frame in asked[key.media]]
    labelled = sum(has_own(project.instances(key)) for key in left_out)
    return sum(map(len, asked.values())) - len(left_out), labelled


def has_own(instances: tuple[Instance, ...]) -> bool:
    """Whether something on a frame is the user's own, and therefore stays."""
    return any(not instance.predicted for instance in instances)


def _left_out(project: Project, scope: Scope) -> set[FrameKey]:
    return {key for key, instances in project.labels.items() if not scope.again or has_own(instances)}


def _asked(project: Project, scope: Scope) -> list[tuple[MediaRef, range]]:
    if scope.kind == "all":
        return [(media, range(media.frame_count)) for media in project.media]
    media = project.find_media(scope.here.media) if scope.here is not None else None
    if media is None or scope.here is None:
        return []
    if scope.kind == "media":
        return [(media, range(media.frame_count))]
    if scope.kind == "range":
        return [(media, range(max(scope.first, 0), min(scope.last, media.frame_count - 1) + 1))]
    return [(media, range(scope.here.frame, scope.here.frame + 1))]


class NearestBoxes(Mapping[int, NDArray[np.float64]]):
    """For every frame of a media the box of the nearest one that has a box; of none where no frame has one."""

    def __init__(self, boxes: Mapping[int, NDArray[np.float64]]) -> None:
        self._boxes = dict(sorted(boxes.items()))
        self._frames = list(self._boxes)

    def __getitem__(self, frame: int) -> NDArray[np.float64]:
        place = bisect_left(self._frames, frame)
        near = self._frames[max(place - 1, 0) : place + 1]
        if not near:
            raise KeyError(frame)
        return self._boxes[min(near, key=lambda other: abs(other - frame))]

    def __iter__(self) -> Iterator[int]:
        return iter(self._frames)

    def __len__(self) -> int:
        return len(self._frames)


def labelled_boxes(project: Project, media: str) -> NearestBoxes:
    """The boxes (left, top, right, bottom) around the user's own keypoints on one media."""
    boxes = {}
    for number in project.labelled_frames(media):
        own = (i for i in project.instances(FrameKey(media, number)) if not i.predicted)
        box = box_of_keypoints(np.concatenate([i.pose.keypoints for i in own]))
        if box is not None:
            boxes[number] = box
    return NearestBoxes(boxes)


def predictions(
    media: str, frames: Iterable[int], keypoints: NDArray[np.float64], scores: NDArray[np.float32], least: float
) -> dict[FrameKey, Instance]:
    """What a detector said, as instances: keypoints (F, J, 2), NaN for absent, and their scores (F, J)."""
    sure = np.where((scores >= least)[..., None], keypoints, np.nan)
    return {
        FrameKey(media, int(frame)): Instance(pose, predicted=True, scores=said.astype(np.float32))
        for frame, pose, said in zip(frames, Pose2D.many(sure), scores, strict=True)
    }
