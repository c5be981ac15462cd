from __future__ import annotations

import pytest

from poseviewer.cli.frame_ranges import FrameRanges
from poseviewer.core.errors import PoseviewerError


@pytest.mark.parametrize(
    ("text", "frames"),
    [
        ("", list(range(10))),
        ("7", [7]),
        ("0-3", [0, 1, 2, 3]),
        ("0-9:4", [0, 4, 8]),
        ("8-", [8, 9]),
        ("3-:3", [3, 6, 9]),
        ("9,2-4, 3", [2, 3, 4, 9]),
    ],
)
def test_what_is_written_is_understood(text: str, frames: list[int]) -> None:
    assert list(FrameRanges(text).of(10, "walk.mp4")) == frames


@pytest.mark.parametrize("text", ["a", "5-3", "-4", "1..4", "1-4:0", "1-2-3", "1.5"])
def test_what_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(PoseviewerError, match="not understood"):
        FrameRanges(text)


@pytest.mark.parametrize("text", ["10", "3-10", "12-"])
def test_what_is_beyond_the_end_is_refused(text: str) -> None:
    with pytest.raises(PoseviewerError, match=r"10 frames of walk\.mp4 are numbered from 0 to 9"):
        FrameRanges(text).of(10, "walk.mp4")
