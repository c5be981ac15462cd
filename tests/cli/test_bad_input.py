"""Whatever a verb is given, it ends with code 1 and a sentence that names the file and the cure; nothing is written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from poseviewer.__main__ import main
from poseviewer.io.resources import resource
from poseviewer.io.skeleton_files import load_skeleton

JOINTS = load_skeleton("quadruped16").joints
POINTS = np.random.default_rng(0).uniform(0, 300, (3, 16, 2))
NOTES = b"These are the notes of the experiment.\n" * 20


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    np.savez("good.npz", keypoints=POINTS, joint_names=JOINTS)
    return tmp_path


def fails(capsys: pytest.CaptureFixture[str], *command: str) -> str:
    """Run a verb that must fail; the one sentence it says."""
    before = sorted(Path().rglob("*"))
    assert main(list(command)) == 1
    said = capsys.readouterr()
    assert said.out == ""
    (sentence,) = said.err.strip().splitlines()
    assert sentence.endswith((".", "?")) and (";" in sentence or ": " in sentence), sentence
    assert not any(word in sentence for word in ("Traceback", "Error:", "errno", "unexpected", "Warning")), sentence
    assert sorted(Path().rglob("*")) == before, "nothing is left behind"
    return sentence


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.npz", b""), ("text.npz", NOTES), ("half.npz", b"PK\x03\x04 and no more"),
        ("empty.csv", b""), ("text.csv", NOTES), ("empty.json", b""), ("text.json", NOTES), ("other.json", b'{"a": 1}'),
        ("text.slp", NOTES), ("text.h5", NOTES), ("text.mat", NOTES), ("text.txt", NOTES), ("clip.docx", NOTES),
        ("nothing.npz", None), ("nothing.slp", None),
    ],
)  # fmt: skip
def test_a_file_that_holds_no_keypoints(capsys, name: str, content: bytes | None) -> None:
    if content is not None:
        Path(name).write_bytes(content)
    assert name in fails(capsys, "lift", name, "-o", "out.npz")
    assert name in fails(capsys, "convert", name, "-o", "out.json")


def test_a_folder_in_the_place_of_a_file(capsys) -> None:
    Path("labels").mkdir()
    assert "labels is a folder" in fails(capsys, "lift", "labels", "-o", "out.npz")


@pytest.mark.parametrize(
    "arrays",
    [
        {},
        {"keypoints": POINTS[0], "joint_names": JOINTS},
        {"keypoints": np.zeros((3, 16, 3)), "joint_names": JOINTS},
        {"keypoints": np.zeros((0, 16, 2)), "joint_names": JOINTS},
        {"keypoints": POINTS[:, :12]},
        {"keypoints": POINTS, "joint_names": JOINTS[:10]},
        {"keypoints": POINTS, "joint_names": [f"marker {i}" for i in range(16)]},
        {"keypoints": POINTS, "joint_names": [*JOINTS[:15], JOINTS[0]]},
        {"keypoints": POINTS.astype(str)},
        {"keypoints": np.array([None])},
        {"keypoints": POINTS * np.nan, "joint_names": JOINTS},
        {"keypoints": np.full((3, 16, 2), np.inf), "joint_names": JOINTS},
        {"keypoints": POINTS * 1e300, "joint_names": JOINTS},
        {"keypoints": np.full((3, 16, 2), 50.0), "joint_names": JOINTS},
        {"keypoints": POINTS, "joint_names": JOINTS, "visibility": np.zeros((3, 16))},
        {"keypoints": POINTS, "joint_names": JOINTS, "visibility": np.full((3, 16), 7)},
    ],
    ids=[
        *("no arrays", "one pose", "3D", "no poses", "other joints", "few names", "unknown names", "a name twice"),
        *("text", "objects", "all NaN", "all infinite", "not pixels", "one place", "all absent", "no such visibility"),
    ],
)
def test_keypoints_that_cannot_be_lifted(capsys, arrays) -> None:
    np.savez("bad.npz", **arrays)
    assert "bad.npz" in fails(capsys, "lift", "bad.npz", "-o", "out.npz")


def test_what_can_be_lifted_of_a_bad_file_is(capsys) -> None:
    points = POINTS.copy()
    points[0, 3], points[0, 5, 0] = np.inf, np.nan  # missing
    points[0, 1] = points[0, 2]  # two in one place
    points[1, :14] = np.nan  # two are left
    np.savez("some.npz", keypoints=points, joint_names=JOINTS)
    assert main(["lift", "some.npz", "-o", "out.npz"]) == 0
    assert "1 of 3 frames have fewer than 4 keypoints" in capsys.readouterr().err
    with np.load("out.npz") as out:
        assert np.isfinite(out["joints"]).all((1, 2)).tolist() == [True, False, True]
        assert np.isnan(out["joints"][1]).all()


@pytest.mark.parametrize("model", ["nothing", "text", "empty", "folder", "another skeleton"])
def test_a_lifter_that_cannot_be_used(capsys, model: str) -> None:
    path = Path("mine.safetensors")
    if model == "folder":
        path.mkdir()
    elif model != "nothing":
        human = resource("weights", "human17.lifter.safetensors")
        path.write_bytes({"text": NOTES, "empty": b"", "another skeleton": human.read_bytes()}[model])
    assert "mine.safetensors" in fails(capsys, "lift", "good.npz", "--model", str(path), "-o", "out.npz")


@pytest.mark.parametrize("output", ["nowhere/out.npz", "folder.npz", "out.docx", "good.npz/out.npz"])
def test_a_place_that_cannot_be_written_to(capsys, output: str) -> None:
    Path("folder.npz").mkdir()
    assert output in fails(capsys, "lift", "good.npz", "-o", output)


def test_a_disk_that_fills_up_keeps_the_older_file(capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("out.npz").write_bytes(b"yesterday's poses")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert "out.npz: No space left on device; free some space" in fails(capsys, "lift", "good.npz", "-o", "out.npz")
    assert Path("out.npz").read_bytes() == b"yesterday's poses"


@pytest.mark.parametrize(("name", "content"), [("notes.mp4", NOTES), ("old.poseproj", b""), ("nothing.png", None)])
def test_a_window_that_cannot_open_what_it_is_given_says_so_and_ends(here: Path, name: str, content) -> None:
    if content is not None:
        Path(name).write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-m", "poseviewer", name, "--screenshot", "shot.png"],
        capture_output=True, text=True, timeout=60, check=False,
        env=os.environ
        | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(Path(__file__).parents[2])}
        | {f"XDG_{kind}_HOME": str(here / kind) for kind in ("CONFIG", "DATA", "STATE")},
    )  # fmt: skip
    assert done.returncode == 1
    (sentence,) = done.stderr.strip().splitlines()
    assert name in sentence and ";" in sentence
    assert not Path("shot.png").exists()
