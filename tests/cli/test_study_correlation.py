"""`poseviewer study correlation`: from a model and a file of poses to figures and numbers."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from poseviewer.cli.study_correlation import depths_of, examine
from poseviewer.cli.verbs import run_verb
from poseviewer.io.skeleton_files import load_skeleton
from training.study_poses import read_study_poses

HUMAN = load_skeleton("human16")


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
    assert (len(one["joints"]), one["legs"]) == (15, one["joints"][:6])
    assert "neck" not in one["joints"]
    assert one["own"] > 0
    assert one["across_groups"] > 0
    curve = one["curves"][0]
    assert (curve["keypoint"], curve["depth"], len(curve["change"])) == ("left_elbow", "right_knee", 5)
    with np.load(outputs[2]) as arrays:
        assert arrays["change_0"].shape == (16, 16, 5)
        assert not arrays["change_0"][0].any()  # the root cannot be scaled about itself
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
    assert "2 poses, 15 joints, factors -0.95 to 1.05" in shown
    assert "between legs and torso" in shown


def test_a_lifter_of_independent_parts_has_exactly_none_between_them(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "k.npz", keypoints=rng.normal(size=(20, 16, 2)))
    first, second = rng.normal(size=(12, 6)), rng.normal(size=(20, 10))

    def parts(xy: np.ndarray) -> np.ndarray:
        legs, torso = xy[:, :6].reshape(len(xy), -1), xy[:, 6:].reshape(len(xy), -1)
        return np.concatenate([np.tanh(legs @ first), np.tanh(torso @ second)], axis=1)

    lifter = SimpleNamespace(skeleton=HUMAN, normalised_depths=parts)
    seen = read_study_poses(tmp_path / "k.npz", HUMAN)

    found = examine(lifter, "parts", seen, np.array([0.05, 0.5]))  # type: ignore[arg-type]

    assert found.legs == 6
    assert found.means.across == 0.0
    assert found.means.own > 0.01


def test_a_lifter_without_that_door_is_asked_to_lift() -> None:
    lifted = SimpleNamespace(joints=np.arange(6.0).reshape(1, 2, 3))
    lifter = SimpleNamespace(lift=lambda keypoints: lifted)

    assert np.asarray(depths_of(lifter)(np.zeros((1, 2, 2)))).tolist() == [[2, 5]]  # type: ignore[arg-type]


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
