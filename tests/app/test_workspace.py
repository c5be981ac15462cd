"""The panels of a project: linked, laid out, and remembered."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget

from poseviewer.app.workspace import frame_words
from poseviewer.core import edits
from poseviewer.core.project import MediaRef


def dock(window, name: str) -> QDockWidget:
    return window.findChild(QDockWidget, name)


def test_selection_and_hover_go_both_ways(workspace):
    workspace.view3d.joint_selected.emit(3)
    assert workspace.selection.joint == 3
    workspace.canvas.joint_hovered.emit(2)
    assert workspace.selection.hovered == 2
    workspace.view3d.joint_hovered.emit(None)
    assert workspace.selection.hovered is None


def test_the_layout_can_be_put_back(window, workspace):
    guide = dock(window, "dock.guide")
    guide.setFloating(True)
    dock(window, "dock.media").hide()
    window.actions_.by_id["view.reset"].trigger()
    assert not guide.isFloating()
    assert dock(window, "dock.media").isVisible()
    assert window.dockWidgetArea(dock(window, "dock.view3d")) == Qt.DockWidgetArea.RightDockWidgetArea


def test_the_layout_is_remembered_from_project_to_project(qtbot, window, workspace, pictures):
    dock(window, "dock.media").hide()
    window.actions_.by_id["file.close"].trigger()
    assert dock(window, "dock.media") is None or not dock(window, "dock.media").isVisible()
    window.opening.open_paths([str(pictures[1])])
    qtbot.waitUntil(lambda: window.workspace is not None)
    assert window.workspace.panels[2].text() == "Media" and not window.workspace.panels[2].isChecked()


def test_panels_fit_a_small_screen(qtbot, window, workspace):
    window.showNormal()
    window.resize(1024, 700)
    workspace.reset_layout()
    qtbot.waitUntil(lambda: window.width() == 1024)
    assert window.height() <= 700
    qtbot.waitUntil(lambda: workspace.canvas.width() >= 500 and workspace.canvas.height() >= 350)


def test_nothing_overlaps_in_the_smallest_window(qtbot, window, workspace):
    window.showNormal()
    window.resize(300, 200)
    qtbot.waitUntil(lambda: workspace.centre.width() < 360)
    assert window.width() <= 800 and window.height() <= 600
    right = window.mapToGlobal(window.rect().bottomRight())
    for name in ("dock.view3d", "dock.guide", "dock.media"):
        panel = dock(window, name)
        corner = panel.mapToGlobal(panel.rect().bottomRight())
        assert corner.x() <= right.x() and corner.y() <= right.y() - window.status.height()
        assert panel.widget().minimumSizeHint().width() <= panel.widget().width()


def test_a_project_without_media_says_what_to_do(qtbot, window, workspace):
    media = window.opening.document.project.media
    for ref in media:
        workspace.frames.remove_media(ref.id)
    qtbot.waitUntil(lambda: workspace.selection.frame is None)
    assert "File > Open" in workspace.canvas._message.text()
    assert window.status.frame.text() == ""


def test_hiding_keypoints_is_undone_for_the_next_project(qtbot, window, workspace, pictures):
    hide = window.actions_.by_id["view.hide"]
    hide.trigger()
    assert not workspace.canvas.surface.overlay.shown
    window.actions_.by_id["file.close"].trigger()
    window.opening.open_paths([str(pictures[1])])
    qtbot.waitUntil(lambda: window.workspace is not None)
    assert hide.isChecked() and window.workspace.canvas.surface.overlay.shown


def test_the_palette_reaches_the_canvas(window, workspace):
    window.store.change(palette="colorblind")
    assert workspace.canvas.surface.overlay.palette == "colorblind"


def test_contrast_reaches_the_canvas(workspace, monkeypatch):
    told = []
    monkeypatch.setattr(workspace.canvas.surface, "set_tone", lambda *values: told.append(values))
    workspace.contrast.brightness.setValue(50)
    assert told == [(0.5, 0.0)]


@pytest.mark.parametrize(
    ("count", "files", "words"),
    [
        (1, ("dog.jpg",), "dog.jpg"),
        (3, ("a.png", "b.png", "c.png"), "c.png · frame 2 of 0–2"),
        (3, (), "x.mp4 · frame 2 of 0–2"),
    ],
)
def test_the_status_line_names_the_frame(count, files, words):
    media = MediaRef("m", "/v/x.mp4", "video", 1, "", count, 8, 6, 25.0, files)
    assert frame_words(media, count - 1) == words


def test_actions_are_off_while_they_mean_nothing(qtbot, window, workspace):
    """One picture, no keypoints: there is nowhere to go, nothing to copy and nothing to nudge."""
    on = {i for i, action in window.actions_.by_id.items() if action.isEnabled()}
    assert {"view.fit", "labels.skip", "labels.carry", "edit.paste"} <= on
    assert on.isdisjoint({"edit.copy", "edit.clear", "edit.delete", "labels.left", "labels.next", "skeleton.shipped"})
    document, frame = window.opening.document, workspace.selection.frame
    document.push(edits.place_keypoint(document.project, frame, 0, 0, (10.0, 10.0)))
    assert window.actions_.by_id["edit.copy"].isEnabled() and not window.actions_.by_id["edit.delete"].isEnabled()
    workspace.selection.set_joint(0)
    assert window.actions_.by_id["edit.delete"].isEnabled() and window.actions_.by_id["labels.left"].isEnabled()
    window.actions_.by_id["edit.delete"].trigger()
    assert not window.actions_.by_id["edit.delete"].isEnabled()
    assert window.actions_.by_id["go.next"].isEnabled() == (document.project.find_media(frame.media).frame_count > 1)
    assert window.actions_.by_id["go.next_media"].isEnabled() == (len(document.project.media) > 1)


@pytest.mark.parametrize(
    ("action", "name"),
    [
        ("skeleton.ranges", "dock.ranges"),
        ("skeleton.poses", "dock.gallery"),
        ("skeleton.check", "dock.check"),
        ("skeleton.gap", "dock.gap"),
        ("skeleton.train", "dock.train"),
    ],
)
def test_the_skeleton_menu_leads_to_its_panels(qtbot, window, workspace, action, name):
    window.actions_.by_id[action].trigger()
    qtbot.waitUntil(lambda: workspace.docks.panel(name).isVisible())
