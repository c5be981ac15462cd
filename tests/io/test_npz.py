"""Arrays are written by name and in one step."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from poseviewer.io.npz import has_array, write_npz


def test_arrays_are_read_again_without_pickle(tmp_path: Path) -> None:
    write_npz(tmp_path / "a.npz", numbers=[[1, 2], [3, 4]], names=["neck", "nose"])

    with np.load(tmp_path / "a.npz", allow_pickle=False) as file:
        np.testing.assert_array_equal(file["numbers"], [[1, 2], [3, 4]])
        assert file["names"].tolist() == ["neck", "nose"]


def test_a_failed_write_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_npz(tmp_path / "a.npz", old=[1])

    def full(*args: object, **kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OSError, match="No space left"):
        write_npz(tmp_path / "a.npz", new=[2])

    assert np.load(tmp_path / "a.npz").files == ["old"]
    assert [path.name for path in tmp_path.iterdir()] == ["a.npz"]


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_npz(tmp_path / "none" / "a.npz", numbers=[1])


def test_an_array_is_found_by_its_name_alone(tmp_path: Path) -> None:
    write_npz(tmp_path / "a.npz", joints=np.zeros((2, 3, 3)))
    assert has_array(tmp_path / "a.npz", "joints")
    assert not has_array(tmp_path / "a.npz", "keypoints")
    (tmp_path / "text.npz").write_text("no archive")
    assert not has_array(tmp_path / "text.npz", "joints")
    assert not has_array(tmp_path / "absent.npz", "joints")
