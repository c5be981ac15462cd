"""The loop and the moving parts alone, with the smallest network there is: a line through points."""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from poseviewer.core.errors import CheckpointError, PoseviewerError
from poseviewer.models.card import ModelCard, read_card
from poseviewer.models.checkpoint import read_tensors
from training.progress import Progress
from training.run import Losses, Run, drive
from training.run_config import RunConfig, state_path


class LineRun(Run[RunConfig]):
    """y = 3x - 1, from points that the seed and the step decide."""

    noun = "points"
    smallest = 2

    def __init__(self, config: RunConfig, seed: int = 0) -> None:
        card = ModelCard(
            kind="line", network="line", shape={}, skeleton={}, ranges={}, preset="", recipe="", seed=config.seed,
            steps=0, poses_seen=0, device="cpu",
        )  # fmt: skip
        torch.manual_seed(seed)
        self.closed = False
        super().__init__(config, card, torch.nn.Linear(1, 1))

    def examples(self, step: int, first: int, count: int) -> Tensor:
        generator = torch.Generator().manual_seed(1000 * self.config.seed + step)
        return torch.randn(self.config.batch, 1, generator=generator)[first : first + count]

    def losses(self, batch: Any) -> Losses:
        return {"square": (self.network(batch) - 3 * batch + 1).square().mean()}

    def validating(self) -> Generator[None, None, dict[str, float]]:
        yield
        weights = self.weights
        return {"slope": float(weights["weight"].item()), "offset": float(weights["bias"].item())}

    def reproduce(self, start: str) -> str:
        return f"draw a line {start}".strip()

    def close(self) -> None:
        self.closed = True


def config(output: Path, **changes: Any) -> RunConfig:
    known = {
        "output": output, "batch": 16, "steps": 40, "learning_rate": 0.2, "ema": 0.5, "device": "cpu", "half": False,
        "report_every": 10, "report_seconds": math.inf, "save_every": 20,
    }  # fmt: skip
    return RunConfig(**(known | changes))


def test_it_learns_and_reports(tmp_path: Path) -> None:
    reports = list(drive(LineRun(config(tmp_path / "line"))))

    assert [r.step for r in reports] == [10, 20, 30, 40]
    assert [r.saved for r in reports] == [False, True, False, True]
    assert reports[-1].poses_seen == 640 and reports[-1].losses["square"] < 0.05 * reports[0].losses["square"]
    assert reports[-1].validation["slope"] == pytest.approx(3, abs=0.2)
    assert read_card(tmp_path / "line").metrics == reports[-1].validation


def test_a_closed_run_goes_on_as_if_it_never_stopped(tmp_path: Path) -> None:
    whole, parts = config(tmp_path / "whole"), config(tmp_path / "parts")
    list(drive(LineRun(whole)))

    stopped = drive(LineRun(parts))
    assert next(stopped).step == 10
    stopped.close()
    list(drive(LineRun(replace(parts, resume=True), seed=5)))

    for path in (lambda c: c.output, lambda c: state_path(c.output)):
        a, b = read_tensors(path(whole)), read_tensors(path(parts))
        assert a.keys() == b.keys() and all(torch.equal(a[k], b[k]) for k in a)


def test_what_is_thrown_in_ends_it_without_a_file(tmp_path: Path) -> None:
    run = LineRun(config(tmp_path / "line"))
    reports = drive(run)
    next(reports)

    with pytest.raises(KeyError):
        reports.throw(KeyError())

    assert run.closed and not (tmp_path / "line").exists()


def test_pieces_teach_what_the_whole_batch_teaches(tmp_path: Path) -> None:
    whole, parts = (LineRun(config(tmp_path / "line")) for _ in range(2))
    parts.piece = 5

    for _ in range(3):
        whole.advance()
        parts.advance()

    torch.testing.assert_close(whole.weights, parts.weights)


def test_too_little_memory_halves_the_piece_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    losses = LineRun.losses

    def small(run: LineRun, batch: Tensor) -> Losses:
        if len(batch) > 4:
            raise torch.OutOfMemoryError("no memory")
        return losses(run, batch)

    monkeypatch.setattr(LineRun, "losses", small)

    reports = list(drive(LineRun(config(tmp_path / "line"))))

    assert "every batch of 16 points is now computed in pieces of 4" in reports[0].message
    assert reports[-1].step == 40


def test_no_memory_at_all_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(run: LineRun, batch: Tensor) -> Losses:
        raise torch.OutOfMemoryError("no memory")

    monkeypatch.setattr(LineRun, "losses", never)

    with pytest.raises(PoseviewerError, match="too little memory even for 2 points"):
        list(drive(LineRun(config(tmp_path / "line"))))


def test_only_what_may_learn_is_moved(tmp_path: Path) -> None:
    class HalfFrozen(LineRun):
        def __init__(self, config: RunConfig) -> None:
            line = torch.nn.Linear(1, 1)
            line.bias.requires_grad_(False)
            Run.__init__(self, config, LineRun(config).card, line)

    run = HalfFrozen(config(tmp_path / "line"))
    before = {k: v.clone() for k, v in run.network.state_dict().items()}

    run.advance()

    after = run.network.state_dict()
    assert torch.equal(after["bias"], before["bias"]) and not torch.equal(after["weight"], before["weight"])


def test_a_start_is_noted_and_another_network_is_refused(tmp_path: Path) -> None:
    list(drive(LineRun(config(tmp_path / "first"))))

    run = LineRun(config(tmp_path / "second", start=tmp_path / "first"))

    assert run.card.start.startswith("first (sha256 ") and run.card.command.startswith("draw a line first")
    run.card = replace(run.card, shape={"width": 2})
    with pytest.raises(CheckpointError, match="another network"):
        run.start_from(tmp_path / "first")


def test_nothing_to_resume_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="no run to resume"):
        LineRun(config(tmp_path / "line", resume=True))


def test_a_report_comes_in_the_middle_of_a_step_when_it_is_due(tmp_path: Path) -> None:
    reports: list[Progress] = list(drive(LineRun(config(tmp_path / "line", steps=2, report_seconds=0.0))))

    assert len(reports) > 4 and reports[0].step == 0
