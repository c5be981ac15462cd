from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from poseviewer.app.colors import bone_color
from poseviewer.app.ranges.bone_tree import BARS, LOCK, NAME, STATE, BoneTree
from poseviewer.core.range_edits import with_degrees, with_lock
from poseviewer.io.skeleton_files import load_ranges

DOG = load_ranges("quadruped16")
LEFT, RIGHT = (DOG.skeleton.bone_names.index(f"{s}_shoulder:{s}_elbow") for s in ("left", "right"))


@pytest.fixture
def tree(qtbot: QtBot) -> Any:
    widget = BoneTree()
    qtbot.addWidget(widget)
    widget.resize(320, 500)
    with qtbot.waitActive(widget):
        widget.show()
        widget.activateWindow()
    widget.set_ranges(DOG, DOG)
    widget.told = []
    widget.bone_chosen.connect(lambda bone: widget.told.append(("bone", bone)))
    widget.lock_toggled.connect(lambda bone: widget.told.append(("lock", bone)))
    return widget


def click(qtbot: QtBot, tree: BoneTree, bone: int, column: int) -> None:
    index = tree.indexFromItem(tree._items[bone], column)
    qtbot.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=tree.visualRect(index).center())


def test_it_follows_the_skeleton(tree: Any) -> None:
    for bone, parent in enumerate(DOG.skeleton.parent_bones):
        above = tree._items[bone].parent()
        assert above is (None if parent < 0 else tree._items[parent])
    assert tree._items[LEFT].text(NAME) == "left shoulder to elbow"
    assert "flexion −65…70°" in tree._items[LEFT].toolTip(NAME)


def test_bones_have_the_colours_of_the_3d_view(tree: Any) -> None:
    shown = [tree._items[bone].data(BARS, STATE)[0] for bone in (LEFT, RIGHT)]
    assert shown == [QColor(*bone_color(DOG.skeleton, bone)) for bone in (LEFT, RIGHT)]
    tree.set_colors("colorblind")
    assert tree._items[LEFT].data(NAME, STATE)[0] == QColor(*bone_color(DOG.skeleton, LEFT, "colorblind"))


def test_a_click_chooses_and_on_a_lock_only_locks(tree: Any, qtbot: QtBot) -> None:
    click(qtbot, tree, LEFT, NAME)
    click(qtbot, tree, RIGHT, LOCK)
    assert tree.told == [("bone", LEFT), ("lock", RIGHT)] and tree.bone == LEFT
    lock = tree.visualRect(tree.indexFromItem(tree._items[RIGHT], LOCK)).center()
    qtbot.mouseDClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=lock)

    assert tree.told[2:] == [("lock", RIGHT)]


def test_keys_go_from_bone_to_bone(tree: Any, qtbot: QtBot) -> None:
    tree.set_bone(LEFT)
    tree.setFocus()
    qtbot.keyClick(tree, Qt.Key.Key_Down)

    assert tree.told == [("bone", DOG.skeleton.bone_names.index("left_elbow:left_front_paw"))]


def test_setters_say_nothing(tree: Any) -> None:
    tree.set_bone(RIGHT)
    tree.set_ranges(load_ranges("hand21"), load_ranges("hand21"))
    tree.set_bone(3)
    tree.set_bone(None)

    assert tree.told == [] and tree.bone is None and len(tree._items) == 20


def test_only_what_changed_is_drawn_again(tree: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    filled: list[int] = []
    fill = BoneTree._fill
    monkeypatch.setattr(
        BoneTree, "_fill", lambda self, item, bone, shown: (filled.append(bone), fill(self, item, bone, shown))
    )
    wider = with_degrees(DOG, LEFT, "flexion", -80, 70)
    tree.set_ranges(wider, DOG)
    assert sorted(filled) == sorted([LEFT, RIGHT])
    assert tree._items[LEFT].data(NAME, STATE)[1] and not tree._items[0].data(NAME, STATE)[1]

    tree.set_ranges(with_lock(wider, LEFT, True, mirror=False), DOG)
    assert tree._items[LEFT].data(LOCK, STATE) and not tree._items[RIGHT].data(LOCK, STATE)
    assert "locked" in tree._items[LEFT].data(NAME, Qt.ItemDataRole.AccessibleTextRole)
