from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from poseviewer.app.docks import LAYOUTS
from poseviewer.app.layout_switch import LayoutSwitch


def test_a_click_asks_and_setting_does_not(qtbot: QtBot) -> None:
    switch = LayoutSwitch()
    qtbot.addWidget(switch)
    asked: list[str] = []
    switch.chosen.connect(asked.append)
    buttons = switch.findChildren(QToolButton)

    switch.set_layout_name("train")
    assert [b.isChecked() for b in buttons] == [layout.name == "train" for layout in LAYOUTS] and not asked
    qtbot.mouseClick(buttons[1], Qt.MouseButton.LeftButton)

    assert asked == [LAYOUTS[1].name] and buttons[1].isChecked()
