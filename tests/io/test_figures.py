"""Figures in three formats, written in one step, and one sentence where matplotlib is not installed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import pytest

from poseviewer.core.errors import PoseviewerError
from poseviewer.io.figures import FIGURES, check_can_draw, is_figure, write_drawing

BEGINNINGS = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF"}


def a_line(figure: Any) -> None:
    axes = figure.add_subplot()
    axes.plot([0, 1], [0, 1])
    axes.set_title("of the left elbow")


@pytest.mark.parametrize("suffix", FIGURES)
def test_a_figure_is_what_its_name_says_and_always_the_same(tmp_path: Path, suffix: str) -> None:
    files = [tmp_path / f"{name}{suffix}" for name in ("one", "two")]
    for path in files:
        write_drawing(path, (3, 2), a_line)

    assert files[0].read_bytes().startswith(BEGINNINGS[suffix])
    assert files[0].read_bytes() == files[1].read_bytes()
    assert is_figure(files[0])
    assert sorted(tmp_path.iterdir()) == files


def test_the_letters_of_an_svg_can_be_searched(tmp_path: Path) -> None:
    write_drawing(tmp_path / "f.svg", (3, 2), a_line)

    assert "of the left elbow" in (tmp_path / "f.svg").read_text(encoding="utf-8")


def test_a_picture_has_the_size_that_was_asked_for(tmp_path: Path) -> None:
    write_drawing(tmp_path / "f.png", (4, 2), a_line)

    assert cv2.imread(str(tmp_path / "f.png")).shape == (300, 600, 3)


def test_a_drawing_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "f.png"
    write_drawing(path, (1, 1), a_line)
    before = path.read_bytes()

    with pytest.raises(ZeroDivisionError):
        write_drawing(path, (1, 1), lambda figure: figure.add_subplot().plot(1 // 0))

    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(FileNotFoundError):
        write_drawing(tmp_path / "nowhere" / "f.png", (1, 1), a_line)


def test_without_matplotlib_one_sentence_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)

    with pytest.raises(PoseviewerError, match=r'run: pip install "poseviewer\[plots\]"'):
        check_can_draw(Path("f.png"))
    with pytest.raises(PoseviewerError, match="not installed"):
        write_drawing(tmp_path / "f.png", (1, 1), a_line)


def test_matplotlib_waits_until_something_is_drawn() -> None:
    code = "import sys, poseviewer.io.figures; sys.exit('matplotlib' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
