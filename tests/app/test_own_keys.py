"""A list in focus moves by the arrow keys; elsewhere they belong to the window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QLineEdit, QListWidget, QMainWindow, QPushButton, QSpinBox, QVBoxLayout, QWidget

from poseviewer.app.own_keys import FocusedKeys, OwnKeys, lend_keys


@pytest.fixture
def window(qtbot):
    window = QMainWindow()
    qtbot.addWidget(window)
    panel = QWidget()
    column = QVBoxLayout(panel)
    window.list, window.button, window.used = QListWidget(), QPushButton(), []
    window.list.addItems(["a", "b"])
    window.list.setCurrentRow(0)
    column.addWidget(window.list)
    column.addWidget(window.button)
    for key in ("Down", "S", "Alt+Right"):
        action = QAction(window)
        action.setShortcut(QKeySequence(key))
        action.triggered.connect(lambda _=False, k=key: window.used.append(k))
        window.addAction(action)
    window.setCentralWidget(panel)
    OwnKeys(panel)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    return window


def test_the_list_keeps_the_arrows_and_leaves_the_rest(qtbot, window):
    window.list.setFocus()
    qtbot.keyClick(window.list, Qt.Key.Key_Down)
    assert window.list.currentRow() == 1 and window.used == []
    qtbot.keyClick(window.list, Qt.Key.Key_S)
    qtbot.keyClick(window.list, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert window.used == ["S", "Alt+Right"]


def test_elsewhere_the_arrows_are_the_window_s(qtbot, window):
    window.button.setFocus()
    qtbot.keyClick(window.button, Qt.Key.Key_Down)
    assert window.used == ["Down"]
    assert window.list.currentRow() == 0


@pytest.fixture
def form(qtbot):
    """A window whose keys Return and Space do something, with widgets of every kind."""
    window = QMainWindow()
    qtbot.addWidget(window)
    panel = QWidget()
    column = QVBoxLayout(panel)
    window.used = []
    window.widgets = {
        "line": QLineEdit(),
        "number": QSpinBox(),
        "list": QListWidget(),
        "button": QPushButton(),
        "lending": QListWidget(),
    }
    lend_keys(window.widgets["lending"])
    for widget in window.widgets.values():
        column.addWidget(widget)
    for key in ("Return", "Space"):
        action = QAction(window)
        action.setShortcut(QKeySequence(key))
        action.triggered.connect(lambda _=False, k=key: window.used.append(k))
        window.addAction(action)
    window.setCentralWidget(panel)
    FocusedKeys(window)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    return window


@pytest.mark.parametrize(
    ("name", "keys_of_the_window"),
    [
        ("line", []),
        ("number", []),
        ("list", ["Space"]),
        ("button", ["Return"]),
        ("lending", ["Return", "Space"]),
    ],
)
def test_return_and_space_go_to_who_has_a_use_for_them(qtbot, form, name, keys_of_the_window):
    widget = form.widgets[name]
    widget.setFocus()
    qtbot.keyClick(widget, Qt.Key.Key_Return)
    qtbot.keyClick(widget, Qt.Key.Key_Space)
    assert form.used == keys_of_the_window
