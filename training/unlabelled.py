"""Frames without labels as stage 1 learns from them: whole, 256 x 256, spread evenly over all media."""

from __future__ import annotations

from collections.abc import Generator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from poseviewer.core.errors import MediaError, PoseviewerError
from poseviewer.core.project import MediaRef
from poseviewer.geometry.crops import SIDE, whole_frame
from poseviewer.io.media import MediaReader, open_again

Pictures = NDArray[np.uint8]
"""(M, 256, 256, 3) RGB."""


def read_pictures(media: Sequence[MediaRef], most: int) -> Generator[int, None, Pictures]:
    """Up to `most` frames of media; yields how many there are so far, and is a place to stop.

    One frame is in memory at a time. Frames and media that cannot be read are passed over.

    Raises:
        PoseviewerError: there are no frames.
        MediaError: there are media, and nothing in them can be read.
    """
    total = sum(ref.frame_count for ref in media)
    if not total:
        raise PoseviewerError(
            "There are no frames to learn from; name videos, folders of images or a project with media."
        )
    wanted = np.unique(np.linspace(0, total - 1, min(most, total)).round().astype(int))
    found: list[NDArray[np.uint8]] = []
    failed: MediaError | None = None
    first = 0
    for ref in media:
        here = wanted[(wanted >= first) & (wanted < first + ref.frame_count)] - first
        first += ref.frame_count
        try:
            yield from _read(ref, here.tolist(), found)
        except MediaError as error:
            failed = error
    if not found and failed is not None:
        raise failed
    if not found:
        raise MediaError(f"None of the {len(wanted)} frames of the media can be read; choose other media.")
    return np.stack(found)


def varied(picture: NDArray[np.uint8], turn: float, zoom: float, rng: np.random.Generator) -> NDArray[np.uint8]:
    """A picture (S, S, 3) turned, moved, larger or smaller, at times mirrored; its edge goes on outside of it."""
    side = picture.shape[0]
    scale = zoom ** rng.uniform(-1, 1)
    matrix = cv2.getRotationMatrix2D(((side - 1) / 2,) * 2, rng.uniform(-turn, turn), scale)
    matrix[:, 2] += side * 0.5 * abs(1 - 1 / zoom) * rng.uniform(-1, 1, 2)
    if rng.random() < 0.5:
        picture = picture[:, ::-1]
    made = cv2.warpAffine(
        np.ascontiguousarray(picture), matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(made, np.uint8)


def _read(ref: MediaRef, frames: list[int], found: list[NDArray[np.uint8]]) -> Generator[int, None, None]:
    """Add the frames of one media that can be read."""
    if not frames:
        return
    reader = open_again(ref)
    try:
        for frame in frames:
            picture = _whole(reader, frame)
            if picture is not None:
                found.append(picture)
            yield len(found)
    finally:
        reader.close()


def _whole(reader: MediaReader, frame: int) -> NDArray[np.uint8] | None:
    try:
        image = reader.read(frame)
    except MediaError:
        return None
    return whole_frame(image.shape[1], image.shape[0], SIDE).cut(image)
