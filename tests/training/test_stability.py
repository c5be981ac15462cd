"""The stability study: every seed is trained once, measured after every epoch, stopped and continued."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import training.lifter
from poseviewer.core.errors import PoseInputError, PoseviewerError
from poseviewer.io.skeleton_files import load_ranges
from poseviewer.models.card import read_card
from poseviewer.models.lifter import load_lifter
from training.job import Job
from training.lifter import lifter_config, train_lifter
from training.progress import Progress
from training.run_config import state_path
from training.stability import StabilityPlan, StudyReport, run_study, start_record, validation_errors
from training.stability_record import StabilityRecord, read_record, write_record
from training.study_poses import StudyPoses, read_study_poses

RANGES = load_ranges("human17")


@pytest.fixture(autouse=True)
def small_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lifter's own training, with a network and a validation of its own that take milliseconds."""

    def job(asked: Job) -> Generator[Progress, None, None]:
        config = lifter_config(
            asked.preset, ranges=asked.ranges, output=asked.output, resume=asked.resume, unseen=8,
            shape={"width": 16, "blocks": 1}, **asked.settings,
        )  # fmt: skip
        return train_lifter(config)

    monkeypatch.setattr(training.lifter, "train_job", job)


@pytest.fixture(scope="module")
def poses(tmp_path_factory: pytest.TempPathFactory) -> StudyPoses:
    path = tmp_path_factory.mktemp("poses") / "v.npz"
    joints = np.random.default_rng(0).normal(size=(20, 17, 3)) * 300
    np.savez(path, joints=joints, joint_names=RANGES.skeleton.joints, unit="mm")
    return read_study_poses(path, RANGES.skeleton)


@pytest.fixture
def plan(poses: StudyPoses, tmp_path: Path) -> StabilityPlan:
    return StabilityPlan(
        method="lifter", presets=("quick",), seeds=(0, 1), epochs=3, steps=2, ranges=RANGES, validation=poses,
        record=tmp_path / "s.json", folder=tmp_path / "s.models", pool=0.375, settings={"device": "cpu", "batch": 8},
    )  # fmt: skip


def run(plan: StabilityPlan) -> tuple[StabilityRecord, list[StudyReport]]:
    work, reports = run_study(plan), []
    while True:
        try:
            reports.append(next(work))
        except StopIteration as done:
            return done.value, reports


def stop_after(plan: StabilityPlan, measured: int) -> None:
    """Stop a study right after so many measurements."""
    work = run_study(plan)
    for report in work:
        measured -= report.measured
        if not measured:
            break
    work.close()


def test_every_seed_is_measured_after_every_epoch(plan: StabilityPlan) -> None:
    record, reports = run(plan)

    curves = record.curves["quick"]
    assert [len(curves[seed].errors) for seed in (0, 1)] == [3, 3]
    assert curves[0].errors != curves[1].errors
    assert sum(report.measured for report in reports) == 6
    assert read_record(plan.record).curves == record.curves
    model = plan.model("quick", 1)
    assert read_card(model).seed == 1
    assert read_card(model).steps == 6
    assert not state_path(model).exists()
    last = validation_errors(load_lifter(model, RANGES.skeleton, "cpu"), plan.validation)
    assert last == pytest.approx((curves[1].errors[-1], curves[1].reflected[-1]))
    assert last[1] <= last[0]


def test_what_is_finished_is_not_trained_again_and_more_seeds_and_presets_are_added(plan: StabilityPlan) -> None:
    plan = replace(plan, seeds=(0,), epochs=1)
    first, _ = run(plan)

    same, reports = run(plan)
    more, added = run(replace(plan, seeds=(0, 1), presets=("quick", "default")))

    assert (same, reports) == (first, [])
    assert {(report.preset, report.seed) for report in added} == {("quick", 1), ("default", 0), ("default", 1)}
    assert more.curves["quick"][0] == first.curves["quick"][0]
    assert list(more.curves) == ["quick", "default"]


