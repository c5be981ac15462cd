"""`poseviewer train supervised`: files with weights, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from poseviewer.__main__ import main

SMALL = ["--batch", "32", "--steps", "2", "--device", "cpu"]


@pytest.fixture
def poses(tmp_path: Path) -> Path:
    path = tmp_path / "people.npz"
    assert main(["synthesize", "--skeleton", "human17", "-n", "30", "-o", str(path)]) == 0
    with np.load(path) as made:
        np.savez(path, joints=1000 * made["joints"], joint_names=made["joint_names"])
    return path


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    from training import evolution

    load = evolution.load_preset
    shape = {"width": 8, "blocks": 1, "stages": 2, "norm": "layer", "dropout": 0.0}
    monkeypatch.setattr(evolution, "load_preset", lambda *name: load(*name) | {"shape": shape, "unseen": 32})


def test_it_leaves_a_lifter(tmp_path: Path, poses: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from poseviewer.io.skeleton_files import load_skeleton
    from poseviewer.models.lifter import load_lifter

    model = tmp_path / "m.safetensors"
    words = ["train", "supervised", str(poses), *SMALL, "--skeleton", "human17", "--weight", "people=0.25"]

    assert main([*words, "-o", str(model)]) == 0

    assert f"{model}: 64 poses seen. L_ed" in capsys.readouterr().out
    card = load_lifter(model, load_skeleton("human17"), "cpu").card
    assert "people.npz --weight people=0.25" in card.command


def test_a_weight_of_no_file_and_no_files_are_refused(
    tmp_path: Path, poses: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = ["-o", str(tmp_path / "m.safetensors")]

    assert main(["train", "supervised", str(poses), *SMALL, "--weight", "others=2", *output]) != 0
    assert "There is a weight for 'others', but no file of that name" in capsys.readouterr().err
    assert main(["train", "supervised", str(poses), *SMALL, "--weight", "people", *output]) != 0
    assert "is not of the form FILE=NUMBER" in capsys.readouterr().err
    assert main(["train", "supervised", *SMALL, *output]) != 0
