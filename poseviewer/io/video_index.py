"""Which frames a video shows, in which order, and where decoding of each must start.

Made by reading the file's packets once, without decoding them. A packet is one coded picture. Packets come in
decoding order; frames are numbered from 0 in the order in which they are shown. A picture that the container marks
as discarded (before the cut of a file that was cut without re-encoding) is decoded, because later ones may need it,
but it is no frame.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

UNKNOWN = -(2**63)
"""A time stamp or position that the container does not give."""

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class PacketTable:
    """What the container says of its P packets, in decoding order; all arrays are (P,).

    Attributes:
        pts, dts: when to show and to decode it, in ticks of the stream; `UNKNOWN` where not given.
        pos: where it is in the file, in bytes; `UNKNOWN` where not given.
        key: decoding can start there.
        shown: it becomes a frame.
        last_is_corrupt: the file ended within the last packet.
    """

    pts: Ints
    dts: Ints
    pos: Ints
    key: NDArray[np.bool_]
    shown: NDArray[np.bool_]
    last_is_corrupt: bool = False

    def __len__(self) -> int:
        return len(self.pts)

    @cached_property
    def timed(self) -> bool:
        """The time stamps alone give the order in which pictures are shown."""
        if (self.pts == UNKNOWN).any() or len(np.unique(self.pts)) != len(self):
            return False
        dts = self.dts[self.dts != UNKNOWN]
        return bool((np.diff(dts) >= 0).all())


@dataclass(frozen=True, eq=False)
class VideoIndex:
    """F shown frames among P packets.

    Attributes:
        packets: as the container gives them.
        place: (P,) every packet's place in the order of showing, discarded ones included.
        keyframes: (K,) numbers of the packets where decoding can start, ascending; never empty.
        shown: (F,) the packet of every frame.
        rank: (P,) the frame of every packet, -1 for one that is not shown.
        gradual: the keyframes only begin to refresh the picture, a stripe at a time (H.264's periodic intra refresh).
    """

    packets: PacketTable
    place: Ints
    keyframes: Ints
    shown: Ints = field(repr=False)
    rank: Ints = field(repr=False)
    gradual: bool = False

    @classmethod
    def build(cls, packets: PacketTable, place: Ints) -> VideoIndex:
        order = np.empty_like(place)
        order[place] = np.arange(len(place))
        shown = order[packets.shown[order]]
        rank = np.full(len(place), -1, dtype=np.int64)
        rank[shown] = np.arange(len(shown))
        keyframes = np.flatnonzero(packets.key)
        return cls(packets, place, keyframes if len(keyframes) else np.zeros(1, dtype=np.int64), shown, rank)

    @property
    def frame_count(self) -> int:
        return len(self.shown)

    @property
    def packet_count(self) -> int:
        return len(self.place)

    def start_for(self, frame: int) -> int:
        """The packet from which decoding gives this frame exactly.

        Usually the last keyframe at or before its packet. A picture that is decoded after a keyframe but shown
        before it (an open group of pictures) needs the group before as well, so the keyframe before that. Where
        pictures are refreshed gradually, two keyframes earlier every stripe has been renewed.
        """
        packet = int(self.shown[frame])
        number = int(np.searchsorted(self.keyframes, packet, side="right")) - 1
        while number > 0 and self.place[self.keyframes[number]] > self.place[packet]:
            number -= 1
        number -= 2 if self.gradual else 0
        return int(self.keyframes[number]) if number >= 0 else 0

    def start_before(self, packet: int) -> int:
        """The keyframe before the one at `packet`; the first packet where there is none."""
        number = int(np.searchsorted(self.keyframes, packet, side="left")) - 1
        return int(self.keyframes[number]) if number >= 0 else 0

    def start_after(self, packet: int) -> int | None:
        """The keyframe after the one at `packet`, if any."""
        number = int(np.searchsorted(self.keyframes, packet, side="right"))
        return int(self.keyframes[number]) if number < len(self.keyframes) else None

    def first_frame_from(self, packet: int) -> int:
        """The first frame that is exact when decoding starts at a packet: what is shown before it is not."""
        return int(np.searchsorted(self._shown_places, self.place[packet]))

    @cached_property
    def _shown_places(self) -> Ints:
        return self.place[self.shown]

    @cached_property
    def leading(self) -> Ints:
        """Frames shown before the first keyframe: only some of them can be decoded, if any."""
        return np.flatnonzero(self._shown_places < self.place[self.keyframes[0]])

    def without(self, frames: Iterable[int]) -> VideoIndex:
        """An index in which these are no frames."""
        shown = self.packets.shown.copy()
        shown[self.shown[np.fromiter(frames, dtype=np.int64)]] = False
        return VideoIndex.build(replace(self.packets, shown=shown), self.place)

    def find(self, pts: int, pos: int) -> int:
        """The number of the packet at this position in the file or, where that is ambiguous, this time; -1 if none."""
        value = pos if self._by_position else pts
        keys, numbers = self._lookup
        at = int(np.searchsorted(keys, value))
        return int(numbers[at]) if at < len(keys) and keys[at] == value else -1

    @cached_property
    def _by_position(self) -> bool:
        pos = self.packets.pos
        return bool((pos != UNKNOWN).all()) and len(np.unique(pos)) == len(pos)

    @cached_property
    def _lookup(self) -> tuple[Ints, Ints]:
        values = self.packets.pos if self._by_position else self.packets.pts
        numbers = np.argsort(values, kind="stable")
        return values[numbers], numbers


def read_packets(packets: Iterable[Any], codec: str) -> PacketTable:
    """Take down the packets of one stream, as PyAV demuxes them; stops quietly where the file breaks off."""
    pts, dts, pos = array("q"), array("q"), array("q")
    key, shown = array("b"), array("b")
    corrupt = False
    for packet in packets:
        if not packet.size:
            continue
        pts.append(_known(packet.pts))
        dts.append(_known(packet.dts))
        pos.append(position(packet))
        key.append(packet.is_keyframe)
        shown.append(not packet.is_discard and not _is_hidden(packet, codec))
        corrupt = packet.is_corrupt
    return PacketTable(
        pts=np.array(pts, dtype=np.int64),
        dts=np.array(dts, dtype=np.int64),
        pos=np.array(pos, dtype=np.int64),
        key=np.array(key, dtype=np.bool_),
        shown=np.array(shown, dtype=np.bool_),
        last_is_corrupt=bool(corrupt),
    )


def order_by_time(packets: PacketTable, container: str, codec: str, reorders: bool) -> Ints | None:
    """Every packet's place in the order of showing, (P,); None where only decoding can tell.

    Args:
        container, codec: FFmpeg's names of the file format and of the coding.
        reorders: the codec may show pictures in another order than it decodes them.
    """
    # AVI has no times of showing; what FFmpeg puts in their place is wrong for more than one picture of delay.
    invented = "avi" in container and reorders and codec in ("h264", "hevc")
    if packets.timed and not invented:
        place = np.empty(len(packets), dtype=np.int64)
        place[np.argsort(packets.pts, kind="stable")] = np.arange(len(packets))
        return place
    return None if reorders else np.arange(len(packets), dtype=np.int64)


def position(packet: Any) -> int:
    """Where a packet is in the file, in bytes; `UNKNOWN` where the container does not tell."""
    return UNKNOWN if packet.pos is None or packet.pos < 0 else int(packet.pos)


def _known(stamp: int | None) -> int:
    return UNKNOWN if stamp is None else stamp


def _is_hidden(packet: Any, codec: str) -> bool:
    """A VP8 picture that only others refer to: bit 4 of its first byte (RFC 6386, 9.1) says whether it is shown."""
    return codec == "vp8" and not memoryview(packet)[0] & 0x10
