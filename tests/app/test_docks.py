from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from poseviewer.app.docks import LAYOUTS, Docks, Panel
from poseviewer.app.settings import SettingsStore

NAMES = sorted({name for layout in LAYOUTS for stack in (layout.left, layout.right) for tabs in stack for name in tabs})


class Bench:
    """A window with a dock for every name that a layout uses, and the panels made so far."""

    def __init__(self, qtbot: QtBot, settings: Path) -> None:
        self.store = SettingsStore(settings)
        self.made: list[str] = []
        self.window = QMainWindow()
        self.window.setCentralWidget(QWidget())
        self.window.resize(1400, 900)
        qtbot.addWidget(self.window)
        self.docks = Docks(self.window, [self.panel(name) for name in [*NAMES, "dock.extra"]], self.store, self.window)
        with qtbot.waitExposed(self.window):
            self.window.show()

    def panel(self, name: str) -> Panel:
        def make() -> QWidget:
            self.made.append(name)
            return QLabel(name)

        return Panel(name, name.removeprefix("dock.").title(), make)

    @property
    def open(self) -> set[str]:
        return {name for name in [*NAMES, "dock.extra"] if not self.docks.dock(name).isHidden()}


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Bench:
    return Bench(qtbot, tmp_path / "settings.toml")


def named(layout_name: str) -> set[str]:
    layout = next(layout for layout in LAYOUTS if layout.name == layout_name)
    return {name for stack in (layout.left, layout.right) for tabs in stack for name in tabs}


def front(layout_name: str) -> set[str]:
    """The panels that are not tabs behind others."""
    layout = next(layout for layout in LAYOUTS if layout.name == layout_name)
    return {tabs[0] for stack in (layout.left, layout.right) for tabs in stack}


@pytest.mark.parametrize("layout", [layout.name for layout in LAYOUTS])
def test_a_layout_shows_its_panels_and_no_others(bench: Bench, layout: str) -> None:
    bench.docks.switch(layout)

    assert bench.open == named(layout)
    assert bench.docks.layout_name == layout == bench.store.current.layout


def test_a_panel_is_made_when_it_is_first_seen(qtbot: QtBot, bench: Bench) -> None:
    qtbot.waitUntil(lambda: set(bench.made) == front("label"))

    bench.docks.switch("ranges")
    qtbot.waitUntil(lambda: "dock.ranges" in bench.made)
    assert "dock.gap" not in bench.made  # a tab behind another
    bench.docks.reveal("dock.gap")
    bench.docks.panel("dock.gap")

    assert bench.made.count("dock.gap") == 1 and "dock.extra" not in bench.made


def test_each_layout_is_left_and_found_as_its_user_had_it(qtbot: QtBot, bench: Bench) -> None:
    bench.docks.dock("dock.media").hide()
    bench.docks.switch("ranges")
    bench.docks.dock("dock.extra").show()
    bench.docks.switch("label")

    assert bench.open == named("label") - {"dock.media"}
    bench.docks.switch("ranges")
    assert bench.open == named("ranges") | {"dock.extra"}


def test_layouts_outlive_the_window(qtbot: QtBot, bench: Bench, tmp_path: Path) -> None:
    bench.docks.switch("ranges")
    bench.docks.dock("dock.gallery").hide()
    bench.docks.close()

    again = Bench(qtbot, tmp_path / "settings.toml")

    assert again.docks.layout_name == "ranges" and again.open == named("ranges") - {"dock.gallery"}


def test_reset_puts_back_the_layout_in_use(bench: Bench) -> None:
    bench.docks.switch("ranges")
    bench.docks.dock("dock.ranges").setFloating(True)
    bench.docks.dock("dock.view3d").hide()

    bench.docks.reset()

    assert bench.open == named("ranges") and not bench.docks.dock("dock.ranges").isFloating()
    assert bench.window.dockWidgetArea(bench.docks.dock("dock.ranges")) == Qt.DockWidgetArea.LeftDockWidgetArea


def test_switching_is_told_once(bench: Bench) -> None:
    told: list[str] = []
    bench.docks.layout_changed.connect(told.append)

    for name in ("train", "train", "label", "no such layout"):
        bench.docks.switch(name)

    assert told == ["train", "label"]


def test_a_widget_that_is_there_is_never_without_a_parent(qtbot: QtBot, tmp_path: Path) -> None:
    window, there = QMainWindow(), QLabel("hidden")
    qtbot.addWidget(window)
    others = [Panel(name, name, QLabel) for name in NAMES]

    docks = Docks(
        window,
        [*others, Panel("dock.extra", "Extra", lambda: there, there=True)],
        SettingsStore(tmp_path / "s"),
        window,
    )

    assert docks.dock("dock.extra").isHidden() and docks.dock("dock.extra").widget() is there
