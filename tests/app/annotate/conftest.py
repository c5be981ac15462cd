"""A hand that moves the mouse as a person does, and a small world to use it in."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from poseviewer.app.annotate.canvas import Canvas
from poseviewer.core.pose import Pose2D
from poseviewer.core.skeleton import Skeleton

LEFT, RIGHT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton
STEPS = 6


class Hand:
    """The mouse over a canvas; every place is in image pixels."""

    def __init__(self, canvas: Canvas, qtbot: QtBot) -> None:
        self.canvas = canvas
        self._qtbot = qtbot

    @property
    def paper(self) -> QWidget:
        return self.canvas.surface.viewport()

    def at(self, x: float, y: float) -> QPoint:
        screen = self.canvas.screen_point(x, y)
        return QPoint(round(screen[0]), round(screen[1]))

    def hover(self, x: float, y: float) -> None:
        """Move there and wait until the canvas has noticed: the pointer is the display's, and takes its time."""
        place = self.at(x, y)
        if QCursor.pos() == self.paper.mapToGlobal(place):
            QTest.mouseMove(self.paper, place + QPoint(0, 1))  # left there by an earlier test: nothing would come
        with self._qtbot.waitSignal(self.canvas.surface.moved, check_params_cb=_arrival(place)):
            QTest.mouseMove(self.paper, place)

    def click(self, x: float, y: float, button: Qt.MouseButton = LEFT) -> None:
        self.hover(x, y)
        QTest.mouseClick(self.paper, button, pos=self.at(x, y))

    def press(
        self,
        x: float,
        y: float,
        button: Qt.MouseButton = LEFT,
        key: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        self.hover(x, y)
        QTest.mousePress(self.paper, button, key, self.at(x, y))

    def move(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """In small steps, as a real mouse does."""
        for share in np.linspace(0, 1, STEPS + 1)[1:]:
            self.hover(*(np.array(start) * (1 - share) + np.array(end) * share))

    def release(self, x: float, y: float, button: Qt.MouseButton = LEFT) -> None:
        QTest.mouseRelease(self.paper, button, pos=self.at(x, y))

    def drag(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        button: Qt.MouseButton = LEFT,
        key: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        self.press(*start, button, key)
        self.move(start, end)
        self.release(*end, button)


def _arrival(place: QPoint) -> Callable[[float, float], bool]:
    return lambda x, y: abs(x - place.x()) < 1 and abs(y - place.y()) < 1  # on a scaled screen, fractions


@pytest.fixture
def arms() -> Skeleton:
    """A chest with two arms: five joints, one in the middle."""
    return Skeleton.from_names(
        "arms",
        ["chest", "left_elbow", "left_hand", "right_elbow", "right_hand"],
        [("chest", "left_elbow"), ("left_elbow", "left_hand"), ("chest", "right_elbow"), ("right_elbow", "right_hand")],
        [("left_elbow", "right_elbow"), ("left_hand", "right_hand")],
    )


@pytest.fixture
def open_arms() -> Pose2D:
    """The chest at (100, 50), elbows and hands to both sides of it, every joint visible."""
    return Pose2D([[100.0, 50.0], [140.0, 80.0], [180.0, 50.0], [60.0, 80.0], [20.0, 50.0]])


@pytest.fixture
def picture() -> np.ndarray:
    """200 x 100 pixels, grey."""
    return np.full((100, 200, 3), 128, np.uint8)


@pytest.fixture
def canvas(qtbot: QtBot, arms: Skeleton, picture: np.ndarray) -> Canvas:
    """A shown canvas with the picture and no keypoints."""
    made = Canvas()
    qtbot.addWidget(made)
    made.resize(624, 324)  # with the margins, three screen pixels per pixel
    made.set_skeleton(arms)
    made.set_image(picture)
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.fixture
def hand(canvas: Canvas, qtbot: QtBot) -> Hand:
    return Hand(canvas, qtbot)


@pytest.fixture
def heard() -> Callable[..., list[tuple[object, ...]]]:
    """`heard(signal)` gives the list to which everything that the signal says is added."""

    def listen(*signals: object) -> list[tuple[object, ...]]:
        said: list[tuple[object, ...]] = []
        for signal in signals:
            signal.connect(lambda *values: said.append(values))  # type: ignore[attr-defined]
        return said

    return listen
