"""Each verb is one edit with a true name, mirrored where asked, and refused in a sentence where it cannot be."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication

from poseviewer.core.range_edits import interval_of, mirrored
from poseviewer.core.ranges import BoneLength
from poseviewer.io.skeleton_files import load_ranges

DOG = load_ranges("quadruped16")
ELBOW, OTHER, KNEE = "left_shoulder:left_elbow", "right_shoulder:right_elbow", "left_hip:left_knee"


def degrees(world: Any, name: str, axis: str = "flexion") -> tuple[float, float]:
    interval = interval_of(world.ranges, world.bone(name), axis)
    return round(math.degrees(interval.min), 3), round(math.degrees(interval.max), 3)


@pytest.mark.parametrize(
    ("ends", "text"),
    [
        ((-115, 70), "Widen left shoulder to elbow flexion to −115…70°"),
        ((-10, 10), "Narrow left shoulder to elbow flexion to −10…10°"),
        ((-60, 75), "Move left shoulder to elbow flexion to −60…75°"),
        ((0, 0), "Narrow left shoulder to elbow flexion to 0°"),
    ],
)
def test_an_edit_says_truly_what_it_did(world: Any, ends: tuple[float, float], text: str) -> None:
    world.choose(ELBOW)
    world.editor.editing.commit_interval("flexion", *ends)

    assert world.document.undo_text == text
    assert degrees(world, ELBOW) == degrees(world, OTHER) == ends


def test_without_mirror_only_one_side(world: Any) -> None:
    world.choose(ELBOW)
    world.draft.set_mirror(False)
    world.editor.editing.commit_interval("flexion", -80, 80)

    assert degrees(world, ELBOW) == (-80, 80) and degrees(world, OTHER) == (-65, 70)


@pytest.mark.parametrize(
    ("ends", "why"),
    [
        ((70, -10), "the minimum must not exceed the maximum"),
        ((-200, 0), "keep it between"),
        ((math.nan, 0), "a number"),
    ],
)
def test_what_cannot_be_is_refused(world: Any, ends: tuple[float, float], why: str) -> None:
    world.choose(ELBOW)
    world.editor.editing.commit_interval("flexion", *ends)

    assert why in world.said[-1] and "left shoulder to left elbow" in world.said[-1]
    assert world.ranges == DOG and not world.document.can_undo


def test_a_locked_bone_refuses_every_verb(world: Any) -> None:
    bone = world.choose(KNEE)
    editing = world.editor.editing
    editing.copy()
    editing.toggle_lock()
    assert world.document.undo_text == "Lock left hip to knee" and len(world.ranges.locked) == 2
    locked = world.ranges
    world.said.clear()

    editing.commit_interval("flexion", -1, 1)
    editing.preview_interval("flexion", -1, 1)
    editing.commit_rest((0, 0, 1))
    editing.commit_length(BoneLength(2.0, 0.1))
    editing.paste()
    editing.reset_bone()

    assert len(world.said) == 6 and all("is locked; unlock it" in said for said in world.said)
    assert world.ranges is locked and not world.draft.previewing
    editing.toggle_lock(bone)
    assert not world.ranges.locked


def test_copy_and_paste_go_by_the_clipboard_and_mirror(world: Any) -> None:
    world.choose(KNEE)
    world.editor.editing.copy()
    assert "flexion" in QGuiApplication.clipboard().text()
    right = world.choose(OTHER)
    world.draft.set_mirror(False)
    world.editor.editing.paste()

    assert world.document.undo_text == "Paste range onto right shoulder to elbow"
    for axis in ("flexion", "abduction", "twist"):
        assert degrees(world, OTHER, axis) == degrees(world, KNEE, axis)
    assert world.ranges.ranges[right].rest == DOG.ranges[right].rest
    assert world.ranges.ranges[world.bone(ELBOW)] == DOG.ranges[world.bone(ELBOW)]


def test_a_spherical_range_is_pasted_mirrored(make_world: Callable[..., Any]) -> None:
    world = make_world("quadruped16.paper")
    left = world.choose("neck:left_shoulder")
    world.editor.editing.copy()
    right = world.choose(OTHER)
    world.draft.set_mirror(False)
    world.editor.editing.paste()

    expected = mirrored(world.ranges.ranges[left])
    assert world.ranges.ranges[right].phi.min == pytest.approx(expected.phi.min)  # type: ignore[union-attr]


def test_paste_of_the_other_kind_or_of_nothing_is_refused(make_world: Callable[..., Any], world: Any) -> None:
    paper = make_world("quadruped16.paper")
    paper.choose(ELBOW)
    paper.editor.editing.copy()
    world.choose(ELBOW)
    world.editor.editing.paste()
    assert "The copied range is spherical but the ranges 'quadruped16' are swing" in world.said[-1]
    QGuiApplication.clipboard().setText("hello")
    world.editor.editing.paste()
    assert "no range to paste" in world.said[-1] and world.ranges == DOG


def test_reset_brings_back_one_bone_or_all_that_are_unlocked(world: Any) -> None:
    editing = world.editor.editing
    for name in (ELBOW, KNEE):
        world.choose(name)
        editing.commit_interval("flexion", -80, 80)
    editing.commit_rest((0, 0, 1))
    editing.commit_length(BoneLength(2.0, 0.3))
    editing.reset_bone()
    assert degrees(world, KNEE) != (-80, 80) and degrees(world, ELBOW) == (-80, 80)
    assert world.document.undo_text == "Reset range of left hip to knee"
    world.choose(ELBOW)
    editing.toggle_lock()
    editing.reset_all()
    assert degrees(world, ELBOW) == (-80, 80)
    editing.toggle_lock()
    editing.reset_all()
    assert world.ranges == DOG


def test_rest_and_length_are_edits_too(world: Any) -> None:
    bone = world.choose(ELBOW)
    world.editor.editing.preview_rest((0, 2, 0))
    assert world.draft.previewing and world.ranges == DOG
    world.editor.editing.commit_rest((0, 2, 0))
    assert world.ranges.ranges[bone].rest == (0, 1, 0)
    world.editor.editing.commit_length(BoneLength(0.5, 0.2))
    assert world.document.undo_text == "Change length of left shoulder to elbow"
    assert world.ranges.lengths[world.bone(OTHER)] == BoneLength(0.5, 0.2)
