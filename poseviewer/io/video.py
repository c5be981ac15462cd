"""Video: any frame by its number is exactly that frame, whatever the file's coding, rate, rotation or damage."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import av
import av.error
import cv2
import numpy as np
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from poseviewer.core.errors import MediaError
from poseviewer.io.frame_cache import FrameCache
from poseviewer.io.video_decoder import FrameDecoder, open_container, order_by_decoding
from poseviewer.io.video_index import VideoIndex, order_by_time, read_packets
from poseviewer.io.video_truncation import breaks_off, doubtful_tail

Image = NDArray[np.uint8]

RECENT_BYTES = 48 * 2**20
"""Decoded pictures that are kept, so that stepping back does not decode the whole group of pictures again."""

SLACK = 16
"""Some decoders learn how far pictures are reordered as they go, and give the first few out of order."""


@dataclass(frozen=True)
class Turn:
    """How a decoded picture is turned to be upright: transposed first, then mirrored."""

    transpose: bool = False
    mirror_x: bool = False
    mirror_y: bool = False

    @classmethod
    def of(cls, picture: Any) -> Turn:
        """From a picture's display matrix: (x', y') = (a x + c y, b x + d y)."""
        raw = next((bytes(s) for s in picture.side_data if s.type.name == "DISPLAYMATRIX"), None)
        if raw is None:
            return cls()
        a, b, _, c, d = np.frombuffer(raw, dtype="<i4", count=5).tolist()
        if abs(b) + abs(c) > abs(a) + abs(d):
            return cls(True, mirror_x=c < 0, mirror_y=b < 0)
        return cls(False, mirror_x=a < 0, mirror_y=d < 0)

    def __call__(self, image: Image) -> Image:
        if self.transpose:
            image = cv2.transpose(image)
        if self.mirror_x or self.mirror_y:
            image = cv2.flip(image, -1 if self.mirror_x and self.mirror_y else 1 if self.mirror_x else 0)
        return image


