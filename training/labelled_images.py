"""Labelled frames as a detector is trained on them: read once, kept around the animal, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from poseviewer.core.errors import LabelFileError, PoseviewerError
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import Instance, Project
from poseviewer.core.skeleton import Skeleton
from poseviewer.io.label_files import map_to_skeleton
from poseviewer.io.labelled_frames import LabelFile
from poseviewer.io.media import MediaReader, open_again, open_media

T = TypeVar("T")

SIDE_MOST = 1024
"""Pixels along each side that are kept of a frame, at most."""
SIDE_LEAST = 384
"""The same where there are thousands of them."""
MEMORY = 1_500_000_000
"""Bytes that the frames of a run, and their halves, should not go beyond."""
BOX_LEAST = 320
"""A frame is not shrunk so far that its animal's box becomes smaller than this."""
MOST_FOLDERS = 50
"""Folders beside a label file in which its media are looked for."""
OVERVIEW = 512
"""Pixels along the longer side of the overview of a frame of which only a part is kept."""


@dataclass(frozen=True, eq=False)
class Overview:
    """A whole frame, small. Its pixels are those of the part that is kept, times `scale`, plus `offset` (2,)."""

    image: NDArray[np.uint8]
    scale: float
    offset: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LabelledImage:
    """One animal in one frame.

    Attributes:
        image: (H, W, 3) uint8 RGB, the frame or the part of it around the animal.
        keypoints: (J, 2) pixels of `image`, NaN where absent. visibility: (J,) 0, 1 or 2.
        box: (4,) left, top, right, bottom around the keypoints.
        overview: the whole frame, where `image` is only a part of it.
        shrunk: pixels of the frame that one pixel of `image` stands for, along each side.
    """

    image: NDArray[np.uint8]
    keypoints: NDArray[np.float64]
    visibility: NDArray[np.uint8]
    box: NDArray[np.float64]
    overview: Overview | None = None
    shrunk: float = 1.0


class Source(NamedTuple):
    """A labelled animal, and where its frame is."""

    media: str
    frame: int
    instance: Instance


def side_for(count: int) -> int:
    """Pixels along each side that are kept of each of so many frames."""
    return int(np.clip(np.sqrt(MEMORY / (max(count, 1) * 3 * 1.5)), SIDE_LEAST, SIDE_MOST))


def labelled_image(frame: NDArray[np.uint8], pose: Pose2D, side: int = SIDE_MOST) -> LabelledImage:
    """What is kept of a frame (H, W, 3) for an animal with at least one keypoint, in pixels of this frame.

    Args:
        side: pixels along each side that are kept, at most.
    """
    there = pose.keypoints[pose.present]
    box = np.concatenate([there.min(0), there.max(0)])
    longest, extent = max(frame.shape[:2]), max(float((box[2:] - box[:2]).max()), 1.0)
    scale = min(1.0, max(side / longest, BOX_LEAST / extent))
    small = _scaled(frame, scale)
    points, box = _moved(pose.keypoints, scale), _moved(box.reshape(2, 2), scale).ravel()
    height, width = small.shape[:2]
    left, top = (_window(length, side, box[axis], box[axis + 2]) for axis, length in enumerate((width, height)))
    part = np.ascontiguousarray(small[top : top + side, left : left + side])
    corner = np.array([left, top], dtype=np.float64)
    overview = None
    if part.shape != small.shape:
        ratio = min(OVERVIEW, side) / longest
        # From a pixel of the part to the frame's and to the overview's: centres stay centres.
        overview = Overview(_scaled(frame, ratio), ratio / scale, (corner + 0.5) * (ratio / scale) - 0.5)
    return LabelledImage(part, points - corner, pose.visibility, box - np.tile(corner, 2), overview, 1 / scale)


def of_project(project: Project, most: int | None = None) -> list[LabelledImage]:
    """The user's own labelled animals of a project; predictions that nobody has accepted are left out.

    Args:
        most: how many frames to use, spread evenly over the labelled ones.

    Raises:
        PoseviewerError: nothing is labelled, or no keypoint of it is there.
        MediaError: a media file is missing or another one.
    """
    refs = {media.id: media for media in project.media}
    found = [
        Source(key.media, key.frame, instance)
        for key in sorted(project.labels)
        for instance in project.instances(key)
        if not instance.predicted and key.media in refs
    ]
    return list(_read(usable(found, "The project", most), lambda media: open_again(refs[media])))


