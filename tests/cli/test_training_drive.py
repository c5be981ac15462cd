"""A run's end is reported: finished, or stopped between two steps after the wish to stop was noted."""

from __future__ import annotations

import json
import signal
from collections.abc import Generator
from itertools import islice
from pathlib import Path

import pytest

from poseviewer.cli.failures import INTERRUPTED
from poseviewer.cli.training_drive import announce, check_free, train_and_report
from poseviewer.core.errors import PoseviewerError
from training.progress import Progress

OUTPUT = Path("m.safetensors")


def steps(count: int, closed: list[int], stop_at: int = -1) -> Generator[Progress, None, None]:
    try:
        for step in range(1, count + 1):
            if step == stop_at:
                signal.raise_signal(signal.SIGINT)
            yield Progress(step, count, {"place": 1.5}, 8 * step, 1.0, {"median px": 2.0} if step == count else {})
    except GeneratorExit:
        closed.append(step)
        raise


def test_the_end_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    assert train_and_report(steps(3, []), OUTPUT, as_json=False, noun="images") == 0

    assert capsys.readouterr().out == "m.safetensors: 24 images seen. median px 2.0000\n"


def test_ctrl_c_stops_between_two_steps(capsys: pytest.CaptureFixture[str]) -> None:
    closed: list[int] = []
    before = signal.getsignal(signal.SIGINT)

    assert train_and_report(steps(9, closed, stop_at=4), OUTPUT, as_json=True) == INTERRUPTED

    assert closed == [4]
    report = json.loads(capsys.readouterr().out)
    assert report["interrupted"]
    assert (report["step"], report["steps"], report["poses_seen"]) == (4, 9, 32)
    assert signal.getsignal(signal.SIGINT) is before


def test_a_run_that_another_process_ended_early_was_stopped(capsys: pytest.CaptureFixture[str]) -> None:
    assert train_and_report(islice_of(steps(9, []), 4), OUTPUT, as_json=False) == INTERRUPTED

    assert "Stopped. m.safetensors holds the model so far" in capsys.readouterr().err


def islice_of(reports: Generator[Progress, None, None], count: int) -> Generator[Progress, None, None]:
    yield from islice(reports, count)


def test_of_several_processes_the_first_one_speaks(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    announce("Starting ...")
    monkeypatch.setenv("RANK", "1")
    announce("Starting ...")

    assert capsys.readouterr().err == "Starting ...\n"


def test_what_a_run_says_is_passed_on(capsys: pytest.CaptureFixture[str]) -> None:
    said = iter([Progress(1, 1, {"place": 1.0}, 8, 1.0, message="Only one frame is labelled.")])

    train_and_report((report for report in said), OUTPUT, as_json=False)

    assert "Note: Only one frame is labelled." in capsys.readouterr().err


def test_an_empty_file_is_not_overwritten(tmp_path: Path) -> None:
    empty = tmp_path / "m.safetensors"
    check_free(empty, resume=False)
    empty.touch()

    with pytest.raises(PoseviewerError, match="is there but empty; remove it or name another"):
        check_free(empty, resume=False)
    check_free(empty, resume=True)
