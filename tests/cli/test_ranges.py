"""`poseviewer ranges fit`: labels in, the range that is wrong out, and ranges widened to cover."""

from __future__ import annotations

import json
import math
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from poseviewer.__main__ import main
from poseviewer.cli.lift_input import Keypoints
from poseviewer.cli.ranges import animals_of, keypoints_on
from poseviewer.core.range_edits import interval_of, with_interval
from poseviewer.core.ranges import Interval, RangePreset
from poseviewer.io.skeleton_files import load_ranges
from poseviewer.synthesis.generate import synthesize
from poseviewer.synthesis.presets import DEFAULT

QUADRUPED = load_ranges("quadruped16")
KNEE = QUADRUPED.skeleton.bone_index("left_hip", "left_knee")
PLAIN = replace(DEFAULT, flaws=replace(DEFAULT.flaws, noise=0, outliers=0, missing=0, limbs=0))


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")


def write_labels(path: Path, preset: RangePreset, count: int) -> Path:
    """Poses from all of the ranges, 150 pixels to the longest bone, clicked to a pixel."""
    xy = 150 * synthesize(preset.skeleton, replace(preset, bell=0.0), count, 7, PLAIN).keypoints + 400
    noise = np.random.default_rng(7).normal(size=xy.shape)
    np.savez(path, keypoints=xy + noise, joint_names=preset.skeleton.joints)
    return path


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """Poses that are all within the shipped ranges."""
    return write_labels(tmp_path / "labels.npz", QUADRUPED, 30)


@pytest.fixture
def kicking(tmp_path: Path) -> Path:
    """Poses of an animal whose left thigh swings twice as far."""
    twice = Interval(math.radians(-167), math.radians(133))
    wild = with_interval(QUADRUPED, KNEE, "flexion", twice, mirror=False)
    return write_labels(tmp_path / "kicking.npz", wild, 80)


