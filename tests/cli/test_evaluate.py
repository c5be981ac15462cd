"""`poseviewer evaluate`: joints matched by name, every measure with a known answer, and units that are told apart."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from poseviewer.__main__ import main
from poseviewer.core.compared_joints import pck_joints

NAMES = ["neck", "nose", "left_knee", "right_knee"]
POSES = np.array(
    [
        [[0, 0, 0], [100, 0, 0], [0, 200, 0], [0, 0, 300]],
        [[5, 5, 5], [105, 5, 5], [5, 205, 5], [5, 5, 305]],
        [[9, 9, 9], [109, 9, 9], [9, 209, 9], [9, 9, 309]],
    ],
    dtype=float,
)


def save(path: Path, joints: np.ndarray, names: list[str] = NAMES, unit: str = "mm") -> Path:
    np.savez(path, joints=joints, joint_names=names, unit=unit)
    return path


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    return save(tmp_path / "truth.npz", POSES)


def evaluate(
    capsys: pytest.CaptureFixture[str], truth: Path, prediction: Path, *options: str, code: int = 0
) -> dict[str, Any]:
    assert main(["evaluate", "--truth", str(truth), "--prediction", str(prediction), "--json", *options]) == code
    return json.loads(capsys.readouterr().out)


def test_the_truth_itself_is_perfect(truth: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = evaluate(capsys, truth, truth)

    assert all(report[name] == pytest.approx(0, abs=1e-9) for name in ("mpjpe", "n_mpjpe", "p_mpjpe", "mpjve"))
    assert report["pck3d_150"] == 100
    assert report["auc"] == pytest.approx(100 * 30 / 31)
    assert (report["poses"], report["compared"], report["root"]) == (3, 3, "neck")


def test_one_joint_that_is_off(truth: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    moved = POSES.copy()
    moved[:, 3, 0] += 160

    report = evaluate(capsys, truth, save(tmp_path / "p.npz", moved))

    assert report["mpjpe"] == pytest.approx(40)
    assert report["pck3d_150"] == pytest.approx(100 * 2 / 3)
    assert report["mpjve"] == pytest.approx(0, abs=1e-9)


def test_joints_are_matched_by_name(truth: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    order = [3, 0, 2, 1]
    names = ["R Knee", "Neck", "l_knee", "nose"]
    with_more = np.concatenate([POSES[:, order], np.zeros((3, 1, 3))], axis=1)

    report = evaluate(capsys, truth, save(tmp_path / "p.npz", with_more, [*names, "tail"]))

    assert report["mpjpe"] == pytest.approx(0, abs=1e-9)
    assert report["joints"] == NAMES


def test_a_mirror_image_passes_only_where_it_is_said(
    truth: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = evaluate(capsys, truth, save(tmp_path / "p.npz", POSES * [1, 1, -1]))

    assert report["p_mpjpe"] > 10
    assert report["p_mpjpe_reflection_best"] == pytest.approx(0, abs=1e-6)


def test_missing_joints_and_poses_are_left_out(truth: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    some = POSES.copy()
    some[0] = np.nan
    some[1, 3] = np.nan

    report = evaluate(capsys, truth, save(tmp_path / "p.npz", some))

    assert report["compared"] == 2
    assert report["p_mpjpe"] == pytest.approx(0, abs=1e-9)


def test_pixels_against_millimetres_are_pointed_out(
    truth: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    prediction = save(tmp_path / "p.npz", POSES / 10, unit="px")

    assert main(["evaluate", "--truth", str(truth), "--prediction", str(prediction)]) == 0

    shown = capsys.readouterr().out
    assert "in px and the truth in mm" in shown
    assert shown.index("P-MPJPE") < shown.index("not meaningful") < shown.index("PCK3D at 150, 3 joints")


def test_the_flat_pose_is_the_measure_of_worth(truth: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    np.savez(tmp_path / "k.npz", keypoints=POSES[..., :2], joint_names=NAMES)
    flat = np.concatenate([POSES[..., :2], np.zeros((3, 4, 1))], axis=-1)
    options = ["--flat", "--keypoints", str(tmp_path / "k.npz")]

    as_flat = evaluate(capsys, truth, save(tmp_path / "p.npz", flat), *options)["flat"]
    perfect = evaluate(capsys, truth, truth, *options)["flat"]

    assert as_flat["ratio"] == pytest.approx(1)
    assert perfect["ratio"] == pytest.approx(0, abs=1e-9)
    assert perfect["p_mpjpe_flat"] > 10


@pytest.mark.parametrize(
    ("joints", "names", "options", "words"),
    [
        (POSES[:2], NAMES, [], "holds 2 poses but"),
        (POSES, ["a", "b", "c", "d"], [], "0 joints in common"),
        (POSES, NAMES, ["--flat"], "--keypoints"),
    ],
)
def test_what_cannot_be_compared_is_one_sentence(
    joints: np.ndarray,
    names: list[str],
    options: list[str],
    words: str,
    truth: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    prediction = save(tmp_path / "p.npz", joints, names)

    assert main(["evaluate", "--truth", str(truth), "--prediction", str(prediction), *options]) == 1
    shown = capsys.readouterr().err
    assert words in shown
    assert shown.count("\n") == 1


def test_a_missing_file_is_named(truth: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--truth", str(truth), "--prediction", "none.npz"]) == 1
    assert "none.npz" in capsys.readouterr().err


def test_a_person_has_14_joints_for_pck() -> None:
    from poseviewer.io.skeleton_files import load_skeleton

    person = load_skeleton("human17").joints

    counted = [person[i] for i in pck_joints(person, person.index("pelvis"))]
    assert len(counted) == 14
    assert {"pelvis", "spine", "neck"}.isdisjoint(counted)


def test_an_animal_has_all_joints_but_the_root_for_pck() -> None:
    assert pck_joints(NAMES, 0) == [1, 2, 3]


TWO_CLIPS = {"clip_start": [0, 2], "clip_len": [2, 1], "clip_action": ["walk", "jump"], "clip_subject": ["A", "A"]}


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    np.savez(tmp_path / "clips.npz", joints=POSES, joint_names=NAMES, unit="mm", **TWO_CLIPS)
    return tmp_path / "clips.npz"


@pytest.fixture
def off_in_the_jump(tmp_path: Path) -> Path:
    """One of four joints is off by 160 mm in the last of the three poses, which is all of the jump."""
    moved = POSES.copy()
    moved[2, 3, 0] += 160
    return save(tmp_path / "p.npz", moved)


def test_tables_by_action_and_subject(clips: Path, off_in_the_jump: Path, capsys: pytest.CaptureFixture[str]) -> None:
    by_action, by_subject = evaluate(capsys, clips, off_in_the_jump, "--table")["tables"]

    assert [line["action"] for line in by_action["rows"]] == ["jump", "walk", "mean of 2 actions", "all poses"]
    assert [line["mpjpe"] for line in by_action["rows"]] == pytest.approx([40, 0, 20, 40 / 3])
    assert [line["pck3d_150"] for line in by_action["rows"]] == pytest.approx([200 / 3, 100, 250 / 3, 800 / 9])
    assert [line["poses"] for line in by_action["rows"]] == [1, 2, 3, 3]
    assert [line["subject"] for line in by_subject["rows"]] == ["A", "mean of 1 subject", "all poses"]
    assert "ratio" not in by_action["columns"]


def test_mpjve_does_not_step_from_clip_to_clip(
    clips: Path, off_in_the_jump: Path, truth: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(capsys, clips, off_in_the_jump)["mpjve"] == pytest.approx(0, abs=1e-9)
    assert evaluate(capsys, truth, off_in_the_jump)["mpjve"] == pytest.approx(20)


def test_tables_with_the_ratio_to_the_flat_pose(
    clips: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    np.savez(tmp_path / "k.npz", keypoints=POSES[..., :2], joint_names=NAMES)
    flat = POSES * [1, 1, 0]
    flat[2] = POSES[2]
    prediction = save(tmp_path / "half.npz", flat)

    report = evaluate(capsys, clips, prediction, "--table", "--keypoints", str(tmp_path / "k.npz"))

    ratios = {line["action"]: line["ratio"] for line in report["tables"][0]["rows"]}
    assert ratios == pytest.approx({"jump": 0, "walk": 1, "mean of 2 actions": 0.5, "all poses": 2 / 3}, abs=1e-6)


def test_tables_in_a_file(
    clips: Path, off_in_the_jump: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base = ["evaluate", "--truth", str(clips), "--prediction", str(off_in_the_jump), "--table-to"]

    assert main([*base, str(tmp_path / "t.md")]) == 0
    assert main([*base, str(tmp_path / "t.json")]) == 0

    written = (tmp_path / "t.md").read_text(encoding="utf-8")
    assert written in capsys.readouterr().out
    assert "| walk              |     2 |" in written
    assert [table["title"] for table in json.loads((tmp_path / "t.json").read_text())] == ["By action", "By subject"]


def test_measures_of_one_unit_stay_out_of_tables_of_two(
    clips: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = evaluate(capsys, clips, save(tmp_path / "p.npz", POSES / 10, unit="px"), "--table")

    assert {"p_mpjpe", "n_mpjpe"} <= set(report["tables"][0]["columns"])
    assert set(report["tables"][0]["columns"]).isdisjoint({"mpjpe", "mpjve", "pck3d_150", "auc"})


@pytest.mark.parametrize(
    ("options", "words"), [(["--table"], "clip_start and clip_len"), (["--table-to", "t.x"], ".md")]
)
def test_tables_that_cannot_be_made_are_one_sentence(
    options: list[str], words: str, truth: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", "--truth", str(truth), "--prediction", str(truth), *options]) == 1
    shown = capsys.readouterr()
    assert words in shown.err
    assert shown.err.count("\n") == 1
    assert shown.out == ""


def test_metres_against_millimetres(clips: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = evaluate(capsys, clips, save(tmp_path / "p.npz", POSES / 1000, unit="m"))

    assert report["mpjpe"] == pytest.approx(0, abs=1e-9)
    assert report["remarks"] == ["p.npz is in m; it was converted to mm."]


def test_a_prediction_that_does_not_say_its_unit_is_in_that_of_the_truth(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    truth = save(tmp_path / "t.npz", POSES / 1000, unit="m")
    np.savez(tmp_path / "p.npz", joints=POSES / 1000, joint_names=NAMES)

    assert evaluate(capsys, truth, tmp_path / "p.npz")["mpjpe"] == pytest.approx(0, abs=1e-9)
    off = POSES / 1000 + [[[0, 0, 0], [0.04, 0, 0], [0, 0, 0], [0, 0, 0]]]
    np.savez(tmp_path / "p.npz", joints=off, joint_names=NAMES)
    assert evaluate(capsys, truth, tmp_path / "p.npz")["mpjpe"] == pytest.approx(10)
