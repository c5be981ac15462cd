"""Decoding forwards from a keyframe, with every picture's frame number known.

The number does not come from time stamps, which may be missing, doubled or wrong: each packet is given its own number
as its time stamp before it goes into the decoder, which passes it on to the picture.
"""

from __future__ import annotations

import contextlib
import os
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import av.error
import numpy as np
from numpy.typing import NDArray

from poseviewer.io.video_index import UNKNOWN, Ints, VideoIndex, position

MAX_THREADS = 4
"""Each thread holds a picture of its own and delays the first one: more threads cost memory and time to seek."""


def open_container(path: Path) -> Any:
    """Open for reading; only local files, also when a playlist points elsewhere.

    Raises:
        av.error.FFmpegError, OSError, ValueError: it cannot be opened.
    """
    return av.open(str(path.absolute()), options={"protocol_whitelist": "file"})


class FrameDecoder:
    """Gives the frames of a video in order, from any keyframe on.

    A damaged packet is left out and decoding goes on with the next. With `careful`, one packet goes in at a time: an
    error costs no other picture, and what is guessed in place of damaged parts is the same each time. Without,
    several threads decode ahead.

    Attributes:
        started, end: the packet at which the current run began, and the one before which it stops.
        next_packet: the packet that goes into the decoder next.
        next_frame: frames before this one do not come any more.
        saw_damage: a packet of this run could not be decoded, or not all of it.
    """

    def __init__(self, path: Path, stream: int, index: VideoIndex, careful: bool = False) -> None:
        self._path = path
        self._stream_index = stream
        self._index = index
        self._careful = careful
        self._packets = _Packets(iter(()))
        self._ready: deque[tuple[int, Any]] = deque()
        self._ended = True
        self.started = -1
        self.next_packet = 0
        self.next_frame = 0
        self.end: int | None = None
        self.saw_damage = False
        self._open()

    def close(self) -> None:
        self._ready.clear()
        self._container.close()

    def reaches(self, frame: int) -> bool:
        """Going on from here gives this frame, and no later than seeking would."""
        return self.before(frame) and self._index.start_for(frame) <= self.next_packet

    def before(self, frame: int) -> bool:
        """Going on from here gives this frame."""
        return not (self._ended and not self._ready) and frame >= self.next_frame

    def stop(self) -> None:
        """End the run."""
        self._ready.clear()
        self._ended = True
        self.started = -1

    def start(self, packet: int, end: int | None = None) -> None:
        """Go to a keyframe; the run ends before the packet `end`, as if the file did."""
        self._ready.clear()
        if self._careful and self.saw_damage:  # what a decoder guesses depends on what it decoded before
            self._container.close()
            self._open()
        self._seek(packet)
        self._ended = False
        self.saw_damage = False
        self.started = self.next_packet = packet
        self.end = end
        self.next_frame = self._first = self._index.first_frame_from(packet)

    def __iter__(self) -> Iterator[tuple[int, Any]]:
        return self

    def __next__(self) -> tuple[int, Any]:
        """The next frame's number and its picture (an av.VideoFrame)."""
        while not self._ready:
            if self._ended:
                raise StopIteration
            self._feed()
        number, picture = self._ready.popleft()
        # A packet of zeros is no error to some decoders, but its frame does not come.
        self.saw_damage |= number > self.next_frame and not self._index.gradual
        self.next_frame = max(self.next_frame, number + 1)
        return number, picture

    def picture_at(self, packet: int) -> Any | None:
        """The picture of one keyframe, with no other decoded; None where it cannot be. Ends the current run."""
        self.start(packet)
        self._feed()
        self._drain()
        picture = next((p for number, p in self._ready if self._index.shown[number] == packet), None)
        self.stop()
        return picture

    def _open(self) -> None:
        self._container = open_container(self._path)
        self._stream = self._container.streams[self._stream_index]
        context = self._stream.codec_context
        context.thread_type = "NONE" if self._careful else "AUTO"
        context.thread_count = 1 if self._careful else min(MAX_THREADS, 1 + (os.cpu_count() or 1))
        if not self._careful:
            # Report damage when it is met rather than when its picture is shown: others are shown before it.
            context.options = {"err_detect": "explode"}

    def _feed(self) -> None:
        """Put the next packet into the decoder and take out what is ready."""
        packet = self._packets.next() if self.next_packet != self.end else None
        if packet is None:
            self._drain()
            return
        packet.pts = self.next_packet
        self.next_packet += 1
        self._decode(packet)

    def _drain(self) -> None:
        self._ended = True
        self._decode(None)

    def _decode(self, packet: Any | None) -> None:
        try:
            pictures = self._stream.codec_context.decode(packet)
        except (av.error.FFmpegError, ValueError):
            self.saw_damage = True
            return
        for picture in pictures:
            number = int(self._index.rank[picture.pts]) if picture.pts is not None else -1
            if number >= self._first:
                self.saw_damage |= picture.is_corrupt
                self._ready.append((number, picture))

    def _seek(self, packet: int) -> None:
        """Stand before a packet, however vaguely the container seeks: by time, from further back, from the start."""
        for target in self._targets(packet):
            try:
                self._container.seek(target, stream=self._stream)
            except (av.error.FFmpegError, OSError):
                continue
            self._packets = _Packets(self._container.demux(self._stream))
            if self._packets.forward_to(packet, self._index):
                return
        self._container.close()
        self._open()
        self._packets = _Packets(self._container.demux(self._stream))
        self._packets.forward_to(packet, self._index)

    def _targets(self, packet: int) -> list[int]:
        table = self._index.packets
        # MP4's table of samples is searched by the time of decoding, the others by the time of showing.
        first, second = (table.dts, table.pts) if "mp4" in self._container.format.name else (table.pts, table.dts)
        back = self._index.start_before(packet)
        stamps = [first[packet], second[packet], min(first[back], second[back])]
        return [int(s) for s in stamps if s != UNKNOWN]


