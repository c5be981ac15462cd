"""The index: which packets are frames, in which order, and where decoding must start."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.io.video_index import UNKNOWN, PacketTable, VideoIndex, order_by_time
from poseviewer.io.video_truncation import doubtful_tail


def table(pts, key=(0,), hidden=(), dts=None, pos=None) -> PacketTable:
    count = len(pts)
    marks = np.zeros((2, count), dtype=bool)
    marks[0, list(key)] = True
    marks[1, list(hidden)] = True
    return PacketTable(
        pts=np.array(pts),
        dts=np.arange(count) if dts is None else np.array(dts),
        pos=np.arange(count) * 100 if pos is None else np.array(pos),
        key=marks[0],
        shown=~marks[1],
    )


def index(packets: PacketTable) -> VideoIndex:
    place = order_by_time(packets, "mov,mp4", "h264", reorders=True)
    assert place is not None
    return VideoIndex.build(packets, place)


OPEN = table([0, 3, 1, 2, 6, 4, 5, 7], key=(0, 4))
"""I P B B I b b P: the two b are decoded after the second keyframe and shown before it."""


def test_frames_are_in_the_order_of_showing():
    assert index(OPEN).shown.tolist() == [0, 2, 3, 1, 5, 6, 4, 7]


def test_a_frame_before_its_keyframe_needs_the_group_before():
    assert [index(OPEN).start_for(frame) for frame in range(8)] == [0, 0, 0, 0, 0, 0, 4, 4]


def test_hidden_packets_are_decoded_but_not_counted():
    cut = index(table([-2, -1, 0, 1], hidden=(0, 1)))
    assert cut.frame_count == 2 and cut.rank.tolist() == [-1, -1, 0, 1]
    assert cut.start_for(0) == 0 and cut.first_frame_from(0) == 0


def test_what_is_shown_before_the_first_keyframe_leads():
    late = index(table([3, 1, 2, 4]))
    assert late.leading.tolist() == [0, 1]
    assert late.without([0]).shown.tolist() == [2, 0, 3]


def test_gradual_refresh_starts_two_keyframes_earlier():
    packets = table(range(40), key=(0, 10, 20, 30))
    gradual = VideoIndex.build(packets, np.arange(40))
    object.__setattr__(gradual, "gradual", True)
    assert [gradual.start_for(f) for f in (5, 15, 25, 35)] == [0, 0, 0, 10]


@pytest.mark.parametrize(
    ("packets", "container", "known"),
    [
        (table([0, 2, 1]), "mov,mp4", True),
        (table([0, UNKNOWN, 1]), "matroska,webm", False),
        (table([0, 1, 1]), "matroska,webm", False),
        (table([0, 1, 2], dts=[0, 9, 3]), "mpegts", False),
        (table([0, 2, 1]), "avi", False),
    ],
    ids=["good", "missing", "doubled", "jumping back", "invented for AVI"],
)
def test_times_are_only_trusted_when_they_can_be(packets, container, known):
    assert (order_by_time(packets, container, "h264", reorders=True) is not None) == known
    in_order = order_by_time(packets, container, "mjpeg", reorders=False)
    assert sorted(in_order) == [0, 1, 2]


def test_packets_are_found_by_position_or_else_by_time():
    assert index(OPEN).find(pts=99, pos=300) == 3
    same_page = index(table([0, 3, 1, 2], pos=[0, 0, 0, 0]))
    assert same_page.find(pts=1, pos=0) == 2
    assert same_page.find(pts=77, pos=0) == -1


def test_the_tail_of_a_broken_file_is_doubtful_as_far_as_pictures_are_reordered():
    assert doubtful_tail(index(table(range(10)))).tolist() == []
    groups = [0] + [t for first in range(1, 28, 3) for t in (first + 2, first, first + 1)]
    assert doubtful_tail(index(table(groups))).tolist() == [27]
