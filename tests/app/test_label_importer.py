"""Labels of another tool come into the open project as one edit, and what could not be kept is said."""

from __future__ import annotations

import json

from poseviewer.app import open_dialogs

COCO = {
    "images": [{"id": 1, "file_name": "a.png", "width": 80, "height": 60}],
    "categories": [{"id": 1, "name": "dog", "keypoints": ["nose", "neck", "antenna"], "skeleton": []}],
    "annotations": [
        {"id": 1, "image_id": 1, "category_id": 1, "keypoints": [10, 20, 2, 30, 25, 1, 5, 5, 2], "num_keypoints": 3,
         "bbox": [0, 0, 80, 60], "area": 4800, "iscrowd": 0}
    ],
}  # fmt: skip


def choose(window, monkeypatch, path):
    monkeypatch.setattr(open_dialogs, "ask_labels", lambda *_: str(path))
    window.actions_.by_id["labels.import"].trigger()


def test_imported_labels_are_one_edit(qtbot, window, workspace, monkeypatch, tmp_path):
    path = tmp_path / "dog.json"
    path.write_text(json.dumps(COCO))
    document, key = window.opening.document, workspace.selection.frame
    with qtbot.waitSignal(window.notices.shown) as told:
        choose(window, monkeypatch, path)
    pose = document.project.pose(key)
    assert pose.keypoints[1].tolist() == [10, 20]
    assert pose.visibility[0] == 1
    assert "antenna" in told.args[0]
    document.undo()
    assert document.project.pose(key).present_count == 0


def test_a_file_that_is_no_labels_changes_nothing(qtbot, window, workspace, monkeypatch, tmp_path):
    path = tmp_path / "notes.json"
    path.write_text("hello")
    before = window.opening.document.project
    with qtbot.waitSignal(window.notices.shown) as told:
        choose(window, monkeypatch, path)
    assert "notes.json" in told.args[0]
    assert window.opening.document.project is before


def test_thinking_better_of_it_changes_nothing(window, workspace, monkeypatch):
    before = window.opening.document.project
    choose(window, monkeypatch, "")
    assert window.opening.document.project is before
