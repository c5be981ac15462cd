"""Which detector, in words: shipped, the project's own, or none that can be used and why."""

from __future__ import annotations

import json
import struct
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from poseviewer.app.detect.detector_choice import choices_for, own_title
from poseviewer.core.skeleton import Skeleton
from poseviewer.io.skeleton_files import load_skeleton, skeleton_to_table
from poseviewer.models import find_detector
from poseviewer.models.card import ModelCard


@pytest.fixture
def dog() -> Skeleton:
    return load_skeleton("quadruped16")


@pytest.fixture(autouse=True)
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of shipped weights, without any."""
    monkeypatch.setattr(find_detector, "resource", lambda *parts: tmp_path.joinpath(*parts))
    (tmp_path / "weights").mkdir()
    return tmp_path / "weights"


def write_card(path: Path, skeleton: Skeleton, **changes: Any) -> None:
    """A model with a card and no weights."""
    table = {
        "kind": "detector", "network": "pyramid", "shape": {}, "skeleton": skeleton_to_table(skeleton), "ranges": {},
        "preset": "default", "recipe": "", "seed": 0, "steps": 10, "poses_seen": 10, "device": "cpu",
    } | changes  # fmt: skip
    header = json.dumps({"__metadata__": {"card": json.dumps(asdict(ModelCard(**table)))}}).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header)


def test_without_any_it_says_how_to_come_to_one(dog: Skeleton) -> None:
    choices = choices_for(dog, "")

    assert choices.entries == (("", "None yet"),) and not choices.usable
    assert "label a few frames and train one (menu Train)" in choices.about


def test_the_shipped_ones_are_offered_by_name(dog: Skeleton, shipped: Path) -> None:
    write_card(shipped / "quadruped16.detector.safetensors", dog)
    write_card(shipped / "quadruped16.mouse.detector.safetensors", dog)

    choices = choices_for(dog, "")

    assert [key for key, _ in choices.entries] == ["", "quadruped16.mouse"] and choices.usable
    assert choices.entries[0][1] == "Comes with the program (quadruped16)"
    assert choices_for(dog, "quadruped16.mouse").current == "quadruped16.mouse"


def test_the_projects_own_says_how_good_it_is(dog: Skeleton, tmp_path: Path) -> None:
    own = tmp_path / "detector-default-300.safetensors"
    write_card(own, dog, metrics={"held out median px": 3.4})

    choices = choices_for(dog, str(own), before="/else/old.safetensors")

    assert [title for _, title in choices.entries] == [
        "None yet", "Trained here (default, 300 steps)", "old.safetensors",
    ]  # fmt: skip
    assert choices.usable and "3.40 px" in choices.about.replace("\u00a0", " ")


def test_one_of_another_skeleton_cannot_be_used(dog: Skeleton, tmp_path: Path) -> None:
    path = tmp_path / "people.safetensors"
    write_card(path, load_skeleton("human17"))

    choices = choices_for(dog, str(path))

    assert not choices.usable and "human17" in choices.about
    assert not choices_for(dog, str(tmp_path / "gone.safetensors")).usable


def test_a_file_is_called_by_its_name() -> None:
    assert own_title("/a/b/mine.safetensors") == "mine.safetensors"
