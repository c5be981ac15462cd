"""A person in front of the program: what they do is said in their words, and done with mouse and keyboard."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("PYQTGRAPH_QT_LIB", "PySide6")
os.environ.setdefault("QT_API", "pyside6")

import numpy as np
import platformdirs
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtGui import QCursor, QKeySequence
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from poseviewer.app import open_dialogs
from poseviewer.app.main_window import MainWindow
from poseviewer.app.settings import SettingsStore
from poseviewer.app.start_page import CardButton
from poseviewer.core.pose import Pose2D

QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)

PATIENCE_MS = 30_000
"""The first pose waits until the lifter's library has been loaded."""


class Person:
    """Works with one window."""

    def __init__(self, window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
        self.window = window
        self._qtbot = qtbot
        self._monkeypatch = monkeypatch

    def begins_with(self, *media: Path) -> None:
        """New project…, choose files, wait until the first picture is there."""
        self._monkeypatch.setattr(open_dialogs, "ask_media", lambda *_: [str(m) for m in media])
        card = next(b for b in self.window.findChildren(CardButton) if b.accessibleName() == "New project…")
        self._qtbot.mouseClick(card, Qt.MouseButton.LeftButton)
        self.waits_for(lambda: self.window.workspace is not None and self.workspace.selection.frame is not None)

    def opens_recent(self, row: int = 0) -> None:
        """A click on the list of recent projects."""
        listed = self.window.start_page.recent
        place = listed.visualItemRect(listed.item(row)).center()
        self._qtbot.mouseClick(listed.viewport(), Qt.MouseButton.LeftButton, pos=place)
        self.waits_for(lambda: self.window.workspace is not None and self.workspace.selection.frame is not None)

    def saves_as(self, path: Path) -> None:
        self._monkeypatch.setattr(open_dialogs, "ask_project_name", lambda *_: path)
        self.presses("Ctrl+S")

    def clicks(self, x: float, y: float, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
        """On the picture, at image pixels."""
        self._points_at(x, y)
        self._qtbot.mouseClick(self._paper, button, pos=self._place(x, y))

    def drags(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        self._points_at(*start)
        self._qtbot.mousePress(self._paper, Qt.MouseButton.LeftButton, pos=self._place(*start))
        for share in np.linspace(0.1, 1, 10):
            self._points_at(*(np.array(start) * (1 - share) + np.array(end) * share))
        self._qtbot.mouseRelease(self._paper, Qt.MouseButton.LeftButton, pos=self._place(*end))

    def presses(self, keys: str) -> None:
        """A shortcut, wherever the focus is."""
        combination = QKeySequence(keys)[0]
        target = self.window.focusWidget() or self.window
        QTest.keyClick(target, combination.key(), combination.keyboardModifiers())

    def sees_3d(self) -> None:
        """Wait until the pose as it is now has been lifted and drawn."""
        self.waits_for(lambda: self.workspace.link.shown_pose is not None)

    def closes(self) -> None:
        self.window.close()

    def waits_for(self, condition: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(condition, timeout=PATIENCE_MS)

    @property
    def workspace(self):
        assert self.window.workspace is not None, self.window.notice_bar.text
        return self.window.workspace

    @property
    def pose(self) -> Pose2D:
        """The keypoints on the picture."""
        return self.workspace.annotator.pose

    @property
    def _paper(self):
        return self.workspace.canvas.surface.viewport()

    def _place(self, x: float, y: float) -> QPoint:
        left, top = self.workspace.canvas.screen_point(x, y)
        return QPoint(round(left), round(top))

    def _points_at(self, x: float, y: float) -> None:
        """The pointer is the display's, and takes its time to arrive."""
        place = self._place(x, y)
        if QCursor.pos() == self._paper.mapToGlobal(place):
            QTest.mouseMove(self._paper, place + QPoint(0, 1))
        with self._qtbot.waitSignal(self.workspace.canvas.surface.moved):
            QTest.mouseMove(self._paper, place)


@pytest.fixture
def sit_down(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Person]]:
    """`sit_down()` starts the program for a person; settings and untitled projects are in folders of the test's own."""
    for name in ("user_data_dir", "user_config_dir", "user_log_dir"):
        monkeypatch.setattr(platformdirs, name, lambda *_, _n=name, **__: str(tmp_path / _n))
    windows: list[MainWindow] = []

    def start() -> Person:
        window = MainWindow(SettingsStore())
        windows.append(window)
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        return Person(window, qtbot, monkeypatch)

    yield start
    for window in windows:
        window.close()
        window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A picture of 400 x 300 pixels with some structure in it."""
    import cv2

    y, x = np.mgrid[0:300, 0:400]
    picture = np.stack([x % 256, y % 256, (x + y) % 256], axis=-1).astype(np.uint8)
    path = tmp_path / "dog.png"
    cv2.imwrite(str(path), picture)
    return path