class VideoReader:
    """The frames of one video file, by number. Calls from several threads take turns.

    Attributes:
        path: the file.
        index: which frames there are.
        width, height: of every frame as shown, in pixels.
        fps: frames per second on average.
    """

    kind = "video"

    def __init__(
        self,
        path: Path,
        stream: int,
        index: VideoIndex,
        codec: str,
        time_base: float,
        fps: float,
        broken_off: bool = False,
    ) -> None:
        """Use `open_video`."""
        self.path = path
        self.index = index
        self._stream = stream
        self._time_base = time_base
        self._lock = threading.RLock()
        self._recent: FrameCache[Any] = FrameCache(RECENT_BYTES)
        self._damaged: set[int] = set()
        self._flawed: set[int] = set()
        self._suspect: set[int] = set()
        self._decoder = FrameDecoder(path, stream, index)
        self._careful: FrameDecoder | None = None
        self._reformatter = VideoReformatter()
        self._size, self._turn = self._look_at_first(codec)
        self._broken_off = broken_off
        self._damaged.update(doubtful_tail(self.index).tolist() if broken_off else ())
        self.width, self.height = self._size[::-1] if self._turn.transpose else self._size
        self.fps = self._rate() or fps

    @property
    def frame_count(self) -> int:
        return self.index.frame_count

    @property
    def files(self) -> tuple[str, ...]:
        return ()

    @property
    def damaged(self) -> tuple[int, ...]:
        """Numbers of the frames known not to be decodable: asked for in vain, or lost where the file breaks off.

        `find_damage` makes it complete.
        """
        return tuple(sorted(self._damaged))

    @property
    def flawed(self) -> tuple[int, ...]:
        """Numbers of the frames that were read although they, or some that they refer to, are damaged in part.

        The decoder guessed those parts.
        """
        return tuple(sorted(self._flawed))

    @property
    def warning(self) -> str:
        """One sentence where the file breaks off before its end, else ""."""
        if not self._broken_off:
            return ""
        return (
            f"{self.path} breaks off before its end: {self.frame_count} frames are there, and those after them are "
            f"lost; copy the video again from where it was recorded to have them all."
        )

    def read(self, frame: int) -> Image:
        """One frame, (height, width, 3) RGB, turned upright.

        Raises:
            MediaError: there is no such frame, or it is damaged.
        """
        with self._lock:
            return self._convert(self._picture(frame))

    def frame_size(self, frame: int) -> tuple[int, int]:
        """(width, height) of a frame: all are alike."""
        return self.width, self.height

    def scale(self, frame: int) -> int:
        """How many pixels of the file one pixel of `read` stands for, along each side: always 1."""
        return 1

    def keyframe_before(self, frame: int) -> int:
        """The nearest frame at or before this one that is decoded alone; 0 where there is none."""
        starts = self.index.keyframes[self.index.rank[self.index.keyframes] >= 0]
        ranks = self.index.rank[starts]
        before = ranks[ranks <= frame]
        return int(before.max()) if len(before) else 0

    def time(self, frame: int) -> float:
        """Seconds from the first frame to this one."""
        packets = self.index.packets
        if not packets.timed:
            return frame / self.fps if self.fps else 0.0
        return float(packets.pts[self.index.shown[frame]] - packets.pts[self.index.shown[0]]) * self._time_base

    def find_damage(self) -> Iterator[int]:
        """Decode everything; yields the number of each frame that was looked at. `damaged` is complete afterwards."""
        for frame in range(self.frame_count):
            with self._lock:
                if frame not in self._damaged and self._find(frame) is None:
                    self._damaged.add(frame)
            yield frame

    def luma_samples(self, count: int) -> list[tuple[int, NDArray[np.uint8] | None]]:
        """Up to `count` (frame, brightness) spread over the video, for its fingerprint; None for a damaged one.

        Keyframes only, which are quick to reach; where there are few, the frames from the first on.
        """
        starts = self.index.keyframes[self.index.rank[self.index.keyframes] >= 0]
        with self._lock:
            if len(starts) < count:
                frames = range(min(count, self.frame_count))
                return [(f, _luma(self._find(f))) for f in frames]
            chosen = starts[np.linspace(0, len(starts) - 1, count).round().astype(int)]
            decoder = self._careful_decoder()
            return [(int(self.index.rank[k]), _luma(decoder.picture_at(int(k)))) for k in chosen]

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._recent.clear()
            self._decoder.close()
            if self._careful is not None:
                self._careful.close()

    def _picture(self, frame: int) -> Any:
        if not 0 <= frame < self.frame_count:
            raise MediaError(
                f"{self.path} has no frame {frame}; its {self.frame_count} frames are numbered from 0 to "
                f"{self.frame_count - 1}."
            )
        picture = None if frame in self._damaged else self._find(frame)
        if picture is None:
            self._damaged.add(frame)
            raise MediaError(
                f"Frame {frame} of {self.path} is damaged and cannot be decoded; go on with another frame, or copy "
                f"the video again from where it was recorded."
            )
        return picture

    def _find(self, frame: int) -> Any | None:
        """A frame's picture, or None when no way of decoding gives it."""
        picture = self._recent.get(frame)
        if picture is None and self.index.start_for(frame) not in self._suspect:
            picture = self._find_quickly(frame)
        return self._find_carefully(frame) if picture is None else picture

    def _find_quickly(self, frame: int) -> Any | None:
        decoder = self._decoder
        if not decoder.reaches(frame):
            decoder.start(self.index.start_for(frame))
        picture = self._run(decoder, frame)
        if picture is not None and not decoder.saw_damage:
            return picture
        # Threads guess damaged parts differently each time, and lose pictures beside them: go there carefully only.
        started = self.index.start_for(frame)
        keys = self.index.keyframes
        self._suspect.add(started)
        self._suspect.update(keys[(keys >= started) & (keys < decoder.next_packet)].tolist())
        decoder.stop()
        self._recent.clear()
        return None

    def _find_carefully(self, frame: int) -> Any | None:
        """One packet at a time from the frame's own keyframe.

        If that fails, without what comes after its group, as a damaged keyframe there can take the last frames along;
        then from the keyframe before, as some only promise to be one.
        """
        decoder = self._careful_decoder()
        start = self.index.start_for(frame)
        attempts = [(start, None), (start, self.index.start_after(start)), (self.index.start_before(start), None)]
        for packet, end in dict.fromkeys(attempts):
            if (decoder.started, decoder.end) != (packet, end) or not decoder.before(frame):
                decoder.start(packet, end)
            picture = self._run(decoder, frame, own=start)
            if picture is not None:
                return picture
        return None

    def _run(self, decoder: FrameDecoder, wanted: int, own: int | None = None) -> Any | None:
        """Decode on to a frame; None when the decoder is past it. `own`: keep only frames that start at this packet."""
        for frame, picture in decoder:
            if own is None or self.index.start_for(frame) == own:
                self._recent.put(frame, picture, _bytes(picture))
                if own is not None and decoder.saw_damage:
                    self._flawed.add(frame)
            if frame == wanted:
                return picture
            if frame > wanted + SLACK:
                return None
        return None

    def _careful_decoder(self) -> FrameDecoder:
        if self._careful is None:
            self._careful = FrameDecoder(self.path, self._stream, self.index, careful=True)
        return self._careful

    def _convert(self, picture: Any) -> Image:
        width, height = self._size
        rgb = self._reformatter.reformat(picture, width=width, height=height, format="rgb24", threads=1)
        return np.ascontiguousarray(self._turn(np.asarray(rgb.to_ndarray(), dtype=np.uint8)))

    def _look_at_first(self, codec: str) -> tuple[tuple[int, int], Turn]:
        """(width, height) as coded and the turn, from the first frame that decodes; finds the frames that never show.

        Raises:
            MediaError: none does.
        """
        self._drop_leading()
        if codec == "h264":
            self._look_for_gradual_refresh()
        for frame in (0, *map(self.keyframe_before, np.linspace(0, self.frame_count - 1, 8).astype(int).tolist())):
            picture = self._find(frame)
            if picture is not None:
                return (picture.width, picture.height), Turn.of(picture)
        raise MediaError(
            f"No frame of {self.path} can be decoded; copy the video again from where it was recorded, or convert it "
            f"to H.264."
        )

    def _drop_leading(self) -> None:
        """What is shown before the first keyframe is a frame only if a decoder that begins there shows it."""
        leading = set(self.index.leading.tolist())
        if not leading:
            return
        self._decoder.start(0)
        hidden = set(leading)
        for frame, _ in self._decoder:
            hidden.discard(frame)
            if frame > max(leading):
                break
        self._use(self.index.without(hidden))

    def _look_for_gradual_refresh(self) -> None:
        """Where keyframes are whole pictures, one alone can be shown; where they only begin a refresh, none can."""
        second_and_third = self.index.keyframes[1:3]
        decoder = self._careful_decoder()
        if len(second_and_third) and all(decoder.picture_at(int(k)) is None for k in second_and_third):
            self._use(replace(self.index, gradual=True))

    def _use(self, index: VideoIndex) -> None:
        self.close()
        self.index = index
        self._decoder, self._careful = FrameDecoder(self.path, self._stream, index), None

    def _rate(self) -> float:
        seconds = self.time(self.frame_count - 1) if self.index.packets.timed else 0.0
        return (self.frame_count - 1) / seconds if seconds > 0 else 0.0


