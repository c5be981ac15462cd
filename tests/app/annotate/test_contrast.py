"""The sliders tell their values, and reset takes both back."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from poseviewer.app.annotate.contrast import ContrastPanel


@pytest.fixture
def panel(qtbot: Any) -> ContrastPanel:
    made = ContrastPanel()
    qtbot.addWidget(made)
    return made


def test_a_slider_tells_both_values(panel: ContrastPanel, heard: Any) -> None:
    said = heard(panel.contrast_changed)
    QTest.keyClick(panel.brightness, Qt.Key.Key_PageUp)
    QTest.keyClick(panel.contrast, Qt.Key.Key_PageDown)
    assert said == [(0.1, 0.0), (0.1, -0.1)]


def test_reset(panel: ContrastPanel, heard: Any) -> None:
    panel.set_values(0.4, -0.2)
    said = heard(panel.contrast_changed)
    QTest.mouseClick(panel.reset, Qt.MouseButton.LeftButton)
    assert said[-1] == (0.0, 0.0)
    assert not panel.reset.isEnabled()


def test_setting_values_says_nothing(panel: ContrastPanel, heard: Any) -> None:
    said = heard(panel.contrast_changed)
    panel.set_values(0.25, -1.0)
    assert said == []
    assert panel.values() == (0.25, -1.0)
    assert panel.reset.isEnabled()
