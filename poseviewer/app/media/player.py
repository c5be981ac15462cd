"""The frames of one media, decoded in a thread of their own: the window asks, and is told when one is there."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal

from poseviewer.core.errors import MediaError
from poseviewer.io.frame_cache import FrameCache
from poseviewer.io.media import MediaReader, open_media

log = logging.getLogger(__name__)

CACHE_BYTES = 64 * 2**20
"""Ten frames of 1080p, beside the fifteen that the reader itself keeps as they come from the decoder."""

AHEAD = 4
"""Frames that are decoded ahead in the direction of travel while nothing else is asked for."""

Opener = Callable[[Path], MediaReader]


@dataclass(frozen=True)
class _Wish:
    """What the thread should do next; newer wishes replace older ones."""

    generation: int
    frame: int
    direction: int


class FramePlayer(QObject):
    """Opens media and gives their frames by number, newest request first.

    While the thread is busy, a newer request replaces one that waits, so scrubbing quickly skips what is between.
    An answer to a request that has been replaced, or that belongs to media closed since, is dropped.
    """

    reader_opened = Signal(object)
    """A MediaReader: `frame_count`, `fps` and the rest can be asked from now on."""
    open_failed = Signal(str)
    """One sentence for the user: the media of `open_path` cannot be opened."""
    frame_ready = Signal(int, object)
    """A frame's number and its picture, (H, W, 3) uint8 RGB; read-only."""
    frame_failed = Signal(int, str)
    """A frame's number and one sentence for the user."""
    playing_changed = Signal(bool)

    _decoded = Signal(int, int, object, str)
    _opened = Signal(int, object, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reader: MediaReader | None = None
        self._generation = 0
        self._requested = 0
        self._shown = -1
        self._worker: _DecodeThread | None = None
        self._opener: threading.Thread | None = None
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._advance)
        self._started_at = 0
        self._fps = 0.0
        self._decoded.connect(self._on_decoded)
        self._opened.connect(self._on_opened)

    @property
    def reader(self) -> MediaReader | None:
        return self._reader

    @property
    def frame(self) -> int:
        """The frame that was asked for last."""
        return self._requested

    @property
    def playing(self) -> bool:
        return self._timer.isActive()

    def open_path(self, path: Path, opener: Opener = open_media) -> None:
        """Open media off the window's thread; `reader_opened` or `open_failed` follows."""
        self.close()
        generation = self._generation

        def work() -> None:
            try:
                self._opened.emit(generation, opener(path), "")
            except MediaError as error:
                self._opened.emit(generation, None, str(error))
            except Exception as error:
                log.exception("opening %s", path)
                self._opened.emit(generation, None, f"{path} cannot be opened ({error}); see the log for details.")

        self._opener = threading.Thread(target=work, name="open media", daemon=True)
        self._opener.start()

    def open(self, reader: MediaReader) -> None:
        """Show media that are open already. The player closes them when it is done with them."""
        self.close()
        self._start(reader)

    def request(self, frame: int) -> None:
        """Ask for a frame, the nearest one if out of range; `frame_ready` or `frame_failed` follows unless replaced."""
        self._ask(frame)
        if self.playing:  # someone goes elsewhere meanwhile: play on from there
            self._started_at = self._requested
            self._clock.start()

    def _ask(self, frame: int) -> None:
        if self._worker is None or self._reader is None:
            return
        frame = min(max(frame, 0), self._reader.frame_count - 1)
        direction = -1 if frame < self._requested else 1
        self._requested = frame
        self._worker.wish(_Wish(self._generation, frame, direction))

    def play(self, fps: float) -> None:
        """Show one frame after another until `pause` or the end; frames are skipped where decoding is too slow."""
        if self._reader is None or fps <= 0 or self._reader.frame_count < 2:
            return
        if self._requested >= self._reader.frame_count - 1:
            self._ask(0)
        self._started_at, self._fps = self._requested, fps
        self._clock.start()
        was_playing = self.playing
        self._timer.start(max(1, round(500 / fps)))
        if not was_playing:
            self.playing_changed.emit(True)

    def pause(self) -> None:
        if self.playing:
            self._timer.stop()
            self.playing_changed.emit(False)

    def close(self) -> None:
        """Let go of the media; waits for the thread. Nothing is told of them afterwards."""
        self.pause()
        self._generation += 1
        if self._opener is not None:
            self._opener.join()
            self._opener = None
        if self._worker is not None:
            self._worker.stop()
            self._worker = None
        if self._reader is not None:
            self._reader.close()
            self._reader = None
        self._requested, self._shown = 0, -1

    def _start(self, reader: MediaReader) -> None:
        self._reader = reader
        self._worker = _DecodeThread(reader, self._decoded.emit)
        self._worker.start()
        self.reader_opened.emit(reader)

    def _advance(self) -> None:
        """While playing: go where the clock is, but not before the last frame asked for has come."""
        if self._reader is None or self._shown != self._requested:
            return
        due = self._started_at + int(self._clock.elapsed() * self._fps / 1000)
        last = self._reader.frame_count - 1
        if due > self._requested:
            self._ask(min(due, last))
        if self._requested >= last:
            self.pause()

    def _on_decoded(self, generation: int, frame: int, image: NDArray[np.uint8] | None, problem: str) -> None:
        if generation != self._generation or frame != self._requested:
            return
        self._shown = frame
        if image is None:
            self.frame_failed.emit(frame, problem)
        else:
            self.frame_ready.emit(frame, image)

    def _on_opened(self, generation: int, reader: MediaReader | None, problem: str) -> None:
        if generation != self._generation:
            if reader is not None:
                reader.close()
        elif reader is None:
            self.open_failed.emit(problem)
        else:
            self._start(reader)


