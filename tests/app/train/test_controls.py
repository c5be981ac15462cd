"""Small controls of the training panel."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from poseviewer.app.train.controls import MoreButton, PrimaryButton, narrow, quiet


def test_more_shows_which_way_it_is(qtbot):
    more = MoreButton("More")
    qtbot.addWidget(more)
    qtbot.keyClick(more, Qt.Key.Key_Space)
    assert more.isChecked() and more.arrowType() == Qt.ArrowType.DownArrow
    qtbot.keyClick(more, Qt.Key.Key_Space)
    assert more.arrowType() == Qt.ArrowType.RightArrow


def test_the_primary_button_has_the_theme_s_own_colour(qtbot):
    button = PrimaryButton("Train")
    qtbot.addWidget(button)
    button.resize(120, 40)
    picture = button.grab().toImage()
    assert picture.pixelColor(60, 4) == button.palette().highlight().color()


def test_words_that_explain_ask_for_no_width(qtbot):
    label = quiet("a long sentence " * 20)
    qtbot.addWidget(label)
    assert label.minimumSizeHint().width() < 200 and label.wordWrap()


def test_a_narrow_button_gives_way_to_its_words(qtbot):
    page = QWidget()
    qtbot.addWidget(page)
    row = QHBoxLayout(page)
    plain = QPushButton("&Go")
    wide = plain.minimumSizeHint().width()
    row.addWidget(narrow(plain))
    assert page.minimumSizeHint().width() < wide
    assert plain.minimumWidth() > plain.fontMetrics().horizontalAdvance("Go")
