"""Curves: each number in its own plot, in as many columns as there is room for."""

from __future__ import annotations

import pytest

from poseviewer.app.train.loss_plot import ChartGrid, MeasureChart
from poseviewer.app.train.measures import LOSSES, SYNTHETIC, Measure


@pytest.fixture
def chart(qtbot):
    widget = MeasureChart(Measure("depth", "Depth", "About depth."))
    qtbot.addWidget(widget)
    widget.show()
    return widget


@pytest.fixture
def grid(qtbot):
    widget = ChartGrid("Synthetic", SYNTHETIC, dots=True, nothing="Nothing yet.")
    qtbot.addWidget(widget)
    widget.resize(600, 300)
    widget.show()
    return widget


def test_the_last_value_is_said_and_the_one_under_the_mouse(qtbot, chart):
    chart.set_points([50, 100], [0.5, 0.4], 200)
    assert chart.value.text() == "0.400" and chart.accessibleName() == "Depth: 0.400"
    chart.curve.pointed.emit(0)
    assert chart.value.text() == "step 50: 0.500"
    chart.curve.pointed.emit(-1)
    assert chart.value.text() == "0.400"


def test_no_value_is_a_dash(chart):
    chart.set_points([], [], 200)
    assert chart.value.text() == "–"


def test_a_check_says_where_it_began(grid):
    grid.set_series([(0, {"depth_error": 0.2}), (500, {"depth_error": 0.1})], 1000)
    assert grid.charts["depth_error"].value.text() == "20 → 10\u00a0%"


def test_charts_come_and_go_with_their_numbers(grid):
    assert grid.nothing.isVisible()
    grid.set_series([(0, {"L_ed": -0.9, "depth_error": 0.2}), (500, {"L_ed": -0.95})], 1000)
    assert list(grid.charts) == ["L_ed", "depth_error"] and not grid.nothing.isVisible()
    assert len(grid.charts["L_ed"].points) == 2 and len(grid.charts["depth_error"].points) == 1
    grid.set_series([], 1000)
    assert not grid.charts and grid.nothing.isVisible()


def test_columns_follow_the_room(qtbot, grid):
    grid.set_series([(0, {"L_ed": -0.9, "L_el": 0.1, "depth_error": 0.2})], 1000)
    places = lambda: {chart.x() for chart in grid.charts.values()}  # noqa: E731
    qtbot.waitUntil(lambda: len(places()) == 2)
    grid.resize(300, 300)
    qtbot.waitUntil(lambda: len(places()) == 1)


def test_without_words_for_nothing_an_empty_grid_is_not_there(qtbot):
    grid = ChartGrid("Losses", LOSSES)
    qtbot.addWidget(grid)
    grid.set_series([], 100)
    assert grid.isHidden()
    grid.set_series([(50, {"depth": 0.3})], 100)
    assert not grid.isHidden()
