"""Many predictions at once: one step of undo each, and a sentence about what was done."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from poseviewer.app import predictions
from poseviewer.core import edits
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import FrameKey, Instance


@pytest.fixture
def detected(qtbot, window, tmp_path):
    """A folder of 12 pictures with a label on the third and predictions on all others; the sixth is shown."""
    folder = tmp_path / "run"
    folder.mkdir()
    for number in range(12):
        cv2.imwrite(str(folder / f"{number:02d}.png"), np.full((60, 80, 3), 20 * number, np.uint8))
    window.opening.open_paths([str(folder)])
    qtbot.waitUntil(lambda: window.workspace is not None and window.workspace.selection.frame is not None)
    document, media = window.opening.document, window.opening.document.project.media[0].id
    pose = Pose2D(np.random.default_rng(0).uniform(5, 55, (16, 2)))
    document.push(edits.set_pose(document.project, FrameKey(media, 2), 0, pose))
    said = Instance(pose, "", True, np.full(16, 0.7, np.float32))
    document.push(edits.add_predictions(document.project, {FrameKey(media, n): said for n in range(12)}))
    window.workspace.frames.show_frame(5)
    qtbot.waitUntil(lambda: window.workspace.selection.frame.frame == 5)
    return media


def act(window, action: str) -> None:
    window.actions_.by_id[action].trigger()


def labelled(window, media: str) -> list[int]:
    return window.opening.document.project.labelled_frames(media)


def test_one_is_accepted_and_the_action_is_then_off(window, detected):
    act(window, "predict.accept")
    assert labelled(window, detected) == [2, 5]
    assert not window.actions_.by_id["predict.accept"].isEnabled()
    act(window, "edit.undo")
    assert labelled(window, detected) == [2] and window.actions_.by_id["predict.accept"].isEnabled()


def test_all_up_to_the_shown_frame_are_accepted_in_one_step(window, detected):
    act(window, "predict.accept_to_here")
    assert labelled(window, detected) == [0, 1, 2, 3, 4, 5]
    assert window.status.currentMessage() == "Accept 5 predictions: done. Undo takes it back."
    act(window, "predict.accept_to_here")
    assert "no predictions up to this frame" in window.status.currentMessage()
    act(window, "edit.undo")
    assert labelled(window, detected) == [2]


def test_all_are_accepted(window, detected):
    act(window, "predict.accept_all")
    assert labelled(window, detected) == list(range(12))
    for action in ("predict.accept", "predict.accept_to_here", "predict.accept_all", "predict.clear"):
        assert not window.actions_.by_id[action].isEnabled()


def test_all_are_cleared_and_labels_stay(window, detected):
    act(window, "predict.clear")
    project = window.opening.document.project
    assert list(project.labels) == [FrameKey(detected, 2)] and labelled(window, detected) == [2]
    act(window, "edit.undo")
    assert len(window.opening.document.project.labels) == 12


@pytest.fixture
def in_parts(monkeypatch):
    monkeypatch.setattr(predictions, "PART", 3)


def test_many_are_done_in_parts_and_undone_as_one(qtbot, window, detected, in_parts):
    act(window, "predict.accept_all")
    assert window.workspace.predictions.busy and labelled(window, detected) == [0, 1, 2, 3]
    assert window.status.currentMessage() == "Accept 11 predictions: 8 to go…"
    act(window, "predict.clear")
    assert window.status.currentMessage() == "Accept 11 predictions: not done yet."
    qtbot.waitUntil(lambda: not window.workspace.predictions.busy)
    assert labelled(window, detected) == list(range(12))
    act(window, "edit.undo")
    assert labelled(window, detected) == [2]


def test_undo_meanwhile_ends_it(qtbot, window, detected, in_parts):
    act(window, "predict.accept_all")
    act(window, "edit.undo")
    qtbot.waitUntil(lambda: not window.workspace.predictions.busy)
    assert labelled(window, detected) == [2]


def test_closing_meanwhile_keeps_what_was_done(qtbot, window, detected, in_parts):
    act(window, "predict.accept_all")
    part = window.workspace.predictions
    window.opening.close_project()
    assert not part.busy
