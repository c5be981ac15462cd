"""The player gives the newest frame that was asked for, from a thread of its own, and nothing after it was closed."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from poseviewer.app.media.player import AHEAD, FramePlayer
from poseviewer.core.errors import MediaError


class FakeReader:
    """Frames filled with their own number; reading frame `gate_at` waits for `gate`."""

    kind, fps, width, height, files, flawed = "video", 50.0, 8, 6, (), ()

    def __init__(self, frame_count: int = 100, bad: int = -1, gate_at: int = -1) -> None:
        self.path = Path("fake.mp4")
        self.frame_count = frame_count
        self.bad, self.gate_at = bad, gate_at
        self.gate, self.at_gate = threading.Event(), threading.Event()
        self.reads: list[int] = []
        self.threads: set[threading.Thread] = set()
        self.closed = False

    def read(self, frame: int) -> np.ndarray:
        assert not self.closed
        self.reads.append(frame)
        self.threads.add(threading.current_thread())
        if frame == self.gate_at:
            self.at_gate.set()
            assert self.gate.wait(10)
        if frame == self.bad:
            raise MediaError(f"Frame {frame} is damaged.")
        return np.full((6, 8, 3), frame, np.uint8)

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def player(qtbot):
    player = FramePlayer()
    yield player
    player.close()


def test_a_frame_comes_from_another_thread(qtbot, player):
    reader = FakeReader()
    with qtbot.waitSignal(player.reader_opened) as opened:
        player.open(reader)
    assert opened.args == [reader]
    with qtbot.waitSignal(player.frame_ready) as ready:
        player.request(7)
    number, image = ready.args
    assert number == 7 and (image == 7).all() and image.shape == (6, 8, 3)
    assert threading.main_thread() not in reader.threads


def test_frames_ahead_are_read_in_the_direction_of_travel(qtbot, player):
    reader = FakeReader(gate_at=50 - AHEAD)
    player.open(reader)
    with qtbot.waitSignal(player.frame_ready):
        player.request(60)
    with qtbot.waitSignal(player.frame_ready):
        player.request(50)
    assert reader.at_gate.wait(10)
    assert reader.reads[-AHEAD:] == [49, 48, 47, 46]
    reader.gate.set()
    before = len(reader.reads)
    with qtbot.waitSignal(player.frame_ready) as ready:
        player.request(49)
    assert ready.args[0] == 49 and 49 not in reader.reads[before:]


def test_scrubbing_quickly_skips_what_is_between(qtbot, player):
    reader = FakeReader(gate_at=1)
    player.open(reader)
    shown = []
    player.frame_ready.connect(lambda number, image: shown.append(number))
    player.request(1)
    assert reader.at_gate.wait(10)
    for frame in range(10, 60):
        player.request(frame)
    reader.gate.set()
    qtbot.waitUntil(lambda: shown == [59])
    assert not set(reader.reads) & set(range(10, 59))


def test_a_damaged_frame_is_told_and_the_next_one_shown(qtbot, player):
    player.open(FakeReader(bad=3))
    with qtbot.waitSignal(player.frame_failed) as failed:
        player.request(3)
    assert failed.args == [3, "Frame 3 is damaged."]
    with qtbot.waitSignal(player.frame_ready) as ready:
        player.request(4)
    assert ready.args[0] == 4


def test_an_unforeseen_error_is_told_too(qtbot, player, monkeypatch):
    reader = FakeReader()
    player.open(reader)

    def fail(frame):
        raise ValueError("no such colour")

    monkeypatch.setattr(reader, "read", fail)
    with qtbot.waitSignal(player.frame_failed) as failed:
        player.request(2)
    assert "Frame 2 of fake.mp4 cannot be shown (no such colour)" in failed.args[1]


def test_nothing_is_told_of_media_that_were_closed(qtbot, player):
    slow, other = FakeReader(gate_at=5), FakeReader()
    player.open(slow)
    shown = []
    player.frame_ready.connect(lambda number, image: shown.append(number))
    player.request(5)
    assert slow.at_gate.wait(10)
    slow.gate.set()
    player.open(other)
    assert slow.closed
    player.request(8)
    qtbot.waitUntil(lambda: shown == [8])
    player.close()
    assert other.closed and player.reader is None
    player.request(9)
    assert not any(t.name == "decode frames" for t in threading.enumerate())


@pytest.mark.parametrize(("asked", "given"), [(-5, 0), (1000, 99)])
def test_beyond_the_ends_is_the_end(qtbot, player, asked, given):
    player.open(FakeReader())
    with qtbot.waitSignal(player.frame_ready) as ready:
        player.request(asked)
    assert ready.args[0] == given


def test_playing_goes_to_the_end_and_stops(qtbot, player):
    player.open(FakeReader(frame_count=12))
    shown, states = [], []
    player.frame_ready.connect(lambda number, image: shown.append(number))
    player.playing_changed.connect(states.append)
    with qtbot.waitSignal(player.frame_ready):
        player.request(0)
    player.play(200)
    qtbot.waitUntil(lambda: states == [True, False])
    qtbot.waitUntil(lambda: shown[-1] == 11)
    assert shown == sorted(shown)


def test_pausing_stops_where_it_is(qtbot, player):
    player.open(FakeReader(frame_count=100_000))
    with qtbot.waitSignal(player.frame_ready):
        player.request(0)
    with qtbot.waitSignal(player.playing_changed):
        player.play(100)
    qtbot.waitUntil(lambda: player.frame > 3)
    with qtbot.waitSignal(player.playing_changed) as changed:
        player.pause()
    assert changed.args == [False] and not player.playing


def test_opening_a_path_happens_in_the_background(qtbot, player):
    reader, threads = FakeReader(), []

    def opener(path):
        threads.append(threading.current_thread())
        return reader

    with qtbot.waitSignal(player.reader_opened):
        player.open_path(Path("fake.mp4"), opener)
    assert threading.main_thread() not in threads and player.reader is reader


def test_what_cannot_be_opened_is_told_in_one_sentence(qtbot, player, tmp_path):
    bad = tmp_path / "bad.mp4"
    bad.write_text("not a video\n" * 100)
    with qtbot.waitSignal(player.open_failed) as failed:
        player.open_path(bad)
    assert "bad.mp4 is a text file" in failed.args[0]
    with qtbot.waitSignal(player.reader_opened):
        player.open(FakeReader())
