"""The decoder gives frames in order from any keyframe on, each under its own number."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from poseviewer.io.video_decoder import FrameDecoder, open_container, order_by_decoding
from poseviewer.io.video_index import VideoIndex, order_by_time, read_packets

GROUP = 10


@pytest.fixture
def video(barcode) -> Path:
    """Forty frames; every tenth is a keyframe, and pictures between are reordered."""
    return barcode.write("a.mp4", frames=40, options={"x264-params": f"keyint={GROUP}:scenecut=0:bframes=2"})


def index_of(path: Path) -> VideoIndex:
    with open_container(path) as container:
        packets = read_packets(container.demux(container.streams.video[0]), "h264")
        place = order_by_time(packets, container.format.name, "h264", reorders=True)
    assert place is not None
    return VideoIndex.build(packets, place)


@pytest.fixture(params=[False, True], ids=["threads", "careful"])
def decoder(video: Path, request: pytest.FixtureRequest):
    made = FrameDecoder(video, 0, index_of(video), careful=request.param)
    yield made
    made.close()


def test_frames_come_in_order_under_their_numbers(barcode, decoder: FrameDecoder) -> None:
    decoder.start(0)
    seen = [(number, barcode.number(picture.to_ndarray(format="rgb24"))) for number, picture in decoder]
    assert seen == [(i, i) for i in range(40)]
    assert not decoder.saw_damage and decoder.next_frame == 40


def test_a_run_begins_at_any_keyframe_and_ends_where_it_is_told(decoder: FrameDecoder) -> None:
    keys = decoder._index.keyframes
    decoder.start(int(keys[2]), end=int(keys[3]))
    assert [number for number, _ in decoder] == list(range(20, 30))


def test_it_knows_what_going_on_gives(decoder: FrameDecoder) -> None:
    assert not decoder.before(0), "nothing has been started"
    decoder.start(int(decoder._index.keyframes[1]))
    assert decoder.reaches(15) and not decoder.before(5)
    assert not decoder.reaches(35), "a later keyframe is nearer"
    assert decoder.before(35)
    next(decoder)
    assert not decoder.before(10) and decoder.before(11)
    decoder.stop()
    assert not decoder.before(15)


def test_a_keyframe_alone(barcode, decoder: FrameDecoder) -> None:
    picture = decoder.picture_at(int(decoder._index.keyframes[3]))
    assert barcode.number(picture.to_ndarray(format="rgb24")) == 30
    assert decoder.picture_at(int(decoder._index.shown[31])) is None or not decoder.before(31)


def test_a_damaged_packet_is_noticed_and_the_next_group_is_whole(barcode, video: Path) -> None:
    index = index_of(video)
    data = bytearray(video.read_bytes())
    packet = int(index.shown[12])
    start, end = index.packets.pos[packet], index.packets.pos[packet + 1]
    data[start:end] = bytes(int(end - start))
    video.write_bytes(data)
    decoder = FrameDecoder(video, 0, index, careful=True)
    decoder.start(int(index.keyframes[1]), end=int(index.keyframes[2]))
    assert 12 not in [number for number, _ in decoder]
    assert decoder.saw_damage
    decoder.start(int(index.keyframes[2]))
    seen = [(number, barcode.number(picture.to_ndarray(format="rgb24"))) for number, picture in decoder]
    assert seen == [(i, i) for i in range(20, 40)] and not decoder.saw_damage
    decoder.close()


def test_without_time_stamps_decoding_tells_the_order(video: Path) -> None:
    index = index_of(video)
    place, shown = order_by_decoding(video, 0)
    np.testing.assert_array_equal(place, index.place)
    assert shown.all()


def test_a_playlist_opens_nothing_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "list.m3u8"
    path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n")
    with pytest.raises((av.error.FFmpegError, OSError, ValueError)):
        list(open_container(path).demux())
