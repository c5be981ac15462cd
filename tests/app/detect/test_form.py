"""The form says on what a detection would be, and asks for it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from poseviewer.app.detect.detector_choice import FILE, DetectorChoices
from poseviewer.app.detect.form import DetectForm, scope_titles
from poseviewer.app.detect.request import Scope
from poseviewer.core.project import FrameKey, MediaRef

VIDEO = MediaRef("v", "/videos/trot.mp4", "video", 1, "f", 100, 640, 480, 30.0)
PHOTO = MediaRef("p", "/photos/dog.png", "images", 1, "f", 1, 640, 480, 0.0, ("dog.png",))
USABLE = DetectorChoices((("", "Comes with the program (quadruped16)"), ("/a.safetensors", "a")), "", "About it.", True)


@pytest.fixture
def form(qtbot: QtBot) -> DetectForm:
    made = DetectForm()
    qtbot.addWidget(made)
    made.set_detectors(USABLE)
    made.set_frame(FrameKey("v", 7), VIDEO, 2)
    made.set_counts(100, 0)
    qtbot.addWidget(made.foot)
    made.foot.show()
    made.show()
    return made


def choose(box, key: str) -> None:
    box.setCurrentIndex(box.findData(key))


def test_it_begins_with_the_whole_video_followed_from_frame_to_frame(form: DetectForm) -> None:
    asked = form.asked

    assert asked.scope == Scope("media", FrameKey("v", 7), 0, 99, True) and asked.boxes == "track"
    assert form.detect.isEnabled() and form.counts.text() == "100 frames"


def test_a_range_has_two_ends_that_give_way(form: DetectForm, qtbot: QtBot) -> None:
    choose(form.scope, "range")
    assert form.first.isVisible()
    form.first.setValue(40)
    with qtbot.waitSignal(form.changed):
        form.last.setValue(30)

    assert (form.asked.scope.first, form.asked.scope.last) == (30, 30)


def test_what_was_chosen_comes_back_with_the_video(form: DetectForm) -> None:
    choose(form.scope, "all")
    form.set_frame(FrameKey("p", 0), PHOTO, 2)
    assert form.asked.scope.kind == "all"
    choose(form.scope, "frame")
    form.set_frame(FrameKey("v", 7), VIDEO, 2)
    assert form.asked.scope.kind == "frame"


def test_a_photo_offers_no_range(form: DetectForm) -> None:
    form.set_frame(FrameKey("p", 0), PHOTO, 1)

    assert form.asked.scope.kind == "frame" and form.scope.count() == 1


def test_the_users_own_frames_are_mentioned(form: DetectForm) -> None:
    form.set_counts(88, 12)
    assert form.counts.text() == "88 frames; the 12 that you labelled stay as they are"
    form.set_counts(99, 1)
    assert form.counts.text() == "99 frames; the one that you labelled stays as it is"
    form.set_counts(0, 1)
    assert form.counts.text() == "Nothing to do: the one that you labelled stays." and not form.detect.isEnabled()


def test_without_a_detector_there_is_nothing_to_press(form: DetectForm) -> None:
    form.set_detectors(replace(USABLE, usable=False, about="There is none."))
    form.set_counts(100, 0)

    assert not form.detect.isEnabled() and form.about.text() == "There is none." and form.train.isEnabled()


def test_choosing_a_detector_is_asked_for(form: DetectForm, qtbot: QtBot) -> None:
    with qtbot.waitSignal(form.detector_chosen) as chosen:
        form.detector.activated.emit(form.detector.findData("/a.safetensors"))
    assert chosen.args == ["/a.safetensors"]
    with qtbot.waitSignal(form.file_requested):
        form.detector.activated.emit(form.detector.findData(FILE))
    with qtbot.waitSignal(form.detect_requested):
        qtbot.mouseClick(form.detect, Qt.MouseButton.LeftButton)


def test_setters_say_nothing(form: DetectForm, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(form.changed):
        form.set_options("motion", 0.4)
        form.set_frame(FrameKey("p", 0), PHOTO, 2)
        form.set_detectors(USABLE)

    assert (form.asked.boxes, form.asked.least) == ("motion", 0.4)


def test_every_place_to_look_says_when_to_choose_it(form: DetectForm) -> None:
    said = set()
    for index in range(form.looks.count()):
        form.looks.setCurrentIndex(index)
        said.add(form.look_about.text())
    assert len(said) == 4 and all(said)


@pytest.mark.parametrize(
    ("frames", "video", "media", "keys"),
    [
        (1, False, 1, ["frame"]),
        (9, False, 1, ["media", "range", "frame"]),
        (9, True, 3, ["media", "range", "frame", "all"]),
    ],
)
def test_the_scopes_that_mean_something(frames: int, video: bool, media: int, keys: list[str]) -> None:
    assert [key for key, _ in scope_titles(frames, video, media)] == keys
