"""`poseviewer train drover|svma|hardy POSES`: a model from files of poses, or a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from poseviewer.__main__ import main
from poseviewer.io.npz import write_npz
from poseviewer.io.skeleton_files import load_skeleton
from poseviewer.models.card import read_card

HUMAN17 = load_skeleton("human17")


@pytest.fixture
def poses(tmp_path: Path) -> Path:
    joints = np.random.default_rng(0).normal(size=(30, 17, 3))
    write_npz(tmp_path / "people.npz", joints=joints, joint_names=HUMAN17.joints)
    return tmp_path / "people.npz"


@pytest.mark.parametrize(("method", "skeleton"), [("drover", "human17"), ("svma", "human17"), ("hardy", "human16")])
def test_each_method_trains_for_the_skeleton_of_its_preset(
    method: str, skeleton: str, poses: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "m.safetensors"
    options = ["--steps", "2", "--batch", "8", "--device", "cpu", "--weight", "people=0.5", "--validate", str(poses)]
    assert main(["train", method, str(poses), *options, "--json", "-o", str(output)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["step"] == 2 and 0 < report["validation"]["of_flat"] < 3
    card = read_card(output)
    assert card.load_skeleton().name == skeleton
    assert card.kind == "lifter" and card.preset == method


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--weight", "people"], "people"),
        (["--weight", "others=1"], "no file of that name"),
        (["--skeleton", "quadruped16"], "quadruped16"),
        (["--preset", "huge"], "no hardy preset 'huge'"),
        (["--validate", "absent.npz"], "absent.npz"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    arguments: list[str], words: str, poses: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "hardy", str(poses), *arguments, "-o", str(tmp_path / "m.safetensors")]) != 0
    said = capsys.readouterr().err
    assert words in said and "Traceback" not in said
