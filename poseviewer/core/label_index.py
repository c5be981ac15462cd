"""Which frames of each media have labels and which have predictions, kept up to date edit by edit.

To ask a project of 100,000 frames anew after every click would take longer than the click.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from poseviewer.core.project import FrameKey, Instance, Project


def _no_frames() -> NDArray[np.int64]:
    return np.zeros(0, np.int64)


@dataclass(frozen=True, eq=False)
class MediaLabels:
    """What is known of the frames of one media.

    Attributes:
        labelled: (L,) numbers of the frames with a keypoint of the user's own, in order.
        predicted: (P,) numbers of the frames with a prediction that nobody accepted or corrected, in order.
        confidence: (P,) mean score of each prediction, 0 to 1; NaN where the detector did not say.
    """

    labelled: NDArray[np.int64] = field(default_factory=_no_frames)
    predicted: NDArray[np.int64] = field(default_factory=_no_frames)
    confidence: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))


NOTHING = MediaLabels()


class LabelIndex:
    """Follows one project: `update` after every change of frames."""

    def __init__(self, project: Project) -> None:
        self._media: dict[str, MediaLabels] = {}
        self._take(project.labels.items())

    def of(self, media_id: str) -> MediaLabels:
        return self._media.get(media_id, NOTHING)

    @property
    def any_predicted(self) -> bool:
        """Whether a prediction is left anywhere."""
        return any(len(media.predicted) for media in self._media.values())

    def update(self, project: Project, frames: Iterable[FrameKey]) -> None:
        """Look at these frames again; the others are as they were."""
        self._take((key, project.instances(key)) for key in frames)

    def _take(self, changed: Iterable[tuple[FrameKey, tuple[Instance, ...]]]) -> None:
        # Two lists, not one of pairs: 100,000 new tuples would wake the garbage collector.
        by_media: dict[str, tuple[list[int], list[tuple[Instance, ...]]]] = {}
        for (media, frame), instances in changed:
            frames, held = by_media.setdefault(media, ([], []))
            frames.append(frame)
            held.append(instances)
        for media, (frames, held) in by_media.items():
            self._media[media] = _updated(self.of(media), frames, held)


def _updated(before: MediaLabels, changed: list[int], held: list[tuple[Instance, ...]]) -> MediaLabels:
    labelled: list[int] = []
    predicted: list[int] = []
    scores: list[NDArray[np.float32] | None] = []
    for frame, instances in zip(changed, held, strict=True):
        for instance in instances:
            if not instance.pose.present_count:
                continue
            seen = predicted if instance.predicted else labelled
            if seen and seen[-1] == frame:
                continue  # a second animal
            seen.append(frame)
            if instance.predicted:
                scores.append(instance.scores)
    again = np.array(changed, np.int64)
    labels = _merged(before.labelled, again, np.array(labelled, np.int64))
    kept = ~np.isin(before.predicted, again)
    frames = np.concatenate([before.predicted[kept], np.array(predicted, np.int64)])
    order = np.argsort(frames, kind="stable")
    confidence = np.concatenate([before.confidence[kept], _means(scores)])
    return MediaLabels(labels, frames[order], confidence[order])


def _merged(before: NDArray[np.int64], changed: NDArray[np.int64], now: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.sort(np.concatenate([before[~np.isin(before, changed)], now]), kind="stable")


def _means(scores: list[NDArray[np.float32] | None]) -> NDArray[np.float32]:
    """(P,) the mean of each; NaN where there are none."""
    means = np.full(len(scores), np.nan, np.float32)
    there = [i for i, s in enumerate(scores) if s is not None and len(s)]
    if there:
        rows = [s for s in scores if s is not None and len(s)]
        table = np.concatenate(rows).reshape(len(rows), -1)
        means[there] = np.nan_to_num(table).mean(axis=1)
    return means
