"""What `poseviewer detect` looks at: frames of a video, an image, a folder of images, or of a project's media."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from poseviewer.cli.frame_ranges import FrameRanges
from poseviewer.core.errors import PoseviewerError
from poseviewer.core.project import FrameKey, MediaRef, Project
from poseviewer.geometry.crops import box_of_keypoints

if TYPE_CHECKING:
    from poseviewer.io.media import MediaReader

LABELLED = "labelled"
"""In place of numbers of frames: those that the user has labelled."""


@dataclass(frozen=True, eq=False)
class Place:
    """Some frames of one media.

    Attributes:
        path: of the media. files: the names of its images, () for a video.
        frames: their numbers. boxes: (4,) around the user's own keypoints, by frame.
        media_id: in the project, "" for media that were named by themselves.
        open: opens it; raises MediaError.
    """

    path: Path
    files: tuple[str, ...]
    frames: tuple[int, ...]
    open: Callable[[], MediaReader]
    boxes: Mapping[int, NDArray[np.float64]] = field(default_factory=dict)
    media_id: str = ""

    def name(self, frame: int) -> tuple[str, int]:
        """What label files call a frame: path of the video or image, and its number there."""
        if not self.files:
            return str(self.path.absolute()), frame
        folder = self.path if self.path.is_dir() else self.path.parent
        return str((folder / self.files[frame]).absolute()), 0


def places_of_media(path: Path, frames: str) -> list[Place]:
    """The frames of media that were named by themselves.

    Raises:
        MediaError: it cannot be opened. PoseviewerError: it has no such frames.
    """
    if frames == LABELLED:
        raise PoseviewerError(f"--frames {LABELLED} is for projects, and {path} has no labels; name frames by numbers.")
    wanted = FrameRanges(frames)
    from poseviewer.io.media import open_media

    reader = open_media(path)
    try:
        numbers = wanted.of(reader.frame_count, path.name)
        return [Place(path, reader.files, numbers, lambda: open_media(path))]
    finally:
        reader.close()


def places_of_project(project: Project, path: Path, frames: str) -> list[Place]:
    """The frames of all media of a project, or of those that have labels.

    Raises:
        PoseviewerError: there are none.
    """
    if not project.media:
        raise PoseviewerError(f"{path} has no media to detect on; add a video or images to it first.")
    wanted = FrameRanges("" if frames == LABELLED else frames)
    found = []
    for ref in project.media:
        labelled = project.labelled_frames(ref.id)
        numbers = tuple(labelled) if frames == LABELLED else wanted.of(ref.frame_count, Path(ref.path).name)
        if numbers:
            boxes = {frame: box for frame in labelled if (box := _box(project, FrameKey(ref.id, frame))) is not None}
            found.append(Place(Path(ref.path), ref.files, numbers, _opener(ref), boxes, ref.id))
    if not found:
        raise PoseviewerError(f"No frame of {path} is labelled; name frames by numbers, or leave out --frames.")
    return found


def _opener(ref: MediaRef) -> Callable[[], MediaReader]:
    def open_it() -> MediaReader:
        from poseviewer.io.media import open_again

        return open_again(ref)

    return open_it


def _box(project: Project, key: FrameKey) -> NDArray[np.float64] | None:
    own = [instance.pose.keypoints for instance in project.instances(key) if not instance.predicted]
    return box_of_keypoints(np.concatenate(own))
