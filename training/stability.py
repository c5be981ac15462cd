"""The stability study of paper 004, section 6: one recipe, several seeds, an evaluation after every epoch.

An epoch is a number of steps. Each training is an ordinary run that saves after every epoch; what it saved is measured
on the validation poses, and the record is written. A study that was stopped, or killed, goes on where it was.
"""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from poseviewer.core.errors import PoseInputError, PoseviewerError
from poseviewer.core.ranges import RangePreset
from poseviewer.geometry.metrics import flat_baseline, mean_error, p_mpjpe
from poseviewer.models.base import Lifter
from poseviewer.models.card import read_card
from poseviewer.models.lifter import load_lifter
from training.job import Job, train
from training.progress import Progress
from training.run_config import state_path
from training.stability_record import Curve, StabilityRecord, differing, read_record, write_record
from training.study_poses import StudyPoses


@dataclass(frozen=True, kw_only=True)
class StabilityPlan:
    """What is to be studied.

    Attributes:
        method: a training stage that makes lifters. presets: of it. seeds: of the trainings.
        epochs: of each training. steps: of each epoch.
        ranges: for the skeleton, and for methods that learn from ranges.
        validation: 3D poses and their views. named: what else the record says of the study; a study can only be
            continued by one that says the same.
        settings: of every job: poses, weights, batch, device.
        record: the JSON file. folder: where the models are. pool: see `stability_record`.
    """

    method: str
    presets: tuple[str, ...]
    seeds: tuple[int, ...]
    epochs: int
    steps: int
    ranges: RangePreset
    validation: StudyPoses
    record: Path
    folder: Path
    pool: float
    named: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def common(self) -> dict[str, Any]:
        """What the trainings of a study have in common."""
        about = {"method": self.method, "skeleton": self.ranges.skeleton.name, "ranges": self.ranges.name}
        return about | {"epochs": self.epochs, "steps_per_epoch": self.steps} | self.named

    def model(self, preset: str, seed: int) -> Path:
        return self.folder / f"{self.method}.{preset}.{seed}.safetensors"


@dataclass(frozen=True)
class StudyReport:
    """Where a study is. curve: so far; one epoch longer than before where `measured`."""

    preset: str
    seed: int
    curve: Curve
    progress: Progress | None
    measured: bool = False


def start_record(plan: StabilityPlan) -> StabilityRecord:
    """What there is of the study already, or an empty record.

    Raises:
        PoseInputError: the validation poses have no depths.
        PoseviewerError: the record is of another study, or cannot be read.
    """
    truth = plan.validation.joints
    if truth is None:
        raise PoseInputError("A stability study measures against 3D poses; give --validate a file with joints.")
    if plan.record.exists():
        found = read_record(plan.record)
        other = differing(found, plan.common)
        if other:
            raise PoseviewerError(
                f"{plan.record} holds a study with another {' and '.join(other)}; ask for the same to continue it, or "
                f"choose another output."
            )
        return found
    flat = flat_baseline(plan.validation.keypoints)
    errors = tuple(mean_error(p_mpjpe(flat, truth, reflection)) for reflection in (False, True))
    return StabilityRecord(plan.common, plan.validation.unit, (errors[0], errors[1]))


def run_study(plan: StabilityPlan) -> Generator[StudyReport, None, StabilityRecord]:
    """Train what is not yet trained, seed by seed and within a seed preset by preset; returns the record.

    A training that fails once it has begun (its loss is no longer a number) is noted, and the next one begins.

    Raises:
        PoseviewerError: as `start_record`; a training cannot begin.
    """
    record = start_record(plan)
    plan.folder.mkdir(exist_ok=True)
    for seed in plan.seeds:
        for preset in plan.presets:
            known = record.curve(preset, seed)
            if known is not None and (known.failed or len(known.errors) >= plan.epochs):
                continue
            with contextlib.closing(_train(plan, preset, seed, known)) as training:
                for report in training:
                    if report.measured or record.curve(preset, seed) != report.curve:
                        record = record.with_curve(preset, seed, report.curve)
                        write_record(record, plan.record, plan.pool)
                    yield report
            state_path(plan.model(preset, seed)).unlink(missing_ok=True)
    return record


def validation_errors(lifter: Lifter, poses: StudyPoses) -> tuple[float, float]:
    """Mean P-MPJPE of a lifter, without and with reflections, in the unit of the poses."""
    lifted = lifter.lift(poses.keypoints).joints
    truth = np.asarray(poses.joints)
    return mean_error(p_mpjpe(lifted, truth)), mean_error(p_mpjpe(lifted, truth, reflection=True))


def _train(plan: StabilityPlan, preset: str, seed: int, known: Curve | None) -> Generator[StudyReport, None, None]:
    """One training, from where it is to its end."""
    output = plan.model(preset, seed)
    at = _step_of(output) if known is not None else None
    curve = known or Curve()
    if at is not None and at == (len(curve.errors) + 1) * plan.steps:
        # Stopped between saving and measuring: what was saved is the model after that epoch.
        curve = curve.after(*_measure(plan, output))
        yield StudyReport(preset, seed, curve, None, measured=True)
    resume = at is not None and at // plan.steps == len(curve.errors)
    if not resume:
        curve = Curve()
        state_path(output).unlink(missing_ok=True)
    settings = plan.settings | {"seed": seed, "steps": plan.epochs * plan.steps, "save_every": plan.steps}
    job = Job(plan.method, preset, plan.ranges, output, settings=settings, resume=resume)
    begun = False
    try:
        with contextlib.closing(train(job)) as training:
            for progress in training:
                begun = True
                measured = progress.saved and progress.step == (len(curve.errors) + 1) * plan.steps
                if measured:
                    curve = curve.after(*_measure(plan, output))
                yield StudyReport(preset, seed, curve, progress, measured)
    except PoseviewerError as error:
        if not begun:
            raise
        yield StudyReport(preset, seed, Curve(curve.errors, curve.reflected, str(error)), None)


def _measure(plan: StabilityPlan, model: Path) -> tuple[float, float]:
    device = str(plan.settings.get("device", "auto"))
    return validation_errors(load_lifter(model, plan.ranges.skeleton, device), plan.validation)


def _step_of(output: Path) -> int | None:
    """How far the training came that an output belongs to, None where it cannot be continued."""
    state = state_path(output)
    return read_card(state).steps if state.is_file() else None
