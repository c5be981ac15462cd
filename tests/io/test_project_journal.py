"""Undo and redo outlive the program: what each edit replaced and wrote is in the file, within bounds."""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import replace
from pathlib import Path

import immutables
import numpy as np
import pytest

from poseviewer.core import edits
from poseviewer.core.errors import ProjectFileError
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import Edit, FrameKey, Instance, MediaRef, Project
from poseviewer.core.ranges import BoneLength, Interval, RangePreset, SphericalRange
from poseviewer.core.skeleton import Skeleton
from poseviewer.io import project_journal
from poseviewer.io.project_file import ProjectFile, Step

ARM = Skeleton.from_names("arm", ["shoulder", "elbow", "hand"], [("shoulder", "elbow"), ("elbow", "hand")])
SPHERICAL = SphericalRange(Interval(0.0, 1.0), Interval(-1.0, 1.0))
RANGES = RangePreset("arm", ARM, (SPHERICAL, SPHERICAL), (BoneLength(1.0, 0.1), BoneLength(0.8, 0.2)))
FRAME = FrameKey("clip", 3)


@pytest.fixture
def file(tmp_path: Path):
    opened = ProjectFile.create(tmp_path / "arm.poseproj", Project(ARM, RANGES))
    yield opened
    opened.close()


def media(path: Path) -> MediaRef:
    return MediaRef("clip", str(path), "video", 10, "abc", 100, 640, 480, 29.97)


def click(file: ProjectFile, joint: int = 0, x: float = 1.5) -> None:
    file.commit(edits.place_keypoint(file.project, FRAME, 0, joint, (x, 2.25)))


def query(path: Path, statement: str) -> list[tuple[object, ...]]:
    """Reach into the file behind the program's back."""
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        return connection.execute(statement).fetchall()


def test_undo_and_redo_survive_a_restart(file: ProjectFile) -> None:
    click(file, x=1.0)
    click(file, x=5.0)
    file.close()
    again = ProjectFile.open(file.path)
    assert again.text_of(Step.UNDO) == "Move shoulder" and again.text_of(Step.REDO) == ""
    for text, x in (("Move shoulder", 1.0), ("Place shoulder", np.nan)):
        edit = again.recall(Step.UNDO)
        assert edit is not None and edit.text == text and edit.change.frames == {FRAME}
        again.commit(edit, Step.UNDO)
        assert np.array_equal(again.project.pose(FRAME).keypoints[0, 0], x, equal_nan=True)
    assert again.recall(Step.UNDO) is None
    again.close()
    third = ProjectFile.open(file.path)
    assert third.text_of(Step.REDO) == "Place shoulder"
    edit = third.recall(Step.REDO)
    assert edit is not None
    third.commit(edit, Step.REDO)
    assert third.project.pose(FRAME).keypoints[0, 0] == 1.0
    assert third.text_of(Step.REDO) == "Move shoulder"
    third.close()


def test_every_kind_of_edit_can_be_undone_after_a_restart(file: ProjectFile, tmp_path: Path) -> None:
    click(file)
    file.commit(edits.add_media(file.project, media(tmp_path / "clip.mp4")))
    before = file.project
    two = Skeleton.from_names("two", ["hand", "elbow"], [("hand", "elbow")])
    ranges = RangePreset("two", two, (SPHERICAL,), (BoneLength(1.0, 0.0),))
    file.commit(edits.set_model(file.project, "m.safetensors"))
    file.commit(edits.set_skeleton(file.project, two, ranges))
    file.commit(edits.remove_media(file.project, "clip"))
    file.close()
    again = ProjectFile.open(file.path)
    for _ in range(3):
        edit = again.recall(Step.UNDO)
        assert edit is not None
        again.commit(edit, Step.UNDO)
    assert dict(again.project.labels) == dict(before.labels)
    assert again.project.media == before.media
    assert again.project.skeleton == before.skeleton and again.project.model == ""
    again.close()


def test_a_new_edit_forgets_the_undone_ones(file: ProjectFile) -> None:
    click(file, joint=0)
    edit = file.recall(Step.UNDO)
    assert edit is not None
    file.commit(edit, Step.UNDO)
    click(file, joint=1)
    assert file.recall(Step.REDO) is None
    assert file.text_of(Step.UNDO) == "Place elbow"


