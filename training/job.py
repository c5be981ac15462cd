"""A training run as it is asked for from outside: what every stage's `train_job` takes."""

from __future__ import annotations

import importlib
import math
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from poseviewer.core.project import Project
from poseviewer.core.ranges import RangePreset
from training.presets import preset_names
from training.progress import Progress


@dataclass(frozen=True)
class Job:
    """One run.

    stage: what is trained, "lifter". preset: how.
    output: the model; beside it lies what the run is resumed from.
    start: "nothing", "shipped", a model, or None for what the preset says.
    settings: what differs from the preset: steps, batch, seed, device.
    project: a snapshot whose labelled frames are validated on.
    save_seconds, validate_seconds: between two checkpoints, and between two validations.
    """

    stage: str
    preset: str
    ranges: RangePreset
    output: Path
    start: str | Path | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    resume: bool = False
    project: Project | None = None
    save_seconds: float = math.inf
    validate_seconds: float = math.inf


def train(job: Job) -> Generator[Progress, None, None]:
    """The training of a job's stage, as `training.<stage>.train_job` does it. Torch is imported here.

    Raises:
        PoseviewerError: as the stage; among them that there is none of that name.
    """
    if not preset_names(job.stage):
        from training.presets import load_preset

        load_preset(job.stage, job.preset)
    stage = importlib.import_module(f"training.{job.stage}")
    return stage.train_job(job)  # type: ignore[no-any-return]
