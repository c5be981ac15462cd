"""Any frame by its number is exactly that frame: asked in order, at random, and of damaged files."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from poseviewer.core.errors import MediaError
from poseviewer.io.video import Turn, VideoReader, open_video

OPEN_GOP = {"x264-params": "open-gop=1:keyint=30:bframes=3:b-adapt=0"}
IRREGULAR = np.cumsum(np.random.default_rng(3).integers(1, 9, 120)).tolist()


def numbers(barcode, reader: VideoReader) -> list[int | None]:
    """What the frames show, in order; None for those that are damaged."""

    def number(frame: int) -> int | None:
        try:
            return barcode.number(reader.read(frame))
        except MediaError:
            return None

    return [number(frame) for frame in range(reader.frame_count)]


def assert_same_at_random(path: Path, reads: int = 60) -> None:
    """Frames asked in a random order by a second reader are those that the first gives in order, pixel by pixel."""

    def read(reader: VideoReader, frame: int) -> np.ndarray | None:
        try:
            return reader.read(frame)
        except MediaError:
            return None

    first, second = open_video(path), open_video(path)
    chosen = random.Random(1).choices(range(first.frame_count), k=reads)
    in_order = {frame: image for frame in range(first.frame_count) if (image := read(first, frame), frame in chosen)[1]}
    for frame in chosen:
        image, expected = read(second, frame), in_order[frame]
        assert (image is None) == (expected is None), f"frame {frame}"
        if image is not None:
            np.testing.assert_array_equal(image, expected, err_msg=f"frame {frame}")
    first.close()
    second.close()


WHOLE = {
    "constant rate, B-frames": {"name": "a.mp4", "options": {"bf": "3"}},
    "open groups of pictures": {"name": "a.mp4", "options": OPEN_GOP},
    "open groups in Matroska": {"name": "a.mkv", "options": OPEN_GOP},
    "one keyframe in 250": {"name": "a.mp4", "frames": 400, "gop": 250},
    "no keyframe but the first (periodic intra refresh)": {
        "name": "a.mp4",
        "options": {"x264-params": "intra-refresh=1:keyint=40:bframes=0"},
    },
    "variable rate": {"name": "a.mp4", "pts": [997 * t for t in IRREGULAR], "time_base": Fraction(1, 90000)},
    "variable rate in Matroska": {"name": "a.mkv", "pts": [7 * t for t in IRREGULAR], "time_base": Fraction(1, 1000)},
    "odd time base": {"name": "a.mp4", "pts": [1001 * i for i in range(120)], "time_base": Fraction(1, 24013)},
    "several frames in one tick": {
        "name": "a.mkv",
        "options": {"bf": "0"},
        "pts": [i // 4 for i in range(120)],
        "time_base": Fraction(1, 1000),
    },
    "H.264 in AVI, which has no times of showing": {"name": "a.avi", "options": {"bf": "3"}},
    "MPEG-4 in AVI": {"name": "a.avi", "codec": "mpeg4", "options": {"bf": "2"}},
    "every frame alone": {"name": "a.avi", "codec": "mjpeg", "pix_fmt": "yuvj420p"},
    "transport stream": {"name": "a.ts"},
    "no container at all": {"name": "a.h264"},
    "H.265, open groups": {
        "name": "a.mp4",
        "codec": "libx265",
        "options": {"x265-params": "open-gop=1:keyint=30:bframes=3:log-level=none"},
    },
    "VP8 with hidden frames": {
        "name": "a.webm",
        "codec": "libvpx",
        "options": {"auto-alt-ref": "1", "lag-in-frames": "16", "cpu-used": "8"},
    },
    "VP9": {"name": "a.webm", "codec": "libvpx-vp9", "options": {"cpu-used": "8", "deadline": "realtime"}},
}


@pytest.mark.parametrize("case", WHOLE.values(), ids=WHOLE.keys())
def test_every_frame_is_the_one_asked_for(barcode, case):
    path = barcode.write(**case)
    reader = open_video(path)
    assert numbers(barcode, reader) == list(range(case.get("frames", 120)))
    assert reader.damaged == ()
    reader.close()
    assert_same_at_random(path)


def test_times_are_those_of_the_file(barcode):
    pts = [997 * t for t in IRREGULAR]
    reader = open_video(barcode.write("a.mp4", pts=pts, time_base=Fraction(1, 90000)))
    times = [reader.time(frame) for frame in range(reader.frame_count)]
    np.testing.assert_allclose(times, (np.array(pts) - pts[0]) / 90000, atol=1e-6)
    assert reader.fps == pytest.approx(119 / times[-1])
    reader.close()


def test_a_steady_rate_is_known(barcode):
    reader = open_video(barcode.write("a.mp4"))
    assert reader.fps == pytest.approx(30)
    assert (reader.kind, reader.files, reader.frame_size(5), reader.scale(5)) == ("video", (), (256, 96), 1)
    reader.close()


def test_the_keyframe_before_a_frame(barcode):
    reader = open_video(barcode.write("a.mp4", options={"x264-params": "keyint=30:scenecut=0"}))
    assert [reader.keyframe_before(f) for f in (0, 1, 29, 30, 31, 119)] == [0, 0, 0, 30, 30, 90]
    reader.close()


@pytest.mark.parametrize("name", ["cut.mp4", "cut.mov"])
@pytest.mark.parametrize("options", [{"bf": "3"}, OPEN_GOP], ids=["closed", "open"])
def test_a_file_cut_without_coding_has_only_the_frames_that_it_shows(barcode, name, options):
    whole = barcode.write("whole.mp4", frames=200, options=options, gop=60)
    path = barcode.copy(whole, name, start=77)
    with av.open(str(path)) as container:
        packets = [p for p in container.demux(video=0) if p.size]
    assert any(p.is_discard for p in packets), "the cut should be inside a group of pictures"
    reader = open_video(path)
    assert numbers(barcode, reader) == list(range(77, 200))
    reader.close()
    assert_same_at_random(path)


def test_frames_before_the_first_keyframe_that_no_decoder_shows_are_not_counted(barcode):
    whole = barcode.write(
        "whole.mp4", codec="libx265", options={"x265-params": "open-gop=1:keyint=30:bframes=3:log-level=none"}
    )
    path = barcode.copy(whole, "cut.mp4", start=40, container={"use_editlist": "0"})
    reader = open_video(path)
    shown = numbers(barcode, reader)
    assert shown == list(range(shown[0], 120))
    assert reader.damaged == ()
    reader.close()
    assert_same_at_random(path)


def test_two_files_run_together_keep_their_order(barcode):
    one = barcode.write("one.ts", frames=50).read_bytes()
    path = barcode.folder / "both.ts"
    path.write_bytes(one + one)
    reader = open_video(path)
    assert numbers(barcode, reader) == [*range(50), *range(50)]
    reader.close()


@pytest.mark.parametrize(("degrees", "turns"), [(0, 0), (90, 1), (180, 2), (270, 3)])
def test_rotation_in_the_metadata_is_applied(barcode, degrees, turns):
    path = barcode.write("a.mp4", frames=10)
    _set_rotation(path, degrees)
    with av.open(str(path)) as container:
        coded = next(container.decode(video=0)).to_ndarray(format="rgb24")
    reader = open_video(path)
    image = reader.read(0)
    np.testing.assert_array_equal(image, np.rot90(coded, -turns))
    assert (reader.height, reader.width) == image.shape[:2]
    assert barcode.number(np.rot90(reader.read(7), turns)) == 7
    reader.close()


def test_a_mirrored_picture_is_mirrored_back():
    image = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    np.testing.assert_array_equal(Turn(False, mirror_x=True)(image), image[:, ::-1])
    np.testing.assert_array_equal(Turn(True)(image), image.transpose(1, 0, 2))


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.avi"])
@pytest.mark.parametrize("share", [0.45, 0.63, 0.8, 0.92])
def test_a_file_that_breaks_off_gives_what_is_there_and_names_the_rest(barcode, name, share):
    path = barcode.write(name, frames=200, options={"bf": "3"}, container={"movflags": "+faststart"})
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    reader = open_video(path)
    shown = numbers(barcode, reader)
    assert all(number in (frame, None) for frame, number in enumerate(shown[:-1]))
    assert len(shown) > 60
    lost = [frame for frame, number in enumerate(shown) if number is None]
    assert list(reader.damaged) == lost
    assert f"breaks off before its end: {len(shown)} frames are there" in reader.warning and name in reader.warning
    assert len(lost) <= 6 and all(frame > len(shown) - 8 for frame in lost)
    reader.close()
    assert_same_at_random(path)


def test_a_hole_in_a_file_costs_the_frames_in_it_and_no_other_group(barcode):
    path = barcode.write("a.mp4", frames=200, options={"x264-params": "keyint=20:scenecut=0"})
    with av.open(str(path)) as container:
        packets = [(p.pos, p.size, p.pts) for p in container.demux(video=0) if p.size]
    pos, size, pts = packets[107]
    data = bytearray(path.read_bytes())
    data[pos : pos + size] = bytes(size)
    path.write_bytes(data)
    reader = open_video(path)
    lost = sorted(p[2] for p in packets).index(pts)
    shown = numbers(barcode, reader)
    assert shown[lost] is None and lost in reader.damaged
    group = range(lost // 20 * 20, lost // 20 * 20 + 20)
    assert all(number == frame for frame, number in enumerate(shown) if frame not in group)
    guessed = [frame for frame in group if shown[frame] not in (None, frame)]
    assert not set(guessed) - set(reader.flawed)
    with pytest.raises(MediaError, match=rf"Frame {lost} of .*a\.mp4 is damaged.*another frame"):
        reader.read(lost)
    reader.close()
    assert_same_at_random(path)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts"])
@pytest.mark.parametrize("seed", [1, 2])
def test_flipped_bits_neither_stop_the_reader_nor_change_its_mind(barcode, name, seed):
    path = barcode.write(name, frames=200)
    data = bytearray(path.read_bytes())
    chosen = random.Random(seed)
    for _ in range(12):
        data[chosen.randrange(len(data) // 10, len(data) * 9 // 10)] ^= 1 << chosen.randrange(8)
    path.write_bytes(data)
    reader = open_video(path)
    assert reader.frame_count > 150
    assert sum(number is not None for number in numbers(barcode, reader)) > 150
    assert reader.flawed or reader.damaged
    reader.close()
    assert_same_at_random(path)


def test_looking_for_damage_finds_it_all(barcode):
    path = barcode.write("a.mp4", frames=60, options={"x264-params": "keyint=20:scenecut=0:bframes=0"})
    with av.open(str(path)) as container:
        packet = [p for p in container.demux(video=0) if p.size][30]
        pos, size = packet.pos, packet.size
    data = bytearray(path.read_bytes())
    data[pos : pos + size] = bytes(size)
    path.write_bytes(data)
    reader = open_video(path)
    assert reader.damaged == ()
    assert list(reader.find_damage()) == list(range(60))
    assert 30 in reader.damaged and not set(reader.damaged) - set(range(30, 40))
    reader.close()


@pytest.mark.parametrize("frame", [-1, 120, 10**9])
def test_a_frame_that_is_not_there(barcode, frame):
    reader = open_video(barcode.write("a.mp4"))
    with pytest.raises(MediaError, match="numbered from 0 to 119"):
        reader.read(frame)
    reader.close()


def _no_moov(barcode, path: Path) -> None:
    data = barcode.write("whole.mp4").read_bytes()
    path.write_bytes(data[: data.index(b"moov") - 4])


def _sound(barcode, path: Path) -> None:
    with av.open(str(path), "w") as out:
        stream = out.add_stream("aac", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 8000), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 8000
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


BAD = {
    "is not there": lambda barcode, path: None,
    r"is empty \(0 bytes\); copy": lambda barcode, path: path.touch(),
    "is a text file": lambda barcode, path: path.write_text("not a video\n" * 200),
    "not a video that can be read": lambda barcode, path: path.write_bytes(random.Random(0).randbytes(20_000)),
    "no 'moov'": _no_moov,
    "is a folder": lambda barcode, path: path.mkdir(),
    "only sound": _sound,
}


@pytest.mark.parametrize(("words", "make"), BAD.items(), ids=BAD.keys())
def test_what_is_not_a_video_is_refused_in_one_sentence(barcode, words, make):
    path = barcode.folder / "bad é.mp4"
    make(barcode, path)
    with pytest.raises(MediaError, match=words) as error:
        open_video(path)
    assert str(path) in str(error.value)
    assert str(error.value).endswith(".") and "\n" not in str(error.value)


def test_a_file_that_may_not_be_read(barcode, monkeypatch):
    path = barcode.write("a.mp4")

    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(MediaError, match="may not be read; change its permissions"):
        open_video(path)


def test_a_header_without_frames(barcode):
    path = barcode.write("a.mp4", frames=10, container={"movflags": "+faststart"})
    data = path.read_bytes()
    path.write_bytes(data[: data.index(b"mdat") + 4])
    with pytest.raises(MediaError, match=r"a\.mp4 .*copy it again"):
        open_video(path)


def test_real_videos_are_read_as_a_plain_decoder_does(shared_data):
    for path in sorted((shared_data / "videos").rglob("*.m*")):
        plain = {}
        with av.open(str(path)) as container:
            stream = container.streams.best("video")
            stream.thread_type = "AUTO"
            for frame, picture in enumerate(container.decode(stream)):
                if frame % 97 == 0 or frame < 3:
                    plain[frame] = Turn.of(picture)(picture.to_ndarray(format="rgb24"))
        reader = open_video(path)
        assert reader.frame_count == frame + 1
        for wanted in random.Random(2).sample(sorted(plain), len(plain)):
            np.testing.assert_array_equal(reader.read(wanted), plain[wanted], err_msg=f"{path} frame {wanted}")
        reader.close()


def test_a_real_video_that_was_filmed_upright(shared_data):
    reader = open_video(shared_data / "videos" / "decord" / "video_90.mov")
    assert (reader.width, reader.height) == (320, 568)
    reader.close()


def _set_rotation(path: Path, degrees: int) -> None:
    """Write a clockwise rotation into the track header of an MP4 (ISO 14496-12, 8.3.2): what phones do."""
    cos, sin = {0: (1, 0), 90: (0, 1), 180: (-1, 0), 270: (0, -1)}[degrees]
    matrix = np.array([cos << 16, sin << 16, 0, -sin << 16, cos << 16, 0, 0, 0, 1 << 30], dtype=">i4").tobytes()
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 4 + 40
    data[at : at + 36] = matrix
    path.write_bytes(data)
