"""A job is trained by the module of its stage."""

from __future__ import annotations

from pathlib import Path

import pytest

from poseviewer.core.errors import PoseviewerError
from poseviewer.io.skeleton_files import load_ranges
from training.job import Job, train


def test_a_job_is_done_by_its_stage_and_starts_with_how_good_its_model_is(tmp_path: Path) -> None:
    settings = {"steps": 2, "batch": 8, "device": "cpu", "unseen": 16, "report_every": 1}
    job = Job(
        "lifter", "finetune", load_ranges("quadruped16"), tmp_path / "m", settings=settings, validate_seconds=1000
    )

    reports = list(train(job))

    assert reports[0].step == 0 and reports[0].validation["L_ed"] < -0.8  # the shipped lifter, before it learns
    assert [r.step for r in reports[-2:]] == [1, 2]
    assert reports[-1].saved and reports[-1].poses == 16 and (tmp_path / "m").is_file()


def test_an_unknown_stage_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(PoseviewerError, match=r"There is no training of a dream; choose one of .*lifter"):
        train(Job("dream", "default", load_ranges("quadruped16"), tmp_path / "m"))