def of_label_file(labels: LabelFile, skeleton: Skeleton, most: int | None = None) -> list[LabelledImage]:
    """The labelled animals of a file whose images or videos lie where it says, or beside it.

    Raises:
        LabelFileError: none of its keypoints is a joint of the skeleton, or its media are not there.
        PoseviewerError: nothing is labelled.
    """
    mapped, _ = map_to_skeleton(labels, skeleton)
    found = [Source(f.media, f.frame, i) for f in mapped.frames for i in f.instances if not i.predicted]
    home = Path(labels.path).absolute().parent
    return list(_read(usable(found, labels.path, most), lambda media: open_media(_beside(media, home, labels.path))))


def usable(sources: Sequence[Source], where: str, most: int | None) -> list[Source]:
    """Those with keypoints; with `most`, the ones of that many frames, spread evenly.

    Raises:
        PoseviewerError: there is none.
    """
    if not sources:
        raise PoseviewerError(f"{where} has no labelled frame to train on; label at least 5 frames first.")
    placed = [source for source in sources if source.instance.pose.present_count]
    if not placed:
        raise PoseviewerError(
            f"On the {len(sources)} labelled frames of {where} every keypoint is absent; place some keypoints first."
        )
    chosen = set(evenly(list(dict.fromkeys((s.media, s.frame) for s in placed)), most))
    return [s for s in placed if (s.media, s.frame) in chosen]


def evenly(things: Sequence[T], most: int | None) -> list[T]:
    """As many of them, spread evenly from the first to the last; all where None or fewer."""
    if most is None or most >= len(things):
        return list(things)
    return [things[i] for i in np.linspace(0, len(things) - 1, most).round().astype(int)]


class _Opener:
    """Opens media one after the other, each once as long as it is asked for again at once."""

    def __init__(self, open_one: object) -> None:
        self._open = open_one
        self._name: str | None = None
        self._reader: MediaReader | None = None

    def of(self, media: str) -> MediaReader:
        if self._reader is None or media != self._name:
            self.close()
            self._reader, self._name = self._open(media), media  # type: ignore[operator]
        assert self._reader is not None
        return self._reader

    def close(self) -> None:
        if self._reader is not None:
            self._reader.close()
        self._reader = None


def _read(sources: Sequence[Source], open_one: object) -> Iterator[LabelledImage]:
    opener = _Opener(open_one)
    side = side_for(len(sources))
    try:
        for source in sources:
            reader = opener.of(source.media)
            frame = reader.read(source.frame)
            # Very large images come reduced; the keypoints are in pixels of the file.
            pose = source.instance.pose
            scale = 1 / reader.scale(source.frame)
            yield labelled_image(frame, Pose2D(_moved(pose.keypoints, scale), pose.visibility), side)
    finally:
        opener.close()


def _beside(media: str, home: Path, labels: str) -> Path:
    """Where the media of a label file are: as it writes them, from its folder, one above or one in it, or by name."""
    written = Path(media.replace("\\", "/"))
    around = [home, *home.parents][:4]
    near = [written, *(folder / written for folder in around), home / written.name]
    found = next((path for path in near if media and path.exists()), None)
    if found is None and media:
        inside = sorted(path for path in home.iterdir() if path.is_dir())[:MOST_FOLDERS]
        below = [folder / name for folder in inside for name in (written, written.name)]
        found = next((path for path in below if path.exists()), None)
    if found is not None:
        return found
    raise LabelFileError(
        f"{labels} labels {media or 'a video that it does not name'}, which is not there; put the media beside the "
        f"file, or open them in a project and import the labels."
    )


def _window(length: int, side: int, low: float, high: float) -> int:
    """Where a part of at most `side` of a length begins, so that the box from low to high is in its middle."""
    begin = round((low + high - side) / 2)
    return max(0, min(begin, length - side))


def _scaled(image: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    if scale >= 1:
        return image
    size = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _moved(points: NDArray[np.float64], scale: float) -> NDArray[np.float64]:
    """Points (..., 2) of a frame in pixels of the scaled one: a pixel's centre stays a centre."""
    moved: NDArray[np.float64] = (points + 0.5) * scale - 0.5
    return moved
