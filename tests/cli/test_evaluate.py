"""`poseviewer evaluate`: joints matched by name, every measure with a known answer, and units that are told apart."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from poseviewer.__main__ import main
from poseviewer.cli.evaluate import pck_joints

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
    assert shown.index("P-MPJPE") < shown.index("not meaningful") < shown.index("PCK3D")


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
