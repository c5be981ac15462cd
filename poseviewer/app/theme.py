"""Light and dark: the same colours on every system, with contrast that is checked by a test."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from poseviewer.app.settings import Settings, SettingsStore


@dataclass(frozen=True)
class Theme:
    """Colours as #rrggbb.

    Attributes:
        window: behind panels; base: behind text and lists; raised: buttons.
        text, muted: words that matter, and words that explain.
        line: borders.
        accent, on_accent: the one colour that says "here", and words on it.
        warning, on_warning: behind a sentence about something that went wrong, and that sentence.
    """

    name: str
    window: str
    base: str
    raised: str
    text: str
    muted: str
    line: str
    accent: str
    on_accent: str
    warning: str
    on_warning: str


LIGHT = Theme(
    name="light",
    window="#f4f5f6",
    base="#ffffff",
    raised="#ffffff",
    text="#1c2126",
    muted="#59636d",
    line="#d0d5da",
    accent="#0f766e",
    on_accent="#ffffff",
    warning="#fdf0d5",
    on_warning="#5c3a00",
)
DARK = Theme(
    name="dark",
    window="#202427",
    base="#181b1e",
    raised="#2b3034",
    text="#e6e9eb",
    muted="#a0aab2",
    line="#3b4248",
    accent="#4fc3b2",
    on_accent="#0c1f1c",
    warning="#43381f",
    on_warning="#ffe2a8",
)


def theme_for(setting: str, system: Qt.ColorScheme) -> Theme:
    """The theme that a setting means: "light", "dark", or anything else for the system's own."""
    dark = setting == "dark" or (setting != "light" and system == Qt.ColorScheme.Dark)
    return DARK if dark else LIGHT


class ThemeSwitch(QObject):
    """Keeps the application's colours at what the settings, and behind them the system, ask for."""

    def __init__(self, app: QApplication, store: SettingsStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app = app
        self._store = store
        self.theme = theme_for(store.current.theme, app.styleHints().colorScheme())
        app.setStyle("Fusion")
        self._paint(self.theme)
        store.changed.connect(self._follow)
        app.styleHints().colorSchemeChanged.connect(self._follow_system)

    def _follow(self, settings: Settings) -> None:
        theme = theme_for(settings.theme, self._app.styleHints().colorScheme())
        if theme is not self.theme:
            self.theme = theme
            self._paint(theme)

    def _follow_system(self) -> None:
        self._follow(self._store.current)

    def _paint(self, theme: Theme) -> None:
        self._app.setPalette(qt_palette(theme))
        self._app.setStyleSheet(style_sheet(theme))


def qt_palette(theme: Theme) -> QPalette:
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    palette = QPalette(QColor(theme.raised), QColor(theme.window))
    for target, color in {
        role.Window: theme.window,
        role.WindowText: theme.text,
        role.Base: theme.base,
        role.AlternateBase: theme.window,
        role.Text: theme.text,
        role.Button: theme.raised,
        role.ButtonText: theme.text,
        role.BrightText: theme.on_accent,
        role.ToolTipBase: theme.base,
        role.ToolTipText: theme.text,
        role.PlaceholderText: theme.muted,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.on_accent,
        role.Accent: theme.accent,
        role.Link: theme.accent,
        role.Mid: theme.line,
    }.items():
        palette.setColor(target, QColor(color))
    for target in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(group.Disabled, target, QColor(_between(theme.muted, theme.window)))
    palette.setColor(group.Disabled, role.Highlight, QColor(theme.line))
    return palette


def style_sheet(theme: Theme) -> str:
    """The few things that a palette cannot say."""
    return f"""
    QToolTip {{ color: {theme.text}; background: {theme.base}; border: 1px solid {theme.line}; padding: 4px; }}
    QDockWidget {{ color: {theme.muted}; font-weight: 600; }}
    QDockWidget::title {{ padding: 5px 8px; background: {theme.window}; }}
    QMainWindow::separator {{ background: {theme.line}; width: 1px; height: 1px; }}
    QMainWindow::separator:hover {{ background: {theme.accent}; }}
    QStatusBar {{ border-top: 1px solid {theme.line}; }}
    QStatusBar::item {{ border: 0; }}
    QStatusBar QLabel {{ color: {theme.muted}; padding: 1px 6px; }}
    #notice {{ background: {theme.warning}; border-bottom: 1px solid {theme.line}; }}
    #notice QLabel {{ color: {theme.on_warning}; }}
    #muted {{ color: {theme.muted}; }}
    QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
    """


def _between(a: str, b: str) -> str:
    first, second = QColor(a), QColor(b)
    return QColor(
        (first.red() + second.red()) // 2, (first.green() + second.green()) // 2, (first.blue() + second.blue()) // 2
    ).name()
