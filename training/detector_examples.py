"""Batches of pictures to train a detector on: labelled frames as they might have been taken, and rendered animals.

What a batch holds depends on the seed and the number of its step alone, so a resumed run sees what it would have seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poseviewer.geometry.crops import SIDE
from poseviewer.synthesis.pictures import PictureStream
from training.augment import Augmentation, Pyramid, Sample, augmented, farther
from training.detector_config import DetectorConfig
from training.labelled_images import LabelledImage
from training.parallel import team

FARTHER = 1 << 20
"""A stream of random numbers apart from those of the pictures of a batch."""


@dataclass(frozen=True, eq=False)
class Pictures:
    """images (N, S, S, 3) uint8; keypoints (N, J, 2) pixels, also outside, NaN unknown; visibility (N, J)."""

    images: NDArray[np.uint8]
    keypoints: NDArray[np.float64]
    visibility: NDArray[np.uint8]


class Examples:
    """Makes a step's batch, and meanwhile the next one in a thread; renders further ahead, on all cores."""

    def __init__(
        self,
        config: DetectorConfig,
        labelled: Sequence[LabelledImage],
        how: Augmentation,
        backgrounds: NDArray[np.uint8] | None = None,
    ) -> None:
        self._config, self._how = config, how
        self._sources = [Pyramid.of(image) for image in labelled]
        self._rendered = round(config.renders * config.batch) if self._sources else config.batch
        self._renders = (
            PictureStream(config.ranges, config.seed, SIDE, backgrounds) if self._rendered and config.ranges else None
        )
        self._maker = ThreadPoolExecutor(1, "pictures")
        self._next: tuple[tuple[int, int, int], Future[Pictures]] | None = None

    def batch(self, step: int, first: int, count: int) -> Pictures:
        """Pictures `first` to `first + count` of a step's batch."""
        key = (step, first, count)
        made = self._next[1].result() if self._next and self._next[0] == key else self.make(*key)
        share = team().share(self._config.batch)
        following = (step, first + count, count) if first + count < share.stop else (step + 1, share.start, count)
        left = min(following[2], share.stop - following[1])
        following = (*following[:2], left)
        if self._renders is not None:
            self._renders.ahead(range(following[0], self._config.steps), self._rendered)
        self._next = following, self._maker.submit(self.make, *following)
        return made

    def make(self, step: int, first: int, count: int) -> Pictures:
        """The same, made here and now."""
        last = first + count
        parts = [self._render(step, first, min(last, self._rendered))] if first < self._rendered else []
        samples = [self._one(step, number) for number in range(max(first, self._rendered), last)]
        if samples:
            parts.append(_stacked(samples))
        return Pictures(
            np.concatenate([p.images for p in parts]),
            np.concatenate([p.keypoints for p in parts]),
            np.concatenate([p.visibility for p in parts]),
        )

    def close(self) -> None:
        if self._renders is not None:
            self._renders.close()
        self._maker.shutdown(cancel_futures=True)

    def _one(self, step: int, number: int) -> Sample:
        rng = np.random.default_rng((self._config.seed, step, number))
        # Every labelled frame as often as any other: in each round all of them, in another order.
        rows = self._config.batch - self._rendered
        place = step * rows + number - self._rendered
        order = np.random.default_rng((self._config.seed, place // len(self._sources))).permutation(len(self._sources))
        return augmented(self._sources[order[place % len(self._sources)]], self._how, rng)

    def _render(self, step: int, first: int, last: int) -> Pictures:
        assert self._renders is not None
        made = self._renders.pictures(step, self._rendered)  # of a batch in pieces, each piece needs them
        part = slice(first, last)
        images, keypoints = made.images[part], np.asarray(made.keypoints[part], np.float64)
        # What is outside a render is known to be there: its answer is nowhere, and not unknown.
        visibility = np.where(made.visibility[part] == 0, 2, made.visibility[part]).astype(np.uint8)
        numbers = [np.random.default_rng((self._config.seed, step, FARTHER + n)) for n in range(first, last)]
        samples = [farther(*row) for row in zip(images, keypoints, visibility, numbers, strict=True)]
        return _stacked(samples)


def _stacked(samples: Sequence[Sample]) -> Pictures:
    return Pictures(
        np.stack([s.image for s in samples]),
        np.stack([s.keypoints for s in samples]),
        np.stack([s.visibility for s in samples]),
    )
