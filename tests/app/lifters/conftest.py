"""Runs with models, and a dog to lift."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from poseviewer.core.ranges import RangePreset
from poseviewer.io.run_store import RunRecord
from poseviewer.io.skeleton_files import load_ranges


@pytest.fixture(scope="session")
def dog() -> RangePreset:
    return load_ranges("quadruped16")


@pytest.fixture
def dog_keypoints(dog: RangePreset) -> np.ndarray:
    """(16, 2) pixels: nothing that a dog would do, but sixteen places apart from each other."""
    return np.random.default_rng(4).uniform(50, 250, (dog.skeleton.joint_count, 2))


@pytest.fixture
def make_run(tmp_path: Path, dog: RangePreset) -> Callable[..., RunRecord]:
    """A finished run whose model is a file of these bytes; keywords change the record."""
    made: list[str] = []

    def make(content: bytes = b"model", **changes: Any) -> RunRecord:
        name = changes.pop("id", f"run{len(made) + 1}")
        made.append(name)
        model = tmp_path / "runs" / name / "model.safetensors"
        model.parent.mkdir(parents=True)
        model.write_bytes(content)
        record = RunRecord(
            title=f"Fine-tune {len(made)}", task="lifter", preset="finetune", project="p", ranges=dog,
            start="shipped", state="finished", step=2000, steps=2000, created="2026-03-02T14:20:00", id=name,
            model=model,
        )  # fmt: skip
        return replace(record, **changes)

    return make
