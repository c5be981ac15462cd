"""Projects and media get in, and no bad file keeps the good ones out."""

from __future__ import annotations

import shutil

import pytest

from poseviewer.app import open_dialogs
from poseviewer.app.opening import read_media
from poseviewer.core.project import Project
from poseviewer.core.wide_ranges import wide_ranges
from poseviewer.io.label_import import labels_to_project_edit


def opened(qtbot, window) -> None:
    qtbot.waitUntil(lambda: window.workspace is not None and window.workspace.selection.frame is not None)


def test_one_bad_file_of_three_is_named_and_the_others_are_added(qtbot, window, pictures, tmp_path):
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"not a picture")
    window.opening.open_paths([str(pictures[0]), str(bad), str(pictures[1])])
    opened(qtbot, window)
    assert len(window.opening.document.project.media) == 2
    assert "bad.png" in window.notice_bar.text


def test_a_new_project_has_the_skeleton_that_was_chosen(qtbot, window, pictures):
    window.store.change(skeleton="human17")
    window.opening.open_paths([str(pictures[0])])
    opened(qtbot, window)
    assert window.opening.document.project.skeleton.name == "human17"


def test_saving_gives_a_name_once_and_then_says_that_all_is_saved(qtbot, window, workspace, monkeypatch, tmp_path):
    path = tmp_path / "mine.poseproj"
    asked = []
    monkeypatch.setattr(open_dialogs, "ask_project_name", lambda *_: asked.append(1) or path)
    window.actions_.by_id["file.save"].trigger()
    assert path.exists() and window.store.current.recent == (str(path),)
    assert window.windowTitle() == "mine"
    window.actions_.by_id["file.save"].trigger()
    assert asked == [1] and "All is saved in mine.poseproj" in window.status.currentMessage()


def test_a_project_opens_while_another_is_open(qtbot, window, workspace, monkeypatch, tmp_path, pictures):
    path = tmp_path / "first.poseproj"
    monkeypatch.setattr(open_dialogs, "ask_project_name", lambda *_: path)
    window.opening.save_as()
    monkeypatch.setattr(open_dialogs, "ask_media", lambda *_: [str(pictures[1])])
    window.actions_.by_id["file.new"].trigger()
    qtbot.waitUntil(lambda: window.opening.document is not None and window.opening.document.untitled)
    window.opening.open_project(str(path))
    assert window.opening.document.path == path
    opened(qtbot, window)


def test_opening_what_is_open_says_so(qtbot, window, workspace):
    document = window.opening.document
    window.opening.open_project(str(document.path))
    assert window.opening.document is document
    assert "open already" in window.status.currentMessage()


@pytest.mark.parametrize("action", ["file.new", "file.open", "file.open_folder"])
def test_thinking_better_of_it_changes_nothing(window, workspace, monkeypatch, action):
    for name in ("ask_media", "ask_anything"):
        monkeypatch.setattr(open_dialogs, name, lambda *_: [])
    monkeypatch.setattr(open_dialogs, "ask_folder", lambda *_: "")
    document = window.opening.document
    window.actions_.by_id[action].trigger()
    assert window.opening.document is document


def test_a_folder_that_cannot_be_written_is_one_sentence(qtbot, window, pictures, own_folders):
    shutil.rmtree(own_folders / "user_data_dir", ignore_errors=True)
    (own_folders / "user_data_dir").write_text("a file where the folder should be")
    with qtbot.waitSignal(window.notices.shown):
        window.opening.open_paths([str(pictures[0])])
    assert window.workspace is None and window.notice_bar.text


