"""`poseviewer train evolution`: from ranges alone, from a few poses, resumed, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from poseviewer.__main__ import main
from poseviewer.cli.train_evolution import weights_of
from poseviewer.core.errors import PoseviewerError

SMALL = ["--batch", "32", "--steps", "2", "--population", "60", "--device", "cpu"]


@pytest.fixture
def poses(tmp_path: Path) -> Path:
    """Twelve standing people, made by `synthesize`."""
    path = tmp_path / "people.npz"
    assert main(["synthesize", "--skeleton", "human17", "-n", "12", "-o", str(path)]) == 0
    with np.load(path) as made:
        np.savez(path, joints=1000 * made["joints"], joint_names=made["joint_names"])
    return path


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """The default preset with a network that takes no time, and few poses to begin with."""
    from training import evolution

    load = evolution.load_preset
    shape = {"width": 8, "blocks": 1, "stages": 2, "norm": "layer", "dropout": 0.0}
    monkeypatch.setattr(
        evolution, "load_preset", lambda *name: load(*name) | {"shape": shape, "unseen": 32, "first": 40}
    )


def test_from_ranges_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = tmp_path / "m.safetensors"

    assert main(["train", "evolution", *SMALL, "--ranges", "human17", "-o", str(model)]) == 0

    shown = capsys.readouterr()
    assert f"{model}: 64 poses seen. L_ed" in shown.out
    assert "Evolving poses: 40 of 60." in shown.err


def test_from_poses_validated_and_resumed(tmp_path: Path, poses: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from poseviewer.models.card import read_card

    model = tmp_path / "m.safetensors"
    words = ["train", "evolution", str(poses), *SMALL, "--slack", "5", "--validate", str(poses), "-o", str(model)]
    assert main([*words, "--json"]) == 0
    assert "of_flat" in json.loads(capsys.readouterr().out)["validation"]

    assert main([*words, "--steps", "4", "--resume"]) == 0

    card = read_card(model)
    assert card.steps == 4
    assert "people.npz" in card.command


def test_what_is_missing_or_of_another_animal_is_named(
    tmp_path: Path, poses: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = ["-o", str(tmp_path / "m.safetensors")]

    assert main(["train", "evolution", str(tmp_path / "none.npz"), *SMALL, *output]) != 0
    assert "none.npz" in capsys.readouterr().err
    assert main(["train", "evolution", str(poses), *SMALL, "--skeleton", "quadruped16", *output]) != 0
    assert "people.npz has no joint" in capsys.readouterr().err


def test_weights_are_names_and_numbers() -> None:
    assert weights_of(["bandai2=0.25", "a=b=3"]) == {"bandai2": 0.25, "a=b": 3.0}
    for wrong in ("bandai2", "=1", "a=x", "a=-1", "a=inf", "a=nan"):
        with pytest.raises(PoseviewerError, match="is not of the form FILE=NUMBER"):
            weights_of([wrong])