class _DecodeThread(threading.Thread):
    """Reads the newest wish, then ahead of it until the next wish comes."""

    def __init__(self, reader: MediaReader, answer: Callable[[int, int, object, str], None]) -> None:
        super().__init__(name="decode frames", daemon=True)
        self._reader = reader
        self._answer = answer
        self._cache: FrameCache[NDArray[np.uint8]] = FrameCache(CACHE_BYTES)
        self._changed = threading.Condition()
        self._wish: _Wish | None = None
        self._stopping = False

    def wish(self, wish: _Wish) -> None:
        with self._changed:
            self._wish = wish
            self._changed.notify()

    def stop(self) -> None:
        """Stop after the frame in hand, and wait for that."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self.join()

    def run(self) -> None:
        while (wish := self._next_wish()) is not None:
            try:
                image, problem = self._read(wish.frame), ""
            except MediaError as error:
                image, problem = None, str(error)
            except Exception as error:  # one bad frame must not end the thread
                log.exception("frame %d of %s", wish.frame, self._reader.path)
                image = None
                problem = f"Frame {wish.frame} of {self._reader.path} cannot be shown ({error}); go on with another."
            self._answer(wish.generation, wish.frame, image, problem)
            self._read_ahead(wish)

    def _next_wish(self) -> _Wish | None:
        with self._changed:
            self._changed.wait_for(lambda: self._wish is not None or self._stopping)
            wish, self._wish = self._wish, None
            return None if self._stopping else wish

    def _read(self, frame: int) -> NDArray[np.uint8]:
        found = self._cache.get(frame)
        if found is None:
            found = self._reader.read(frame)
            found.flags.writeable = False
            self._cache.put(frame, found, found.nbytes)
        return found

    def _read_ahead(self, wish: _Wish) -> None:
        for step in range(1, AHEAD + 1):
            frame = wish.frame + wish.direction * step
            with self._changed:
                idle = self._wish is None and not self._stopping
            if not idle or not 0 <= frame < self._reader.frame_count:
                return
            try:
                self._read(frame)
            except Exception:  # told when it is asked for
                return
