"""A training is shown with its speed, the time left and its losses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from poseviewer.cli import training_progress
from poseviewer.cli.training_progress import describe, show_progress
from training.progress import Progress


class Clock:
    """A clock that tests can turn."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        monkeypatch.setattr(training_progress.time, "monotonic", lambda: self.now)


def reports(clock: Clock, seconds: float, steps: int = 100) -> Iterator[Progress]:
    """Ten steps each time, as far apart as was asked for."""
    for step in range(10, steps + 1, 10):
        clock.now += seconds
        yield Progress(step, steps, {"joint": 0.5, "nll": -0.25}, step * 8, 80 / seconds)


def test_the_sum_of_the_losses_comes_first() -> None:
    assert describe(Progress(1, 2, {"joint": 0.5, "nll": -0.25}, 8, 1.0)) == "loss 0.2500  joint 0.5000  nll -0.2500"


def test_a_log_gets_a_line_every_ten_seconds(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = Clock(monkeypatch)

    passed = list(show_progress(reports(clock, 2.0), as_json=False))

    lines = capsys.readouterr().err.splitlines()
    assert [report.step for report in passed] == list(range(10, 101, 10))
    assert [line.split()[1] for line in lines] == ["10/100", "60/100", "100/100"]
    assert "5.0 it/s  0:08 left" in lines[1]


def test_a_validation_is_shown_when_it_is_made(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = Clock(monkeypatch)
    made = [*reports(clock, 0.0001, 30)]
    made[1] = replace(made[1], validation={"median px": 2.5, "PCK %": 80.0, "third": 1.0})

    list(show_progress(iter(made), as_json=False))

    lines = capsys.readouterr().err.splitlines()
    assert [line.split()[1] for line in lines] == ["10/30", "20/30", "30/30"]
    assert lines[1].endswith("median px 2.5000  PCK % 80.0000")


def test_machines_get_a_line_per_report(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock(monkeypatch)

    list(show_progress(reports(clock, 2.0), as_json=True))

    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert len(lines) == 10
    assert (lines[-1]["it_per_s"], lines[-1]["eta_s"]) == (5.0, 0.0)


def test_people_get_a_bar(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("COLUMNS", "160")

    list(training_progress._as_bar(reports(Clock(monkeypatch), 2.0)))

    shown = capsys.readouterr().err
    assert "100/100" in shown
    assert "it/s" in shown
    assert "loss 0.2500" in shown
