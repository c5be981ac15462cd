"""The panel shows the form or what runs, and remembers how it was asked."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from poseviewer.app import open_dialogs
from poseviewer.app.detect import panel as module
from poseviewer.app.detect.detections import Detections
from poseviewer.app.detect.detector_choice import DetectorChoices
from poseviewer.app.detect.panel import DetectPanel, options_of
from poseviewer.app.document import Document
from poseviewer.app.selection import Selection
from poseviewer.app.settings import SettingsStore
from poseviewer.core import edits
from poseviewer.core.project import FrameKey


@pytest.fixture
def store(own_folders: Any) -> SettingsStore:
    return SettingsStore()


@pytest.fixture
def panel(
    qtbot: QtBot, bench: Any, document: Document, tasks: Any, notices: Any, store: Any, monkeypatch: pytest.MonkeyPatch
) -> Any:
    monkeypatch.setattr(
        module, "choices_for", lambda skeleton, own, before: DetectorChoices((("", "Shipped"),), own, "About.", True)
    )
    selection = Selection()
    selection.set_frame(FrameKey("a", 7))
    detections = Detections(document, tasks, notices)
    made = DetectPanel(detections, document, selection, store)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    detections.close()


def test_press_detect_and_see_the_predictions(qtbot: QtBot, panel: DetectPanel, document: Document) -> None:
    assert panel.form.counts.text() == "20 frames"
    with qtbot.waitSignal(panel._detections.ended):
        qtbot.mouseClick(panel.form.detect, Qt.MouseButton.LeftButton)

    assert document.project.predicted_frames("a") == list(range(20))
    assert panel.outcome.text() == "Found an animal in 20 frames of pictures. Undo takes it back."
    assert panel.outcome.isVisible() and panel.form.isVisible() and not panel.progress.isVisible()


def test_while_it_runs_it_can_be_held_and_ended(qtbot: QtBot, bench: Any, panel: DetectPanel) -> None:
    bench.gate.clear()
    panel.form.detect.setFocus()
    qtbot.mouseClick(panel.form.detect, Qt.MouseButton.LeftButton)
    assert panel.progress.isVisible() and not panel.form.isVisible()
    assert panel.progress.title.text() == "Detecting in pictures"
    qtbot.mouseClick(panel.progress.hold, Qt.MouseButton.LeftButton)
    assert panel.progress.hold.text() == "&Resume"
    bench.gate.set()
    qtbot.waitUntil(lambda: panel.progress.facts.text().startswith("paused"))

    qtbot.mouseClick(panel.progress.stop, Qt.MouseButton.LeftButton)

    assert panel.form.isVisible() and panel.outcome.text().startswith("Stopped after")


def test_one_frame_does_not_make_the_panel_jump(qtbot: QtBot, bench: Any, panel: DetectPanel) -> None:
    bench.gate.clear()
    panel.form.scope.setCurrentIndex(panel.form.scope.findData("frame"))
    assert panel.form.counts.text() == "1 frame"
    qtbot.mouseClick(panel.form.detect, Qt.MouseButton.LeftButton)
    assert panel.form.isVisible() and not panel.progress.isVisible()
    with qtbot.waitSignal(panel._detections.ended):
        bench.gate.set()


def test_how_it_was_asked_is_remembered(panel: DetectPanel, store: SettingsStore) -> None:
    panel.form.looks.setCurrentIndex(panel.form.looks.findData("frame"))
    panel.form.least.setValue(45)

    assert options_of(SettingsStore(store.path)) == ("frame", 0.45)
    store.change(detect={"boxes": "frame", "least": "much"})
    assert options_of(store) == ("frame", module.LEAST)


def test_the_counts_follow_the_labels(qtbot: QtBot, panel: DetectPanel, document: Document, pose_of: Any) -> None:
    document.push(edits.set_pose(document.project, FrameKey("a", 7), 0, pose_of(document.project)))

    qtbot.waitUntil(lambda: panel.form.counts.text() == "19 frames; the one that you labelled stays as it is")


def test_a_detector_from_a_file_is_an_edit(
    panel: DetectPanel, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_dialogs, "ask_model", lambda *_: "/models/mine.safetensors")
    panel.choose_file()
    assert document.project.detector == "/models/mine.safetensors"
    document.undo()
    assert document.project.detector == ""


def test_it_shows_where_one_is_trained(qtbot: QtBot, panel: DetectPanel) -> None:
    with qtbot.waitSignal(panel.train_requested):
        qtbot.mouseClick(panel.form.train, Qt.MouseButton.LeftButton)
