"""Folders of other tools are recognised by what is in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from poseviewer.io.labelled_folder import is_labels, look_into


def make(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return folder


def found(folder: Path) -> tuple[list[str], list[str]] | None:
    inside = look_into(folder)
    if inside is None:
        return None
    return [p.name for p in inside.media], [str(p.relative_to(folder)) for p in inside.labels]


def test_a_project_of_several_videos(tmp_path: Path) -> None:
    make(tmp_path, "config.yaml", *(f"labeled-data/{v}/{n}" for v in "ab" for n in ("1.png", "CollectedData_X.csv")))

    assert found(tmp_path) == (
        ["a", "b"],
        ["labeled-data/a/CollectedData_X.csv", "labeled-data/b/CollectedData_X.csv"],
    )
    assert found(tmp_path / "labeled-data" / "a") == (["a"], ["CollectedData_X.csv"])


def test_one_table_for_all(tmp_path: Path) -> None:
    make(tmp_path, "CollectedData.csv", "labeled-data/1.png")

    assert found(tmp_path) == (["labeled-data"], ["CollectedData.csv"])


def test_what_is_written_twice_is_read_once_and_without_another_library(tmp_path: Path) -> None:
    make(tmp_path, "1.png", "CollectedData_X.h5", "CollectedData_X.csv")

    assert found(tmp_path) == ([tmp_path.name], ["CollectedData_X.csv"])


@pytest.mark.parametrize("names", [("1.png",), ("CollectedData.csv",), ("1.png", "notes.csv")])
def test_other_folders_are_just_folders(tmp_path: Path, names: tuple[str, ...]) -> None:
    assert look_into(make(tmp_path, *names)) is None
    assert look_into(tmp_path / names[0]) is None


def test_files_of_labels_by_their_names() -> None:
    assert is_labels("a/b.SLP") and is_labels("CollectedData.csv") and not is_labels("a.mp4")
