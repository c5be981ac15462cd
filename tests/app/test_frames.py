"""Picture and keypoints change together, frames are reached by every key, and the wrong file is refused."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from poseviewer.app import open_dialogs
from poseviewer.core import edits
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import FrameKey

COUNT = 250


@pytest.fixture
def folder(tmp_path):
    """Pictures of 40 x 30 pixels whose grey is their number."""
    folder = tmp_path / "run"
    folder.mkdir()
    for number in range(COUNT):
        cv2.imwrite(str(folder / f"{number:04d}.png"), np.full((30, 40, 3), number, np.uint8))
    return folder


@pytest.fixture
def frames(qtbot, window, folder):
    window.opening.open_paths([str(folder)])
    qtbot.waitUntil(lambda: shown(window) == 0)
    return window.workspace.frames


def shown(window) -> int | None:
    """The number of the frame that is selected."""
    key = window.workspace.selection.frame if window.workspace is not None else None
    return key.frame if key is not None else None


def reach(qtbot, window, number: int) -> None:
    qtbot.waitUntil(lambda: shown(window) == number)


def test_the_picture_is_the_one_of_the_selected_frame(qtbot, window, frames):
    seen = []
    canvas = window.workspace.canvas
    show = canvas.set_image
    canvas.set_image = lambda image, scale=1.0: (seen.append(int(image[0, 0, 0])), show(image, scale))
    pairs = []
    window.workspace.selection.frame_changed.connect(lambda key: pairs.append((key.frame, seen[-1])))
    for number in (3, 77, 249, 10):
        frames.show_frame(number)
        reach(qtbot, window, number)
    assert pairs == [(3, 3), (77, 77), (249, 249), (10, 10)]


@pytest.mark.parametrize(
    ("actions", "number"),
    [
        (["go.next"], 1),
        (["go.next_4", "go.next_4", "go.previous"], 7),
        (["go.next_100", "go.previous_4"], 96),
        (["go.last"], COUNT - 1),
        (["go.last", "go.next"], COUNT - 1),
        (["go.next_100", "go.previous_100"], 0),
        (["go.last", "go.first"], 0),
    ],
)
def test_frames_are_reached_by_their_keys(qtbot, window, frames, actions, number):
    for action in actions:
        window.actions_.by_id[action].trigger()
    reach(qtbot, window, number)


def test_labelled_frames_are_jumped_to(qtbot, window, frames):
    document = window.opening.document
    media = document.project.media[0].id
    for number in (20, 40):
        pose = Pose2D.empty(16).with_keypoint(0, 5, 5)
        document.push(edits.set_pose(document.project, FrameKey(media, number), 0, pose))
    window.actions_.by_id["go.next_labelled"].trigger()
    reach(qtbot, window, 20)
    window.actions_.by_id["go.next_labelled"].trigger()
    reach(qtbot, window, 40)
    window.actions_.by_id["go.next_labelled"].trigger()
    assert "no labelled frame" in window.status.currentMessage()
    window.actions_.by_id["go.previous_labelled"].trigger()
    reach(qtbot, window, 20)


def test_a_frame_is_gone_to_by_its_number(qtbot, window, frames):
    from PySide6.QtWidgets import QInputDialog

    window.actions_.by_id["go.to"].trigger()
    dialog = window.workspace.canvas.findChild(QInputDialog)
    dialog.setIntValue(123)
    dialog.accept()
    reach(qtbot, window, 123)


def test_playing_goes_on_until_it_is_stopped(qtbot, window, frames):
    window.actions_.by_id["go.play"].trigger()
    qtbot.waitUntil(lambda: shown(window) >= 2)
    window.actions_.by_id["go.play"].trigger()
    assert not frames._player.playing


def test_each_media_remembers_its_frame(qtbot, window, frames, pictures):
    frames.show_frame(33)
    reach(qtbot, window, 33)
    window.opening.open_paths([str(pictures[0])])
    qtbot.waitUntil(lambda: shown(window) == 0)
    window.actions_.by_id["go.previous_media"].trigger()
    reach(qtbot, window, 33)


def test_an_edited_project_opens_at_its_first_label(qtbot, window, frames):
    document = window.opening.document
    key = FrameKey(document.project.media[0].id, 60)
    document.push(edits.set_pose(document.project, key, 0, Pose2D.empty(16).with_keypoint(0, 5, 5)))
    path = document.path
    window.opening.close_project()
    window.opening.open_project(str(path))
    reach(qtbot, window, 60)


def test_a_file_that_is_not_the_labelled_one_is_refused_and_its_labels_stay(qtbot, window, workspace, pictures):
    document = window.opening.document
    key = workspace.selection.frame
    document.push(edits.set_pose(document.project, key, 0, Pose2D.empty(16).with_keypoint(0, 5, 5)))
    path = document.path
    window.opening.close_project()
    cv2.imwrite(str(pictures[0]), np.random.default_rng(0).integers(0, 255, (60, 80, 3), np.uint8))
    with qtbot.waitSignal(window.notices.shown) as said:
        window.opening.open_project(str(path))
    assert "a.png is not the same" in said.args[0]
    assert window.workspace.selection.frame is None
    assert window.opening.document.project.pose(key).present_count == 1


def test_moved_media_are_found_again(qtbot, window, workspace, pictures, monkeypatch, tmp_path):
    document = window.opening.document
    media, path = document.project.media[0].id, document.path
    window.opening.close_project()
    moved = tmp_path / "elsewhere.png"
    pictures[0].rename(moved)
    window.opening.open_project(str(path))
    assert window.workspace.selection.frame is None
    monkeypatch.setattr(open_dialogs, "ask_moved_media", lambda *_: str(pictures[1]))
    with qtbot.waitSignal(window.notices.shown):
        window.workspace.frames.relink_media(media)
    monkeypatch.setattr(open_dialogs, "ask_moved_media", lambda *_: str(moved))
    window.workspace.frames.relink_media(media)
    qtbot.waitUntil(lambda: window.workspace.selection.frame is not None)
    assert window.opening.document.project.media[0].path == str(moved)


def test_removed_media_are_gone_from_view_and_undo_brings_them_back(qtbot, window, frames):
    media = window.opening.document.project.media[0].id
    frames.remove_media(media)
    assert window.workspace.selection.frame is None
    window.actions_.by_id["edit.undo"].trigger()
    qtbot.waitUntil(lambda: window.workspace.selection.frame is not None)


def test_a_frame_of_another_media_is_gone_to(qtbot, window, frames, pictures):
    window.opening.open_paths([str(pictures[0])])
    qtbot.waitUntil(lambda: len(window.opening.document.project.media) == 2)
    folder, picture = (media.id for media in window.opening.document.project.media)
    qtbot.waitUntil(lambda: window.workspace.selection.frame == FrameKey(picture, 0))

    frames.show(FrameKey(folder, 42))
    qtbot.waitUntil(lambda: window.workspace.selection.frame == FrameKey(folder, 42))
    frames.show(FrameKey(folder, 7))
    qtbot.waitUntil(lambda: window.workspace.selection.frame == FrameKey(folder, 7))
