"""Qt's painter draws strokes where and as they are asked for."""

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage, QPainter

from poseviewer.app.view3d.painted_scene import PaintedScene
from poseviewer.app.view3d.strokes import NOTHING, Picture, joined, strokes

SIZE = QSize(120, 90)
RED, BLUE = (1.0, 0.0, 0.0, 1.0), (0.0, 0.0, 1.0, 1.0)


def painted(picture: Picture) -> QImage:
    image = QImage(SIZE, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(QColor("white"))
    with QPainter(image) as painter:
        PaintedScene().paint(painter, picture, SIZE, 1.0)
    return image


def at(image: QImage, x: int, y: int) -> tuple[int, int, int]:
    color = image.pixelColor(x, y)
    return color.red(), color.green(), color.blue()


def test_nothing_leaves_the_background() -> None:
    image = painted(Picture())
    assert {at(image, x, y) for x in range(0, 120, 7) for y in range(0, 90, 7)} == {(255, 255, 255)}


def test_a_flat_stroke_has_its_colour_and_its_width() -> None:
    image = painted(Picture(body=strokes([(20, 45)], [(100, 45)], 6.0, RED, butt=True)))
    assert at(image, 60, 45) == at(image, 60, 40) == (255, 0, 0)
    assert at(image, 60, 36) == at(image, 60, 54) == at(image, 17, 45) == (255, 255, 255)


def test_later_strokes_cover_earlier_ones() -> None:
    body = joined([strokes([(20, 45)], [(100, 45)], 6.0, RED), strokes([(60, 45)], [(60, 45)], 9.0, BLUE)])
    assert at(painted(Picture(body=body)), 60, 45) == (0, 0, 255)
    assert at(painted(Picture(body=body.taken([1, 0]))), 60, 45) == (255, 0, 0)


def test_rods_and_balls_are_lit_from_above() -> None:
    grey = (0.6, 0.6, 0.6, 1.0)
    rod = painted(Picture(body=strokes([(20, 45)], [(100, 45)], 12.0, grey, shade=1.0)))
    assert at(rod, 60, 37)[0] > at(rod, 60, 54)[0] + 30
    ball = painted(Picture(body=strokes([(60, 45)], [(60, 45)], 20.0, grey, shade=1.0)))
    assert at(ball, 52, 33)[0] > at(ball, 68, 57)[0] + 30


def test_where_shadows_overlap_they_are_no_darker() -> None:
    cross = strokes([(30, 45), (60, 20)], [(90, 45), (60, 70)], 8.0, (0, 0, 0, 0.5))
    image = painted(Picture(shadow=cross))
    middle, arm = at(image, 60, 45)[0], at(image, 80, 45)[0]
    assert arm < 170
    assert abs(middle - arm) < 12


def test_the_shadow_of_an_upright_bone_is_seen() -> None:
    image = painted(Picture(shadow=strokes([(60, 45)], [(60, 45)], 10.0, (0, 0, 0, 0.5))))
    assert at(image, 60, 45)[0] < 190


def test_floor_lines_keep_their_own_strengths() -> None:
    colors = np.array([(0, 0, 0, 0.8), (0, 0, 0, 0.2)])
    image = painted(Picture(NOTHING, strokes([(0, 20.5), (0, 60.5)], [(120, 20.5), (120, 60.5)], 0.5, colors)))
    strong, weak = at(image, 60, 20)[0], at(image, 60, 60)[0]
    assert strong < 90 and 180 < weak < 230
