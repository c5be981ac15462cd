"""What a label file of any tool says, before it is on a skeleton or in a project."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poseviewer.core.pose import Pose2D
from poseviewer.core.project import Instance


@dataclass(frozen=True, eq=False)
class LabelledFrame:
    """The animals in one frame.

    Attributes:
        media: path of the video or image, as the file writes it; "" where it does not say.
        frame: number of the frame in the video from 0; 0 for an image.
        instances: their poses have the joints of the file, in its order.
    """

    media: str
    frame: int
    instances: tuple[Instance, ...]


@dataclass(frozen=True, eq=False)
class LabelFile:
    """All frames of one file, in its order; a frame without keypoints is left out.

    Attributes:
        path: where it was read from.
        tool: whose format it is, for people.
        joint_names: (J,) as the file spells them.
    """

    path: str
    tool: str
    joint_names: tuple[str, ...]
    frames: tuple[LabelledFrame, ...]

    @property
    def media(self) -> tuple[str, ...]:
        """The media it refers to, in order of appearance."""
        return tuple(dict.fromkeys(frame.media for frame in self.frames))

    def instances(self) -> Iterator[Instance]:
        for frame in self.frames:
            yield from frame.instances


def instances_of(
    keypoints: NDArray[np.float64],
    visibility: NDArray[np.uint8] | None = None,
    identity: str = "",
    scores: NDArray[np.float32] | None = None,
) -> list[Instance | None]:
    """One instance per pose of (N, J, 2) keypoints, None for a pose without any; with scores they are predictions."""
    poses = Pose2D.many(keypoints, visibility)
    predicted = scores is not None
    return [
        Instance(pose, identity, predicted, None if scores is None else scores[i]) if pose.visibility.any() else None
        for i, pose in enumerate(poses)
    ]