def test_the_history_is_bounded(file: ProjectFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(project_journal, "EDITS_KEPT", 5)
    for x in range(9):
        click(file, x=float(x))
    count = 0
    while (edit := file.recall(Step.UNDO)) is not None:
        file.commit(edit, Step.UNDO)
        count += 1
    assert count == 5
    assert file.project.pose(FRAME).keypoints[0, 0] == 3.0


def test_a_huge_edit_pushes_older_ones_out_of_the_history(file: ProjectFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(project_journal, "ROWS_KEPT", 10)
    click(file)
    many = {FrameKey("clip", i): (Instance(Pose2D([[i, 0.0]] * 3)),) for i in range(100)}
    after = replace(file.project, labels=immutables.Map(many))
    file.commit(edits.Edit("Import", file.project, after, edits.Change(frames=frozenset(many))))
    assert file.text_of(Step.UNDO) == "Import"
    assert query(file.path, "SELECT COUNT(*) FROM edits") == [(1,)]


def test_an_unreadable_history_does_not_harm_the_project(file: ProjectFile) -> None:
    click(file)
    click(file, joint=1)
    file.close()
    query(file.path, "UPDATE edit_instances SET keypoints = x'00'")
    again = ProjectFile.open(file.path)
    assert again.project.pose(FRAME).present_count == 2
    with pytest.raises(ProjectFileError, match="this cannot be undone; the project itself is intact"):
        again.recall(Step.UNDO)
    again.commit(edits.place_keypoint(again.project, FRAME, 0, 2, (1.0, 1.0)))
    edit = again.recall(Step.UNDO)
    assert edit is not None and edit.after.pose(FRAME).present_count == 2
    again.close()


def at(frame: int) -> FrameKey:
    return FrameKey("clip", frame)


def place(project: Project, frame: int, x: float = 1.0) -> Edit:
    return edits.place_keypoint(project, at(frame), 0, 0, (x, 2.0))


def labelled(file: ProjectFile) -> list[int]:
    return sorted(key.frame for key in file.project.labels)


def step(file: ProjectFile, which: Step) -> None:
    edit = file.recall(which)
    assert edit is not None
    file.commit(edit, which)


def test_the_parts_of_one_work_are_undone_at_once_also_after_a_restart(file: ProjectFile) -> None:
    file.commit(place(file.project, 1))
    number = file.number_of(Step.UNDO)
    assert file.extend(number, place(file.project, 2)) and file.extend(number, place(file.project, 3))
    assert file.number_of(Step.UNDO) == number and not file.is_undone(number)
    file.close()

    again = ProjectFile.open(file.path)
    assert labelled(again) == [1, 2, 3]
    step(again, Step.UNDO)
    assert labelled(again) == [] and again.is_undone(number)
    step(again, Step.REDO)
    assert labelled(again) == [1, 2, 3] and not again.is_undone(number)
    again.close()


def test_what_the_user_does_meanwhile_is_undone_first_and_apart(file: ProjectFile) -> None:
    file.commit(place(file.project, 1))
    number = file.number_of(Step.UNDO)
    file.commit(place(file.project, 50, x=7.0))  # the user's click
    assert file.extend(number, place(file.project, 2))

    step(file, Step.UNDO)
    assert labelled(file) == [1, 2]
    assert file.extend(number, place(file.project, 3))
    step(file, Step.REDO)  # what was extended meanwhile did not forget it
    assert labelled(file) == [1, 2, 3, 50]
    step(file, Step.UNDO)
    step(file, Step.UNDO)
    assert labelled(file) == []


@pytest.mark.parametrize("case", ["same frame", "frame of a later edit", "undone", "settings", "skeleton"])
def test_what_does_not_commute_is_no_part_of_it(file: ProjectFile, case: str) -> None:
    file.commit(place(file.project, 1))
    number, part = file.number_of(Step.UNDO), 2
    if case == "same frame":
        part = 1
    elif case == "frame of a later edit":
        file.commit(place(file.project, 2))
    elif case == "undone":
        step(file, Step.UNDO)
    elif case == "skeleton":
        file.commit(
            edits.set_skeleton(
                file.project, replace(ARM, name="other"), replace(RANGES, skeleton=replace(ARM, name="other"))
            )
        )
    before = file.project
    edit = edits.set_model(before, "m.safetensors") if case == "settings" else place(before, part, x=9.0)

    assert not file.extend(number, edit)
    assert file.project is before
    file.commit(edit)
    step(file, Step.UNDO)
    assert file.project.labels == before.labels and file.project.model == before.model


def test_a_part_counts_towards_what_is_kept(file: ProjectFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(project_journal, "ROWS_KEPT", 3)
    file.commit(place(file.project, 0))
    file.commit(place(file.project, 1))
    number = file.number_of(Step.UNDO)
    for frame in range(2, 6):
        assert file.extend(number, place(file.project, frame))

    step(file, Step.UNDO)
    assert labelled(file) == [0] and file.recall(Step.UNDO) is None
