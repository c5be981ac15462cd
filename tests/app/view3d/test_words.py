"""Sentences of the 3D view: what the empty view says, and what stands quietly in its corner."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from poseviewer.app.view3d.look import look_for
from poseviewer.app.view3d.words import Words

LOOK = look_for((255, 255, 255), (20, 20, 20), (0, 128, 128))


def picture(words: Words, empty: bool) -> QImage:
    image = QImage(300, 200, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    with QPainter(image) as painter:
        words.paint(painter, QRectF(0, 0, 300, 200), LOOK, empty)
    return image


def test_the_message_is_for_the_empty_view_and_the_remark_for_the_pose(qapp: QApplication) -> None:
    blank = picture(Words(), empty=True)
    said, remarked = Words(message="Click four keypoints"), Words(remark="Missing keypoints are filled in.")

    assert picture(said, empty=True) != blank and picture(said, empty=False) == blank
    assert picture(remarked, empty=False) != blank and picture(remarked, empty=True) == blank


def test_a_note_goes_before_a_remark(qapp: QApplication) -> None:
    both = Words(note="painted without OpenGL", remark="filled in")

    assert picture(both, empty=False) == picture(Words(note="painted without OpenGL"), empty=False)
