"""`poseviewer ranges diff`: a table for people, JSON for machines, one sentence where there is nothing to compare."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from poseviewer.cli.failures import guarded
from poseviewer.cli.ranges_diff import ranges_diff
from poseviewer.core.range_edits import with_interval
from poseviewer.core.ranges import Interval
from poseviewer.io.skeleton_files import load_ranges, save_ranges


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")


def as_json(capsys: pytest.CaptureFixture[str], a: str, b: str) -> dict[str, Any]:
    ranges_diff(a, b, as_json=True)
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_species_are_compared_in_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    ranges_diff("quadruped16.dog", "quadruped16.horse")

    shown = capsys.readouterr().out
    lines = [line.strip() for line in shown.splitlines()]
    assert "quadruped16.dog" in shown and "quadruped16.horse" in shown
    assert lines.count("shoulder to elbow") == 1, "left and right are one row"
    assert not any("left" in line for line in lines)
    at = lines.index("neck to tail base")
    assert " ".join(lines[at + 1].split()) == "flexion, ° -20 to 20 -10 to 10 50% overlap"
    assert any(line.startswith("directions, sr") and line.endswith("-77%") for line in lines[at:])
    assert lines[-1] == "0 of 15 bones are the same. Lengths are shares of neck to tail base."


def test_a_preset_and_itself(capsys: pytest.CaptureFixture[str]) -> None:
    ranges_diff("quadruped16.cat", "quadruped16.cat")

    assert capsys.readouterr().out == "quadruped16.cat and quadruped16.cat are the same.\n"


def test_an_edited_file_differs_where_it_was_edited(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cat = load_ranges("quadruped16.cat")
    bone = cat.skeleton.bone_names.index("right_hip:right_knee")
    edited = with_interval(cat, bone, "twist", Interval(-0.1, 0.2), mirror=False)
    path = tmp_path / "mine [draft].toml"
    save_ranges(edited, path)

    report = as_json(capsys, "quadruped16.cat", str(path))
    (found,) = report["bones"]
    assert found["bone"] == "right_hip:right_knee"
    assert found["axes"] == {"twist": {"a": [-20.0, 20.0], "b": [-5.7, 11.5], "overlap": pytest.approx(0.43, abs=0.01)}}
    assert found["common_directions"] == 1 and found["length"] is None and found["rest_angle"] == 0

    ranges_diff("quadruped16.cat", str(path))
    shown = capsys.readouterr().out
    assert "right hip to right knee" in shown and "14 of 15 bones are the same" in shown


def test_machines_get_every_bone_and_where_it_comes_from(capsys: pytest.CaptureFixture[str]) -> None:
    report = as_json(capsys, "quadruped16.dog", "quadruped16.mouse")

    assert (report["a"]["name"], report["b"]["name"]) == ("quadruped16.dog", "quadruped16.mouse")
    assert (report["skeleton"], report["kind"], report["trunk"]) == ("quadruped16", "swing", "neck:tail_base")
    assert {bone["bone"] for bone in report["bones"]} == set(load_ranges("quadruped16").skeleton.bone_names)
    tail = next(bone for bone in report["bones"] if bone["bone"] == "tail_base:tail_tip")
    assert tail["length"]["ratio"] == pytest.approx(1.5 / 0.52)
    assert 0 < tail["common_directions"] < 1 and tail["solid_angle"]["change"] < 0
    assert tail["notes"]["b"].startswith("A tail about as long as head and body")
    assert {"name": "long or short legs", "a": 0.14, "b": 0.05} in report["factors"]


def test_notes_are_shown_when_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    ranges_diff("quadruped16.dog", "quadruped16.cat")
    assert "Jaeger" not in capsys.readouterr().out

    ranges_diff("quadruped16.dog", "quadruped16.cat", notes=True)
    shown = capsys.readouterr().out
    assert "Jaegger et al. 2002" in shown and "Jaeger et al. 2007" in shown


def test_other_factors_alone_are_a_difference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = Path(__file__).parents[2].joinpath("resources/ranges/quadruped16.rat.toml").read_text(encoding="utf-8")
    path = tmp_path / "rats.toml"
    path.write_text(text.replace("spread = 0.05\nbones", "spread = 0.09\nbones").replace("bell = 0.7", "bell = 0.5"))

    ranges_diff("quadruped16.rat", str(path))

    shown = capsys.readouterr().out
    assert "15 of 15 bones are the same" in shown
    assert "long or short legs" in shown and "0.09" in shown and "50%" in shown


@pytest.mark.parametrize(
    ("a", "b", "words"),
    [
        ("quadruped16", "human17", "same skeleton"),
        ("quadruped16", "quadruped16.paper", "same kind"),
        ("quadruped16", "dragon", "There is no range preset 'dragon'"),
        ("nowhere.toml", "quadruped16", "nowhere.toml"),
    ],
)
def test_what_does_not_compare_is_one_sentence(a: str, b: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(lambda: ranges_diff(a, b)) == 1

    shown = capsys.readouterr()
    assert words in shown.err and shown.err.count("\n") == 1 and shown.out == ""
