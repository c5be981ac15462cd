from __future__ import annotations

import json
import sys

import pytest

from poseviewer.cli.frame_progress import FrameProgress, clock


def test_machines_get_lines_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    with FrameProgress(20, as_json=True) as progress:
        progress.add(8)
        progress.add(12)

    last = json.loads(capsys.readouterr().err.splitlines()[-1])
    assert (last["frames"], last["of"], last["eta_s"]) == (20, 20, 0)
    assert last["it_per_s"] > 0


def test_a_log_gets_few_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with FrameProgress(1000, as_json=False) as progress:
        for _ in range(1000):
            progress.add(1)

    lines = capsys.readouterr().err.splitlines()
    assert len(lines) <= 2
    assert lines[-1].startswith("frame 1000/1000") and lines[-1].endswith("0:00 left")


def test_people_get_a_bar(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)

    with FrameProgress(20, as_json=False) as progress:
        progress.add(20)

    assert "20/20" in capsys.readouterr().err


def test_a_clock_has_hours_only_where_there_are_any() -> None:
    assert (clock(5.9), clock(61), clock(3600 + 62)) == ("0:05", "1:01", "1:01:02")
