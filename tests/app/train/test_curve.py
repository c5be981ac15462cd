"""The painted curve: its scale, its gaps, and what lies under the mouse."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent

from poseviewer.app.train.curve import LEAST_SPAN, LOG_FROM, Curve, scale_of


@pytest.fixture
def curve(qtbot):
    widget = Curve()
    qtbot.addWidget(widget)
    widget.resize(260, widget.height())
    widget.show()
    return widget


def points(*values):
    return np.array(values, dtype=np.float64)


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=20))
def test_the_lowest_value_is_at_the_bottom_and_the_highest_at_the_top(values):
    array = points(*values)
    heights = scale_of(array).heights(array)
    assert (heights >= -1e-9).all() and (heights <= 1 + 1e-9).all()
    if array.max() - array.min() > LEAST_SPAN * np.abs(array).max():
        assert heights[array.argmin()] == pytest.approx(0) and heights[array.argmax()] == pytest.approx(1)
    assert (np.diff(heights[np.argsort(array)]) >= -1e-9).all()


def test_a_loss_that_falls_far_is_drawn_logarithmically():
    falling = points(1, 0.1, 0.01)
    assert scale_of(falling).heights(falling) == pytest.approx([1, 0.5, 0])
    assert not scale_of(points(1, 1.01 / LOG_FROM)).log


def test_a_likelihood_below_zero_is_drawn_as_it_is():
    values = points(3, -1, 1)
    assert scale_of(values).heights(values) == pytest.approx([1, 0, 0.5])


def test_a_change_of_a_hundredth_does_not_fill_the_plot():
    values = points(100, 101)
    low, high = scale_of(values).heights(values)
    assert high - low == pytest.approx(0.01 / LEAST_SPAN, rel=0.02)
    assert (low + high) / 2 == pytest.approx(0.5)


def test_one_value_is_in_the_middle_and_none_is_nowhere():
    assert scale_of(points(5)).heights(points(5)) == pytest.approx([0.5])
    assert scale_of(points(math.nan, math.inf)) is None


def test_the_plot_is_as_wide_as_the_run_is_long(curve):
    curve.set_points(points(0, 1000), points(1, 2), 2000)
    (line,) = curve.lines
    width = curve.width() - line[0].x()
    assert line[1].x() - line[0].x() == pytest.approx(width / 2, abs=3)
    assert line[1].y() < line[0].y()


def test_a_number_that_is_none_leaves_a_gap(curve):
    curve.set_points(points(0, 1, 2, 3), points(1, math.nan, 2, 3), 3)
    assert [len(line) for line in curve.lines] == [1, 2]


def test_the_value_nearest_to_the_mouse_is_pointed_at(qtbot, curve):
    curve.set_points(points(0, 100, 200), points(3, 2, 1), 200)
    at = curve.lines[0][1]
    moved = QMouseEvent(
        QEvent.Type.MouseMove, QPointF(at.x() + 5, 20), curve.mapToGlobal(QPoint(0, 0)), Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    with qtbot.waitSignal(curve.pointed) as pointed:
        curve.mouseMoveEvent(moved)
    assert pointed.args == [1]
    with qtbot.waitSignal(curve.pointed) as pointed:
        curve.leaveEvent(QEvent(QEvent.Type.Leave))
    assert pointed.args == [-1]


def test_a_long_stream_is_drawn_as_finely_as_the_pixels(curve):
    steps = np.arange(5000.0)
    curve.set_points(steps, np.sin(steps), 5000)
    (line,) = curve.lines
    assert curve.width() / 4 < len(line) <= curve.width()
    assert line[len(line) - 1].x() == pytest.approx(curve.width() - 3.5, abs=1)


def test_dots_are_painted_in_the_accent_and_an_empty_plot_is_blank(qtbot):
    curve = Curve(dots=True)
    qtbot.addWidget(curve)
    curve.resize(260, curve.height())

    def accents():
        image, accent = curve.grab().toImage(), curve.palette().accent().color()
        return sum(image.pixelColor(x, y) == accent for x in range(image.width()) for y in range(image.height()))

    assert accents() == 0
    curve.set_points(points(0, 50, 100), points(1, 1, 1), 100)
    assert accents() > 20
