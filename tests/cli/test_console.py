"""What machines read is JSON, and an output that cannot be written is refused before the work."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from poseviewer.cli.console import check_output, write_json, write_line
from poseviewer.core.errors import PoseviewerError


def test_numbers_that_json_has_no_word_for_are_null(capsys: pytest.CaptureFixture[str]) -> None:
    write_json({"a": float("nan"), "b": [float("inf"), 1.5], "c": "ü"})

    assert json.loads(capsys.readouterr().out) == {"a": None, "b": [None, 1.5], "c": "ü"}


def test_lines_go_to_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    write_line("done")

    assert capsys.readouterr().out == "done\n"


def test_a_good_output_passes(tmp_path: Path) -> None:
    check_output(tmp_path / "out.NPZ", [".npz"])


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("out.txt", "must end in .npz"), ("none/out.npz", "does not exist"), ("folder.npz", "is a folder")],
)
def test_a_bad_output_is_refused(tmp_path: Path, name: str, sentence: str) -> None:
    (tmp_path / "folder.npz").mkdir()

    with pytest.raises(PoseviewerError, match=sentence):
        check_output(tmp_path / name, [".npz"])
