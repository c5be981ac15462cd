"""Questions in place: the safe answer has the focus, Esc is no."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from poseviewer.app.train.inline_question import InlineQuestion


@pytest.fixture
def asked(qtbot):
    page = QWidget()
    qtbot.addWidget(page)
    page.before, page.question, page.done = QPushButton("Discard"), InlineQuestion(), []
    column = QVBoxLayout(page)
    column.addWidget(page.before)
    column.addWidget(page.question)
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()
    page.before.setFocus()
    page.question.ask("Delete it?", "Delete", "Keep", lambda: page.done.append(True))
    return page


def test_the_safe_answer_has_the_focus(qtbot, asked):
    assert asked.question.isVisible() and asked.question.no.hasFocus()
    qtbot.keyClick(asked.question.no, Qt.Key.Key_Return)
    assert not asked.question.isVisible() and asked.done == []


def test_escape_is_no_and_the_focus_goes_back(qtbot, asked):
    qtbot.keyClick(asked.question.no, Qt.Key.Key_Escape)
    assert not asked.question.isVisible() and asked.done == []
    assert asked.before.hasFocus()


def test_yes_does_it_once(qtbot, asked):
    qtbot.mouseClick(asked.question.yes, Qt.MouseButton.LeftButton)
    asked.question._agree()
    assert asked.done == [True]
