"""The timeline shows where one is, and asks to go elsewhere only when the user does."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QSpinBox

from poseviewer.app.media.glyphs import GlyphButton
from poseviewer.app.media.timeline import Timeline, Track, clock


@pytest.fixture
def timeline(qtbot):
    widget = Timeline()
    qtbot.addWidget(widget)
    widget.resize(800, 40)
    widget.show()
    qtbot.waitExposed(widget)
    widget.set_media(201, 20.0)
    widget.asked = []
    widget.frame_requested.connect(widget.asked.append)
    return widget


def track(timeline) -> Track:
    return timeline.findChild(Track)


def button(timeline, glyph: str) -> GlyphButton:
    return next(b for b in timeline.findChildren(GlyphButton) if b.glyph == glyph)


def texts(timeline) -> list[str]:
    return [label.text() for label in timeline.findChildren(QLabel) if label.isVisibleTo(timeline) and label.text()]


def press(qtbot, timeline, frame: int) -> None:
    qtbot.mouseClick(track(timeline), Qt.MouseButton.LeftButton, pos=_place(timeline, frame))


def _place(timeline, frame: int) -> QPoint:
    line = track(timeline)
    return QPoint(round(line.x_of(frame)), line.height() // 2)


def test_setters_say_nothing(timeline):
    timeline.set_frame(50)
    timeline.set_marks([1, 2], [3])
    timeline.set_predictions([4, 5], np.array([0.5, 1.0]))
    timeline.set_suggestions({5: "keypoints jump"})
    timeline.set_colors("colorblind")
    timeline.set_playing(True)
    timeline.set_label("mouse.mp4")
    timeline.set_media(10, 5.0)
    assert timeline.asked == []


def test_a_click_asks_for_the_frame_under_it(qtbot, timeline):
    press(qtbot, timeline, 150)
    assert abs(timeline.asked[0] - 150) <= 1
    press(qtbot, timeline, 200)
    assert timeline.asked[1] == 200


def test_dragging_scrubs_and_stays_between_the_ends(qtbot, timeline):
    line = track(timeline)
    qtbot.mousePress(line, Qt.MouseButton.LeftButton, pos=_place(timeline, 50))
    for x in (line.width() // 2, line.width() + 100):
        qtbot.mouseMove(line, QPoint(x, 10))
    qtbot.mouseRelease(line, Qt.MouseButton.LeftButton, pos=QPoint(line.width() - 1, 10))
    assert timeline.asked[-1] == 200 and timeline.asked == sorted(timeline.asked)


@pytest.mark.parametrize(
    ("key", "frame"),
    [
        (Qt.Key.Key_Left, 99),
        (Qt.Key.Key_Right, 101),
        (Qt.Key.Key_PageUp, 80),
        (Qt.Key.Key_PageDown, 120),
        (Qt.Key.Key_Home, 0),
        (Qt.Key.Key_End, 200),
    ],
)
def test_keys_move_while_the_track_has_the_focus(qtbot, timeline, key, frame):
    timeline.set_frame(100)
    qtbot.keyClick(track(timeline), key)
    assert timeline.asked == [frame]


def test_the_buttons_step_and_play(qtbot, timeline):
    timeline.set_frame(100)
    button(timeline, "next").click()
    button(timeline, "previous").click()
    assert timeline.asked == [101, 99]
    with qtbot.waitSignal(timeline.play_toggled):
        button(timeline, "play").click()


def test_the_ends_have_no_beyond(timeline):
    assert not button(timeline, "previous").isEnabled()
    timeline.set_frame(200)
    assert not button(timeline, "next").isEnabled() and button(timeline, "previous").isEnabled()


def test_a_typed_number_asks_once_it_is_complete(qtbot, timeline):
    spin = timeline.findChild(QSpinBox)
    spin.selectAll()
    qtbot.keyClicks(spin, "123")
    assert timeline.asked == []
    qtbot.keyClick(spin, Qt.Key.Key_Return)
    assert timeline.asked == [123]


def test_the_number_and_the_time_are_shown(timeline):
    timeline.set_frame(130)
    timeline.set_label("mouse.mp4")
    assert timeline.findChild(QSpinBox).value() == 130
    assert texts(timeline) == ["/ 200", "0:06.50 / 0:10.05", "mouse.mp4"]


def test_images_have_no_time_and_do_not_play(timeline):
    timeline.set_media(80, 0.0)
    timeline.set_label("labeled-data")
    assert texts(timeline) == ["/ 79", "labeled-data"]
    assert not button(timeline, "play").isVisible()


def test_one_image_is_shown_calmly(timeline):
    timeline.set_media(1, 0.0)
    assert texts(timeline) == ["1 image"]
    assert not track(timeline).isVisible() and not timeline.findChild(QSpinBox).isVisible()


def test_nothing_open(timeline):
    timeline.set_media(0, 0.0)
    assert texts(timeline) == []
    button(timeline, "next").click()
    assert not timeline.findChild(QSpinBox).isVisible()


def test_playing_turns_the_button_into_pause(timeline):
    timeline.set_playing(True)
    assert button(timeline, "pause").toolTip() == "Pause (P)"
    timeline.set_playing(False)
    assert button(timeline, "play").accessibleName() == "Play (P)"


def test_marks_are_painted_where_they_are(timeline):
    line = track(timeline)
    timeline.set_frame(0)
    before = line.grab().toImage()
    timeline.set_marks([100], [160])
    after = line.grab().toImage()
    ratio = after.devicePixelRatio()
    changed = {
        round(x / ratio)
        for x in range(after.width())
        for y in range(after.height())
        if before.pixel(x, y) != after.pixel(x, y)
    }
    near = {100: set(), 160: set()}
    for x in changed:
        near[100 if abs(x - line.x_of(100)) < abs(x - line.x_of(160)) else 160].add(x)
    assert all(xs and max(abs(x - line.x_of(frame)) for x in xs) <= 3 for frame, xs in near.items())


def test_a_tooltip_says_what_is_known_of_a_frame(timeline):
    timeline.set_marks([40], [41], [41, 42])
    assert track(timeline).describe(40) == "Frame 40 · 0:02.00 · labelled"
    assert track(timeline).describe(41) == "Frame 41 · 0:02.05 · damaged: cannot be decoded"
    assert track(timeline).describe(42) == "Frame 42 · 0:02.10 · damaged in part"


def test_colours_follow_the_palette(timeline):
    palette = QPalette(timeline.palette())
    palette.setColor(QPalette.ColorRole.Highlight, Qt.GlobalColor.magenta)
    timeline.setPalette(palette)
    timeline.set_frame(100)
    image = track(timeline).grab().toImage()
    at = _place(timeline, 100)
    ratio = image.devicePixelRatio()
    assert image.pixelColor(round(at.x() * ratio), round(at.y() * ratio)) == Qt.GlobalColor.magenta


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00.00"), (65.5, "1:05.50"), (3727.25, "1:02:07.25"), (59.999, "1:00.00")]
)
def test_clock(seconds, text):
    assert clock(seconds) == text


@pytest.mark.parametrize(
    ("width", "words"),
    [(800, ["/ 200", "0:00.00 / 0:10.05", "a_mouse.mp4"]), (540, ["/ 200", "0:00.00 / 0:10.05"]), (330, [])],
)
def test_words_go_before_the_track_gets_too_short_to_aim_at(qtbot, timeline, width, words):
    timeline.set_label("a_mouse.mp4")
    timeline.resize(width, 40)
    assert texts(timeline) == words
    qtbot.waitUntil(lambda: track(timeline).width() >= 140)
    shown = [w for w in timeline.children() if w.isWidgetType() and w.isVisible()]
    ends = sorted((w.geometry().left(), w.geometry().right()) for w in shown)
    assert all(right < left for (_, right), (left, _) in pairwise(ends))


def test_other_media_begin_without_marks(timeline):
    timeline.set_predictions([4, 5], np.array([0.5, 1.0]))
    timeline.set_suggestions({5: "keypoints jump"})
    assert track(timeline).describe(5) == "Frame 5 · 0:00.25 · predicted, 1.00 sure · worth labelling: keypoints jump"
    timeline.set_media(10, 0.0)
    assert track(timeline).describe(5) == "Frame 5"
