"""Painted signs on buttons."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QImage, QPalette

from poseviewer.app.media.glyphs import GLYPHS, GlyphButton


def ink(button: GlyphButton, color: QColor) -> set[tuple[int, int]]:
    """Where a button is of a colour."""
    picture: QImage = button.grab().toImage()
    places = ((x, y) for x in range(picture.width()) for y in range(picture.height()))
    return {place for place in places if picture.pixelColor(*place) == color}


@pytest.fixture
def button(qtbot) -> GlyphButton:
    made = GlyphButton("play", "Play (P)")
    qtbot.addWidget(made)
    palette = made.palette()
    palette.setColor(QPalette.ColorRole.ButtonText, QColor("magenta"))
    made.setPalette(palette)
    made.resize(made.sizeHint())
    return made


def test_every_sign_is_another_and_in_the_colour_of_the_text(button):
    drawn = []
    for glyph in GLYPHS:
        button.set_glyph(glyph, glyph)
        drawn.append(frozenset(ink(button, QColor("magenta"))))
    assert all(len(places) > 20 for places in drawn)
    assert len(set(drawn)) == len(GLYPHS)


def test_every_sign_stays_in_its_square(button):
    assert all(0 <= side <= 16 for path in GLYPHS.values() for side in path().boundingRect().getCoords())


def test_a_disabled_button_is_drawn_in_the_disabled_colour(button):
    palette = button.palette()
    palette.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole.ButtonText, QColor("gray"))
    button.setPalette(palette)
    button.setEnabled(False)
    assert not ink(button, QColor("magenta"))
    assert ink(button, QColor("gray"))


def test_the_tip_is_what_a_screen_reader_says(button):
    assert (button.toolTip(), button.accessibleName()) == ("Play (P)", "Play (P)")
    button.set_glyph("pause", "Pause (P)")
    assert (button.toolTip(), button.accessibleName(), button.glyph) == ("Pause (P)", "Pause (P)", "pause")
