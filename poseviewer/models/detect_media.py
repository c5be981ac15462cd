"""Detection on media: frames are read and cut ahead in a thread, looked at in batches, and reported as they are done.

Memory is bounded whatever the length of a video or the size of its frames. Needs no torch itself.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poseviewer.core.errors import MediaError, PoseviewerError
from poseviewer.geometry.crops import Crop, crop_of_box
from poseviewer.geometry.motion_box import median_picture, moving_box, shrunk
from poseviewer.io.media import MediaReader
from poseviewer.io.read_ahead import AHEAD_BYTES, ReadAhead
from poseviewer.models.look import CropDetector, Cutout, Picture, Sight, look
from poseviewer.models.track import Tracker, cutout

BOXES = ("track", "frame", "labelled", "motion")
"""Where to look: followed from frame to frame; the whole frame; the labelled box; what moves before a still camera."""
BATCH, DEVICE_BATCH = 16, 64
"""Crops looked at together, on a CPU and on a faster device."""
REPORT_EVERY = 0.5
"""Seconds after which what is done is reported although it is less than a batch."""
SAMPLES = 15
"""Frames that the picture without what moves is made of."""


@dataclass(frozen=True, eq=False)
class DetectedFrames:
    """What was detected since the last report.

    Attributes:
        frames: (F,) their numbers, in the order in which they were asked for.
        keypoints: (F, J, 2) float64 in pixels of the frame, NaN = absent. scores: (F, J) float32 from 0 to 1.
        boxes: (F, 4) left, top, right, bottom of the squares that were looked at.
        unreadable: frames among them that could not be read; they are not in `frames`.
    """

    frames: NDArray[np.int64]
    keypoints: NDArray[np.float64]
    scores: NDArray[np.float32]
    boxes: NDArray[np.float64]
    unreadable: tuple[int, ...] = ()

    def confident(self, least: float) -> DetectedFrames:
        """The same without the places of keypoints whose score is lower."""
        sure = (self.scores >= least)[..., None]
        return replace(self, keypoints=np.where(sure, self.keypoints, np.nan))


@dataclass(frozen=True)
class _Unreadable:
    frame: int


_Made = Picture | Cutout | _Unreadable


def detect_media(
    reader: MediaReader,
    detector: CropDetector,
    frames: Sequence[int],
    boxes: str = "track",
    labelled: Mapping[int, ArrayLike] | None = None,
) -> Generator[DetectedFrames, None, None]:
    """Detect on frames of a video or images, in their order. Every yield is a report and a place to stop.

    Nobody else should use the reader meanwhile: to and fro between distant frames is slow. A frame that cannot be read
    is reported and left out.

    Args:
        boxes: one of `BOXES`. Images are no sequence: "track" finds the animal in each.
        labelled: boxes (4,) by frame for "labelled"; a frame without one is looked at as a whole.

    Yields:
        What was detected since the last yield; without frames where there was none.

    Raises:
        PoseviewerError: there is no such way to look, or the device has too little memory for one crop.
    """
    if boxes not in BOXES:
        raise PoseviewerError(f"There is no way to look called '{boxes}'; choose one of {', '.join(BOXES)}.")
    most = BATCH if detector.device == "cpu" else DEVICE_BATCH
    joints = detector.skeleton.joint_count
    background = None
    if boxes == "motion":
        background = yield from _background(reader, joints)
    crop_of = _where_to_look(boxes, labelled or {}, background)

    def make(frame: int) -> _Made:
        try:
            picture = _read(reader, frame)
        except MediaError:
            return _Unreadable(frame)
        return picture if crop_of is None else cutout(picture, crop_of(picture))

    with ReadAhead(frames, make, _bytes, ahead=2 * most) as stream:
        if crop_of is None:
            follows = reader.kind == "video"
            tracker = Tracker(lambda cutouts: look(detector, cutouts), most, follows)
            steps = _tracked(stream, tracker)
        else:
            steps = _looked_at(stream, detector, most)
        yield from _reports(steps, most, joints)


def _read(reader: MediaReader, frame: int) -> Picture:
    image = reader.read(frame)
    width, height = reader.frame_size(frame)
    return Picture(frame, image, width, height, reader.scale(frame))


def _bytes(made: _Made) -> int:
    return 0 if isinstance(made, _Unreadable) else made.image.nbytes


def _where_to_look(
    boxes: str, labelled: Mapping[int, ArrayLike], background: NDArray[np.uint8] | None
) -> Callable[[Picture], Crop] | None:
    """The crop of a picture; None where it depends on what is seen in the frames before."""
    if boxes == "track":
        return None

    def crop_of(picture: Picture) -> Crop:
        box: Any = labelled.get(picture.frame) if boxes == "labelled" else None
        if background is not None:
            box = moving_box(picture.image, background)
            box = None if box is None else (box + 0.5) * picture.scale - 0.5
        return picture.whole() if box is None else crop_of_box(box)

    return crop_of


def _background(reader: MediaReader, joints: int) -> Generator[DetectedFrames, None, NDArray[np.uint8] | None]:
    """The median of frames spread over the media, at keyframes for speed; yields empty reports to be stopped at."""
    spread = np.unique(np.linspace(0, reader.frame_count - 1, SAMPLES).astype(int)).tolist()
    keys = sorted({reader.keyframe_before(frame) for frame in spread})
    pictures = []
    for frame in keys if 2 * len(keys) > len(spread) else spread:
        try:
            pictures.append(shrunk(reader.read(frame)))
        except MediaError:
            continue
        yield _report([], [], joints)
    return median_picture(pictures)


Step = tuple[list[Sight], list[int]]
"""Sights, and frames that could not be read."""


def _looked_at(stream: Iterable[_Made], detector: CropDetector, most: int) -> Iterator[Step]:
    batch: list[Cutout] = []
    lost: list[int] = []
    for made in stream:
        if isinstance(made, Cutout):
            batch.append(made)
        else:
            lost.append(made.frame)
        if len(batch) == most or len(lost) >= most:
            yield look(detector, batch), lost
            batch, lost = [], []
    yield look(detector, batch), lost


def _tracked(stream: Iterator[_Made], tracker: Tracker) -> Iterator[Step]:
    """As many pictures are at hand as the tracker looks at together, or fit into memory."""
    waiting: deque[Picture] = deque()
    over = False
    while waiting or not over:
        lost: list[int] = []
        while not over and len(waiting) < tracker.wants and _room(waiting):
            made = next(stream, None)
            if made is None:
                over = True
            elif isinstance(made, Picture):
                waiting.append(made)
            else:
                lost.append(made.frame)
        sights = tracker.take(tuple(waiting)) if waiting else []
        for _ in sights:
            waiting.popleft()
        yield sights, lost


def _room(waiting: Iterable[Picture]) -> bool:
    return sum(picture.image.nbytes for picture in waiting) < AHEAD_BYTES


def _reports(steps: Iterable[Step], most: int, joints: int) -> Iterator[DetectedFrames]:
    """What the steps say, a batch at a time, or earlier where it takes long."""
    sights: list[Sight] = []
    lost: list[int] = []
    last = time.monotonic()
    for seen, unreadable in steps:
        sights += seen
        lost += unreadable
        if len(sights) + len(lost) >= most or time.monotonic() - last > REPORT_EVERY:
            yield _report(sights, lost, joints)
            sights, lost, last = [], [], time.monotonic()
    if sights or lost:
        yield _report(sights, lost, joints)


def _report(sights: Sequence[Sight], lost: Sequence[int], joints: int) -> DetectedFrames:
    squares = [(s.crop.left, s.crop.top, s.crop.left + s.crop.size, s.crop.top + s.crop.size) for s in sights]
    return DetectedFrames(
        np.array([s.frame for s in sights], dtype=np.int64),
        np.array([s.keypoints for s in sights], dtype=np.float64).reshape(-1, joints, 2),
        np.array([s.scores for s in sights], dtype=np.float32).reshape(-1, joints),
        np.array(squares, dtype=np.float64).reshape(-1, 4),
        tuple(lost),
    )
