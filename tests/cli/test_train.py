"""`poseviewer train lifter` ends with a usable model, also when it is interrupted."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from poseviewer.__main__ import main

SMALL = ["--preset", "quick", "--batch", "32", "--device", "cpu"]


def usable(model: Path) -> int:
    """The number of steps that a model was trained for, by its card; fails where it cannot be loaded."""
    from poseviewer.io.skeleton_files import load_skeleton
    from poseviewer.models.lifter import load_lifter

    return load_lifter(model, load_skeleton("quadruped16"), "cpu").card.steps


def test_training_reports_and_leaves_a_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = tmp_path / "model.safetensors"

    assert main(["train", "lifter", *SMALL, "--steps", "60", "-o", str(model)]) == 0

    shown = capsys.readouterr()
    assert "step 60/60" in shown.err
    assert "it/s" in shown.err
    assert "loss" in shown.err
    assert f"{model}: 1,920 poses seen" in shown.out
    assert usable(model) == 60


def test_machines_get_json_lines_and_a_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = tmp_path / "model.safetensors"

    assert main(["train", "lifter", *SMALL, "--steps", "50", "-o", str(model), "--json"]) == 0

    shown = capsys.readouterr()
    report = json.loads(shown.out)
    assert (report["step"], report["steps"], report["poses_seen"]) == (50, 50, 1600)
    assert not report["interrupted"]
    lines = [json.loads(line) for line in shown.err.splitlines() if line.startswith("{")]
    assert lines[-1]["step"] == 50
    assert lines[-1]["losses"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_ctrl_c_leaves_a_usable_model_that_can_be_resumed(tmp_path: Path) -> None:
    model = tmp_path / "model.safetensors"
    command = [sys.executable, "-m", "poseviewer", "train", "lifter", *SMALL, "--steps", "100000", "-o", str(model)]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("step "):
                process.send_signal(signal.SIGINT)
                break
        said = process.stderr.read()
        assert process.wait(timeout=60) == 130

    assert f"{model} holds the model so far" in said
    steps = usable(model)
    assert 0 < steps < 100000
    assert main(["train", "lifter", *SMALL, "--steps", str(steps + 50), "-o", str(model), "--resume"]) == 0
    assert usable(model) == steps + 50


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--preset", "soup"], "soup"),
        (["--skeleton", "dragon"], "dragon"),
        (["--device", "abacus"], "abacus"),
        (["--resume"], "no run to resume"),
        (["--start", "nowhere.safetensors"], "There is no model nowhere.safetensors"),
        (["--preset", "quick", "--start", "shipped"], "another network or skeleton"),
        (["--preset", "finetune", "--start", "nothing"], "goes on from a model"),
    ],
)
def test_what_cannot_be_trained_is_one_sentence(
    options: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "lifter", "-o", str(tmp_path / "m.safetensors"), *options]) == 1
    assert words in capsys.readouterr().err.splitlines()[-1]


def test_fine_tuning_says_on_the_card_what_it_began_with(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from poseviewer.models.card import read_card

    model = tmp_path / "model.safetensors"
    words = ["train", "lifter", "--preset", "finetune", "--batch", "16", "--device", "cpu", "-o", str(model)]

    assert main([*words, "--steps", "2"]) == 0
    assert main([*words, "--steps", "3", "--resume"]) == 0

    card = read_card(model)
    assert card.steps == 3
    assert card.start.startswith("quadruped16.lifter.safetensors (sha256 ")
    assert "--start shipped" in card.command


def test_a_run_is_not_resumed_with_other_ranges(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = tmp_path / "model.safetensors"
    assert main(["train", "lifter", *SMALL, "--steps", "1", "-o", str(model)]) == 0

    words = ["train", "lifter", *SMALL, "--steps", "2", "--ranges", "quadruped16.paper", "-o", str(model), "--resume"]
    assert main(words) == 1

    assert "had another ranges; resume it with the same settings" in capsys.readouterr().err.splitlines()[-1]
