"""Lifters in the window: chosen, compared, exchanged, and let go of again."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from poseviewer.core import edits
from poseviewer.core.errors import CheckpointError
from poseviewer.core.pose import Pose2D
from poseviewer.models.base import shipped_lifter


@pytest.fixture
def posed(qtbot, window, workspace):
    """The workspace, with six keypoints on its frame."""
    document, frame = window.opening.document, workspace.selection.frame
    xy = np.full((document.project.skeleton.joint_count, 2), np.nan)
    xy[:6] = [(10 + 3 * i, 20 + i % 4) for i in range(6)]
    document.push(edits.set_pose(document.project, frame, 0, Pose2D(xy)))
    qtbot.waitUntil(lambda: workspace.link.shown_pose is not None)
    return workspace


def entry_of(workspace, title):
    return next(e for e in workspace.lifters.entries() if e.title == title)


def compared(workspace):
    return workspace.view3d.canvas._comparison


def test_the_lifter_is_named_over_the_3d_view(qtbot, window, workspace):
    bar = workspace.lifters.bar
    qtbot.waitUntil(lambda: "flat lifter" in bar.lifter.toolTip())
    assert bar.lifter.words == "Lifter: quadruped16" and bar.isVisibleTo(workspace.view3d)
    workspace.lifters.use(entry_of(workspace, "quadruped16.mouse"))
    assert bar.lifter.words == "Lifter: quadruped16.mouse"
    window.actions_.by_id["edit.undo"].trigger()
    assert bar.lifter.words == "Lifter: quadruped16"


def test_a_lifter_that_cannot_be_loaded_is_none(qtbot, window, workspace):
    def refuse(choice):
        raise CheckpointError("bad.safetensors is damaged; choose another lifter.")

    workspace.live._worker._load = refuse
    window.opening.document.push(edits.set_model(window.opening.document.project, "bad.safetensors"))
    bar = workspace.lifters.bar
    qtbot.waitUntil(lambda: bar.lifter.words == "Lifter: none")
    assert "is damaged" in bar.lifter.toolTip()


def test_the_list_opens_by_its_key_and_chooses(qtbot, window, workspace):
    window.actions_.by_id["lift.choose"].trigger()
    picker = workspace.lifters.picker
    assert picker.isVisible() and picker.current.used
    picker.list.setCurrentRow(1)
    QTest.keyClick(picker.list, Qt.Key.Key_Return)
    assert window.opening.document.project.model == "quadruped16.mouse"


def test_two_lifters_stand_side_by_side_until_escape(qtbot, window, posed):
    room = posed.lifters
    assert not window.actions_.by_id["lift.end"].isEnabled()
    room.compare(entry_of(posed, "quadruped16.mouse"))
    qtbot.waitUntil(lambda: compared(posed) is not None)
    shown = compared(posed)
    assert (shown.ours, shown.label, shown.apart) == ("A quadruped16", "B quadruped16.mouse", True)
    assert room.bar.words.isVisibleTo(room.bar) and "Both give the same pose" in room.bar.words.text()
    assert window.actions_.by_id["lift.end"].isEnabled()
    room.bar.apart.click()
    assert not compared(posed).apart
    QTest.keyClick(posed.canvas, Qt.Key.Key_Escape)
    assert compared(posed) is None and not room.comparing and not room.bar.words.isVisibleTo(room.bar)


def test_use_b_exchanges_them_and_undo_ends_it(qtbot, window, posed):
    room, document = posed.lifters, window.opening.document
    room.compare(entry_of(posed, "quadruped16.mouse"))
    window.actions_.by_id["lift.swap"].trigger()
    assert document.project.model == "quadruped16.mouse" and room.comparing
    qtbot.waitUntil(lambda: compared(posed) is not None)
    assert (compared(posed).ours, compared(posed).label) == ("A quadruped16.mouse", "B quadruped16")
    room.swap()
    assert document.project.model == "" and room.comparing
    document.undo()
    assert document.project.model == "quadruped16.mouse" and not room.comparing
    room.swap()  # nothing is compared
    assert document.project.model == "quadruped16.mouse"


def test_the_menu_compares_and_ends(qtbot, window, posed):
    menu = posed.lifters.bar.others
    menu.aboutToShow.emit()
    assert [a.text() for a in menu.actions()] == ["quadruped16.mouse"]
    menu.actions()[0].trigger()
    assert posed.lifters.comparing
    again = window._menus.compared
    again.aboutToShow.emit()
    assert again.actions()[0].isChecked()
    again.actions()[0].trigger()
    assert not posed.lifters.comparing


def test_the_lifters_in_use_are_a_menu_too(window, workspace):
    menu = window._menus.lifter
    menu.aboutToShow.emit()
    assert [a.isChecked() for a in menu.actions()] == [True, False]
    menu.actions()[1].trigger()
    assert window.opening.document.project.model == "quadruped16.mouse"


def test_a_chosen_file_is_offered_again(window, workspace, monkeypatch, tmp_path):
    from poseviewer.app import open_dialogs

    mine = tmp_path / "mine.safetensors"
    mine.write_bytes(shipped_lifter("quadruped16").read_bytes())
    monkeypatch.setattr(open_dialogs, "ask_model", lambda *_: str(mine))
    workspace.lifters.picker.file_requested.emit()
    assert window.opening.document.project.model == str(mine)
    workspace.lifters.use_shipped()
    assert entry_of(workspace, "mine").model == str(mine)
    assert window.store.current.lifters == (str(mine),)


def test_a_hidden_view_is_shown_to_compare_in(window, posed):
    posed.docks.dock("dock.view3d").hide()
    posed.lifters.compare(entry_of(posed, "quadruped16.mouse"))
    assert not posed.docks.dock("dock.view3d").isHidden()
