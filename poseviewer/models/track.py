"""Looking where the animal is: found in the whole frame, then followed from frame to frame.

To follow one frame at a time would leave a fast device idle. So several frames are looked at together, each where the
animal is expected, and what turns out to have been looked at in the wrong place is looked at again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from poseviewer.geometry.crops import Crop, box_of_keypoints, crop_of_box
from poseviewer.models.look import Cutout, Picture, Sight

Look = Callable[[Sequence[Cutout]], list[Sight]]
Box = NDArray[np.float64]

MARGIN = 1.7
"""How much larger than the box of the keypoints a followed crop is: they move, and the animal is larger than they."""
BORDER = 0.08
"""Of the crop: keypoints nearer to its edge were looked at in the wrong place, since part of the animal is beyond."""
SMALLEST_SHARE = 0.06
"""Of the frame's longer side that a box has at least: one or two sure keypoints do not tell how large the animal is."""
DROP = 0.5
"""Of the usual mean score: below it the animal may have been lost."""
SURE, LEAST_SURE = 0.5, 0.1
"""A box is made of the keypoints with this share of the best score in the frame, and at least this score."""
SECOND_LOOK = 0.8
"""Of the first look's mean score that the second, nearer one must reach to be believed."""
NEAR = 3
"""Frames: farther apart, an animal is looked for in each, which is cheaper than to look first where it was."""


class Tracker:
    """Follows one animal."""

    def __init__(self, look: Look, most: int, follows: bool = True) -> None:
        """
        Args:
            most: how many pictures are looked at together at most.
            follows: false for pictures that have nothing to do with each other.
        """
        self._look = look
        self._most = most
        self._follows = follows
        self._box: Box | None = None
        self._frame = 0
        self._speed = np.zeros(2)
        self._surprise = 0.0  # pixels per frame that the animal was off from where it was expected
        self._usual = 0.0
        self._reach = 1 if follows else most

    @property
    def wants(self) -> int:
        """How many pictures it would look at next, together."""
        return min(self._reach, self._most)

    def take(self, pictures: Sequence[Picture]) -> list[Sight]:
        """What is seen in the first of the pictures, and in those after it that could be looked at with it."""
        pictures = pictures[: self.wants]
        if self._box is not None and self._near(pictures[0]):
            return self._followed(self._box, sequence(pictures))
        apart = self._box is not None
        if apart and self._follows:
            pictures = scattered(pictures)
        sights = self._found(pictures)
        for sight, picture in zip(sights, pictures, strict=True):
            self._note(sight, picture)
        begins = self._follows and self._box is not None and not apart
        self._reach = 1 if begins else min(2 * self._reach, self._most)
        return sights

    def _near(self, picture: Picture) -> bool:
        return self._follows and is_near(self._frame, picture.frame)

    def _found(self, pictures: Sequence[Picture]) -> list[Sight]:
        """Each found in its whole frame, then looked at from near; the nearer look counts unless it is less sure."""
        first = self._look([cutout(picture, picture.whole()) for picture in pictures])
        boxes = [box_of(sight, picture) for sight, picture in zip(first, pictures, strict=True)]
        crops = [p.whole() if b is None else crop_around(p, b) for p, b in zip(pictures, boxes, strict=True)]
        nearer = [crop.size < sight.crop.size for crop, sight in zip(crops, first, strict=True)]
        near = [cutout(p, crop) for p, crop, is_nearer in zip(pictures, crops, nearer, strict=True) if is_nearer]
        second = iter(self._look(near))
        return [_better(one, next(second)) if is_nearer else one for one, is_nearer in zip(first, nearer, strict=True)]

    def _followed(self, box: Box, pictures: Sequence[Picture]) -> list[Sight]:
        """Looked at where the box is expected, up to the first picture where it was elsewhere."""
        free = (0.5 - 0.5 / MARGIN - BORDER) * crop_of_box(box, MARGIN).size
        count = min(len(pictures), max(1, int(0.8 * free / max(self._surprise, 1e-3))))
        moved = [box + np.tile(self._speed * (p.frame - self._frame), 2) for p in pictures[:count]]
        sights = self._look([cutout(p, crop_around(p, b)) for p, b in zip(pictures, moved, strict=False)])
        kept = 0
        while kept < count and self._believable(sights[kept], pictures[kept]):
            self._note(sights[kept], pictures[kept])
            kept += 1
        if kept:
            self._reach = min(2 * self._reach, self._most) if kept == count else kept
            return sights[:kept]
        # It jumped, or is lost: look for it everywhere.
        best = max([*self._found(pictures[:1]), sights[0]], key=lambda sight: sight.sure)
        self._speed, self._reach = np.zeros(2), 1
        self._note(best, pictures[0])
        return [best]

    def _believable(self, sight: Sight, picture: Picture) -> bool:
        box = box_of(sight, picture)
        if box is None or sight.sure < DROP * self._usual:
            return False
        crop = sight.crop
        if crop.size >= picture.whole().size:
            return True
        inside = np.concatenate(
            [box[:2] - (crop.left, crop.top), (crop.left, crop.top) + np.array(crop.size) - box[2:]]
        )
        return float(inside.min()) >= BORDER * crop.size

    def _note(self, sight: Sight, picture: Picture) -> None:
        """Remember where it was, how it moves and how sure the detector usually is."""
        box = box_of(sight, picture)
        if box is not None and self._box is not None and self._near(picture):
            step = (_middle(box) - _middle(self._box)) / (picture.frame - self._frame)
            surprise = float(np.abs(step - self._speed).max())
            self._surprise = max(surprise, 0.7 * self._surprise + 0.3 * surprise)
            self._speed = 0.5 * (self._speed + step)
        else:
            self._speed, self._surprise = np.zeros(2), 0.0
        self._usual = 0.9 * self._usual + 0.1 * sight.sure if self._usual else sight.sure
        self._box, self._frame = box, picture.frame


