"""Where media are, from the project file's point of view."""

from dataclasses import replace
from pathlib import Path

import pytest

from poseviewer.core.project import MediaRef, Project
from poseviewer.core.ranges import BoneLength, Interval, RangePreset, SphericalRange
from poseviewer.core.skeleton import Skeleton
from poseviewer.io import project_media
from poseviewer.io.project_media import found_path, missing_media, stored_path

STICK = Skeleton.from_names("stick", ["a", "b"], [("a", "b")])
RANGE = SphericalRange(Interval(0, 1), Interval(0, 1))
EMPTY = Project(STICK, RangePreset("stick", STICK, (RANGE,), (BoneLength(1.0, 0.0),)))


def media(identifier: str, path: Path, kind: str = "video", files: tuple[str, ...] = ()) -> MediaRef:
    return MediaRef(identifier, str(path), kind, 1, "f", 1, 1, 1, 0.0, files)


def test_a_path_is_stored_relative_with_forward_slashes(tmp_path: Path) -> None:
    assert stored_path(str(tmp_path / "videos" / "a.mp4"), tmp_path / "projects") == "../videos/a.mp4"
    assert found_path("../videos/a.mp4", "/gone/a.mp4", tmp_path / "projects") == str(tmp_path / "videos" / "a.mp4")


def test_a_path_on_another_drive_is_stored_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_relative_path(*_: object) -> str:
        raise ValueError("path is on mount 'D:', start on mount 'C:'")

    monkeypatch.setattr(project_media.os.path, "relpath", no_relative_path)
    assert stored_path(str(tmp_path / "a.mp4"), tmp_path) == str(tmp_path / "a.mp4")
    assert found_path(str(tmp_path / "a.mp4"), "/gone/a.mp4", tmp_path / "elsewhere") == str(tmp_path / "a.mp4")


def test_the_place_beside_the_project_goes_before_the_one_last_seen(tmp_path: Path) -> None:
    old = tmp_path / "old.mp4"
    old.write_bytes(b"old")
    assert found_path("a.mp4", str(old), tmp_path) == str(old)
    (tmp_path / "a.mp4").write_bytes(b"new")
    assert found_path("a.mp4", str(old), tmp_path) == str(tmp_path / "a.mp4")


def test_media_that_are_nowhere_are_missing(tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    (pictures / "deep").mkdir(parents=True)
    for name in ("1.png", "2.png", "deep/3.png"):
        (pictures / name).write_bytes(b"x")
    (tmp_path / "clip.mp4").write_bytes(b"x")
    project = replace(
        EMPTY,
        media=(
            media("there", tmp_path / "clip.mp4"),
            media("gone", tmp_path / "gone.mp4"),
            media("folder for a video", pictures),
            media("all", pictures, "images", ("1.png", "2.png", "deep/3.png")),
            media("one gone", pictures, "images", ("1.png", "9.png")),
            media("deep gone", pictures, "images", ("deep/9.png",)),
            media("one picture", pictures / "1.png", "images", ("1.png",)),
            media("no folder", tmp_path / "nowhere", "images", ("1.png",)),
        ),
    )
    assert missing_media(project) == {"gone", "folder for a video", "one gone", "deep gone", "no folder"}
