"""A detection as it runs: in numbers that somebody who waits wants to know."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from poseviewer.app.detect.detect_work import DetectReport
from poseviewer.app.detect.progress import DetectProgress, facts_of


@pytest.fixture
def progress(qtbot: QtBot) -> DetectProgress:
    made = DetectProgress()
    qtbot.addWidget(made)
    made.begin("trot.mp4")
    made.show()
    return made


def test_until_the_detector_is_there_it_says_that_it_loads(progress: DetectProgress) -> None:
    progress.show_report(DetectReport({}, 0, 100))

    assert progress.facts.text() == "Loading the detector…" and progress.bar.maximum() == 0


def test_how_far_how_fast_and_how_long(progress: DetectProgress) -> None:
    progress.show_report(DetectReport({}, 40, 1000, 2, 3, 23.4, 180.0, "cpu", "trot.mp4"))

    assert progress.facts.text() == "about 3 min left · 23 frames/s · CPU · trot.mp4"
    assert progress.bar.format() == "40 of 1,000 frames" and progress.bar.value() == 40
    assert progress.flaws.text() == "3 without an animal · 2 that cannot be read"


def test_paused_it_promises_nothing() -> None:
    assert facts_of(DetectReport({}, 4, 9, device="cpu", title="a.mp4", held=True)) == "paused · CPU · a.mp4"


def test_the_buttons_ask(progress: DetectProgress, qtbot: QtBot) -> None:
    with qtbot.waitSignal(progress.hold_requested):
        qtbot.mouseClick(progress.hold, Qt.MouseButton.LeftButton)
    progress.set_held(True)
    assert progress.hold.text() == "&Resume"
    with qtbot.waitSignal(progress.go_on_requested):
        qtbot.mouseClick(progress.hold, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(progress.stop_requested):
        qtbot.mouseClick(progress.stop, Qt.MouseButton.LeftButton)
