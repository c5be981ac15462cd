"""A range editor on a real document, its notices collected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from poseviewer.app.document import Document
from poseviewer.app.notices import Notices
from poseviewer.app.ranges.draft import RangeDraft
from poseviewer.app.ranges.editor import RangeEditor
from poseviewer.app.ranges.range_bar import RangeBar
from poseviewer.app.selection import Selection
from poseviewer.app.settings import SettingsStore
from poseviewer.core.project import Project
from poseviewer.core.ranges import RangePreset
from poseviewer.io.skeleton_files import load_ranges

LEFT = Qt.MouseButton.LeftButton
NO = Qt.KeyboardModifier.NoModifier


@dataclass
class World:
    """An editor and all that it works with."""

    document: Document
    draft: RangeDraft
    selection: Selection
    store: SettingsStore
    editor: RangeEditor
    said: list[str] = field(default_factory=list)

    @property
    def ranges(self) -> RangePreset:
        return self.document.project.ranges

    def bone(self, name: str) -> int:
        return self.ranges.skeleton.bone_names.index(name)

    def choose(self, name: str) -> int:
        bone = self.bone(name)
        self.draft.set_bone(bone)
        return bone

    def bar(self, axis: str) -> RangeBar:
        return self.editor.fields.rows[axis].bar


@pytest.fixture
def make_world(qtbot: QtBot, tmp_path: Path) -> Callable[..., World]:
    def make(ranges: str | Document = "quadruped16") -> World:
        if isinstance(ranges, str):
            preset = load_ranges(ranges)
            document = Document(Project(preset.skeleton, preset))
        else:
            document = ranges
        notices, store, selection = Notices(), SettingsStore(tmp_path / "settings.toml", keep=False), Selection()
        draft = RangeDraft(document, notices)
        editor = RangeEditor(draft, selection, document, store, notices)
        world = World(document, draft, selection, store, editor)
        notices.said.connect(lambda sentence: world.said.append(sentence))
        notices.shown.connect(lambda sentence: world.said.append(sentence))
        qtbot.addWidget(editor)
        editor.resize(340, 800)
        with qtbot.waitActive(editor):
            editor.show()
            editor.activateWindow()
        return world

    return make


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    """The shipped quadruped, swing ranges."""
    return make_world()


class Mouse:
    """Drags on a bar, in small steps."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot

    @staticmethod
    def handle(bar: RangeBar, end: int) -> QPoint:
        """A place on the minimum's handle (0) or the maximum's (1)."""
        return QPoint(round(bar.x_of(bar.ends[end])) + (-4, 4)[end], round(bar.MIDDLE))

    def pull(self, bar: RangeBar, start: QPoint, pixels: int, modifiers: Qt.KeyboardModifier = NO) -> None:
        """Press and move; the button stays down."""
        self._qtbot.mousePress(bar, LEFT, NO, start)
        step = 1 if pixels > 0 else -1
        for moved in range(step, pixels + step, step):
            to = start + QPoint(moved, 0)
            # The test moves of Qt carry no button.
            event = QMouseEvent(QEvent.Type.MouseMove, QPointF(to), QPointF(bar.mapToGlobal(to)), LEFT, LEFT, modifiers)
            QApplication.sendEvent(bar, event)
        self._at = start + QPoint(pixels, 0)

    def release(self, bar: RangeBar) -> None:
        self._qtbot.mouseRelease(bar, LEFT, NO, self._at)

    def drag(self, bar: RangeBar, start: QPoint, pixels: int, modifiers: Qt.KeyboardModifier = NO) -> None:
        """Press, move and let go."""
        self.pull(bar, start, pixels, modifiers)
        self.release(bar)


@pytest.fixture
def mouse(qtbot: QtBot) -> Mouse:
    return Mouse(qtbot)
