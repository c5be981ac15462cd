"""A file is whole or as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from poseviewer.io.atomic import replacing, write_text


def test_the_new_file_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text("old")
    with replacing(path) as temporary:
        temporary.write_text("new")
        assert path.read_text() == "old", "until it is complete"
        assert temporary.parent == tmp_path and temporary.suffix == ".toml"
    assert path.read_text() == "new" and list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_an_interrupted_write_leaves_the_old_file_alone(tmp_path: Path, error: BaseException) -> None:
    path = tmp_path / "a.npz"
    path.write_text("old")
    with pytest.raises(type(error)), replacing(path) as temporary:
        temporary.write_text("half")
        raise error
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


def test_others_may_read_what_was_written(tmp_path: Path) -> None:
    write_text(tmp_path / "é.txt", "größe\n")
    assert (tmp_path / "é.txt").read_bytes() == "größe\n".encode()
    assert (tmp_path / "é.txt").stat().st_mode & 0o444 == 0o444


def test_a_folder_that_is_not_there_is_the_callers_to_name(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "a.txt"
    with pytest.raises(FileNotFoundError) as caught:
        write_text(path, "")
    assert caught.value.filename == str(path), "not the temporary name, which nobody knows"
