"""The document changes by edits only, says what changed, and keeps its state when an edit cannot be saved."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from poseviewer.app.document import Document
from poseviewer.core import edits
from poseviewer.core.errors import ProjectFileError
from poseviewer.core.project import FrameKey, MediaRef, Project
from poseviewer.core.ranges import BoneLength, Interval, RangePreset, SphericalRange
from poseviewer.core.skeleton import Skeleton
from poseviewer.io import untitled
from poseviewer.io.project_file import ProjectFile

ARM = Skeleton.from_names("arm", ["shoulder", "elbow", "hand"], [("shoulder", "elbow"), ("elbow", "hand")])
RANGE = SphericalRange(Interval(0.0, 1.0), Interval(-1.0, 1.0))
EMPTY = Project(ARM, RangePreset("arm", ARM, (RANGE,) * 2, (BoneLength(1.0, 0.0),) * 2))
FRAME = FrameKey("clip", 3)
CLIP = MediaRef("clip", "/videos/clip.mp4", "video", 1, "f", 10, 64, 48)


class Heard:
    """What a document has said since, in order."""

    def __init__(self, document: Document) -> None:
        self.said: list[str] = []
        self.frames: list[object] = []
        self.failures: list[str] = []
        parts = ("media", "skeleton", "ranges", "model", "detector", "history")
        for name in (f"{part}_changed" for part in parts):
            getattr(document, name).connect(lambda name=name: self.said.append(name))
        document.frames_changed.connect(lambda frames: (self.said.append("frames_changed"), self.frames.append(frames)))
        document.failed.connect(self.failures.append)


@pytest.fixture
def document():
    opened = Document(EMPTY)
    yield opened
    opened.close()


@pytest.fixture
def heard(document: Document) -> Heard:
    return Heard(document)


def click(document: Document, x: float = 1.0, joint: int = 0, frame: FrameKey = FRAME) -> bool:
    return document.push(edits.place_keypoint(document.project, frame, 0, joint, (x, 2.0)))


def x_of(document: Document, joint: int = 0) -> float:
    return float(document.project.pose(FRAME).keypoints[joint, 0])


def test_a_pushed_edit_changes_the_project_and_says_which_frame(document: Document, heard: Heard) -> None:
    assert click(document)
    assert x_of(document) == 1.0
    assert heard.said == ["frames_changed", "history_changed"] and heard.frames == [frozenset({FRAME})]


def test_the_project_is_new_by_the_time_the_signal_comes(document: Document) -> None:
    seen: list[float] = []
    document.frames_changed.connect(lambda _: seen.append(x_of(document)))
    click(document, 7.0)
    assert seen == [7.0]


def test_an_empty_edit_is_silent(document: Document, heard: Heard) -> None:
    assert document.push(edits.clear_frame(document.project, FRAME))
    assert heard.said == [] and not document.can_undo


def test_an_edit_of_an_old_project_is_refused(document: Document) -> None:
    stale = edits.place_keypoint(document.project, FRAME, 0, 0, (1.0, 1.0))
    click(document, 5.0, joint=1)
    with pytest.raises(ValueError, match="has changed since"):
        document.push(stale)
    assert x_of(document, 1) == 5.0


def test_undo_and_redo_go_back_and_forth(document: Document, heard: Heard) -> None:
    click(document, 1.0)
    click(document, 5.0)
    assert document.undo_text == "Move shoulder" and not document.can_redo
    assert document.undo() and x_of(document) == 1.0
    assert document.undo() and np.isnan(x_of(document))
    assert not document.can_undo and not document.undo()
    assert document.redo_text == "Place shoulder"
    assert document.redo() and document.redo() and x_of(document) == 5.0
    assert not document.redo()
    assert heard.frames == [frozenset({FRAME})] * 6


def test_every_part_has_its_signal_and_the_skeleton_comes_first(document: Document, heard: Heard) -> None:
    document.push(edits.add_media(document.project, CLIP))
    document.push(edits.set_model(document.project, "m.safetensors"))
    document.push(edits.set_detector(document.project, "d.safetensors"))
    document.push(edits.set_ranges(document.project, document.project.ranges.with_length(0, BoneLength(2.0, 0.0))))
    assert heard.said == [
        "media_changed", "history_changed", "model_changed", "history_changed", "detector_changed",
        "history_changed", "ranges_changed", "history_changed",
    ]  # fmt: skip
    click(document)
    heard.said.clear()
    stick = Skeleton.from_names("stick", ["shoulder", "hand"], [("shoulder", "hand")])
    ranges = RangePreset("stick", stick, (RANGE,), (BoneLength(1.0, 0.0),))
    document.push(edits.set_skeleton(document.project, stick, ranges))
    assert heard.said[0] == "skeleton_changed" and set(heard.said) >= {"ranges_changed", "frames_changed"}
    document.undo()
    assert document.project.skeleton == ARM and document.project.ranges.lengths[0].template == 2.0


def test_what_cannot_be_saved_does_not_happen(
    document: Document, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    click(document, 1.0)
    before = document.project
    heard.said.clear()

    def full(*_: object) -> None:
        raise ProjectFileError("the disk is full; make room on it.")

    monkeypatch.setattr(ProjectFile, "commit", full)
    assert not click(document, 9.0) and not document.undo()
    assert document.project is before and heard.said == []
    assert heard.failures == ["the disk is full; make room on it."] * 2


def test_closed_and_opened_again_it_can_still_undo(tmp_path: Path) -> None:
    first = Document(EMPTY, ProjectFile.create(tmp_path / "p.poseproj", EMPTY))
    click(first, 1.0)
    click(first, 5.0)
    first.close()
    file = ProjectFile.open(tmp_path / "p.poseproj")
    second = Document(file.project, file)
    assert second.path == tmp_path / "p.poseproj" and second.undo_text == "Move shoulder"
    assert second.undo() and x_of(second) == 1.0
    second.close()
    assert not second.can_undo


def test_a_read_only_document_says_why_and_stays(tmp_path: Path) -> None:
    first = Document(EMPTY, ProjectFile.create(tmp_path / "p.poseproj", EMPTY))
    click(first)
    file = ProjectFile.open(tmp_path / "p.poseproj")
    second = Document(file.project, file)
    heard = Heard(second)
    assert second.read_only and not second.can_undo
    assert not click(second, 9.0)
    assert "open in another window" in heard.failures[0] and x_of(second) == 1.0
    second.close()
    first.close()


def test_saved_under_a_name_it_goes_on_there(tmp_path: Path, document: Document, heard: Heard) -> None:
    assert document.path is None and document.untitled
    click(document, 1.0)
    assert document.save_as(tmp_path / "named.poseproj")
    assert document.path == tmp_path / "named.poseproj" and not document.untitled
    assert heard.said.count("skeleton_changed") == 1
    click(document, 5.0)
    document.undo()
    document.undo()
    document.redo()
    document.close()
    found = ProjectFile.open(tmp_path / "named.poseproj")
    assert found.project.pose(FRAME).keypoints[0, 0] == 1.0
    found.close()


def test_a_failed_save_as_changes_nothing(tmp_path: Path, document: Document, heard: Heard) -> None:
    click(document)
    assert not document.save_as(tmp_path / "nowhere" / "p.poseproj")
    assert document.path is None and "does not exist" in heard.failures[0]
    assert click(document, 3.0)


def test_an_untitled_project_disappears_once_named_or_left_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(untitled.platformdirs, "user_data_dir", lambda *_, **__: str(tmp_path))
    named = Document(EMPTY, ProjectFile.create(untitled.untitled_path(), EMPTY))
    click(named)
    old = named.path
    assert named.untitled and old is not None
    assert named.save_as(tmp_path / "named.poseproj")
    assert not old.exists()
    named.close()
    empty = Document(EMPTY, ProjectFile.create(untitled.untitled_path(), EMPTY))
    empty.close()
    kept = Document(EMPTY, ProjectFile.create(untitled.untitled_path(), replace(EMPTY, media=(CLIP,))))
    kept.close()
    assert untitled.untitled_projects() == [kept.path]


def test_parts_of_one_work_are_one_step_of_undo(document: Document, heard: Heard) -> None:
    def part(frame: int, whole: int) -> int:
        edit = edits.place_keypoint(document.project, FrameKey("clip", frame), 0, 0, (1.0, 2.0))
        return document.push_part(edit, whole)

    first = part(1, 0)
    click(document, frame=FrameKey("clip", 9))
    assert first and part(2, first) == first and not document.is_undone(first)
    assert heard.frames[-1] == {FrameKey("clip", 2)}

    document.undo()
    assert {key.frame for key in document.project.labels} == {1, 2}
    document.undo()
    assert not document.project.labels and document.is_undone(first)
    assert part(3, first) not in (0, first)  # what was undone is not gone on with


def test_a_part_that_cannot_be_saved_is_said(tmp_path: Path) -> None:
    path = tmp_path / "arm.poseproj"
    document = Document(EMPTY, ProjectFile.create(path, EMPTY))
    heard = Heard(document)
    whole = document.push_part(edits.place_keypoint(document.project, FRAME, 0, 0, (1.0, 2.0)), 0)
    path.rename(tmp_path / "moved.poseproj")

    other = edits.place_keypoint(document.project, FrameKey("clip", 4), 0, 0, (1.0, 2.0))
    assert document.push_part(other, whole) == 0
    assert "was moved" in heard.failures[0] and FrameKey("clip", 4) not in document.project.labels
    document.close()
