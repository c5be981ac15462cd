"""The project file keeps every edit, tells bad files apart, and is never left half written."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

import immutables
import numpy as np
import pytest

from poseviewer.core import edits
from poseviewer.core.errors import ProjectFileError
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import FrameKey, Instance, MediaRef, Project
from poseviewer.core.ranges import BoneLength, Interval, RangePreset, SphericalRange
from poseviewer.core.skeleton import Skeleton
from poseviewer.io import project_file, project_journal, project_schema
from poseviewer.io.project_file import ProjectFile, Step
from poseviewer.io.project_lock import ProjectLock, is_open, lock_path

ARM = Skeleton.from_names(
    "arm", ["shoulder", "elbow", "hand"], [("shoulder", "elbow"), ("elbow", "hand")], aliases=[("paw", "hand")]
)
SPHERICAL = SphericalRange(Interval(0.0, 1.0), Interval(-1.0, 1.0))
RANGES = RangePreset(
    "arm", ARM, (SPHERICAL, SPHERICAL), (BoneLength(1.0, 0.1), BoneLength(0.8, 0.2)), notes=("a", "b"), source="made up"
)
FRAME = FrameKey("clip", 3)


@pytest.fixture
def project() -> Project:
    return Project(ARM, RANGES)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "arm & leg?.poseproj"  # characters that mean something in an SQLite address


@pytest.fixture
def file(path: Path, project: Project):
    opened = ProjectFile.create(path, project)
    yield opened
    opened.close()


def media(path: Path, name: str = "clip") -> MediaRef:
    return MediaRef(name, str(path), "video", 10, "abc", 100, 640, 480, 29.97)


def click(file: ProjectFile, frame: int = 3, joint: int = 0, x: float = 1.5) -> None:
    file.commit(edits.place_keypoint(file.project, FrameKey("clip", frame), 0, joint, (x, 2.25)))


def query(path: Path, statement: str) -> list[tuple[object, ...]]:
    """Reach into the file behind the program's back."""
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        return connection.execute(statement).fetchall()


def reopened(file: ProjectFile) -> Project:
    file.close()
    again = ProjectFile.open(file.path)
    again.close()
    return again.project


# Round trips


def test_everything_comes_back(file: ProjectFile, tmp_path: Path) -> None:
    scores = np.array([0.5, np.nan, 1.0], dtype=np.float32)
    guess = Instance(Pose2D([[1, 2], [np.nan, np.nan], [5, 6]], [1, 0, 2]), "Rex", True, scores)
    wanted = file.project.with_instances(FRAME, (guess, Instance(Pose2D([[0.1, 0.2], [3, 4], [5, 6]]))))
    file.commit(edits.Edit("Detect", file.project, wanted, edits.Change(frames=frozenset({FRAME}))))
    file.commit(edits.add_media(file.project, media(tmp_path / "a b" / "clip.mp4")))
    file.commit(edits.add_media(file.project, replace(media(tmp_path, "pictures"), kind="images", files=("1.png",))))
    file.commit(edits.set_ranges(file.project, RANGES.with_length(1, BoneLength(3.0, 0.3))))
    file.commit(edits.set_model(file.project, "/models/mine.safetensors"))
    file.commit(edits.set_detector(file.project, "/models/eyes.safetensors"))
    found = reopened(file)
    assert dict(found.labels) == dict(wanted.labels)
    assert found.media == file.project.media and found.media[1].files == ("1.png",)
    assert found.skeleton == ARM and found.skeleton.aliases == ARM.aliases
    assert found.ranges.lengths == file.project.ranges.lengths and found.ranges.notes == ("a", "b")
    assert found.ranges.ranges[0].theta.max == pytest.approx(1.0, abs=1e-7)
    assert found.model == "/models/mine.safetensors" and found.detector == "/models/eyes.safetensors"


def test_a_file_from_before_there_were_detectors_opens_with_the_shipped_one(file: ProjectFile) -> None:
    click(file)
    file.close()
    query(file.path, "DELETE FROM settings WHERE key = 'detector'")
    again = ProjectFile.open(file.path)
    assert again.project.detector == ""
    again.commit(edits.set_detector(again.project, "/models/eyes.safetensors"))
    edit = again.recall(Step.UNDO)
    assert edit is not None and edit.change.detector and edit.after.detector == ""
    assert reopened(again).detector == "/models/eyes.safetensors"


def test_an_edit_writes_only_what_it_changed(file: ProjectFile) -> None:
    click(file, frame=1)
    click(file, frame=2)
    query(file.path, "UPDATE instances SET identity = 'untouched' WHERE frame = 1")
    click(file, frame=2, joint=1)
    found = reopened(file)
    assert found.instances(FrameKey("clip", 1))[0].identity == "untouched"
    assert found.pose(FrameKey("clip", 2)).present_count == 2


