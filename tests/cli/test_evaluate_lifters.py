"""`poseviewer evaluate lifters` with the shipped human17 lifter: on synthetic people, and on a real one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from poseviewer.__main__ import main
from poseviewer.cli.evaluate_lifters import parse_elevation
from poseviewer.core.errors import PoseInputError
from poseviewer.io.skeleton_files import load_ranges, load_skeleton
from poseviewer.synthesis.generate import synthesize

NAMES = load_skeleton("human17").joints
CLIPS = {"clip_start": [0, 8], "clip_len": [8, 16], "clip_action": ["walk", "jump"], "clip_subject": ["Ann", "Ann"]}


@pytest.fixture(scope="module")
def people() -> np.ndarray:
    """24 people (24, 17, 3) of about 1.7 m, in mm, z up."""
    made = np.asarray(synthesize(load_skeleton("human17"), load_ranges("human17"), 24, seed=1).joints, dtype=float)
    return np.asarray(made * 1700 / np.median(np.ptp(made, axis=1).max(axis=1)))


def save(path: Path, joints: np.ndarray, names: Any = NAMES, **arrays: Any) -> Path:
    np.savez(path, joints=joints, joint_names=list(names), **arrays)
    return path


@pytest.fixture
def poses(tmp_path: Path, people: np.ndarray) -> Path:
    return save(tmp_path / "people.npz", people, unit="mm", **CLIPS)


def compare(capsys: pytest.CaptureFixture[str], *options: object, code: int = 0) -> Any:
    assert main(["evaluate", "lifters", *map(str, options), "--views", "2", "--json"]) == code
    shown = capsys.readouterr()
    return json.loads(shown.out) if code == 0 else shown.err


def row(report: dict[str, Any], name: str) -> dict[str, Any]:
    return next(row for row in report["rows"] if row["name"] == name)


def test_what_was_lifted_is_much_better_than_flat(poses: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = compare(capsys, poses)

    found = row(report, "human17")
    assert [r["name"] for r in report["rows"]] == ["flat", "human17"]
    assert 0.05 < found["measures"]["ratio"]["mean"] < 0.7
    assert row(report, "flat")["measures"]["ratio"] == {"mean": 1, "std": 0}
    assert found["measures"]["mpjve"]["mean"] > 0
    assert len(found["joints"]) == 17
    assert found["parameters"] > 1e6
    assert found["poses_per_second"] > 1
    assert report["threads"] == 1
    assert report["views"]["seeds"] == [0, 1]


def test_a_seed_gives_the_same_figures_again(poses: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, again, other = (row(compare(capsys, poses, "--seed", s), "human17")["measures"] for s in (5, 5, 9))

    assert first == again
    assert first != other


def test_skeletons_that_differ_are_compared_on_what_they_share(poses: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = compare(capsys, poses, "--model", "human17", "--model", "human14")

    large, small = row(report, "human17"), row(report, "human14")
    assert (len(large["joints"]), len(small["joints"])) == (17, 14)
    assert small["root"] == ["left_hip", "right_hip"]
    assert small["measures"]["shared_p_mpjpe"] == small["measures"]["p_mpjpe"]
    assert large["measures"]["shared_p_mpjpe"]["mean"] != large["measures"]["p_mpjpe"]["mean"]
    assert "P-MPJPE 14 shared joints mm" in report["tables"][0]["columns"].values()


def test_metres_are_told_by_size_and_said(
    tmp_path: Path, poses: Path, people: np.ndarray, capsys: pytest.CaptureFixture[str]
) -> None:
    metres = save(tmp_path / "m.npz", people / 1000)

    report = compare(capsys, metres)

    assert "by the size of the person" in report["remarks"][0]
    expected = row(compare(capsys, poses), "human17")["measures"]["p_mpjpe"]["mean"]
    assert row(report, "human17")["measures"]["p_mpjpe"]["mean"] == pytest.approx(expected, rel=1e-3)
    assert main(["evaluate", "lifters", str(metres), "--views", "1"]) == 0
    assert "m.npz does not say its unit" in capsys.readouterr().out


def test_several_files_are_one_and_joints_go_by_their_names(
    tmp_path: Path, poses: Path, people: np.ndarray, capsys: pytest.CaptureFixture[str]
) -> None:
    order = np.random.default_rng(0).permutation(17)
    shuffled = save(tmp_path / "b.npz", people[:6, order], [NAMES[i].replace("left", "L") for i in order], unit="mm")

    report = compare(capsys, poses, shuffled, "--every", 2)

    assert report["poses"] == 12 + 3
    assert row(report, "human17")["measures"]["poses"]["mean"] == 15
    assert row(report, "human17")["measures"]["ratio"]["mean"] < 0.7


def test_by_action_and_their_mean(poses: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = compare(capsys, poses, "--by", "action")

    lines = report["tables"][1]["rows"]
    assert [line["group"] for line in lines] == ["jump", "walk", "mean of 2 actions"]
    jump, walk, mean = (line["human17/p_mpjpe"]["mean"] for line in lines)
    assert mean == pytest.approx((jump + walk) / 2)
    assert [line["poses"] for line in lines] == [16, 8, 24]
    assert row(report, "human17")["groups"]["walk"]["p_mpjpe"]["mean"] == walk


def test_an_ensemble_of_one_model_twice_is_the_model(
    tmp_path: Path, poses: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from poseviewer.models.base import shipped_lifter

    again = tmp_path / "again.safetensors"
    again.write_bytes(shipped_lifter("human17").read_bytes())

    report = compare(capsys, poses, "--model", "human17", "--model", again, "--ensemble")

    alone, both = row(report, "again"), row(report, "ensemble of 2 (human17)")
    assert both["measures"]["p_mpjpe"]["mean"] == pytest.approx(alone["measures"]["p_mpjpe"]["mean"])
    assert both["parameters"] == 2 * alone["parameters"]


def test_perspective_views_are_others(poses: Path, capsys: pytest.CaptureFixture[str]) -> None:
    far, near = (
        row(compare(capsys, poses, "--camera", "perspective", "--distance", d), "flat")["measures"]["mpjpe"]["mean"]
        for d in (10000, 3)
    )

    orthographic = row(compare(capsys, poses), "flat")["measures"]["mpjpe"]["mean"]
    assert far == pytest.approx(orthographic, rel=1e-3)
    assert near != pytest.approx(orthographic, rel=1e-2)


def test_the_table_can_be_pasted_and_written(tmp_path: Path, poses: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "table.md"

    assert main(["evaluate", "lifters", str(poses), "--views", "2", "--table", str(target)]) == 0

    shown = capsys.readouterr().out
    assert shown == target.read_text(encoding="utf-8")
    assert shown.startswith("24 poses, 2 views of each: azimuth uniform, elevation 0 to 20 degrees, orthographic\n")
    lines = shown.splitlines()[2:]
    assert len(lines) == 4
    assert len({len(line) for line in lines}) == 1
    assert "poses/s, 1 thread" in lines[0]


def test_a_file_for_machines(tmp_path: Path, poses: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = compare(capsys, poses, "--table", tmp_path / "table.json")

    assert json.loads((tmp_path / "table.json").read_text(encoding="utf-8")) == report["tables"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--model", "quadruped16"], "the poses lack 7 of its 16 joints (nose,"),
        (["--model", "none.safetensors"], "none.safetensors"),
        (["--elevation", "20:0"], "'20:0' is no range of elevations"),
        (["--ensemble"], "An ensemble needs two models"),
        (["--table", "t.txt"], "must end in .md or .json"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    options: list[str], words: str, poses: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = compare(capsys, poses, *options, code=1)

    assert words in shown
    assert shown.count("\n") == 1


def test_actions_that_are_not_known_are_asked_for(
    tmp_path: Path, people: np.ndarray, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = compare(capsys, save(tmp_path / "p.npz", people), "--by", "subject", code=1)

    assert "add clip_start, clip_len and clip_subject" in shown


def test_units_that_differ_are_refused(
    tmp_path: Path, poses: Path, people: np.ndarray, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = compare(capsys, poses, save(tmp_path / "p.npz", people, unit="px"), code=1)

    assert "is in mm but" in shown
    assert "in px" in shown


@pytest.mark.parametrize(("text", "found"), [("0:20", (0, 20)), ("-10:5.5", (-10, 5.5)), ("15", (15, 15))])
def test_elevations(text: str, found: tuple[float, float]) -> None:
    assert parse_elevation(text) == found


@pytest.mark.parametrize("text", ["", "a:b", "0:91", "nan:2", "5:"])
def test_no_elevations(text: str) -> None:
    with pytest.raises(PoseInputError):
        parse_elevation(text)


def test_the_shipped_lifter_on_the_validation_actor(shared_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = shared_data / "human3d" / "hdm05_bk.npz"
    if not path.is_file():
        pytest.skip(f"there is no {path}")

    report = compare(capsys, path, "--every", 20, "--by", "action")

    assert report["unit"] == "mm"
    assert 100 < row(report, "flat")["measures"]["p_mpjpe"]["mean"] < 160
    assert row(report, "human17")["measures"]["ratio"]["mean"] < 0.55
    assert len(report["tables"][1]["rows"]) > 5
