"""Keys move the camera; those with Ctrl or Alt are the window's."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

from poseviewer.app.view3d.keys import KEY_TURN, KEY_ZOOM, camera_key


class Noted:
    """A camera that notes what is asked of it."""

    def __init__(self) -> None:
        self.asked: list[object] = []

    def turn(self, azimuth: float, elevation: float) -> None:
        self.asked.append((azimuth, elevation))

    def zoom(self, factor: float) -> None:
        self.asked.append(factor)

    def set_view(self, view: str) -> None:
        self.asked.append(view)

    def fit(self) -> None:
        self.asked.append("fit")


def event(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> QKeyEvent:
    return QKeyEvent(QEvent.Type.KeyPress, key, modifier)


@pytest.mark.parametrize(
    ("key", "asked"),
    [
        (Qt.Key.Key_Left, (KEY_TURN, 0.0)), (Qt.Key.Key_Down, (0.0, -KEY_TURN)), (Qt.Key.Key_Plus, KEY_ZOOM),
        (Qt.Key.Key_Minus, 1 / KEY_ZOOM), (Qt.Key.Key_0, "camera"), (Qt.Key.Key_3, "top"), (Qt.Key.Key_F, "fit"),
    ],
)  # fmt: skip
def test_each_key_does_its_own(key: Qt.Key, asked: object) -> None:
    camera = Noted()
    action = camera_key(event(key), camera)
    assert action is not None and camera.asked == []
    action()
    assert camera.asked == [asked]


def test_other_keys_are_not_for_this_view() -> None:
    assert camera_key(event(Qt.Key.Key_A), Noted()) is None
    assert camera_key(event(Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier), Noted()) is None
    assert camera_key(event(Qt.Key.Key_0, Qt.KeyboardModifier.KeypadModifier), Noted()) is not None