def test_a_frame_without_keypoints_leaves_no_row(file: ProjectFile) -> None:
    click(file)
    file.commit(edits.delete_keypoint(file.project, FRAME, 0, 0))
    assert FRAME not in reopened(file).labels


def test_a_new_skeleton_moves_the_keypoints_of_every_frame(file: ProjectFile) -> None:
    click(file, frame=1, joint=0, x=10.0)
    click(file, frame=2, joint=2, x=20.0)
    longer = Skeleton.from_names("longer", ["hand", "elbow"], [("hand", "elbow")])
    ranges = RangePreset("longer", longer, (SPHERICAL,), (BoneLength(1.0, 0.0),))
    file.commit(edits.set_skeleton(file.project, longer, ranges))
    found = reopened(file)
    assert found.skeleton == longer
    assert dict(found.labels) == {FrameKey("clip", 2): (Instance(Pose2D([[20.0, 2.25], [np.nan, np.nan]])),)}


def test_media_beside_the_project_move_with_it(file: ProjectFile, tmp_path: Path) -> None:
    (tmp_path / "videos").mkdir()
    (tmp_path / "videos" / "clip.mp4").write_bytes(b"x")
    file.commit(edits.add_media(file.project, media(tmp_path / "videos" / "clip.mp4")))
    file.close()
    shutil.copytree(tmp_path, tmp_path.with_name("elsewhere"))
    shutil.rmtree(tmp_path)
    elsewhere = tmp_path.with_name("elsewhere")
    opened = ProjectFile.open(elsewhere / file.path.name)
    assert opened.project.media[0].path == str(elsewhere / "videos" / "clip.mp4")
    opened.close()
    shutil.rmtree(elsewhere)
    tmp_path.mkdir()


