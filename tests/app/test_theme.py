"""Words can be read on what is behind them, and the theme follows the settings."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette

from poseviewer.app.colors import contrast
from poseviewer.app.settings import SettingsStore
from poseviewer.app.theme import DARK, LIGHT, Theme, ThemeSwitch, qt_palette, theme_for


def ratio(a: str, b: str) -> float:
    return contrast(QColor(a).getRgb()[:3], QColor(b).getRgb()[:3])


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda t: t.name)
@pytest.mark.parametrize(
    ("words", "behind"),
    [
        ("text", "window"),
        ("text", "base"),
        ("text", "raised"),
        ("muted", "window"),
        ("muted", "base"),
        ("on_accent", "accent"),
        ("on_warning", "warning"),
        ("accent", "window"),
    ],
)
def test_words_have_the_contrast_that_wcag_asks_for(theme: Theme, words: str, behind: str):
    assert ratio(getattr(theme, words), getattr(theme, behind)) >= 4.5


@pytest.mark.parametrize(
    ("setting", "system", "expected"),
    [
        ("system", Qt.ColorScheme.Dark, DARK),
        ("system", Qt.ColorScheme.Unknown, LIGHT),
        ("light", Qt.ColorScheme.Dark, LIGHT),
        ("dark", Qt.ColorScheme.Light, DARK),
        ("nonsense", Qt.ColorScheme.Light, LIGHT),
    ],
)
def test_the_setting_wins_over_the_system(setting, system, expected):
    assert theme_for(setting, system) is expected


def test_the_application_changes_with_the_setting(qapp, tmp_path):
    store = SettingsStore(tmp_path / "settings.toml")
    switch = ThemeSwitch(qapp, store)
    store.change(theme="dark")
    assert switch.theme is DARK
    assert qapp.palette().color(QPalette.ColorRole.Window).name() == DARK.window
    store.change(theme="light")
    assert qapp.palette().color(QPalette.ColorRole.Window).name() == LIGHT.window


def test_disabled_words_are_paler_than_enabled_ones():
    palette = qt_palette(LIGHT)
    disabled = palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text).name()
    assert ratio(disabled, LIGHT.window) < ratio(LIGHT.text, LIGHT.window)
