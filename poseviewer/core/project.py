"""A project: a skeleton, its ranges, the media and the labels on their frames. Frozen; edits make a new one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple

import immutables
import numpy as np
from numpy.typing import NDArray

from poseviewer.core.pose import Pose2D, Visibility
from poseviewer.core.ranges import RangePreset
from poseviewer.core.skeleton import Skeleton

SURE = 0.3
"""A predicted keypoint with a lower score counts as missing where a pose is lifted, and is drawn as doubtful."""


class FrameKey(NamedTuple):
    """One frame: the id of its media and its number from 0."""

    media: str
    frame: int


@dataclass(frozen=True, eq=False)
class Instance:
    """One animal in one frame.

    Attributes:
        pose: its keypoints.
        identity: the name of the individual, "" where it is not known.
        predicted: true for what a detector said and no user has accepted.
        scores: (J,) confidence of a prediction, or None.
    """

    pose: Pose2D
    identity: str = ""
    predicted: bool = False
    scores: NDArray[np.float32] | None = None

    @property
    def sure_pose(self) -> Pose2D:
        """The keypoints without those of a prediction whose score is below `SURE`; the user's own are all sure."""
        if not self.predicted or self.scores is None:
            return self.pose
        return Pose2D(self.pose.keypoints, np.where(self.scores < SURE, Visibility.ABSENT, self.pose.visibility))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Instance):
            return NotImplemented
        if (self.scores is None) != (other.scores is None):
            return False
        same_scores = self.scores is None or np.array_equal(self.scores, other.scores, equal_nan=True)  # type: ignore[arg-type]
        return bool(
            same_scores
            and self.pose == other.pose
            and self.identity == other.identity
            and self.predicted == other.predicted
        )

    __hash__ = None  # type: ignore[assignment]


@dataclass(frozen=True)
class MediaRef:
    """A video, an image or a folder of images that a project refers to; never copied, never changed.

    Attributes:
        id: what labels refer to; never reused.
        path: absolute path while the project is open (the file stores it relative to itself).
        kind: "video" or "images".
        size: bytes on disk (of all images together).
        fingerprint: digest of sampled decoded frames: tells whether this is what was labelled.
        frame_count, width, height: of the media; width and height of the first frame.
        fps: frames per second, 0 where there is none (images).
        files: for images, the file names in order.
    """

    id: str
    path: str
    kind: str
    size: int
    fingerprint: str
    frame_count: int
    width: int
    height: int
    fps: float = 0.0
    files: tuple[str, ...] = ()


Labels = immutables.Map[FrameKey, tuple[Instance, ...]]


@dataclass(frozen=True, eq=False)
class Project:
    """Everything that is the user's. What can be derived (3D poses, reprojections) is not in it."""

    skeleton: Skeleton
    ranges: RangePreset
    media: tuple[MediaRef, ...] = ()
    labels: Labels = field(default_factory=immutables.Map)
    model: str = ""
    """The lifter in use: "" for the one shipped with the skeleton, else a checkpoint's path."""
    detector: str = ""
    """The detector in use: "" for the one shipped for the skeleton, else a checkpoint's path."""

    def instances(self, key: FrameKey) -> tuple[Instance, ...]:
        return self.labels.get(key, ())

    def pose(self, key: FrameKey, instance: int = 0) -> Pose2D:
        """The keypoints of one instance, an empty pose where there is none."""
        found = self.instances(key)
        return found[instance].pose if instance < len(found) else Pose2D.empty(self.skeleton.joint_count)

    def find_media(self, media_id: str) -> MediaRef | None:
        return next((m for m in self.media if m.id == media_id), None)

    def labelled_frames(self, media_id: str) -> list[int]:
        """Numbers of the frames of one media with at least one keypoint by the user, in order."""
        return sorted(
            key.frame
            for key, instances in self.labels.items()
            if key.media == media_id and any(not i.predicted and i.pose.present_count for i in instances)
        )

    def predicted_frames(self, media_id: str) -> list[int]:
        """Numbers of the frames of one media with a prediction that nobody has accepted or corrected, in order."""
        return sorted(
            key.frame
            for key, instances in self.labels.items()
            if key.media == media_id and any(i.predicted and i.pose.present_count for i in instances)
        )

    def with_instances(self, key: FrameKey, instances: tuple[Instance, ...]) -> Project:
        """A copy with other instances on one frame; an empty tuple removes the frame from the labels."""
        if instances:
            return replace(self, labels=self.labels.set(key, instances))
        return replace(self, labels=self.labels.delete(key)) if key in self.labels else self


@dataclass(frozen=True)
class Change:
    """What an edit touched: views redraw, and the project file writes, only that."""

    frames: frozenset[FrameKey] = frozenset()
    media: bool = False
    skeleton: bool = False
    ranges: bool = False
    model: bool = False
    detector: bool = False


@dataclass(frozen=True, eq=False)
class Edit:
    """A command: the project before and after, so that undo and redo take the same road."""

    text: str
    before: Project
    after: Project
    change: Change

    @property
    def empty(self) -> bool:
        return self.after is self.before

    def reversed(self) -> Edit:
        return Edit(self.text, self.after, self.before, self.change)
