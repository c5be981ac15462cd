"""Every error ends as one sentence for the user and a traceback in the log."""

from __future__ import annotations

import logging

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton

from poseviewer.app.notices import NoticeBar, Notices, sentence_for
from poseviewer.core.errors import MediaError


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MediaError("cat.mp4 is empty; choose another."), "cat.mp4 is empty; choose another."),
        (PermissionError(13, "Permission denied", "/x/y.poseproj"), "/x/y.poseproj: Permission denied"),
        (MemoryError(), "not enough memory"),
        (ZeroDivisionError("division by zero"), "ZeroDivisionError: division by zero"),
        (RuntimeError(), "(RuntimeError)"),
    ],
)
def test_an_error_is_one_sentence(error, words):
    said = sentence_for(error)
    assert words in said
    assert said.endswith(".") and ". " not in said and "\n" not in said


def test_an_error_is_logged_with_its_traceback(qtbot, caplog):
    notices = Notices()
    heard = []
    notices.shown.connect(heard.append)
    try:
        raise KeyError("joint")
    except KeyError as error:
        notices.error(error)
    assert "joint" in heard[0]
    assert caplog.records[0].levelno == logging.ERROR
    assert "test_notices.py" in caplog.text


def test_the_bar_shows_the_last_sentence_until_it_is_dismissed(qtbot):
    bar = NoticeBar()
    qtbot.addWidget(bar)
    assert bar.text == ""
    bar.show_sentence("<b>First</b>.")
    bar.show_sentence("Second.")
    assert bar.text == "Second."
    qtbot.mouseClick(bar.findChild(QToolButton), Qt.MouseButton.LeftButton)
    assert bar.text == ""
