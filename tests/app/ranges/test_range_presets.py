"""Ranges from files and to files, each load one edit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QFileDialog

from poseviewer.app.ranges.range_presets import Origins
from poseviewer.core.range_edits import with_degrees, with_lock
from poseviewer.io.skeleton_files import load_ranges, save_ranges

DOG = load_ranges("quadruped16")
ELBOW = DOG.skeleton.bone_names.index("left_shoulder:left_elbow")


def test_shipped_ranges_of_this_skeleton_are_offered(world: Any) -> None:
    button = world.editor.ranges_button
    button.fill()
    texts = {a.text(): a for a in button.menu().actions()}

    assert "quadruped16.paper" in texts and "hand21" not in texts
    assert texts["quadruped16"].isChecked() and not texts["quadruped16.paper"].isChecked()
    texts["quadruped16.paper"].trigger()
    assert world.ranges.kind == "spherical" and world.document.undo_text == "Load ranges quadruped16.paper"
    world.document.undo()
    assert world.ranges == DOG


def test_ranges_of_another_skeleton_are_refused(world: Any, tmp_path: Path) -> None:
    hand = load_ranges("hand21")
    save_ranges(hand, tmp_path / "hand.toml")

    world.editor.presets.load_file(tmp_path / "hand.toml")

    assert "ranges for the skeleton 'hand21'" in world.said[-1] and world.ranges == DOG


@pytest.mark.parametrize("text", ["not TOML at all [", "name = 'x'"])
def test_a_damaged_file_is_refused(world: Any, tmp_path: Path, text: str) -> None:
    (tmp_path / "bad.toml").write_text(text)

    world.editor.presets.load_file(tmp_path / "bad.toml")

    assert "bad.toml" in world.said[-1] and not world.document.can_undo


def test_saved_and_loaded_again(world: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "my dog.toml"
    wider = with_degrees(DOG, ELBOW, "flexion", -80, 80)
    world.draft.commit(wider, "Widen")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path.with_suffix("")), ""))
    world.editor.presets.choose_name()
    assert load_ranges(path, DOG.skeleton).ranges[ELBOW].flexion.min == pytest.approx(wider.ranges[ELBOW].flexion.min)

    world.document.undo()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    world.editor.presets.choose_file()

    assert world.ranges.name == "my dog" and world.store.current.folder == str(tmp_path)
    assert "Loaded the ranges my dog" in world.said[-1]


def test_a_folder_that_is_not_there_is_said(world: Any, tmp_path: Path) -> None:
    world.editor.presets.save_file(tmp_path / "nowhere" / "x.toml")

    assert "nowhere" in world.said[-1]


def test_locked_bones_keep_what_they_have(world: Any) -> None:
    locked = with_lock(with_degrees(DOG, ELBOW, "flexion", -80, 80), ELBOW, True)
    world.draft.commit(locked, "Lock")

    world.editor.presets.load_shipped("quadruped16.dog")

    assert world.ranges.ranges[ELBOW] == locked.ranges[ELBOW] and world.ranges.locked == locked.locked
    assert world.ranges.name == "quadruped16.dog" and "2 locked bones kept what they had" in world.said[-1]
    world.editor.presets.load_shipped("quadruped16.paper")
    assert "unlock every bone" in world.said[-1] and world.ranges.kind == "swing"


def test_origins_are_those_shipped_or_those_loaded() -> None:
    from dataclasses import replace

    origins = Origins()
    mine = replace(with_degrees(DOG, ELBOW, "flexion", -80, 80), name="mine")

    assert origins.of(load_ranges("quadruped16.paper")).name == "quadruped16.paper"
    assert origins.of(mine) == DOG
    origins.remember(mine)
    assert origins.of(replace(DOG, name="mine")) is mine
    stranger = replace(DOG, skeleton=replace(DOG.skeleton, name="lizard"))
    assert origins.of(stranger) is stranger
    assert origins.of(with_degrees(stranger, ELBOW, "flexion", -80, 80)) is stranger
