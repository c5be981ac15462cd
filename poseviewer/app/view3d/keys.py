"""The keys of the 3D view."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from poseviewer.app.view3d.heading import View

KEY_TURN = math.radians(7.5)
KEY_ZOOM = 1.15


class Steerable(Protocol):
    """What the keys move."""

    def turn(self, azimuth: float, elevation: float) -> None: ...
    def zoom(self, factor: float) -> None: ...
    def set_view(self, view: View) -> None: ...
    def fit(self) -> None: ...


def camera_key(event: QKeyEvent, camera: Steerable) -> Callable[[], None] | None:
    """What a key does to the camera, None where it is not for this view."""
    mine = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
    if event.modifiers() & ~mine:
        return None
    key = Qt.Key
    return {
        int(key.Key_Left): lambda: camera.turn(KEY_TURN, 0.0),
        int(key.Key_Right): lambda: camera.turn(-KEY_TURN, 0.0),
        int(key.Key_Up): lambda: camera.turn(0.0, KEY_TURN),
        int(key.Key_Down): lambda: camera.turn(0.0, -KEY_TURN),
        int(key.Key_Plus): lambda: camera.zoom(KEY_ZOOM),
        int(key.Key_Equal): lambda: camera.zoom(KEY_ZOOM),
        int(key.Key_Minus): lambda: camera.zoom(1 / KEY_ZOOM),
        int(key.Key_0): lambda: camera.set_view("camera"),
        int(key.Key_1): lambda: camera.set_view("front"),
        int(key.Key_2): lambda: camera.set_view("side"),
        int(key.Key_3): lambda: camera.set_view("top"),
        int(key.Key_F): camera.fit,
    }.get(event.key())
