from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from poseviewer.app import garbage
from poseviewer.app.garbage import GarbageCollector


@pytest.fixture
def collector(qtbot: QtBot) -> Iterator[GarbageCollector]:
    was = gc.isenabled()
    gc.enable()
    made = GarbageCollector()
    yield made
    made.stop()
    if not was:
        gc.disable()


class Knot(QObject):
    """Nobody holds it but itself."""

    def __init__(self, where: list[int]) -> None:
        super().__init__()
        self.itself = self
        weakref.finalize(self, lambda: where.append(threading.get_ident()))


def litter() -> None:
    """More than enough for Python to look for garbage."""
    for _ in range(200_000):
        [[]].append([])


def test_a_worker_destroys_nothing_of_the_windows(collector: GarbageCollector) -> None:
    destroyed: list[int] = []
    gc.collect()
    Knot(destroyed)

    thread = threading.Thread(target=litter)
    thread.start()
    thread.join()

    assert destroyed == []
    gc.collect()
    assert destroyed == [threading.get_ident()]


def test_it_collects_by_itself(collector: GarbageCollector, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    destroyed: list[int] = []
    gc.collect()
    Knot(destroyed)
    kept = [[] for _ in range(2 * gc.get_threshold()[0])]

    qtbot.waitUntil(lambda: bool(destroyed))

    assert destroyed == [threading.get_ident()] and kept


def test_everything_is_looked_at_seldom(collector: GarbageCollector, monkeypatch: pytest.MonkeyPatch) -> None:
    collected: list[int] = []
    monkeypatch.setattr(garbage.gc, "collect", collected.append)
    monkeypatch.setattr(garbage.gc, "get_count", lambda: (10_000, 10_000, 10_000))

    collector.look()
    monkeypatch.setattr(garbage, "WHOLE", -1.0)
    collector.look()
    monkeypatch.setattr(garbage.gc, "get_count", lambda: (1, 10_000, 10_000))
    collector.look()

    assert collected == [1, 2]


def test_it_leaves_as_it_found(qtbot: QtBot) -> None:
    was = gc.isenabled()
    gc.enable()
    made = GarbageCollector()
    assert not gc.isenabled()
    made.stop()
    assert gc.isenabled()
    if not was:
        gc.disable()
