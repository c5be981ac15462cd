from __future__ import annotations

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from poseviewer.app.part_title import part_title


def test_it_stands_out_from_the_words_below(qtbot: QtBot) -> None:
    title, words = part_title("Runs"), QLabel("No runs yet.")
    for label in (title, words):
        qtbot.addWidget(label)

    assert title.text() == "Runs"
    assert title.font().pointSizeF() > words.font().pointSizeF() and title.font().weight() > words.font().weight()
