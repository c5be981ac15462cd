"""Does a video file break off before its end, and which of its last frames can then not be told from missing ones?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from poseviewer.io.video_index import Ints, VideoIndex

SEGMENT = bytes.fromhex("18538067")
"""The Matroska element that holds everything but the first few bytes (RFC 9559)."""


def breaks_off(path: Path, container: str, stream: Any, last_is_corrupt: bool) -> bool:
    """The file is shorter than its own header, table of samples or last packet says.

    Args:
        container: FFmpeg's name of the file format.
        stream: an open av stream.
        last_is_corrupt: the demuxer met the end of the file within the last packet.
    """
    size = path.stat().st_size
    if "matroska" in container:
        return last_is_corrupt or matroska_end(path) > size
    if "mp4" in container:
        return last_is_corrupt or _last_sample_end(stream) > size
    return last_is_corrupt


def doubtful_tail(index: VideoIndex) -> Ints:
    """Frames at the end of a file that breaks off whose numbers may be wrong.

    A missing packet is shown at most `ahead` places before its turn of decoding, as is measured on the packets
    that are there. So what is shown later than the first missing packet less that may follow a frame that is lost.
    """
    packets = np.arange(index.packet_count)
    settled = packets[:-64] if len(packets) > 128 else packets
    ahead = int(np.max(settled - index.place[settled]))
    return np.flatnonzero(index.place[index.shown] >= index.packet_count - ahead)


def matroska_end(path: Path) -> int:
    """Where a Matroska file's segment should end, in bytes; 0 where its header does not say."""
    with path.open("rb") as file:
        head = file.read(4096)
    at = head.find(SEGMENT)
    if at < 0 or at + 12 > len(head):
        return 0
    start = at + len(SEGMENT)
    width = 9 - head[start].bit_length()  # the leading zero bits of a size tell how many bytes it has
    if not 1 <= width <= 8:
        return 0
    size = int.from_bytes(head[start : start + width], "big") & ((1 << 7 * width) - 1)
    unknown = (1 << 7 * width) - 1
    return 0 if size == unknown else start + width + size


def _last_sample_end(stream: Any) -> int:
    entries = getattr(stream, "index_entries", ())
    if not len(entries):
        return 0
    last = entries[len(entries) - 1]
    return int(last.pos + last.size)
