"""`poseviewer study correlation`: from a model and a file of poses to figures and numbers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from poseviewer.cli.verbs import run_verb


@pytest.fixture
def poses(tmp_path: Path) -> Path:
    assert run_verb(["synthesize", "--skeleton", "quadruped16", "-n", "6", "-o", str(tmp_path / "poses.npz")]) == 0
    return tmp_path / "poses.npz"


def test_from_a_model_to_a_figure_and_numbers(
    barely_trained: Path, poses: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outputs = [tmp_path / f"c.{suffix}" for suffix in ("png", "json", "npz")]
    options = [word for path in outputs for word in ("-o", str(path))]
    options += ["--step", "0.25", "--pair", "l_elbow:right knee", "--against", str(barely_trained)]
    capsys.readouterr()

    assert run_verb(["study", "correlation", str(barely_trained), str(poses), *options, "--json"]) == 0

    shown, written = json.loads(capsys.readouterr().out), json.loads(outputs[1].read_text(encoding="utf-8"))
    assert shown["models"] == written["models"]
    assert written["factors"] == [0.05, 0.3, 0.55, 0.8, 1.05]
    one, other = written["models"]
    assert one["matrix"] == other["matrix"]  # it is the same model
    assert (len(one["joints"]), one["legs"]) == (16, one["joints"][:6])
    assert one["own"] > 0
    assert one["across_groups"] > 0
    curve = one["curves"][0]
    assert (curve["keypoint"], curve["depth"], len(curve["change"])) == ("left_elbow", "right_knee", 5)
    with np.load(outputs[2]) as arrays:
        assert arrays["change_0"].shape == (16, 16, 5)
        k, j = (arrays["joint_names_0"].tolist().index(name) for name in ("left_elbow", "right_knee"))
        assert arrays["change_1"][k, j].tolist() == curve["change"]
    assert outputs[0].stat().st_size > 10_000


def test_people_read_a_few_lines(
    barely_trained: Path, poses: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()

    options = ["--every", "3", "--step", "0.5", "--paper-range", "-o", str(tmp_path / "c.json")]
    assert run_verb(["study", "correlation", str(barely_trained), str(poses), *options]) == 0

    shown = capsys.readouterr().out
    assert "2 poses, 16 joints, factors -0.95 to 1.05" in shown
    assert "between legs and torso" in shown


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--step", "0"], "a --step above 0"),
        (["--from", "2"], "--from below --to"),
        (["--pair", "left_elbow"], "--pair left_elbow is not understood"),
        (["--pair", "left_elbow:wing"], "has no joint 'wing'"),
        (["--skeleton", "human17"], "was trained for the skeleton 'quadruped16'"),
        (["--against", "nobody"], "nobody"),
        (["--views", "x"], "--views x is not understood"),
        (["-o", "c.txt"], "must end in"),
    ],
)
def test_mistakes_are_one_sentence(
    options: list[str],
    words: str,
    barely_trained: Path,
    poses: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    given = ["-o", str(tmp_path / "c.json"), *options]

    assert run_verb(["study", "correlation", str(barely_trained), str(poses), *given]) == 1

    assert words in capsys.readouterr().err
    assert not (tmp_path / "c.json").exists()
