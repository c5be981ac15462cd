"""The picture is taken once everything has been drawn, or says why not."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QImage

from poseviewer.app import screenshot
from poseviewer.app.screenshot import Screenshot
from poseviewer.core import edits
from poseviewer.core.pose import Pose2D


@pytest.fixture
def told():
    return []


def test_the_start_page(qtbot, own_folders, told):
    from poseviewer.app.main_window import MainWindow
    from poseviewer.app.settings import SettingsStore

    window = MainWindow(SettingsStore())
    qtbot.addWidget(window)
    Screenshot(window, own_folders / "start.png", told.append, expects_project=False)
    window.show()
    qtbot.waitUntil(lambda: bool(told))
    assert told == [""]
    assert QImage(str(own_folders / "start.png")).width() >= window.width()


def test_a_labelled_frame_is_taken_with_its_3d_pose(qtbot, window, workspace, own_folders, told):
    document = window.opening.document
    xy = [(10 + 3 * i, 20 + 2 * (i % 4)) for i in range(16)]
    document.push(edits.set_pose(document.project, workspace.selection.frame, 0, Pose2D(xy)))
    path = document.path
    window.opening.close_project()
    Screenshot(window, own_folders / "work.png", told.append, expects_project=True)
    window.opening.open_project(str(path))
    qtbot.waitUntil(lambda: bool(told), timeout=20_000)
    assert told == [""]
    assert window.workspace.link.shown_pose is not None
    assert not QImage(str(own_folders / "work.png")).isNull()


def test_a_frame_without_labels_needs_no_3d_pose(qtbot, window, pictures, own_folders, told):
    Screenshot(window, own_folders / "work.png", told.append, expects_project=True)
    window.opening.open_paths([str(pictures[0])])
    qtbot.waitUntil(lambda: bool(told))
    assert told == [""]


def test_a_file_that_cannot_be_opened_ends_it_with_the_reason(qtbot, window, own_folders, told):
    Screenshot(window, own_folders / "work.png", told.append, expects_project=True)
    window.opening.open_paths(["/nowhere/lost.poseproj"])
    assert len(told) == 1 and "lost.poseproj" in told[0]
    assert not (own_folders / "work.png").exists()


def test_it_does_not_wait_for_ever(qtbot, window, own_folders, told, monkeypatch):
    monkeypatch.setattr(screenshot, "PATIENCE_MS", 1)
    Screenshot(window, own_folders / "work.png", told.append, expects_project=True)
    qtbot.waitUntil(lambda: bool(told))
    assert "not complete" in told[0]
