"""The range editor by mouse and keys, on a real document: one gesture is one undo step, and nothing echoes."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QDoubleSpinBox
from pytestqt.qtbot import QtBot

from poseviewer.app.document import Document
from poseviewer.app.ranges.bone_tree import LOCK
from poseviewer.app.ranges.range_bar import AT_STOP
from poseviewer.core import edits
from poseviewer.core.project import Project
from poseviewer.core.range_edits import interval_of
from poseviewer.io.project_file import ProjectFile
from poseviewer.io.skeleton_files import load_ranges

DOG = load_ranges("quadruped16")
ELBOW, OTHER = "left_shoulder:left_elbow", "right_shoulder:right_elbow"
CLICK = Qt.MouseButton.LeftButton


def degrees(world: Any, name: str, axis: str) -> tuple[float, float]:
    interval = interval_of(world.ranges, world.bone(name), axis)
    return round(math.degrees(interval.min), 3), round(math.degrees(interval.max), 3)


def type_in(qtbot: QtBot, spin: QDoubleSpinBox, text: str) -> None:
    spin.setFocus()
    spin.selectAll()
    qtbot.keyClicks(spin, text)
    qtbot.keyClick(spin, Qt.Key.Key_Return)


def test_a_drag_is_one_undo_step_mirrored(world: Any, mouse: Any) -> None:
    world.choose(ELBOW)
    bar = world.bar("flexion")
    previews: list[object] = []
    world.draft.ranges_changed.connect(previews.append)

    mouse.pull(bar, mouse.handle(bar, 1), 20)
    assert world.draft.previewing and world.ranges == DOG and len(previews) > 5
    assert world.editor.tree._shown is world.draft.ranges
    mouse.release(bar)

    low, high = degrees(world, ELBOW, "flexion")
    assert low == -65 and 80 < high < 110 and degrees(world, OTHER, "flexion") == (low, high)
    assert world.document.undo_text == f"Widen left shoulder to elbow flexion to −65…{high:.0f}°"
    world.document.undo()
    assert world.ranges == DOG and not world.document.can_undo and bar.ends == (-65, 70)


def test_unmirrored_by_the_check_box(world: Any, qtbot: QtBot, mouse: Any) -> None:
    world.choose(ELBOW)
    box = world.editor.mirror
    qtbot.mouseClick(box, CLICK, pos=QPoint(10, box.height() // 2))
    assert not world.draft.mirror
    bar = world.bar("abduction")
    mouse.drag(bar, mouse.handle(bar, 0), -10)

    assert degrees(world, ELBOW, "abduction")[0] < -18 and degrees(world, OTHER, "abduction")[0] == -18


def test_escape_drops_the_drag(world: Any, qtbot: QtBot, mouse: Any) -> None:
    world.choose(ELBOW)
    bar = world.bar("flexion")
    bar.setFocus()
    mouse.pull(bar, mouse.handle(bar, 1), 20)
    qtbot.keyClick(bar, Qt.Key.Key_Escape)
    mouse.release(bar)

    assert world.draft.ranges == DOG and not world.draft.previewing and not world.document.can_undo


def test_undo_or_another_bone_during_a_drag_ends_it(world: Any, mouse: Any) -> None:
    world.choose(ELBOW)
    world.editor.editing.commit_interval("flexion", -70, 70)
    bar = world.bar("flexion")
    mouse.pull(bar, mouse.handle(bar, 1), 20)
    world.document.undo()
    mouse.release(bar)
    assert world.ranges == DOG and not world.document.can_undo and bar.ends == (-65, 70)

    mouse.pull(bar, mouse.handle(bar, 1), 20)
    world.choose("left_hip:left_knee")
    mouse.release(bar)
    assert world.draft.ranges == DOG and not world.document.can_undo


def test_typed_ends(world: Any, qtbot: QtBot) -> None:
    world.choose(ELBOW)
    row = world.editor.fields.rows["flexion"]
    type_in(qtbot, row.high, "90.5")
    assert degrees(world, ELBOW, "flexion") == (-65, 90.5)
    before = world.ranges
    type_in(qtbot, row.low, "95")

    assert "would start at 95 but end at 90.5 degrees; the minimum must not exceed the maximum" in world.said[-1]
    assert world.ranges is before and row.low.value() == -65
    type_in(qtbot, row.low, "-300")
    assert "keep it between -180 and 180" in world.said[-1] and world.ranges is before


def test_arrow_keys_are_one_undo_step(world: Any, qtbot: QtBot) -> None:
    world.choose(ELBOW)
    bar = world.bar("flexion")
    bar.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(5):
        qtbot.keyPress(bar, Qt.Key.Key_Left)
    assert world.draft.previewing
    qtbot.keyRelease(bar, Qt.Key.Key_Left)

    assert degrees(world, ELBOW, "flexion") == (-70, 70)
    world.document.undo()
    assert not world.document.can_undo


def test_width_can_go_to_nothing_and_come_back(world: Any, mouse: Any) -> None:
    world.choose(ELBOW)
    bar = world.bar("twist")
    mouse.drag(bar, mouse.handle(bar, 0), 100)
    assert degrees(world, ELBOW, "twist") == (12, 12) and bar.ends == (12, 12)
    mouse.drag(bar, mouse.handle(bar, 1), 15)
    low, high = degrees(world, ELBOW, "twist")
    assert low == 12 and high > 20


def test_spherical_ranges(make_world: Callable[..., Any], mouse: Any) -> None:
    world = make_world("quadruped16.paper")
    world.choose("left_hip:left_knee")
    bar = world.bar("theta")
    mouse.drag(bar, mouse.handle(bar, 0), -20)

    low, high = degrees(world, "left_hip:left_knee", "theta")
    assert low < 105 and high == 180 and degrees(world, "right_hip:right_knee", "theta") == (low, high)
    assert world.document.undo_text.startswith("Widen left hip to knee theta to ")


def test_a_locked_bone_cannot_be_pulled(world: Any, qtbot: QtBot, mouse: Any) -> None:
    bone = world.choose(ELBOW)
    tree = world.editor.tree
    lock = tree.visualRect(tree.indexFromItem(tree._items[bone], LOCK))
    qtbot.mouseClick(tree.viewport(), CLICK, pos=lock.center())
    assert bone in world.ranges.locked and world.editor.lock.text() == "Unlock"
    locked = world.ranges
    bar = world.bar("flexion")
    mouse.drag(bar, mouse.handle(bar, 1), 20)

    assert world.ranges is locked and "is locked; unlock it" in bar.toolTip()
    assert not world.editor.paste.isEnabled() and world.editor.copy.isEnabled()
    qtbot.mouseClick(world.editor.lock, CLICK)
    assert not world.ranges.locked and bar.isEnabled()


def test_bone_row_and_joint_go_together_without_echo(world: Any, qtbot: QtBot) -> None:
    heard: list[tuple[str, object]] = []
    world.draft.bone_changed.connect(lambda bone: heard.append(("bone", bone)))
    world.selection.joint_changed.connect(lambda joint: heard.append(("joint", joint)))
    bone, other = world.bone(ELBOW), world.bone(OTHER)
    joints = DOG.skeleton.joints

    world.selection.set_joint(joints.index("left_elbow"))
    assert sorted(heard) == [("bone", bone), ("joint", joints.index("left_elbow"))] and world.editor.tree.bone == bone
    heard.clear()
    tree = world.editor.tree
    tree.scrollToItem(tree._items[other])
    row = tree.visualRect(tree.indexFromItem(tree._items[other], 0))
    qtbot.mouseClick(tree.viewport(), CLICK, pos=row.center())
    assert sorted(heard) == [("bone", other), ("joint", joints.index("right_elbow"))]
    heard.clear()
    world.selection.set_joint(DOG.skeleton.root)
    world.selection.set_joint(None)
    assert [what for what, _ in heard] == ["joint", "joint"] and world.draft.bone == other


def test_the_pose_is_a_dot_red_at_its_stop(world: Any) -> None:
    bone = world.choose(ELBOW)
    angles = np.full((DOG.skeleton.bone_count, 3), np.nan)
    angles[bone, :2] = np.radians((69.5, 0))
    world.editor.set_current_angles(angles)

    assert world.bar("flexion").now_color == AT_STOP and world.bar("abduction").now_color != AT_STOP
    assert world.bar("twist").now is None
    world.choose("neck:nose")
    assert world.bar("flexion").now is None
    world.choose(ELBOW)
    world.editor.editing.commit_interval("flexion", -65, 90)
    assert world.bar("flexion").now == pytest.approx(69.5) and world.bar("flexion").now_color != AT_STOP
    world.editor.presets.load_shipped("quadruped16.paper")
    assert world.bar("theta").now is None
    world.editor.set_current_angles(np.full((DOG.skeleton.bone_count, 2), 2.0))
    assert world.bar("theta").now == pytest.approx(math.degrees(2))
    world.editor.set_current_angles(None)
    assert world.bar("theta").now is None


def test_a_read_only_project_is_looked_at_only(make_world: Callable[..., Any], tmp_path: Path, mouse: Any) -> None:
    project = Project(DOG.skeleton, DOG)
    first = Document(project, ProjectFile.create(tmp_path / "p.poseproj", project))
    file = ProjectFile.open(tmp_path / "p.poseproj")
    world = make_world(Document(file.project, file))
    try:
        bone = world.choose(ELBOW)
        bar, editor = world.bar("flexion"), world.editor
        reason = world.document.read_only_reason
        assert "open in another window" in reason
        mouse.drag(bar, mouse.handle(bar, 1), 20)
        editor.tree.lock_toggled.emit(bone)
        assert world.ranges.ranges[bone].flexion == DOG.ranges[bone].flexion and not world.ranges.locked
        assert world.said == [reason]
        closed = (bar, editor.mirror, editor.lock, editor.paste, editor.reset, editor.fields.rest.exact)
        assert all(not part.isEnabled() and part.toolTip() == reason for part in closed)
        assert editor.copy.isEnabled()
        editor.ranges_button.fill()
        actions = {a.text(): a.isEnabled() for a in editor.ranges_button.menu().actions()}
        assert not actions["quadruped16.paper"] and actions["Save ranges as…"]
    finally:
        world.document.close()
        first.close()


def test_another_skeleton_is_shown_at_once(world: Any) -> None:
    world.choose(ELBOW)
    hand = load_ranges("hand21")
    world.document.push(edits.set_skeleton(world.document.project, hand.skeleton, hand))

    assert len(world.editor.tree._items) == 20 and world.draft.bone is None
    world.choose("wrist:thumb_cmc")
    world.document.undo()
    assert len(world.editor.tree._items) == 15


def test_ranges_of_the_other_kind_change_the_sliders(world: Any) -> None:
    world.choose(ELBOW)
    world.editor.presets.load_shipped("quadruped16.paper")
    assert list(world.editor.fields.rows) == ["theta", "phi"]
    world.document.undo()
    assert list(world.editor.fields.rows) == ["flexion", "abduction", "twist"]


def test_narrow_the_tree_is_above_and_wide_beside(world: Any, qtbot: QtBot) -> None:
    assert world.editor._splitter.orientation() == Qt.Orientation.Vertical
    world.editor.resize(800, 500)
    assert world.editor._splitter.orientation() == Qt.Orientation.Horizontal
    world.editor.resize(320, 400)
    qtbot.waitUntil(lambda: world.editor.width() == 320)
    assert world.editor._splitter.orientation() == Qt.Orientation.Vertical
    assert world.editor.fields.width() <= 320 and world.editor.minimumSizeHint().width() <= 320


def test_out_of_sight_no_bone_is_edited(qtbot: QtBot, world: Any) -> None:
    world.draft.set_bone(4)

    world.editor.hide()
    assert world.draft.bone is None
    world.selection.set_joint(2)
    assert world.draft.bone is None
    world.selection.set_joint(None)
    world.editor.show()

    assert world.draft.bone == 4
