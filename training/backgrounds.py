"""Frames of the user's own media for rendered animals to stand before, without the real animal where it can be told."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from poseviewer.core.errors import MediaError
from poseviewer.core.project import MediaRef, Project
from poseviewer.geometry.motion_box import moving_box, shrunk
from poseviewer.io.media import open_again

SIDE = 640
MARGIN = 0.2
"""Of the box of what moves: fur and shadow reach beyond it."""


def read_backgrounds(project: Project, count: int, side: int = SIDE) -> NDArray[np.uint8] | None:
    """Up to `count` frames of a project's media, spread evenly, as one array (M, side, side, 3).

    What moves before a camera that stands still is painted over: a real animal without labels beside a rendered one
    would teach that it is none. Media that cannot be read are passed over. None where there is no frame.
    """
    total = sum(media.frame_count for media in project.media)
    if not total:
        return None
    wanted = sorted({int(i) for i in np.linspace(0, total - 1, min(count, total)).round()})
    frames: list[NDArray[np.uint8]] = []
    first = 0
    for media in project.media:
        here = [i - first for i in wanted if first <= i < first + media.frame_count]
        first += media.frame_count
        frames += without_what_moves(_read(media, here, side))
    return np.stack(frames) if frames else None


def without_what_moves(frames: Sequence[NDArray[np.uint8]]) -> list[NDArray[np.uint8]]:
    """Pictures (H, W, 3) of one place and size, the region that moves in each painted over by what is usual there.

    Fewer than three cannot tell, and stay as they are, as do pictures of a camera that moves.
    """
    if len(frames) < 3:
        return list(frames)
    usual = np.median(np.stack(frames), axis=0).astype(np.uint8)
    still = shrunk(usual)
    painted = []
    for frame in frames:
        box = moving_box(frame, still)
        if box is not None:
            reach = MARGIN * float((box[2:] - box[:2]).max())
            left, top = (max(0, int(edge - reach)) for edge in box[:2])
            right, bottom = (int(edge + reach) + 2 for edge in box[2:])
            frame = frame.copy()
            frame[top:bottom, left:right] = usual[top:bottom, left:right]
        painted.append(frame)
    return painted


def _read(media: MediaRef, numbers: Sequence[int], side: int) -> list[NDArray[np.uint8]]:
    """Those of the frames that can be read, (side, side, 3) each."""
    if not numbers:
        return []
    try:
        reader = open_again(media)
    except MediaError:
        return []
    frames = []
    try:
        for number in numbers:
            small = cv2.resize(reader.read(number), (side, side), interpolation=cv2.INTER_AREA)
            frames.append(np.asarray(small, dtype=np.uint8))
    except MediaError:
        pass  # the rest of a broken-off video
    finally:
        reader.close()
    return frames