class _Packets:
    """The packets of one stream from a place on; ends quietly where the file does or where it is cut off."""

    def __init__(self, packets: Iterator[Any]) -> None:
        self._first: Any | None = None
        self._rest = packets

    def forward_to(self, wanted: int, index: VideoIndex) -> bool:
        """Skip to a packet; False when it is behind already, or does not come."""
        while (packet := self.next()) is not None:
            number = index.find(UNKNOWN if packet.pts is None else packet.pts, position(packet))
            if number == wanted:
                self._first = packet
                return True
            if number > wanted:
                return False
        return False

    def next(self) -> Any | None:
        if self._first is not None:
            packet, self._first = self._first, None
            return packet
        try:
            return next((p for p in self._rest if p.size), None)
        except (av.error.FFmpegError, OSError):
            return None


def order_by_decoding(path: Path, stream: int) -> tuple[Ints, NDArray[np.bool_]]:
    """Each packet's place in the order of showing, and which are shown at all, (P,) each: decodes the whole file.

    For streams without time stamps to go by. A damaged picture counts as shown, after the one decoded before it.
    """
    with open_container(path) as container:
        order, damaged, count = _decode_numbers(container, container.streams[stream])
    turn = np.full(count, np.nan)
    turn[order] = np.arange(len(order))
    shown = ~np.isnan(turn)
    shown[damaged] = True
    for packet in np.flatnonzero(np.isnan(turn)):
        turn[packet] = turn[packet - 1] if packet else -1
    place = np.empty(count, dtype=np.int64)
    place[np.argsort(turn, kind="stable")] = np.arange(count)
    return place, shown


def _decode_numbers(container: Any, stream: Any) -> tuple[list[int], list[int], int]:
    """The packets in the order in which the decoder shows them, those it refuses, and how many there are."""
    context = stream.codec_context
    context.thread_type = "NONE"
    order: list[int] = []
    damaged: list[int] = []
    count = 0
    packets = _Packets(container.demux(stream))
    while (packet := packets.next()) is not None:
        packet.pts = count
        try:
            order += [f.pts for f in context.decode(packet) if f.pts is not None]
        except (av.error.FFmpegError, ValueError):
            damaged.append(count)
        count += 1
    with contextlib.suppress(av.error.FFmpegError, ValueError):
        order += [f.pts for f in context.decode(None) if f.pts is not None]
    return order, damaged, count