def crop_around(picture: Picture, box: Box) -> Crop:
    """What to look at to see the animal in a box from near: never more than the whole frame."""
    near, whole = crop_of_box(box, MARGIN), picture.whole()
    return near if near.size < whole.size else whole


def is_near(before: int, frame: int) -> bool:
    """A frame follows another one closely enough for the animal not to be anywhere."""
    return 0 < frame - before <= NEAR


def sequence(pictures: Sequence[Picture]) -> Sequence[Picture]:
    """As many of the pictures, from the first on, as each follow the one before closely."""
    breaks = (i for i in range(1, len(pictures)) if not is_near(pictures[i - 1].frame, pictures[i].frame))
    return pictures[: next(breaks, len(pictures))]


def scattered(pictures: Sequence[Picture]) -> Sequence[Picture]:
    """As many of the pictures, from the first on, as none follows closely."""
    follows = (i for i in range(1, len(pictures)) if is_near(pictures[i - 1].frame, pictures[i].frame))
    return pictures[: next(follows, len(pictures))]


def cutout(picture: Picture, crop: Crop) -> Cutout:
    return Cutout(picture.frame, crop, picture.cut(crop))


def box_of(sight: Sight, picture: Picture) -> Box | None:
    """The box (4,) around the keypoints that are sure enough, no smaller than an animal; None where none is sure."""
    limit = max(SURE * float(np.nan_to_num(sight.scores).max(initial=0.0)), LEAST_SURE)
    sure = sight.keypoints[(sight.scores >= limit) & np.isfinite(sight.keypoints).all(-1)]
    if not len(sure):
        return None
    box = box_of_keypoints(np.concatenate([sure, sure]))  # a single keypoint has a box too
    assert box is not None
    missing = SMALLEST_SHARE * max(picture.width, picture.height) - float((box[2:] - box[:2]).max())
    return box + max(missing, 0.0) / 2 * np.array([-1, -1, 1, 1])


def _better(first: Sight, second: Sight) -> Sight:
    return second if second.sure >= SECOND_LOOK * first.sure else first


def _middle(box: Box) -> NDArray[np.float64]:
    middle: NDArray[np.float64] = (box[:2] + box[2:]) / 2
    return middle