@pytest.fixture
def labelled_folder(tmp_path, pictures):
    """A folder of another tool: three pictures, two of them labelled with joints that no shipped skeleton has."""
    folder = tmp_path / "my mouse" / "labeled-data" / "video1"
    folder.mkdir(parents=True)
    for path in pictures:
        shutil.copy(path, folder / path.name)
    parts = ("snout", "leftear", "rightear", "tailbase")
    rows = [
        ["scorer", *["Me"] * 8],
        ["bodyparts", *[part for part in parts for _ in "xy"]],
        ["coords", *["x", "y"] * 4],
        *[[f"labeled-data/video1/{name}.png", *[str(10 + i) for i in range(8)]] for name in "ab"],
    ]
    (folder / "CollectedData_Me.csv").write_text("\n".join(map(",".join, rows)), encoding="utf-8")
    return tmp_path / "my mouse"


def test_a_labelled_folder_brings_its_own_skeleton(qtbot, window, labelled_folder):
    window.opening.open_paths([str(labelled_folder)])
    opened(qtbot, window)
    project = window.opening.document.project
    assert project.skeleton.name == "my mouse"
    assert project.skeleton.joints == ("snout", "leftear", "rightear", "tailbase")
    assert project.labelled_frames(project.media[0].id) == [0, 1]
    assert window.notice_bar.text == ""
    workspace = window.workspace
    qtbot.waitUntil(lambda: workspace.annotator.pose.present_count == 4)


def test_labels_are_put_on_the_media_that_they_are_given_with(qtbot, window, labelled_folder):
    inside = labelled_folder / "labeled-data" / "video1"
    window.opening.open_paths([str(inside / "a.png"), str(inside / "CollectedData_Me.csv")])
    opened(qtbot, window)
    project = window.opening.document.project
    assert project.skeleton.name == "video1" and project.labelled_frames(project.media[0].id) == [0]
    assert "1 frames were left out" in window.notice_bar.text


def test_labels_alone_are_put_on_what_is_open(qtbot, window, workspace, labelled_folder):
    table = labelled_folder / "labeled-data" / "video1" / "CollectedData_Me.csv"
    window.opening.open_paths([str(table)])
    qtbot.waitUntil(lambda: bool(window.notice_bar.text))
    document = window.opening.document
    assert document.project.labelled_frames(document.project.media[0].id) == [0]
    assert "quadruped16 has no joint for leftear, rightear" in window.notice_bar.text
    document.undo()
    assert not document.project.labels


def test_labels_without_media_say_what_is_lacking(qtbot, window, labelled_folder):
    table = labelled_folder / "labeled-data" / "video1" / "CollectedData_Me.csv"
    window.opening.open_paths([str(table)])
    qtbot.waitUntil(lambda: bool(window.notice_bar.text))
    assert "together with their videos or images" in window.notice_bar.text and window.workspace is None


def test_a_skeleton_without_a_lifter_says_so_kindly(qtbot, window, labelled_folder, monkeypatch):
    from poseviewer.app.live_lift import load_shipped

    monkeypatch.setattr(window, "_load", load_shipped)
    window.opening.open_paths([str(labelled_folder)])
    opened(qtbot, window)
    said = window.status.model
    qtbot.waitUntil(lambda: said.text() == "No lifter")
    assert "There is no lifter for the skeleton “my mouse” yet." in said.toolTip()


@pytest.mark.parametrize(
    ("name", "labelled", "joints"),
    [("dlc_openfield_mouse", 80, 4), ("lp_mirror_mouse", 60, 17), ("dlc_reaching_mouse", 55, 5)],
)
def test_real_folders_come_with_all_their_labels(shared_data, name, labelled, joints):
    work = read_media([str(shared_data / "animal_images" / name)])
    try:
        while True:
            next(work)
    except StopIteration as done:
        found = done.value
    project = Project(found.skeleton, wide_ranges(found.skeleton), tuple(m.ref for m in found.media))
    for labels in found.labels:
        edit, report = labels_to_project_edit(project, labels)
        project = edit.after
        assert not report
    assert found.errors == () and found.skeleton.joint_count == joints
    assert len(project.labelled_frames(project.media[0].id)) == labelled
