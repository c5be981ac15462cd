"""A file that breaks off is noticed by its own promises; a whole one is never suspected."""

from __future__ import annotations

from pathlib import Path

import av
import pytest

from poseviewer.io.video_truncation import SEGMENT, breaks_off, matroska_end


def asked(path: Path) -> bool:
    """What `breaks_off` says of a file."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        try:
            packets = [p for p in container.demux(stream) if p.size]
        except av.error.FFmpegError:
            packets = []
        return breaks_off(path, container.format.name, stream, bool(packets) and packets[-1].is_corrupt)


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.mkv", "a.webm", "a.avi", "a.ts"])
def test_a_whole_file_is_not_suspected(barcode, name: str) -> None:
    codec = "libvpx" if name.endswith("webm") else "libx264"
    assert not asked(barcode.write(name, frames=40, codec=codec))


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.avi"])
@pytest.mark.parametrize("share", [0.5, 0.7, 0.9])
def test_one_that_breaks_off_is_noticed(barcode, name: str, share: float) -> None:
    path = barcode.write(name, frames=40, container={"movflags": "+faststart"})
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    assert asked(path)


def test_a_segment_says_where_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    path.write_bytes(b"\x1a\x45\xdf\xa3" + SEGMENT + b"\x40\xff" + bytes(10))  # a size of 255 in two bytes
    assert matroska_end(path) == 4 + 4 + 2 + 255


@pytest.mark.parametrize(
    "head", [b"", b"no segment here", SEGMENT, SEGMENT + b"\x01" + b"\xff" * 7 + bytes(8), SEGMENT + bytes(20)]
)
def test_a_header_that_promises_nothing_is_broken_by_nothing(tmp_path: Path, head: bytes) -> None:
    path = tmp_path / "a.mkv"
    path.write_bytes(head)
    assert matroska_end(path) == 0
