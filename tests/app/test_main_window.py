"""The window composes: every action has a target, and nothing that goes wrong ends it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent

from poseviewer.app.actions import ROWS, resolve
from poseviewer.app.keys_sheet import KeysSheet


def drop(window, paths) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(p)) for p in paths])
    nothing = Qt.KeyboardModifier.NoModifier
    event = QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, nothing)
    window.dropEvent(event)


def test_every_action_has_its_target(window, workspace):
    for row in ROWS:
        assert callable(resolve(row.target, window._find)), row.id


def test_what_needs_a_project_is_off_on_the_start_page(window):
    for row in ROWS:
        assert window.actions_.by_id[row.id].isEnabled() == (row.needs == ""), row.id


def test_what_needs_a_frame_is_on_once_there_is_one(window, workspace):
    assert all(window.actions_.by_id[r.id].isEnabled() for r in ROWS if r.needs in ("", "project", "frame"))
    assert window.windowTitle() == "Untitled project"


def test_dropped_pictures_begin_a_project_and_more_join_it(qtbot, window, pictures):
    drop(window, pictures[:1])
    qtbot.waitUntil(lambda: window.workspace is not None)
    drop(window, pictures[1:])
    qtbot.waitUntil(lambda: len(window.opening.document.project.media) == 3)


@pytest.mark.parametrize(
    ("name", "content"),
    [("notes.mp4", b"dear diary"), ("empty.png", b""), ("cut.poseproj", b"SQLite format 3\x00 and no more")],
)
def test_a_file_that_cannot_be_opened_is_one_sentence(qtbot, window, tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with qtbot.waitSignal(window.notices.shown) as said:
        drop(window, [path])
    assert name in said.args[0]
    assert window.notice_bar.text == said.args[0]
    assert window.workspace is None and window.isVisible()


def test_an_error_in_an_action_is_told_and_the_window_lives(qtbot, window, workspace):
    with qtbot.waitSignal(window.notices.shown):
        window.notices.error(ZeroDivisionError("division by zero"))
    assert "ZeroDivisionError" in window.notice_bar.text


def test_the_keys_sheet_opens_by_its_key(qtbot, window):
    window.actions_.by_id["help.keys"].trigger()
    sheet = window.findChild(KeysSheet)
    assert sheet.isVisible()
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_full_screen_and_back(qtbot, window):
    window.actions_.by_id["view.full"].trigger()
    assert window.isFullScreen()
    window.actions_.by_id["view.full"].trigger()
    assert not window.isFullScreen()


def test_the_window_comes_back_where_it_was(qtbot, window, own_folders):
    from poseviewer.app.main_window import MainWindow
    from poseviewer.app.settings import SettingsStore

    window.resize(900, 640)
    window.close()
    again = MainWindow(SettingsStore())
    qtbot.addWidget(again)
    assert again.size().width() == 900
