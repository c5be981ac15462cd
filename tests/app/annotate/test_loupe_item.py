"""The loupe shows the place that is aimed at, inside the window, and only while a point is dragged."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from poseviewer.app.annotate.canvas import Canvas
from poseviewer.app.annotate.loupe_item import DIAMETER, LoupeItem
from poseviewer.core.pose import Pose2D

ROOM = (640.0, 480.0)
DOT = np.zeros((100, 200, 3), np.uint8)
DOT[40:43, 60:63] = 255


@pytest.fixture
def loupe(qapp: Any) -> LoupeItem:
    made = LoupeItem()
    made.set_image(DOT)
    return made


@pytest.mark.parametrize("place", [(0, 0), (640, 0), (0, 480), (640, 480), (320, 240), (30, 240)])
def test_it_is_inside_the_window_and_off_the_point(loupe: LoupeItem, place: tuple[float, float]) -> None:
    loupe.look_at(place, (60, 40), 2.0, ROOM, (255, 0, 0))
    x, y = loupe.pos().x(), loupe.pos().y()
    assert 0 <= x <= ROOM[0] - DIAMETER
    assert 0 <= y <= ROOM[1] - DIAMETER
    assert np.hypot(x + DIAMETER / 2 - place[0], y + DIAMETER / 2 - place[1]) > DIAMETER / 2 + 10


def test_there_is_nothing_to_magnify_in_large_pixels(loupe: LoupeItem) -> None:
    loupe.look_at((100, 100), (60, 40), 30.0, ROOM, (255, 0, 0))
    assert not loupe.isVisible()


def test_it_follows_a_drag_and_goes_with_it(canvas: Canvas, hand: Any, open_arms: Pose2D) -> None:
    loupe = canvas.surface._loupe
    canvas.set_image(DOT)
    canvas.set_pose(open_arms)
    hand.press(140, 80)
    hand.move((140, 80), (61, 41))
    assert loupe.isVisible()
    center = loupe.pos().toPoint()
    picture = hand.paper.grab().toImage()
    middle = (np.array([center.x(), center.y()]) + DIAMETER / 2) * picture.devicePixelRatio()
    assert picture.pixelColor(*middle.astype(int).tolist()).lightness() > 200  # the white dot
    hand.release(61, 41)
    assert not loupe.isVisible()


def test_it_can_be_switched_off(canvas: Canvas, hand: Any, open_arms: Pose2D) -> None:
    canvas.set_loupe(False)
    canvas.set_pose(open_arms)
    hand.press(140, 80)
    hand.move((140, 80), (120, 60))
    assert not canvas.surface._loupe.isVisible()
    hand.release(120, 60)
