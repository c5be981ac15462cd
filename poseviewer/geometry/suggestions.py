"""Which frames are worth labelling next: where a detector is unsure, where its keypoints jump or get lost.

Without predictions, the frames furthest from every labelled one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Frames = NDArray[np.int64]

UNSURE, JUMP, LOST, FAR = "unsure", "jump", "lost", "far"
REASONS = (UNSURE, JUMP, LOST)

WORST = 0.25
"""The share of an animal's joints, the worst of them, by which a frame is judged: one lost leg must count."""
JUMP_SIZE = 0.15
"""A jump of this share of the animal's size is two thirds as bad as any can be."""
RAW_DOUBT = 0.2
"""How much of a frame's doubt counts although all frames have it."""
LONGEST_GAP = 50
"""Frames further apart than this look different enough, however long the video is."""
USUAL = 3.0
"""How many times the median of a video a movement may be before it is a jump."""


@dataclass(frozen=True)
class Suggestion:
    """Attributes:
    frame: its number.
    score: how much it is worth looking at, 0 to 1.
    reason: what speaks for it most: one of `REASONS`, or `FAR`.
    """

    frame: int
    score: float
    reason: str


def suggest(
    frames: Frames, keypoints: Array, scores: Array, labelled: Frames, count: int = 20, moving: bool = True
) -> list[Suggestion]:
    """The best frames among those with predictions, the most worth first, no two of them neighbours.

    Args:
        frames: (F,) numbers of the predicted frames, in order.
        keypoints: (F, J, 2) pixels, NaN where absent.
        scores: (F, J) from 0 to 1, NaN where the detector did not say.
        labelled: (L,) frames that have labels; neighbours of them are not suggested while there are others.
        count: how many at most.
        moving: whether successive frames show the same scene. Else nothing can jump, and neighbours are strangers.
    """
    if not len(frames):
        return []
    parts = reasons(frames, keypoints, scores, moving)
    worth = 1.0 - np.prod(1.0 - parts, axis=0)
    gap = min(max(2, int(frames[-1] - frames[0] + 1) // (2 * count)), LONGEST_GAP) if moving else 1
    picked = _spread(frames, worth, labelled, gap, count)
    return [Suggestion(int(frames[i]), float(worth[i]), REASONS[int(parts[:, i].argmax())]) for i in picked]


def suggest_spread(frame_count: int, labelled: Frames, count: int = 20) -> list[Suggestion]:
    """Frames of media without predictions, each as far as can be from the labelled ones and those before it."""
    taken = np.unique(labelled[(labelled >= 0) & (labelled < frame_count)])
    found: list[Suggestion] = []
    while len(found) < count and len(taken) < frame_count:
        frame, distance = _furthest(taken, frame_count)
        found.append(Suggestion(frame, min(2.0 * distance / frame_count, 1.0), FAR))
        taken = np.insert(taken, np.searchsorted(taken, frame), frame)
    return found


def reasons(frames: Frames, keypoints: Array, scores: Array, moving: bool = True) -> Array:
    """(3, F) how much speaks for each frame, 0 to 1, in the order of `REASONS`."""
    there = np.isfinite(keypoints[..., 0])
    jumps = _jumps(keypoints, frames) if moving else np.zeros(len(frames))
    return np.stack([_doubt(there, scores), jumps, _worst(~there * there.mean(axis=0))])


def _doubt(there: NDArray[np.bool_], scores: Array) -> Array:
    """(F,) how unsure the worst joints are, mostly by how far that is from what is usual here.

    Joints are not equally easy, and no detector means the same by a score. What is absent is lost, not unsure.
    """
    said = np.where(there & np.isfinite(scores), np.clip(scores, 0.0, 1.0), 1.0)
    doubt = _worst(1.0 - said)
    usual = float(np.median(doubt))
    beyond = np.clip((doubt - usual) / max(1.0 - usual, 1e-6), 0.0, 1.0)
    return RAW_DOUBT * doubt + (1.0 - RAW_DOUBT) * beyond


def _jumps(keypoints: Array, frames: Frames) -> Array:
    """(F,) how far the worst joints are from the middle between the frames around, beyond what is usual here."""
    before, after = _neighbours(keypoints, frames)
    away = np.linalg.norm(keypoints - (before + after) / 2, axis=-1) / _size(keypoints)
    worst = _worst(np.nan_to_num(away))
    moved = worst[worst > 0]
    usual = USUAL * float(np.median(moved)) if len(moved) else 0.0
    return 1.0 - np.exp(-np.maximum(worst - usual, 0.0) / JUMP_SIZE)


def _neighbours(keypoints: Array, frames: Frames) -> tuple[Array, Array]:
    """Keypoints one predicted frame before and after, NaN where there is none close enough to be compared."""
    before, after = np.full_like(keypoints, np.nan), np.full_like(keypoints, np.nan)
    if len(frames) > 1:
        steps = np.diff(frames)
        near = (steps <= np.median(steps))[:, None, None]
        before[1:] = np.where(near, keypoints[:-1], np.nan)
        after[:-1] = np.where(near, keypoints[1:], np.nan)
    return before, after


def _size(keypoints: Array) -> float:
    """The usual extent of the animal in pixels, 1 where it has none."""
    there = np.isfinite(keypoints)
    low = np.where(there, keypoints, np.inf).min(axis=1)
    high = np.where(there, keypoints, -np.inf).max(axis=1)
    extent = np.hypot(*(high - low).T)
    known = extent[np.isfinite(extent) & (extent > 0)]
    return float(np.median(known)) if len(known) else 1.0


def _worst(badness: Array) -> Array:
    """(F,) the mean of the worst `WORST` of (F, J)."""
    joints = badness.shape[1]
    count = max(round(joints * WORST), 1)
    worst: Array = np.partition(badness, joints - count, axis=1)[:, joints - count :].mean(axis=1)
    return worst


def _spread(frames: Frames, worth: Array, labelled: Frames, gap: int, count: int) -> list[int]:
    """Places in `frames` of the best, the best first, each at least `gap` from the others.

    Where neighbours look alike (a gap of 2 or more), none is beside a label while there are others.
    """
    free = ~np.isin(frames, np.concatenate([labelled - 1, labelled, labelled + 1]))
    if gap == 1 or not free.any():
        free = ~np.isin(frames, labelled)
    picked: list[int] = []
    for place in np.argsort(-worth, kind="stable").tolist():
        if len(picked) == count:
            break
        if free[place]:
            picked.append(place)
            low, high = np.searchsorted(frames, [frames[place] - gap + 1, frames[place] + gap])
            free[low:high] = False
    return picked


def _furthest(taken: Frames, frame_count: int) -> tuple[int, int]:
    """The frame that is furthest from all that are taken (T,), which are in order, and how far that is."""
    if not len(taken):
        return frame_count // 2, frame_count // 2
    ends = [(0, int(taken[0])), (frame_count - 1, frame_count - 1 - int(taken[-1]))]
    if len(taken) > 1:
        reach = np.diff(taken) // 2
        widest = int(reach.argmax())
        ends.append((int(taken[widest] + reach[widest]), int(reach[widest])))
    return max(ends, key=lambda end: end[1])
