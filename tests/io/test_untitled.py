"""Projects without a name are kept, offered again, and deleted only when asked."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from poseviewer.core import edits
from poseviewer.core.project import FrameKey, Project
from poseviewer.core.ranges import BoneLength, Interval, RangePreset, SphericalRange
from poseviewer.core.skeleton import Skeleton
from poseviewer.io import untitled
from poseviewer.io.project_file import ProjectFile, untitled_path, untitled_projects

STICK = Skeleton.from_names("stick", ["a", "b"], [("a", "b")])
RANGE = SphericalRange(Interval(0, 1), Interval(0, 1))
EMPTY = Project(STICK, RangePreset("stick", STICK, (RANGE,), (BoneLength(1.0, 0.0),)))


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(untitled.platformdirs, "user_data_dir", lambda *_, **__: str(tmp_path))
    return tmp_path


def labelled() -> ProjectFile:
    file = ProjectFile.create(untitled_path(), EMPTY)
    file.commit(edits.place_keypoint(file.project, FrameKey("clip", 0), 0, 0, (1.0, 2.0)))
    return file


def test_two_untitled_projects_do_not_meet() -> None:
    first, second = labelled(), labelled()
    assert first.path != second.path
    first.close()
    second.close()


def test_what_was_left_behind_is_offered_newest_first() -> None:
    older, newer, still_open = labelled(), labelled(), labelled()
    older.close()
    newer.close()
    os.utime(older.path, (1, 1))
    assert untitled_projects() == [newer.path, older.path]
    still_open.close()


def test_an_empty_one_is_not_worth_offering() -> None:
    ProjectFile.create(untitled_path(), EMPTY).close()
    assert untitled_projects() == []


def test_a_damaged_one_is_offered_so_that_the_user_hears_of_it() -> None:
    path = untitled_path()
    path.write_bytes(b"SQLite format 3\x00 and then nothing")
    assert untitled_projects() == [path]


def test_only_untitled_projects_are_discarded(data_folder: Path) -> None:
    mine = data_folder / "mine.poseproj"
    ProjectFile.create(mine, replace(EMPTY)).close()
    with pytest.raises(ValueError, match="not an untitled project"):
        untitled.discard(mine)
    file = labelled()
    file.close()
    untitled.discard(file.path)
    assert mine.exists() and not file.path.exists()
