"""The work of one detection, for a thread: it reads, detects, says what it found, and waits while it is held."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from poseviewer.app.detect.kept import Kept
from poseviewer.app.detect.request import DetectRequest, labelled_boxes, predictions
from poseviewer.core.errors import MediaError
from poseviewer.core.project import FrameKey, Instance, MediaRef

LATELY_S = 15.0
"""The rate is taken over the last seconds."""
BREATH_S = 0.2
"""How often a detection that is held looks whether it may go on."""


class Hold:
    """Whether the work is held; set by the window's thread, read by the work's."""

    def __init__(self) -> None:
        self._free = threading.Event()
        self._free.set()

    @property
    def on(self) -> bool:
        return not self._free.is_set()

    def set(self, on: bool) -> None:
        (self._free.clear if on else self._free.set)()

    def wait(self) -> None:
        """Until it is let go, but no longer than a breath."""
        self._free.wait(BREATH_S)


@dataclass(frozen=True)
class DetectReport:
    """What was found since the last report, and how far it is.

    Attributes:
        found: an instance per frame, one without keypoints where there is no animal.
        done, total: frames, those that could not be read among them.
        unreadable, empty: frames so far that could not be read, and that show no animal.
        rate: frames per second lately, pauses left out; 0 while unknown. eta_s: seconds left, None while unknown.
        device: where it runs, "" while the detector is loaded. title: the name of the media.
        held: nothing goes on.
    """

    found: dict[FrameKey, Instance]
    done: int
    total: int
    unreadable: int = 0
    empty: int = 0
    rate: float = 0.0
    eta_s: float | None = None
    device: str = ""
    title: str = ""
    held: bool = False


def detect_frames(request: DetectRequest, hold: Hold, kept: Kept) -> Generator[DetectReport, None, tuple[str, ...]]:
    """Detect on every frame of a request; yields what was found, and returns a sentence per media that failed.

    Raises:
        CheckpointError: there is no detector, or not for this skeleton.
        MediaError: there is only one media, and it cannot be read.
        PoseviewerError: the detector failed; what was yielded before stands.
    """
    from poseviewer.app.train.run_work import give_way
    from training.preload import preload_torch

    give_way()
    tally = _Tally(request.frame_count)
    yield tally.report({})
    with kept.turn:  # one that was stopped may still be at its last frames
        preload_torch()
        detector = kept.detector(request.project, request.device)
        tally.device = str(detector.device)
        return (yield from _detect_all(request, detector, tally, hold, kept))


def _detect_all(
    request: DetectRequest, detector: Any, tally: _Tally, hold: Hold, kept: Kept
) -> Generator[DetectReport, None, tuple[str, ...]]:
    failed = []
    for media, frames in request.places:
        tally.title = Path(media.path).name
        before = tally.done
        try:
            yield from _detect_on(request, media, frames, detector, tally, hold, kept)
        except MediaError as error:
            if len(request.places) == 1:
                raise
            failed.append(str(error))
            tally.unreadable += before + len(frames) - tally.done
        tally.done = before + len(frames)
    return tuple(failed)


def _detect_on(
    request: DetectRequest,
    media: MediaRef,
    frames: tuple[int, ...],
    detector: Any,
    tally: _Tally,
    hold: Hold,
    kept: Kept,
) -> Generator[DetectReport, None, None]:
    from poseviewer.models.detect_media import detect_media

    reader = kept.reader(media)
    boxes = labelled_boxes(request.project, media.id)
    tally.start_clock()
    for part in detect_media(reader, detector, frames, request.boxes, boxes):
        found = predictions(media.id, part.frames, part.keypoints, part.scores, request.least)
        tally.done += len(part.frames) + len(part.unreadable)
        tally.unreadable += len(part.unreadable)
        tally.empty += sum(not instance.pose.present_count for instance in found.values())
        yield tally.report(found, hold.on)
        if hold.on:
            yield from _wait(tally, hold)


def _wait(tally: _Tally, hold: Hold) -> Generator[DetectReport, None, None]:
    """Held: nothing is done, but it can be let go or cancelled at any moment."""
    while hold.on:
        hold.wait()
        if hold.on:
            yield tally.report({}, held=True)
    tally.start_clock()


@dataclass
class _Tally:
    """How far the work is, and how fast it went lately."""

    total: int
    done: int = 0
    unreadable: int = 0
    empty: int = 0
    device: str = ""
    title: str = ""
    _lately: deque[tuple[float, int]] = field(default_factory=deque)

    def start_clock(self) -> None:
        """What happened before (loading, a pause) says nothing about how fast it goes."""
        self._lately.clear()
        self._lately.append((time.monotonic(), self.done))

    def report(self, found: dict[FrameKey, Instance], held: bool = False) -> DetectReport:
        rate = 0.0 if held else self._rate()
        left = (self.total - self.done) / rate if rate > 0 else None
        return DetectReport(
            found, self.done, self.total, self.unreadable, self.empty, rate, left, self.device, self.title, held
        )

    def _rate(self) -> float:
        now = time.monotonic()
        self._lately.append((now, self.done))
        while now - self._lately[0][0] > LATELY_S and len(self._lately) > 2:
            self._lately.popleft()
        then, before = self._lately[0]
        return (self.done - before) / (now - then) if now > then else 0.0
