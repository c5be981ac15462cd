"""The slider with two handles: what is caught, how far it goes, and that a gesture is one commit."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPalette
from pytestqt.qtbot import QtBot

from poseviewer.app.ranges.range_bar import AT_STOP, Grip, RangeBar, at_stop, grip_at, pulled

TRAVEL = (-180.0, 180.0)
Key = Qt.Key


@pytest.fixture
def bar(qtbot: QtBot) -> Any:
    """From -40 to 60 on 362 pixels, a pixel a degree; it notes what it says."""
    widget = RangeBar()
    qtbot.addWidget(widget)
    widget.resize(360 + 2 * int(widget.MARGIN), widget.HEIGHT)
    widget.set_travel(*TRAVEL)
    widget.set_ends(-40, 60)
    with qtbot.waitActive(widget):
        widget.show()
        widget.activateWindow()
    widget.told = []
    widget.previewed.connect(lambda *ends: widget.told.append(("preview", ends)))
    widget.committed.connect(lambda *ends: widget.told.append(("commit", ends)))
    widget.cancelled.connect(lambda: widget.told.append(("cancel", None)))
    return widget


def commits(bar: Any) -> list[Any]:
    return [ends for what, ends in bar.told if what == "commit"]


@given(st.floats(0, 300), st.floats(0, 150), st.floats(-40, 500))
def test_a_handle_is_caught_outside_its_end(low: float, width: float, x: float) -> None:
    high = low + width
    caught = grip_at(x, low, high, 12)

    if caught is None:
        assert x < low - 12 or x > high + 12
    elif x < low:
        assert caught is Grip.LOW
    elif x > high:
        assert caught is Grip.HIGH


def test_without_width_both_handles_can_be_caught() -> None:
    assert [grip_at(x, 100, 100, 12) for x in (95, 105, 80)] == [Grip.LOW, Grip.HIGH, None]
    assert grip_at(150, 100, 200, 12) is Grip.BOTH


@given(
    st.sampled_from(Grip),
    st.lists(st.integers(-1800, 1800), min_size=2, max_size=2),
    st.floats(-1000, 1000),
    st.sampled_from([1.0, 0.1]),
)
def test_ends_never_cross_or_leave_the_travel(grip: Grip, ends: list[int], wanted: float, step: float) -> None:
    start = (min(ends) / 10, max(ends) / 10)

    low, high = pulled(grip, start, wanted, TRAVEL, step)

    assert TRAVEL[0] <= low <= high <= TRAVEL[1]
    if grip is Grip.LOW:
        assert high == start[1]
    elif grip is Grip.HIGH:
        assert low == start[0]
    else:
        assert high - low == pytest.approx(start[1] - start[0], abs=0.11)


def test_a_drag_previews_whole_degrees_and_commits_once(bar: Any, mouse: Any) -> None:
    mouse.drag(bar, mouse.handle(bar, 1), 25)

    assert bar.told[0] == ("preview", (-40, 61)) and len(bar.told) == 26
    assert commits(bar) == [(-40, 85)] and not bar.held


def test_shift_is_ten_times_finer(bar: Any, mouse: Any) -> None:
    mouse.drag(bar, mouse.handle(bar, 0), -5, Qt.KeyboardModifier.ShiftModifier)

    assert commits(bar) == [(-40.5, 60)]


def test_the_middle_moves_both(bar: Any, mouse: Any) -> None:
    mouse.drag(bar, QPoint(round(bar.x_of(10)), 14), 20)

    assert commits(bar) == [(-20, 80)]


def test_a_handle_stops_at_the_other_and_comes_back_with_the_pointer(bar: Any, mouse: Any) -> None:
    mouse.pull(bar, mouse.handle(bar, 0), 150)
    assert bar.ends == (60, 60)
    mouse.drag(bar, mouse.handle(bar, 0), -30)
    assert commits(bar)[-1] == (30, 60)


def test_a_click_changes_nothing(bar: Any, qtbot: QtBot, mouse: Any) -> None:
    for place in (mouse.handle(bar, 0), QPoint(round(bar.x_of(10)), 14), QPoint(round(bar.x_of(150)), 14)):
        qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=place)

    assert bar.told == [] and bar.ends == (-40, 60)


def test_escape_puts_it_back(bar: Any, qtbot: QtBot, mouse: Any) -> None:
    bar.setFocus()
    mouse.pull(bar, mouse.handle(bar, 1), 10)
    qtbot.keyClick(bar, Key.Key_Escape)
    mouse.release(bar)

    assert bar.ends == (-40, 60) and bar.told[-1] == ("cancel", None) and commits(bar) == []


def test_keys_move_the_active_handle_and_commit_as_they_rise(bar: Any, qtbot: QtBot) -> None:
    bar.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(3):
        qtbot.keyPress(bar, Key.Key_Right)
    assert bar.ends == (-37, 60) and commits(bar) == []
    qtbot.keyRelease(bar, Key.Key_Right)
    qtbot.keyClick(bar, Key.Key_Tab)
    qtbot.keyClick(bar, Key.Key_PageUp)
    qtbot.keyClick(bar, Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(bar, Key.Key_End)

    assert bar.active is Grip.HIGH
    assert commits(bar) == [(-37, 60), (-37, 70), (-37, 69.9), (-37, 180)]


def test_leaving_it_commits_what_keys_have_done(bar: Any, qtbot: QtBot) -> None:
    bar.setFocus()
    qtbot.keyPress(bar, Key.Key_Left)
    bar.clearFocus()

    assert commits(bar) == [(-41, 60)]


def test_setters_say_nothing(bar: Any) -> None:
    bar.set_ends(0, 0)
    bar.set_committed((-1, 1))
    bar.set_reset((-2, 2))
    bar.set_now(3)
    bar.drop_gesture()

    assert bar.told == []


@pytest.mark.parametrize(
    ("value", "stopped"), [(-41.5, True), (-40.5, True), (-39.5, True), (-38.5, False), (10, False), (59.2, True)]
)
def test_the_dot_is_red_at_the_stop(bar: Any, value: float, stopped: bool) -> None:
    bar.set_now(value)

    assert at_stop(value, *bar.ends) == stopped
    assert (bar.now_color == AT_STOP) == stopped
    assert stopped or bar.now_color == bar.palette().color(QPalette.ColorRole.WindowText)
    seen = bar.grab().toImage().pixelColor(round(bar.x_of(value)), round(bar.MIDDLE))
    assert (seen == AT_STOP) == stopped


def test_an_angle_that_cannot_turn_is_not_at_a_stop() -> None:
    assert not at_stop(0.4, 0, 0) and at_stop(1.4, 0, 0)


def test_a_range_without_width_is_seen(bar: Any) -> None:
    bar.set_color(Qt.GlobalColor.blue)
    bar.set_ends(25, 25)
    image = bar.grab().toImage()
    x = round(bar.x_of(25))

    blues = sum(image.pixelColor(x + dx, round(bar.MIDDLE)) == Qt.GlobalColor.blue for dx in range(-9, 10))
    assert blues >= 10