@pytest.fixture(scope="module")
def whole() -> list[StabilityRecord]:
    """The plan's study, never stopped, once it was made."""
    return []


def never_stopped(plan: StabilityPlan, whole: list[StabilityRecord]) -> StabilityRecord:
    if not whole:
        folder = plan.folder.parent
        whole.append(run(replace(plan, record=folder / "w.json", folder=folder / "w.models"))[0])
    return whole[0]


@pytest.mark.parametrize("measured", [1, 4])
def test_a_stopped_study_comes_to_the_same_end(
    plan: StabilityPlan, whole: list[StabilityRecord], measured: int
) -> None:
    stop_after(plan, measured)
    begun = start_record(plan)
    after, reports = run(plan)

    assert sum(len(curve.errors) for curve in begun.curves["quick"].values()) == measured
    assert sum(report.measured for report in reports) == 6 - measured
    for seed, curve in never_stopped(plan, whole).curves["quick"].items():
        assert after.curves["quick"][seed].errors == pytest.approx(curve.errors)


def test_an_epoch_that_was_saved_but_not_measured_is_measured(
    plan: StabilityPlan, whole: list[StabilityRecord]
) -> None:
    stop_after(plan, 2)
    curve = start_record(plan).curve("quick", 0)
    assert curve is not None
    write_record(
        start_record(plan).with_curve(
            "quick", 0, replace(curve, errors=curve.errors[:1], reflected=curve.reflected[:1])
        ),
        plan.record,
    )

    record, reports = run(replace(plan, seeds=(0,)))

    assert reports[0].measured
    assert reports[0].progress is None
    expected = never_stopped(plan, whole).curves["quick"][0]
    assert record.curves["quick"][0].errors == pytest.approx(expected.errors)


def test_a_training_whose_state_is_lost_begins_anew(plan: StabilityPlan) -> None:
    stop_after(plan, 2)
    state_path(plan.model("quick", 0)).unlink()

    record, reports = run(replace(plan, seeds=(0,)))

    assert sum(report.measured for report in reports) == 3
    assert len(record.curves["quick"][0].errors) == 3


def test_a_leftover_of_another_study_is_not_continued(plan: StabilityPlan) -> None:
    stop_after(plan, 2)
    plan.record.unlink()

    _, reports = run(replace(plan, seeds=(0,)))

    assert sum(report.measured for report in reports) == 3


def test_a_training_that_fails_is_noted_and_the_next_begins(
    plan: StabilityPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    proper = training.lifter.train_job

    def job(asked: Job) -> Generator[Progress, None, None]:
        for report in proper(asked):
            yield report
            if asked.settings["seed"] == 0 and report.step == 2:
                raise PoseviewerError("The loss 'L' is no longer a number.")

    monkeypatch.setattr(training.lifter, "train_job", job)

    record, _ = run(plan)
    again, reports = run(plan)

    failed = record.curves["quick"][0]
    assert (len(failed.errors), failed.failed) == (1, "The loss 'L' is no longer a number.")
    assert len(record.curves["quick"][1].errors) == 3
    assert (again, reports) == (record, [])


def test_a_training_that_cannot_begin_ends_the_study(plan: StabilityPlan) -> None:
    with pytest.raises(PoseviewerError, match="no lifter preset 'nothing'"):
        run(replace(plan, presets=("nothing",)))


def test_another_study_is_not_continued(plan: StabilityPlan) -> None:
    write_record(start_record(plan), plan.record)

    with pytest.raises(PoseviewerError, match=r"s\.json holds a study with another epochs and steps_per_epoch"):
        start_record(replace(plan, epochs=6, steps=1))


def test_keypoints_alone_cannot_be_measured_against(plan: StabilityPlan) -> None:
    with pytest.raises(PoseInputError, match="--validate a file with joints"):
        start_record(replace(plan, validation=replace(plan.validation, joints=None)))
