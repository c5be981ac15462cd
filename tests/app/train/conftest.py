"""Runs as they might have gone, and a runner that only notes what it is asked."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QObject, Signal

from poseviewer.app.train.plan import PresetInfo, RunPlan
from poseviewer.app.train.runner import RunReport
from poseviewer.core import edits
from poseviewer.core.range_edits import with_interval
from poseviewer.core.ranges import Interval, RangePreset
from poseviewer.io.run_store import RunRecord
from poseviewer.io.skeleton_files import load_ranges

PRESETS = (
    PresetInfo("lifter", "finetune", "Fine-tune", "Teaches a good lifter the new ranges in a few minutes.",
               2000, 2048, 3.0, ("shipped",)),
    PresetInfo("lifter", "quick", "Quick", "A small lifter from nothing, for a first look at new ranges.",
               3000, 1024, 4.0, ("nothing",)),
    PresetInfo("lifter", "default", "Full", "The lifter that ships, trained for hours.", 20000, 2048, None,
               ("nothing", "shipped")),
)  # fmt: skip


@pytest.fixture(scope="session")
def dog() -> RangePreset:
    return load_ranges("quadruped16")


@pytest.fixture(scope="session")
def widened(dog: RangePreset) -> RangePreset:
    """Elbows that bend 20 degrees further, on both sides."""
    old = dog.ranges[5].flexion
    return with_interval(dog, 5, "flexion", Interval(old.min, old.max + math.radians(20)))


def losses_at(step: int) -> dict[str, float]:
    fall = math.exp(-step / 400)
    wave = 1 + 0.05 * math.sin(step)
    return {
        "joint": (0.08 + 0.5 * fall) * wave, "depth": (0.07 + 0.4 * fall) * wave,
        "direction": (0.01 + 0.2 * fall) * wave, "length": (0.02 + 0.03 * fall) * wave,
        "nll": -0.03 + 0.08 * fall * wave,
    }  # fmt: skip


def figures_at(step: int) -> dict[str, float]:
    fall = math.exp(-step / 500)
    return {
        "L_ed": -0.985 + 0.1 * fall, "L_el": 0.0016 + 0.002 * fall, "depth_error": 0.05 + 0.1 * fall,
        "own reprojection px": 2.1 + 3.0 * fall, "own reprojection %": 1.1 + 1.5 * fall,
        "own hidden keypoint %": 2.4 + 1.7 * fall, "own swaps": 1.0 + round(3 * fall),
    }  # fmt: skip


def history_to(step: int, every: int = 50, check: int = 250) -> tuple[dict[str, Any], ...]:
    return tuple(
        {"step": s, "losses": losses_at(s) if s else {}, "validation": figures_at(s) if s % check == 0 else {}}
        for s in range(0, step + 1, every)
    )


@pytest.fixture
def make_run(tmp_path: Path, widened: RangePreset) -> Callable[..., RunRecord]:
    """A finished run of 2,000 steps on widened elbows; keywords change it, `model_there` leaves its file out."""
    made: list[str] = []

    def make(model_there: bool = True, **changes: Any) -> RunRecord:
        name = changes.pop("id", f"run{len(made) + 1}")
        made.append(name)
        model = tmp_path / "runs" / name / "model.safetensors"
        model.parent.mkdir(parents=True)
        if model_there:
            model.write_bytes(b"model")
            model.with_name("model.safetensors.state").write_bytes(b"state")
        step = changes.get("step", 2000)
        record = RunRecord(
            title="Fine-tune, 2 bones wider", task="lifter", preset="finetune", project="p", ranges=widened,
            start="shipped", settings={"steps": 2000, "batch": 2048, "seed": 0, "device": "auto"}, state="finished",
            step=step, steps=2000, poses_seen=step * 2048, seconds=160.0, rate=25_600.0, device="cpu",
            losses=losses_at(step), validation=figures_at(step), history=history_to(step),
            created="2026-03-02T14:20:00", id=name, model=model,
        )  # fmt: skip
        return replace(record, **changes)

    return make


def report_of(record: RunRecord, step: int, **changes: Any) -> RunReport:
    """What a run would report at a step."""
    report = RunReport(
        record.id, step, record.steps, losses_at(step), step * 2048, 25_600.0, (record.steps - step) * 0.08, "cpu"
    )
    return replace(report, **changes)


class NotingRunner(QObject):
    """Does at once, and without training, what a runner does in its own time."""

    runs_changed = Signal()
    reported = Signal(object)
    state_changed = Signal(str, str)

    def __init__(self, document: Any, records: tuple[RunRecord, ...] = (), new: Any = None) -> None:
        super().__init__()
        self._document, self._records, self._new = document, list(records), new
        self.asked: list[tuple[Any, ...]] = []

    @property
    def current(self) -> RunRecord | None:
        return next((r for r in self._records if r.state in ("running", "paused")), None)

    def records(self) -> tuple[RunRecord, ...]:
        return tuple(self._records)

    def interrupted(self) -> tuple[RunRecord, ...]:
        return tuple(r for r in self._records if r.state == "interrupted")

    def start(self, plan: RunPlan) -> str:
        self.asked.append(("start", plan))
        self._records.insert(0, self._new(state="running", step=0, history=(), validation={}, seconds=0.0))
        self.runs_changed.emit()
        return self._records[0].id

    def set_state(self, run: str, state: str) -> None:
        self._records = [replace(r, state=state) if r.id == run else r for r in self._records]
        self.state_changed.emit(run, state)
        self.runs_changed.emit()

    def pause(self) -> None:
        self._change_current("paused")

    def resume(self) -> None:
        self._change_current("running")

    def stop(self) -> None:
        self._change_current("stopped")

    def cancel(self) -> None:
        assert self.current is not None
        self._remove(self.current.id)

    def continue_run(self, run: str) -> bool:
        self.asked.append(("continue", run))
        self.set_state(run, "running")
        return True

    def keep(self, run: str) -> None:
        self.set_state(run, "stopped")

    def discard(self, run: str) -> bool:
        self.asked.append(("discard", run))
        self._remove(run)
        return True

    def export(self, run: str, path: Path) -> bool:
        self.asked.append(("export", run, path))
        return True

    def accept(self, run: str) -> bool:
        record = next(r for r in self._records if r.id == run)
        self._document.push(edits.set_model(self._document.project, str(record.model)))
        return True

    def _change_current(self, state: str) -> None:
        assert self.current is not None
        self.set_state(self.current.id, state)

    def _remove(self, run: str) -> None:
        self._records = [r for r in self._records if r.id != run]
        self.state_changed.emit(run, "discarded")
        self.runs_changed.emit()


@pytest.fixture
def dog_keypoints(dog: RangePreset) -> np.ndarray:
    """(16, 2) pixels: nothing that a dog would do, but sixteen places apart from each other."""
    rng = np.random.default_rng(4)
    return rng.uniform(50, 250, (dog.skeleton.joint_count, 2))


@pytest.fixture(name="presets")
def _presets() -> tuple[PresetInfo, ...]:
    return PRESETS


@pytest.fixture(name="report_of")
def _report_of() -> Callable[..., RunReport]:
    return report_of


@pytest.fixture(name="figures_at")
def _figures_at() -> Callable[[int], dict[str, float]]:
    return figures_at


@pytest.fixture(name="history_to")
def _history_to() -> Callable[..., tuple[dict[str, Any], ...]]:
    return history_to


@pytest.fixture(name="noting_runner")
def _noting_runner() -> type[NotingRunner]:
    return NotingRunner