def test_a_project_that_moves_alone_still_finds_its_media(file: ProjectFile, tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(b"x")
    file.commit(edits.add_media(file.project, media(clip)))
    file.close()
    moved = tmp_path / "deep" / "er" / "p.poseproj"
    moved.parent.mkdir(parents=True)
    shutil.move(file.path, moved)
    opened = ProjectFile.open(moved)
    assert opened.project.media[0].path == str(clip)
    opened.close()


# Bad files


@pytest.mark.parametrize("content", [b"", b"hello, world", b"\x00" * 5000], ids=["empty", "text", "zeros"])
def test_another_file_is_not_a_project(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(ProjectFileError, match="is not a poseviewer project"):
        ProjectFile.open(path)
    assert path.read_bytes() == content


def test_another_programs_database_is_not_a_project(path: Path) -> None:
    query(path, "CREATE TABLE bookmarks (url TEXT)")
    before = path.read_bytes()
    with pytest.raises(ProjectFileError, match="is not a poseviewer project"):
        ProjectFile.open(path)
    assert path.read_bytes() == before and list(path.parent.iterdir()) == [path]


def test_a_missing_project_is_named(path: Path) -> None:
    with pytest.raises(ProjectFileError, match=r"There is no project at .*arm & leg"):
        ProjectFile.open(path)
    assert not path.exists()


def test_a_folder_is_not_a_project(tmp_path: Path) -> None:
    with pytest.raises(ProjectFileError, match="is a folder"):
        ProjectFile.open(tmp_path)


def test_a_project_of_a_newer_version_is_left_alone(file: ProjectFile) -> None:
    file.close()
    query(file.path, f"PRAGMA user_version = {project_schema.version() + 2}")
    before = file.path.read_bytes()
    with pytest.raises(ProjectFileError, match=r"made by a newer poseviewer .* update poseviewer"):
        ProjectFile.open(file.path)
    assert file.path.read_bytes() == before


def test_a_truncated_project_is_damaged(file: ProjectFile) -> None:
    for frame in range(200):
        click(file, frame)
    file.close()
    os.truncate(file.path, file.path.stat().st_size // 3)
    with pytest.raises(ProjectFileError, match=r"is damaged .* restore it from a backup"):
        ProjectFile.open(file.path)
    assert not lock_path(file.path).exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE instances SET keypoints = x'00'",
        "UPDATE instances SET scores = x'00'",
        "UPDATE settings SET value = '{}' WHERE key = 'skeleton'",
        "UPDATE settings SET value = 'not JSON' WHERE key = 'ranges'",
        "DELETE FROM settings",
        "DROP TABLE media",
        "UPDATE instances SET keypoints = zeroblob(16), visibility = zeroblob(1)",
    ],
)
def test_a_project_changed_by_hand_is_damaged(file: ProjectFile, statement: str) -> None:
    click(file)
    file.close()
    query(file.path, statement)
    with pytest.raises(ProjectFileError, match="is damaged"):
        ProjectFile.open(file.path)


def test_an_older_version_is_brought_up_to_date(file: ProjectFile, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    click(file)
    file.close()
    newer = (*project_schema.MIGRATIONS, ("ALTER TABLE media ADD COLUMN note TEXT",))
    monkeypatch.setattr(project_schema, "MIGRATIONS", newer)
    opened = ProjectFile.open(path)
    assert opened.project.pose(FRAME).present_count == 1
    opened.close()
    assert query(path, "PRAGMA user_version") == [(2,)]
    assert query(path, "SELECT version FROM migrations ORDER BY version") == [(1,), (2,)]


def test_a_migration_that_fails_leaves_the_older_version(
    file: ProjectFile, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.close()
    broken = (*project_schema.MIGRATIONS, ("CREATE TABLE notes (text TEXT)", "INSERT INTO nowhere VALUES (1)"))
    with monkeypatch.context() as patch:
        patch.setattr(project_schema, "MIGRATIONS", broken)
        with pytest.raises(ProjectFileError):
            ProjectFile.open(path)
    ProjectFile.open(path).close()


# A full disk


def test_a_full_disk_keeps_the_last_good_state(file: ProjectFile) -> None:
    click(file)
    before = file.project
    pages = file._connection.execute("PRAGMA page_count").fetchone()[0]
    file._connection.execute(f"PRAGMA max_page_count = {pages}")
    many = {FrameKey("clip", i): (Instance(Pose2D([[i, 0.0]] * 3)),) for i in range(5000)}
    after = replace(before, labels=immutables.Map(many))
    edit = edits.Edit("Import labels", before, after, edits.Change(frames=frozenset(many)))
    with pytest.raises(ProjectFileError, match=r'"Import labels" was not saved: the disk .* is full; make room'):
        file.commit(edit)
    assert file.project is before
    file._connection.execute("PRAGMA max_page_count = 1000000")
    file.commit(edit)
    assert dict(reopened(file).labels) == many


def test_an_interrupted_commit_leaves_nothing_half_written(file: ProjectFile, monkeypatch: pytest.MonkeyPatch) -> None:
    click(file)
    before = file.project

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(project_journal, "record", fail)
        with pytest.raises(ProjectFileError, match="full; make room"):
            click(file, x=99.0)
    assert file.project is before
    assert reopened(file).pose(FRAME).keypoints[0, 0] == 1.5


def test_a_failed_save_keeps_the_older_file(file: ProjectFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    click(file)
    other = ProjectFile.create(tmp_path / "other.poseproj", file.project)
    other.close()
    before = other.path.read_bytes()

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(project_file, "_move_media", fail)
    with pytest.raises(ProjectFileError, match=r"the disk that holds .*other\.poseproj is full"):
        file.save_as(other.path)
    assert other.path.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir() if "other" in p.name) == ["other.poseproj"]


# Read-only places


@pytest.fixture
def read_only_folder(monkeypatch: pytest.MonkeyPatch):
    """Tests may run as root, for whom no folder is read-only: the system's refusal is put in its place."""

    def refuse(_: Path) -> None:
        raise PermissionError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(ProjectLock, "take", staticmethod(refuse))


def test_a_project_in_a_read_only_folder_opens_read_only(file: ProjectFile, read_only_folder: None) -> None:
    click(file)
    wanted = file.project
    file.close()
    content = file.path.read_bytes()
    opened = ProjectFile.open(file.path)
    assert opened.read_only and "read-only" in opened.read_only_reason and str(file.path) in opened.read_only_reason
    assert dict(opened.project.labels) == dict(wanted.labels)
    with pytest.raises(ProjectFileError, match="save it under a new name"):
        click(opened)
    opened.close()
    assert file.path.read_bytes() == content
    assert [p for p in file.path.parent.iterdir() if p.name.endswith(("-wal", "-shm"))] == []


def test_a_killed_programs_log_is_read_even_in_a_read_only_folder(
    file: ProjectFile, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    click(file)
    folder = tmp_path / "copied while open"
    folder.mkdir()
    for part in (file.path, file.path.with_name(file.path.name + "-wal")):
        shutil.copy(part, folder)
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    wanted = dict(file.project.labels)
    request.getfixturevalue("read_only_folder")
    opened = ProjectFile.open(folder / file.path.name)
    assert dict(opened.project.labels) == wanted and wanted
    opened.close()
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before


def test_a_read_only_file_opens_read_only(file: ProjectFile, monkeypatch: pytest.MonkeyPatch) -> None:
    file.close()
    monkeypatch.setattr(os, "access", lambda *_: False)
    opened = ProjectFile.open(file.path)
    assert opened.read_only
    opened.close()


def test_a_new_project_in_a_read_only_folder_is_refused(path: Path, project: Project, read_only_folder: None) -> None:
    with pytest.raises(ProjectFileError, match="read-only; save the project in a folder of your own"):
        ProjectFile.create(path, project)


def test_a_new_project_in_a_folder_that_is_not_there_is_refused(tmp_path: Path, project: Project) -> None:
    with pytest.raises(ProjectFileError, match=r"the folder of .* does not exist"):
        ProjectFile.create(tmp_path / "nowhere" / "p.poseproj", project)


# Two windows


def test_a_second_window_reads_only_and_says_so(file: ProjectFile) -> None:
    click(file)
    second = ProjectFile.open(file.path)
    assert second.read_only and "open in another window" in second.read_only_reason
    assert second.project.pose(FRAME).present_count == 1
    with pytest.raises(ProjectFileError, match="close the other window"):
        click(second)
    click(file, joint=1)  # the first one goes on undisturbed
    second.close()
    assert is_open(file.path)
    file.close()
    third = ProjectFile.open(file.path)
    assert not third.read_only and third.project.pose(FRAME).present_count == 2
    third.close()


def test_an_open_project_is_not_overwritten(file: ProjectFile, tmp_path: Path) -> None:
    other = ProjectFile.create(tmp_path / "other.poseproj", file.project)
    with pytest.raises(ProjectFileError, match="is open in another window"):
        other.save_as(file.path)
    with pytest.raises(ProjectFileError, match="is open in another window"):
        ProjectFile.create(file.path, file.project)
    other.close()


def test_a_closed_project_is_one_file(file: ProjectFile) -> None:
    click(file)
    file.close()
    file.close()
    assert list(file.path.parent.iterdir()) == [file.path]


@pytest.mark.skipif(os.name == "nt", reason="Windows does not delete a file that is open")
def test_an_edit_of_a_deleted_project_is_not_called_saved(file: ProjectFile, tmp_path: Path) -> None:
    click(file)
    file.path.unlink()
    with pytest.raises(ProjectFileError, match='deleted while it was open, so "Place elbow" was not saved'):
        click(file, joint=1)
    copy = file.save_as(tmp_path / "rescued.poseproj")
    assert copy.project.pose(FRAME).present_count == 1
    copy.close()


# Save as


def test_save_as_keeps_labels_history_and_media_places(file: ProjectFile, tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_bytes(b"x")
    file.commit(edits.add_media(file.project, media(tmp_path / "clip.mp4")))
    click(file)
    (tmp_path / "sub").mkdir()
    copy = file.save_as(tmp_path / "sub" / "copy.poseproj")
    assert copy.project.media == file.project.media
    assert dict(copy.project.labels) == dict(file.project.labels)
    assert copy.text_of(Step.UNDO) == "Place shoulder"
    stored = query(copy.path, "SELECT path FROM media UNION ALL SELECT path FROM edit_media")
    assert {row[0] for row in stored} == {"../clip.mp4"}
    click(copy, joint=1)
    assert file.project.pose(FRAME).present_count == 1
    copy.close()


def test_save_as_replaces_an_older_project_and_its_log(file: ProjectFile, tmp_path: Path) -> None:
    target = tmp_path / "old.poseproj"
    target.write_bytes(b"old")
    target.with_name("old.poseproj-wal").write_bytes(b"a log of the old file")
    click(file)
    copy = file.save_as(target)
    assert copy.project.pose(FRAME).present_count == 1
    copy.close()
    assert not target.with_name("old.poseproj-wal").exists()


def test_a_project_is_not_saved_onto_itself(file: ProjectFile) -> None:
    with pytest.raises(ProjectFileError, match="this project itself"):
        file.save_as(file.path)


def test_a_project_in_memory_becomes_a_file(project: Project, path: Path) -> None:
    memory = ProjectFile.in_memory(project)
    click(memory)
    file = memory.save_as(path)
    memory.close()
    assert file.project.pose(FRAME).present_count == 1 and file.text_of(Step.UNDO) == "Place shoulder"
    file.close()


def test_a_project_keeps_its_id_through_save_as_and_no_other_has_it(file: ProjectFile, tmp_path: Path) -> None:
    with contextlib.closing(file.save_as(tmp_path / "copy.poseproj")) as copy:
        assert copy.id == file.id
    with contextlib.closing(ProjectFile.create(tmp_path / "other.poseproj", file.project)) as other:
        assert other.id != file.id
    assert ProjectFile.in_memory(file.project).id != file.id


def test_a_file_from_before_there_were_ids_gets_one_for_good(path: Path, project: Project) -> None:
    ProjectFile.create(path, project).close()
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM settings WHERE key = 'id'")

    lock = ProjectLock.take(path)  # another window has it: nothing may be written
    assert lock is not None
    with contextlib.closing(ProjectFile.open(path)) as reading:
        assert reading.read_only
        assert len(reading.id) == 32
    lock.release()
    with contextlib.closing(ProjectFile.open(path)) as first:
        given = first.id
    with contextlib.closing(ProjectFile.open(path)) as again:
        assert again.id == given