def open_video(path: Path) -> VideoReader:
    """Open a video file and read which frames it has.

    Raises:
        MediaError: it is missing, empty, damaged, not a video or may not be read; the message says what to do.
    """
    _check_readable(path)
    try:
        with open_container(path) as container:
            source = _best_stream(container, path)
            stream, codec = source.index, source.codec_context.name
            time_base = float(source.time_base or 0)
            fps = float(source.average_rate or source.guessed_rate or 0)
            packets = read_packets(_until_break(container.demux(source)), codec)
            broken_off = breaks_off(path, container.format.name, source, packets.last_is_corrupt)
            place = order_by_time(packets, container.format.name, codec, bool(source.codec_context.has_b_frames))
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise MediaError(_why_not(path, error)) from error
    if not packets.shown.any():
        raise MediaError(
            f"{path} has a header but no frames, probably because its recording or copying broke off; copy it again."
        )
    try:
        if place is None:
            place, shown = order_by_decoding(path, stream)
            packets = replace(packets, shown=packets.shown & shown)
        return VideoReader(path, stream, VideoIndex.build(packets, place), codec, time_base, fps, broken_off)
    except (av.error.FFmpegError, OSError) as error:
        raise MediaError(_why_not(path, error)) from error


def _best_stream(container: Any, path: Path) -> Any:
    stream = container.streams.best("video")
    if stream is None:
        raise MediaError(f"{path} has no video in it, only {_contents(container)}; choose a video file.")
    if stream.codec_context is None:
        raise MediaError(
            f"{path} is coded in a way that this program cannot decode; convert it to H.264 with another program."
        )
    return stream


