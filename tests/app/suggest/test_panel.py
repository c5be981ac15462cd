"""The list says which frames and why, and a click on one goes there."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from poseviewer.app.suggest.panel import SuggestionPanel


@pytest.fixture
def panel(qtbot, walk) -> SuggestionPanel:
    walk.docks.reveal("dock.suggestions")
    made = walk.docks.panel("dock.suggestions")
    qtbot.waitUntil(made.isVisible)
    return made


def rows(panel: SuggestionPanel) -> list[tuple[str, str]]:
    items = [panel.list.topLevelItem(n) for n in range(panel.list.topLevelItemCount())]
    return [(i.text(0), i.text(1)) for i in items if i is not None]


def test_it_lists_doubtful_frames_the_worst_first(qtbot, window, walk, panel, predict):
    assert panel.words.text().startswith("10 frames of walk.avi, spread out.")
    predict()
    qtbot.waitUntil(lambda: rows(panel)[0][1] != "far from every label")
    assert dict(rows(panel)[:2]) == {"40": "the detector is unsure", "60": "keypoints jump"}
    assert panel.words.text() == "10 frames of walk.avi where the predictions look doubtful:"


def test_a_click_goes_there_and_the_shown_frame_is_marked(qtbot, window, walk, panel, predict):
    predict()
    qtbot.waitUntil(lambda: rows(panel)[0][1] != "far from every label")
    row = next(panel.list.topLevelItem(n) for n in range(9) if panel.list.topLevelItem(n).text(0) == "60")
    place = panel.list.visualItemRect(row).center()
    qtbot.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: walk.selection.frame.frame == 60)
    assert panel.list.currentItem() is row
    walk.frames.show_frame(61)
    qtbot.waitUntil(lambda: walk.selection.frame.frame == 61)
    assert panel.list.currentItem() is None


def test_return_accepts_although_the_list_has_the_focus(qtbot, window, walk, panel, predict):
    media = predict()
    with qtbot.waitActive(window):
        window.activateWindow()
    panel.list.setFocus()
    qtbot.keyClick(panel.list, Qt.Key.Key_Return)
    assert window.opening.document.project.labelled_frames(media) == [0]


def test_without_media_it_says_what_to_do(walk, panel):
    walk.frames.remove_media(walk.suggestions.media.id)
    assert panel.words.text() == "Open a video or images to see which frames to label." and rows(panel) == []
