"""What a training reports lies in TensorBoard's own files, by step, and nothing is written twice."""

from __future__ import annotations

import builtins
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from poseviewer.cli.training_drive import train_and_report
from poseviewer.core.errors import PoseviewerError
from training.progress import Progress
from training.tensorboard_log import logged


def reports(first: int, last: int, closed: list[int] | None = None) -> Generator[Progress, None, None]:
    try:
        for step in range(first, last + 1):
            yield Progress(step, last, {"place": 1.0 / step, "offset": 0.5}, 8 * step, 40.0)
            yield Progress(step, last, {"place": 1.0 / step, "offset": 0.5}, 8 * step, 40.0, {"median px": 2.0})
    finally:
        if closed is not None:
            closed.append(first)


def read(folder: Path, tag: str) -> list[tuple[int, float]]:
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    events = accumulator.EventAccumulator(str(folder))
    events.Reload()
    return [(event.step, pytest.approx(event.value)) for event in events.Scalars(tag)]


def test_losses_figures_and_speed_are_logged_by_step(tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")

    passed = list(logged(reports(1, 3), tmp_path / "logs"))

    assert [r.step for r in passed] == [1, 1, 2, 2, 3, 3]
    assert read(tmp_path / "logs", "loss/place") == [(1, 1.0), (2, 0.5), (3, 1 / 3)]
    assert read(tmp_path / "logs", "loss/sum")[0] == (1, 1.5)
    assert read(tmp_path / "logs", "validation/median px") == [(1, 2.0), (2, 2.0), (3, 2.0)]
    assert read(tmp_path / "logs", "speed/examples per second")[2] == (3, 40.0)


def test_a_continued_run_replaces_what_was_logged_after_it(tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    list(logged(reports(1, 4), tmp_path))

    list(logged(reports(3, 5), tmp_path))

    assert [step for step, _ in read(tmp_path, "loss/place")] == [1, 2, 3, 4, 5]


def test_closing_the_log_closes_the_training(tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    closed: list[int] = []
    running = logged(reports(1, 9, closed), tmp_path)
    next(running)

    running.close()

    assert closed == [1] and read(tmp_path, "loss/place") == [(1, 1.0)]


def test_a_file_in_its_place_is_a_sentence(tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    (tmp_path / "logs").touch()

    with pytest.raises(PoseviewerError, match=r"logs is a file, not a folder .*; name another"):
        next(logged(reports(1, 2), tmp_path / "logs"))


def test_without_the_package_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = builtins.__import__

    def lacking(name: str, *args: Any, **more: Any) -> Any:
        if name.partition(".")[0] == "tensorboard":
            raise ImportError(name)
        return known(name, *args, **more)

    monkeypatch.setattr(builtins, "__import__", lacking)

    with pytest.raises(PoseviewerError, match=r'install it with: pip install "poseviewer\[tensorboard\]"'):
        train_and_report(reports(1, 2), tmp_path / "m.safetensors", as_json=False, tensorboard=tmp_path / "logs")
    assert not (tmp_path / "logs").exists()
