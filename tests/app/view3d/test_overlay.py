"""Words over the view stay within it."""

import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from poseviewer.app.view3d.look import look_for
from poseviewer.app.view3d.overlay import draw_legend, draw_legends, draw_message, draw_name, draw_note, draw_word

LOOK = look_for((255, 255, 255), (20, 20, 20), (0, 128, 128))
AREA = QRectF(0, 0, 300, 200)


def marked(draw: object) -> QRectF:
    """The smallest rectangle that holds all that was drawn."""
    image = QImage(300, 200, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    with QPainter(image) as painter:
        draw(painter)  # type: ignore[operator]
    white = QColor("white")
    places = [(x, y) for x in range(300) for y in range(200) if image.pixelColor(x, y) != white]
    xs, ys = [x for x, _ in places], [y for _, y in places]
    return QRectF(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


@pytest.mark.parametrize("place", [(150, 100), (0, 0), (299, 0), (299, 199), (0, 199)])
def test_a_name_is_beside_its_joint_and_in_the_view(qapp: QApplication, place: tuple[int, int]) -> None:
    plate = marked(lambda p: draw_name(p, "left front paw", QPointF(*place), LOOK, strong=True))
    assert AREA.adjusted(2, 2, -2, -2).contains(plate)
    gap = max(plate.left() - place[0], place[0] - plate.right())
    assert 4 < gap < 20


def test_the_message_is_in_the_middle(qapp: QApplication) -> None:
    words = marked(lambda p: draw_message(p, "Click four keypoints", AREA, LOOK))
    assert abs(words.center().x() - 150) < 5
    assert 50 < words.center().y() < 110


def test_the_note_is_in_the_lower_left_corner(qapp: QApplication) -> None:
    words = marked(lambda p: draw_note(p, "painted without OpenGL", AREA, LOOK))
    assert words.left() < 15 and words.bottom() > 175


def test_a_word_is_centred_below_its_place(qapp: QApplication) -> None:
    word = marked(lambda p: draw_word(p, "camera", QPointF(150, 60), LOOK))
    assert abs(word.center().x() - 150) < 3
    assert 60 <= word.top() < 72


def test_the_legend_is_in_the_upper_left_corner_in_its_colours(qapp: QApplication) -> None:
    entries = [("A current", [(52, 152, 219), (231, 76, 60)]), ("B run 3", [(40, 40, 40)])]
    dark = look_for((0, 0, 0), (255, 255, 255), (0, 128, 128))
    image = QImage(300, 200, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    with QPainter(image) as painter:
        draw_legend(painter, entries, AREA, dark)
    found = {image.pixelColor(x, y).getRgb()[:3] for x in range(8, 260) for y in range(8, 40)}
    assert {(52, 152, 219), (231, 76, 60), (40, 40, 40)} <= found
    plate = marked(lambda p: draw_legend(p, entries, AREA, dark))
    assert plate.left() <= 10 and plate.top() <= 10 and plate.right() < 300


def test_names_that_are_too_long_are_cut_short_or_stand_under_each_other(qapp: QApplication) -> None:
    long = [("A fine-tune on quadruped16, 2 bones wider than before", [(52, 152, 219)]), ("B mouse", [(40, 40, 40)])]
    dark = look_for((0, 0, 0), (255, 255, 255), (0, 128, 128))

    one = marked(lambda p: draw_legend(p, long[:1], AREA, dark))
    two = marked(lambda p: draw_legends(p, long, AREA, dark))
    apart = marked(lambda p: draw_legends(p, long, AREA, dark, apart=True))

    assert one.right() <= 292 and two.right() <= 292
    assert two.height() > 1.8 * one.height() and apart.height() < 1.2 * one.height()
    assert apart.right() > 158 and apart.left() < 10
