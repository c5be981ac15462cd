"""`poseviewer study stability`: from a method and poses to a table, a record and a figure; what it refuses."""

from __future__ import annotations

import json
import signal
from collections.abc import Generator
from pathlib import Path

import numpy as np
import pytest

import training.lifter
from poseviewer.cli.study_stability import markdown
from poseviewer.cli.verbs import run_verb
from poseviewer.io.skeleton_files import load_skeleton
from training.job import Job
from training.lifter import lifter_config, train_lifter
from training.progress import Progress
from training.stability_record import Curve, StabilityRecord

HUMAN = load_skeleton("human17")


@pytest.fixture
def poses(tmp_path: Path) -> Path:
    joints = np.random.default_rng(0).normal(size=(10, 17, 3)) * 300
    np.savez(tmp_path / "v.npz", joints=joints, joint_names=HUMAN.joints, unit="mm")
    return tmp_path / "v.npz"


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


def study(poses: Path, *more: str) -> int:
    options = ["--seeds", "1", "--epochs", "2", "--steps-per-epoch", "1", "--batch", "16", "--device", "cpu"]
    output = ["--validate", str(poses), "-o", str(poses.parent / "s.png")]
    return run_verb(["study", "stability", "lifter", "--preset", "quick", *options, *output, *more])


def test_from_a_method_to_a_table_and_a_figure(poses: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert study(poses, "-o", str(poses.parent / "s.md")) == 0

    shown = capsys.readouterr()
    table = (poses.parent / "s.md").read_text(encoding="utf-8")
    assert table in shown.out
    assert "| lifter | P-MPJPE, mm | seeds | last epoch | epochs 2-2 pooled | best epoch of each seed |" in table
    assert "quick, seed 0, epoch 2/2: " in shown.err
    record = json.loads((poses.parent / "s.json").read_text(encoding="utf-8"))
    errors = record["curves"]["quick"]["0"]["p_mpjpe"]
    assert len(errors) == 2
    assert record["summary"][0]["last"]["mean"] == errors[-1]
    assert record["settings"]["validate"] == "v.npz"
    assert (poses.parent / "s.png").read_bytes().startswith(b"\x89PNG")
    assert (poses.parent / "s.models" / "lifter.quick.0.safetensors").is_file()

    assert study(poses, "--json") == 0

    again = capsys.readouterr()
    report = json.loads(again.out)
    assert (report["summary"], report["interrupted"]) == (record["summary"], False)
    assert "epoch" not in again.err.replace("Continuing", "")  # nothing was trained again

    assert study(poses, "--epochs", "3") == 1
    assert "holds a study with another epochs" in capsys.readouterr().err


def test_ctrl_c_stops_it_and_the_same_command_goes_on(
    poses: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    proper = training.lifter.train_job

    def job(asked: Job) -> Generator[Progress, None, None]:
        for report in proper(asked):
            if report.step == 1:
                signal.raise_signal(signal.SIGINT)
            yield report

    with monkeypatch.context() as patch:
        patch.setattr(training.lifter, "train_job", job)
        assert study(poses) == 130
    shown = capsys.readouterr()
    assert "the same command continues it" in shown.err
    assert "| quick | no reflection | 0 of 1 | - | - | - |" in shown.out
    assert (poses.parent / "s.png").is_file()

    assert study(poses) == 0

    shown = capsys.readouterr()
    assert "Continuing the study of" in shown.err
    assert "epoch 2/2" in shown.err
    assert "epoch 1/2" not in shown.err
    assert "| quick | no reflection | 1 |" in shown.out


def test_the_table_counts_what_it_is_of() -> None:
    found = StabilityRecord({"method": "hardy", "epochs": 4}, "mm", (127.3, 120.0))
    found = found.with_curve("full", 0, Curve((9, 8, 7, 6), (8, 7, 6, 5)))
    found = found.with_curve("full", 1, Curve((9, 8, 7, 8), (8, 7, 6, 7)))
    found = found.with_curve("full", 2, Curve((9.0,), (8.0,)))
    found = found.with_curve("five", 0, Curve())

    lines = markdown(found, 0.5).splitlines()

    assert lines[2] == "| full | no reflection | 2 of 3 | 7.0 ± 1.4 | 7.0 ± 0.8 | 6.5 ± 0.7 |"
    assert lines[3] == "| full | reflection-best | 2 of 3 | 6.0 ± 1.4 | 6.0 ± 0.8 | 5.5 ± 0.7 |"
    assert lines[4] == "| five | no reflection | 0 of 1 | - | - | - |"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["detector"], "no training of lifters called detector"),
        (["nobody"], "no training of lifters called nobody; choose one of "),
        (["lifter", "--preset", "nothing"], "no lifter preset 'nothing'"),
        (["lifter"], "name a file of 3D poses with --validate"),
        (["lifter", "poses.npz"], "learns from rotation ranges, not from poses.npz"),
        (["hardy", "poses.npz", "--weight", "poses"], "--weight poses is not understood"),
        (["hardy", "poses.npz"], "no file poses.npz"),
    ],
)
def test_mistakes_are_one_sentence(
    words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_verb(["study", "stability", *words, "-o", str(tmp_path / "s.json")]) == 1

    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_keypoints_are_no_truth(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    np.savez(tmp_path / "k.npz", keypoints=np.random.default_rng(0).normal(size=(5, 17, 2)))

    words = ["study", "stability", "lifter", "--validate", str(tmp_path / "k.npz"), "-o", str(tmp_path / "s.json")]
    assert run_verb(words) == 1

    assert "give --validate a file with joints" in capsys.readouterr().err