def _contents(container: Any) -> str:
    kinds = sorted({s.type for s in container.streams})
    return " and ".join({"audio": "sound", "subtitle": "text"}.get(k, "data") for k in kinds) or "an empty file"


def _until_break(packets: Iterator[Any]) -> Iterator[Any]:
    """The packets up to where a damaged file breaks off."""
    while True:
        try:
            packet = next(packets, None)
        except (av.error.FFmpegError, OSError):
            return
        if packet is None:
            return
        yield packet


def _check_readable(path: Path) -> None:
    try:
        with path.open("rb") as file:
            start = file.read(1)
    except OSError as error:
        raise MediaError(why_unreadable(path, error)) from error
    if not start:
        raise MediaError(f"{path} is empty (0 bytes); copy or export the video again.")


def why_unreadable(path: Path, error: OSError) -> str:
    """One sentence for a file or folder that the system does not let us read."""
    if isinstance(error, FileNotFoundError):
        return f"{path} is not there; it may have been moved or renamed: choose it where it is now."
    if isinstance(error, PermissionError):
        return f"{path} may not be read; change its permissions, or copy it to a folder of yours."
    if isinstance(error, IsADirectoryError):
        return f"{path} is a folder; choose a file in it."
    return f"{path} cannot be read ({error.strerror or error}); check the disk or network drive it is on."


def _why_not(path: Path, error: Exception) -> str:
    if isinstance(error, (FileNotFoundError, PermissionError)):
        return why_unreadable(path, error)
    head, tail = _ends(path)
    if head[4:8] == b"ftyp" and b"moov" not in head and b"moov" not in tail:
        return (
            f"{path} breaks off before the table that says where its frames are (no 'moov'), as when a recording or a "
            f"copy is interrupted; copy it again, or mend it with a tool such as untrunc."
        )
    if _is_text(head):
        return f"{path} is a text file, not a video, whatever its name; choose a video file."
    return (
        f"{path} is not a video that can be read, or its beginning is damaged; play it in another program, and copy or "
        f"convert it again."
    )


def _ends(path: Path, size: int = 2**20) -> tuple[bytes, bytes]:
    try:
        with path.open("rb") as file:
            head = file.read(size)
            file.seek(max(0, path.stat().st_size - size))
            return head, file.read()
    except OSError:
        return b"", b""


def _is_text(head: bytes) -> bool:
    start = head[:1000]
    if b"\0" in start:
        return False
    try:
        start.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start >= len(start) - 4
    return True


def _luma(picture: Any | None) -> NDArray[np.uint8] | None:
    """(H, W) of the first plane as coded, which is brightness in nearly all formats."""
    if picture is None:
        return None
    plane = picture.planes[0]
    if plane.line_size < 0:  # stored from the bottom up
        return np.asarray(picture.to_ndarray(format="gray"), dtype=np.uint8)
    rows = np.frombuffer(plane, dtype=np.uint8).reshape(plane.height, -1)
    return rows[:, : min(plane.width, rows.shape[1])].copy()


def _bytes(picture: Any) -> int:
    return sum(int(plane.buffer_size) for plane in picture.planes)
