"""`poseviewer synthesize` writes what DESIGN promises other programs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from poseviewer.__main__ import main


def test_the_file_has_what_other_programs_rely_on(tmp_path: Path) -> None:
    out = tmp_path / "out.npz"

    assert main(["synthesize", "--skeleton", "quadruped16", "-n", "20", "--seed", "3", "-o", str(out)]) == 0

    with np.load(out, allow_pickle=False) as file:
        arrays = dict(file)
    shapes = {name: array.shape for name, array in arrays.items()}
    assert shapes == {
        "joints": (20, 16, 3),
        "keypoints": (20, 16, 2),
        "bone_lengths": (20, 15),
        "bone_spherical": (20, 15, 3),
        "rotation": (20, 3, 3),
        "joint_names": (16,),
        "bones": (15, 2),
    }
    np.testing.assert_allclose(arrays["bone_lengths"].max(axis=1), 1, atol=1e-5)
    ends = arrays["joints"][:, arrays["bones"]]  # (N, B, 2, 3)
    np.testing.assert_allclose(
        np.linalg.norm(ends[:, :, 1] - ends[:, :, 0], axis=-1), arrays["bone_lengths"], atol=1e-5
    )


def test_the_same_seed_gives_the_same_poses(tmp_path: Path) -> None:
    for name, seed in (("a", "1"), ("b", "1"), ("c", "2")):
        main(["synthesize", "-n", "5", "--seed", seed, "-o", str(tmp_path / f"{name}.npz")])

    a, b, c = (np.load(tmp_path / f"{name}.npz")["joints"] for name in "abc")
    np.testing.assert_array_equal(a, b)
    assert np.abs(a - c).max() > 0.01


def test_machines_get_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["synthesize", "-n", "5", "-o", str(tmp_path / "a.npz"), "--json"]) == 0

    report = json.loads(capsys.readouterr().out)
    assert (report["poses"], report["skeleton"], report["seed"]) == (5, "quadruped16", 0)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["-n", "0"], "at least 1"),
        (["-n", "5", "--seed", "-1"], "seed"),
        (["-n", "5", "--skeleton", "dragon"], "dragon"),
        (["-n", "5", "--ranges", "human17"], "human17"),
        (["-n", "5", "--recipe", "soup"], "soup"),
    ],
)
def test_what_cannot_be_made_is_one_sentence(
    options: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "a.npz"

    assert main(["synthesize", *options, "-o", str(out)]) == 1
    shown = capsys.readouterr().err
    assert words in shown
    assert shown.count("\n") == 1
    assert not out.exists()
