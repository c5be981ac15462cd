"""What can lift a project: what ships, what the user has trained, and files; the one in use is marked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from poseviewer.app.lifters.choices import LifterEntry, lifters_for, misfit_words, named, title_of
from poseviewer.core.project import Project
from poseviewer.core.ranges import RangePreset
from poseviewer.io.run_store import RunRecord
from poseviewer.io.skeleton_files import load_ranges
from poseviewer.models.base import shipped_lifter
from poseviewer.models.card import read_card

NOW = datetime(2026, 3, 2, 16)


@pytest.fixture
def project(dog: RangePreset) -> Project:
    return Project(dog.skeleton, dog)


@pytest.fixture
def weights() -> bytes:
    return shipped_lifter("quadruped16").read_bytes()


def listed(project: Project, *runs: RunRecord, files: tuple[str, ...] = ()) -> list[LifterEntry]:
    return lifters_for(project, runs, files, NOW)


def test_what_ships_comes_first_and_is_used_unless_told_otherwise(project: Project) -> None:
    first, second = listed(project)

    assert (first.model, first.title, first.used) == ("", "quadruped16", True)
    assert (second.model, second.title, second.used) == ("quadruped16.mouse", "quadruped16.mouse", False)
    assert [e.used for e in listed(replace(project, model="quadruped16.mouse"))] == [False, True]
    assert [e.used for e in listed(replace(project, model="quadruped16"))] == [True, False]


def test_finished_lifters_of_the_skeleton_are_listed(
    project: Project, make_run: Callable[..., RunRecord], weights: bytes
) -> None:
    good = make_run(weights, title="Wider elbows")
    others = (
        make_run(weights, state="running"),
        make_run(weights, task="detector"),
        make_run(b"damaged"),
        make_run(shipped_lifter("human17").read_bytes()),
    )
    entries = listed(project, *others, good)

    assert [e.title for e in entries if e.run] == ["Wider elbows"]
    entry = entries[-1]
    assert entry.origin == "trained here, today, 14:20" and entry.about.startswith("masked network")
    accepted = str(good.model.with_name("lifter-finetune-2000.safetensors"))
    assert [e.title for e in listed(replace(project, model=accepted), good) if e.used] == ["Wider elbows"]


def test_files_chosen_lately_are_listed_while_they_fit(project: Project, tmp_path: Path, weights: bytes) -> None:
    mine, human, gone = (tmp_path / f"{name}.safetensors" for name in ("mine", "human", "gone"))
    mine.write_bytes(weights)
    human.write_bytes(shipped_lifter("human17").read_bytes())
    files = (str(mine), str(human), str(gone))

    assert [e.title for e in listed(project, files=files)][2:] == ["mine"]


def test_the_projects_own_file_is_listed_whatever_is_wrong_with_it(project: Project, tmp_path: Path) -> None:
    gone = str(tmp_path / "gone.safetensors")
    *_, entry = listed(replace(project, model=gone))

    assert entry.used and entry.title == "gone" and "There is no model" in entry.problem
    assert ("File", gone) in entry.rows


def test_a_skeleton_without_weights_borrows_them_or_has_none() -> None:
    small, hand = load_ranges("human14"), load_ranges("hand21")

    (entry,) = [e for e in listed(Project(small.skeleton, small)) if not e.model]
    assert entry.title == "human14" and entry.about.startswith("the lifter of human17 · masked network")
    assert listed(Project(hand.skeleton, hand)) == []


def test_what_does_not_fit_says_why(dog: RangePreset) -> None:
    card = read_card(shipped_lifter("human17"))

    assert "trained for the skeleton “human17” (17 joints)" in misfit_words(card, dog.skeleton, "h.safetensors")
    assert "is a detector, not a lifter" in misfit_words(replace(card, kind="detector"), dog.skeleton, "h.safetensors")
    assert misfit_words(read_card(shipped_lifter("quadruped16")), dog.skeleton, "q.safetensors") == ""


def test_a_method_that_knows_some_of_the_joints_is_listed(tmp_path: Path) -> None:
    """A card as a method on 14 joints leaves it, on a project of 17."""
    from poseviewer.models.card import tables
    from poseviewer.models.checkpoint import save_checkpoint

    people, small = load_ranges("human17"), load_ranges("human14")
    skeleton, ranges = tables(small)
    card = replace(
        read_card(shipped_lifter("human17")), network="depth", skeleton=skeleton, ranges=ranges,
        command="poseviewer train drover a.npz",
    )  # fmt: skip
    path = tmp_path / "drover.safetensors"
    save_checkpoint(path, {}, card)

    *_, entry = listed(Project(people.skeleton, people), files=(str(path),))

    assert entry.title == "drover" and dict(entry.rows)["Joints"].startswith("14 of this skeleton’s 17")


def test_the_lifter_in_use_has_a_title(project: Project, make_run: Callable[..., RunRecord]) -> None:
    run = make_run(title="Wider elbows")

    assert named(replace(project, model="quadruped16")) == ""
    assert title_of(project) == "quadruped16"
    assert title_of(replace(project, model="quadruped16.mouse")) == "quadruped16.mouse"
    assert title_of(replace(project, model=str(run.model)), [run]) == "Wider elbows"
    assert title_of(replace(project, model="mine.safetensors")) == "mine"
    assert title_of(replace(project, model=str(run.model))) == "model"
