"""Detection in the window: by a key without the panel, and by the menu."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from poseviewer.app.detect import detector_choice
from poseviewer.app.detect.detector_choice import DetectorChoices
from poseviewer.core import edits
from poseviewer.models import find_detector


def test_a_key_detects_on_the_frame_in_view(
    qtbot: QtBot, bench: Any, window: Any, workspace: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    usable = DetectorChoices((("", "Shipped"),), "", "", True)
    monkeypatch.setattr(detector_choice, "choices_for", lambda *_: usable)
    key = workspace.selection.frame
    with qtbot.waitSignal(workspace.detect.detections.ended):
        window.actions_.by_id["predict.frame"].trigger()

    project = window.opening.document.project
    (instance,) = project.instances(key)
    assert instance.predicted and workspace.annotator.pose == instance.pose


def test_without_a_detector_the_key_says_how_to_come_to_one(
    qtbot: QtBot, window: Any, workspace: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find_detector, "resource", lambda *parts: Path("/nowhere"))

    window.actions_.by_id["predict.frame"].trigger()

    assert "label a few frames and train one (menu Train)" in window.notice_bar.text
    assert workspace.detect.detections.request is None


def test_labels_of_the_users_own_stay(qtbot: QtBot, bench: Any, window: Any, workspace: Any) -> None:
    document, key = window.opening.document, workspace.selection.frame
    document.push(edits.place_keypoint(document.project, key, 0, 0, (4.0, 5.0)))

    with qtbot.waitSignal(window.notices.said) as said:
        window.actions_.by_id["predict.frame"].trigger()

    assert "labels of your own" in said.args[0] and workspace.detect.detections.request is None


def test_the_menu_shows_the_panel_and_the_panel_the_training(qtbot: QtBot, window: Any, workspace: Any) -> None:
    window.actions_.by_id["predict.more"].trigger()
    panel = workspace.docks.panel("dock.detect")
    qtbot.waitUntil(panel.isVisible)

    panel.form.train.click()

    training = workspace.docks.panel("dock.train")
    qtbot.waitUntil(training.isVisible)


def test_a_project_goes_back_to_the_shipped_detector(qtbot: QtBot, window: Any, workspace: Any) -> None:
    document = window.opening.document
    document.push(edits.set_detector(document.project, "/models/mine.safetensors"))
    shipped = window.actions_.by_id["predict.shipped"]
    assert shipped.isEnabled()

    shipped.trigger()

    assert document.project.detector == "" and not shipped.isEnabled()