def fit_json(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict:
    code = main(["ranges", "fit", *map(str, arguments), "--json"])
    shown = capsys.readouterr()
    assert code == 0, shown.err
    return json.loads(shown.out)


def test_the_bone_whose_range_is_too_narrow_comes_first(kicking: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = fit_json(capsys, kicking, "--separate")

    first = found["stops"][0]
    assert first["bones"] == ["left_hip:left_knee"]
    assert first["axis"] == "flexion"
    assert first["stop"] == pytest.approx(-92 if first["side"] == "min" else 58, abs=0.1)
    assert abs(first["needed"]) > abs(first["stop"]) + 10
    assert len(first["frames"]) >= 3
    assert first["opened_px"] < first["residual_px"]
    assert found["fitted"] == found["poses"] == 80
    assert found["after"] is None and found["output"] is None


def test_people_read_a_table(kicking: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["ranges", "fit", str(kicking), "--separate", "--worst", "2"])

    shown = capsys.readouterr().out
    assert code == 0
    assert "80 of 80 poses fitted inside" in shown
    row = next(line for line in shown.splitlines() if line.strip().startswith("left hip to left knee"))
    assert "flexion" in row and "°" in row
    worst = next(line for line in shown.splitlines() if line.startswith("Worst frames"))
    assert worst.count("px") == 2


def test_ranges_widened_to_cover_are_written_and_what_they_bring_is_said(
    kicking: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "wide.toml"

    code = main(["ranges", "fit", str(kicking), "--separate", "-o", str(out), "--margin", "3"])

    said = capsys.readouterr().out.splitlines()[-1]
    new = load_ranges(out)
    both = (KNEE, QUADRUPED.skeleton.mirror_bones[KNEE])
    assert code == 0
    for bone in both:
        assert interval_of(new, bone, "flexion").max > math.radians(80)
    others = [b for b in range(new.skeleton.bone_count) if b not in both]
    assert [new.ranges[b] for b in others] == [load_ranges("quadruped16").ranges[b] for b in others]
    assert "left hip to left knee flexion" in said
    after, before = map(float, re.findall(r"(\d+\.\d)(?: px|\))", said))
    assert after < 0.7 * before


def test_labels_within_their_ranges_call_little_into_question(labels: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = fit_json(capsys, labels, "--separate")

    assert found["ranges"] == "quadruped16"
    assert sum(len(stop["frames"]) for stop in found["stops"]) <= 4
    assert found["after"] is None and found["output"] is None


def test_a_skeleton_without_a_lifter_is_fitted_from_all_around(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    preset = load_ranges("hand21")
    batch = synthesize(preset.skeleton, preset, 5, 3, PLAIN)
    path = tmp_path / "hand.npz"
    np.savez(path, keypoints=150 * batch.keypoints + 400, joint_names=preset.skeleton.joints)

    code = main(["ranges", "fit", str(path), "--skeleton", "hand21", "--json"])

    shown = capsys.readouterr()
    assert code == 0 and json.loads(shown.out)["fitted"] == 5
    assert "no lifter is shipped for hand21" in shown.err


def test_guesses_are_kept_apart_from_what_is_seen() -> None:
    tree = QUADRUPED.skeleton
    visibility = np.full((1, 16), 2)
    visibility[0, 2], visibility[0, 3] = 1, 0

    _, seen = keypoints_on(tree, Keypoints(np.ones((1, 16, 2)), visibility, tree.joints, tree.joints))
    _, there = keypoints_on(tree, Keypoints(np.ones((1, 16, 2)), visibility > 0, tree.joints, tree.joints))

    assert seen[0, :5].tolist() == [2, 2, 1, 0, 2]
    assert there[0, :5].tolist() == [2, 2, 2, 0, 2], "a file that knows two states has no guesses"


def test_poses_of_one_name_or_of_one_media_are_of_one_animal() -> None:
    rows = {"media": np.array(["a", "a", "b", "b", "b", "b"]), "frame": np.array([0, 1, 0, 1, 2, 2])}
    points = np.ones((6, 16, 2))

    nameless = Keypoints(points, None, None, None, rows)
    named = Keypoints(points, None, None, None, rows, ["Rex", "Rex", "Ann", "Rex", "", ""])

    assert animals_of(nameless).tolist() == [0, 0, 1, 1, 2, 3], "two in one frame are two animals"
    assert animals_of(named).tolist() == [0, 0, 1, 0, 2, 3]
    assert animals_of(Keypoints(points, None, None, None)).tolist() == [0] * 6


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--margin", "200"], "must be from 0 to 90"),
        (["--widen", "0"], "--widen is 0"),
        (["-o", "wide.json"], "the name must end in .toml"),
        (["--ranges", "human17"], "choose ranges made for 'quadruped16'"),
        (["--ranges", "nowhere.toml"], "nowhere.toml"),
        (["--model", "nowhere.safetensors"], "nowhere.safetensors"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    labels: Path, options: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["ranges", "fit", str(labels), *options])

    shown = capsys.readouterr()
    assert code == 1 and shown.out == ""
    assert words in shown.err and len(shown.err.strip().splitlines()) == 1


def test_labels_with_too_few_keypoints_name_their_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "few.npz"
    keypoints = np.full((2, 16, 2), np.nan)
    keypoints[:, :3] = 5.0
    np.savez(path, keypoints=keypoints, joint_names=QUADRUPED.skeleton.joints)

    code = main(["ranges", "fit", str(path)])

    assert code == 1
    assert f"None of the 2 frames of {path} has enough keypoints" in capsys.readouterr().err


def test_real_labels_name_their_frames(shared_data: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    source = shared_data / "animal_images" / "stanfordextra_sample" / "StanfordExtra_sample.json"
    copy = shutil.copy(source, tmp_path)

    code = main(["ranges", "fit", str(copy), "--skeleton", "quadruped16"])

    shown = capsys.readouterr().out
    assert code == 0
    assert "12 of 12 poses fitted" in shown and ".jpg:0" in shown


def test_a_real_cat_fits_the_ranges_of_a_dog_but_not_those_of_a_horse(
    shared_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    leaps = shared_data / "labels" / "badja" / "joint_annotations" / "cat_jump.json"

    dog, horse = (
        fit_json(capsys, leaps, "--skeleton", "quadruped16", "--ranges", f"quadruped16.{species}")
        for species in ("dog", "horse")
    )

    assert dog["stops"] == [] and dog["residual_px"]["p90"] < 1
    assert horse["residual_px"]["p90"] > 3 * dog["residual_px"]["p90"]
    first = horse["stops"][0]
    assert first["bones"] == ["tail_base:left_hip", "tail_base:right_hip"]
    assert first["opened_px"] < 0.5 * first["residual_px"]
