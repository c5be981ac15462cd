"""Media of any kind behind one interface: open, describe for the project, recognise when they come back."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from poseviewer.core.errors import MediaError
from poseviewer.core.project import MediaRef
from poseviewer.io.images import IMAGE_EXTENSIONS, open_images
from poseviewer.io.video import open_video

VIDEO_EXTENSIONS = frozenset(
    {
        *(".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".mpg", ".mpeg", ".ts", ".mts", ".m2ts", ".wmv", ".asf"),
        *(".flv", ".3gp", ".ogv", ".h264", ".264", ".h265", ".hevc", ".mjpeg", ".mjpg", ".gif", ".mxf", ".y4m"),
    }
)
MEDIA_EXTENSIONS = VIDEO_EXTENSIONS | IMAGE_EXTENSIONS

SAMPLES = 8
SAMPLE_SIDE = 32


class MediaReader(Protocol):
    """The frames of a video, an image or a folder of images, by number from 0."""

    path: Path
    width: int
    height: int
    fps: float

    @property
    def kind(self) -> str:
        """ "video" or "images"."""

    @property
    def frame_count(self) -> int: ...

    @property
    def files(self) -> tuple[str, ...]:
        """Names of the images, in order; empty for a video."""

    @property
    def damaged(self) -> tuple[int, ...]:
        """Frames known not to be decodable."""

    @property
    def flawed(self) -> tuple[int, ...]:
        """Frames that were read although parts of them are damaged."""

    @property
    def warning(self) -> str:
        """What is wrong with media that open nevertheless, one sentence; "" where nothing is known to be."""

    def read(self, frame: int) -> NDArray[np.uint8]:
        """One frame, (H, W, 3) RGB; H and W are `frame_size` divided by `scale`. Raises MediaError."""

    def frame_size(self, frame: int) -> tuple[int, int]:
        """(width, height) in pixels of the file: what keypoints are measured in."""

    def scale(self, frame: int) -> int:
        """How many pixels of the file one pixel of `read` stands for, along each side."""

    def keyframe_before(self, frame: int) -> int:
        """The nearest frame at or before this one that is decoded alone."""

    def time(self, frame: int) -> float:
        """Seconds from the first frame."""

    def luma_samples(self, count: int) -> list[tuple[int, NDArray[np.uint8] | None]]:
        """Up to `count` (frame, (H, W) brightness) spread over the media, None for damaged ones."""

    def close(self) -> None: ...


def is_media(path: str | Path) -> bool:
    """A folder, or a file named like a video or an image."""
    path = Path(path)
    return path.is_dir() or path.suffix.lower() in MEDIA_EXTENSIONS


def open_media(path: str | Path) -> MediaReader:
    """Open a video file, an image, or a folder of images; a file of another name is tried as a video.

    Raises:
        MediaError: it is missing, damaged or neither; the message says what to do.
    """
    path = Path(path)
    if not path.is_dir():
        return open_images(path) if path.suffix.lower() in IMAGE_EXTENSIONS else open_video(path)
    try:
        return open_images(path)
    except MediaError:
        videos = sorted(p.name for p in path.iterdir() if p.suffix.lower() in VIDEO_EXTENSIONS)
        if not videos:
            raise
        raise MediaError(
            f"There are no images in the folder {path}; open a video in it, such as {videos[0]}."
        ) from None


def open_again(ref: MediaRef) -> MediaReader:
    """Open media that a project refers to.

    Raises:
        MediaError: it cannot be read, or its frames are not those that the project knows.
    """
    reader = open_media(Path(ref.path))
    if frames_match(reader, ref):
        return reader
    why = why_no_match(reader, ref)
    reader.close()
    raise MediaError(why)


def describe(reader: MediaReader, media_id: str) -> MediaRef:
    """What a project notes of media: where they are, how large, and a fingerprint of what they show."""
    return MediaRef(
        id=media_id,
        path=str(reader.path.absolute()),
        kind=reader.kind,
        size=_bytes_on_disk(reader),
        fingerprint=fingerprint(reader),
        frame_count=reader.frame_count,
        width=reader.width,
        height=reader.height,
        fps=reader.fps,
        files=reader.files,
    )


def frames_match(reader: MediaReader, ref: MediaRef) -> bool:
    """These are the frames that were labelled: as many, of the same size, and the sampled ones look the same."""
    return (
        reader.kind == ref.kind
        and reader.frame_count == ref.frame_count
        and (reader.width, reader.height) == (ref.width, ref.height)
        and fingerprint(reader) == ref.fingerprint
    )


def why_no_match(reader: MediaReader, ref: MediaRef) -> str:
    """One sentence for the user when `frames_match` is false."""
    if reader.frame_count != ref.frame_count:
        difference = f"it has {reader.frame_count} frames, and {ref.frame_count} were there when it was labelled"
    elif (reader.width, reader.height) != (ref.width, ref.height):
        now, then = f"{reader.width} x {reader.height}", f"{ref.width} x {ref.height}"
        difference = f"it has {now} pixels, and had {then} when it was labelled"
    else:
        difference = "its frames show something else than those that were labelled"
    return f"{reader.path} is not the same as {Path(ref.path).name}: {difference}; choose the original file."


def fingerprint(reader: MediaReader) -> str:
    """SHA-256, as hex, of the number and size of frames and of up to 8 of them, shrunk to 32 x 32.

    A copy, also in another container, has the same one; a file that was coded again or shifted by a frame has not.
    """
    digest = hashlib.sha256(f"{reader.frame_count} {reader.width} {reader.height}".encode())
    for frame, luma in reader.luma_samples(SAMPLES):
        digest.update(f" {frame} ".encode())
        digest.update(b"damaged" if luma is None else _shrink(luma))
    return digest.hexdigest()


def _shrink(luma: NDArray[np.uint8]) -> bytes:
    small = cv2.resize(luma, (SAMPLE_SIDE, SAMPLE_SIDE), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(small).tobytes()


def _bytes_on_disk(reader: MediaReader) -> int:
    if reader.kind == "video":
        return reader.path.stat().st_size
    folder = reader.path if reader.path.is_dir() else reader.path.parent
    return sum((folder / name).stat().st_size for name in reader.files)
