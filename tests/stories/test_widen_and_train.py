"""A pose is not among those the lifter was trained for: its range is widened, poses are made anew, it is trained."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QWidget

from poseviewer.app import sample
from poseviewer.app.start_page import CardButton
from poseviewer.core.range_edits import interval_of

ELBOW = "left_elbow"


@pytest.fixture
def person(sit_down, qtbot):
    """Someone who has opened the sample and sees its first pose in 3D."""
    person = sit_down()
    card = next(c for c in person.window.findChildren(CardButton) if "ample" in c.accessibleName())
    qtbot.mouseClick(card, Qt.MouseButton.LeftButton)
    person.waits_for(lambda: person.window.workspace is not None and person.workspace.selection.frame is not None)
    person.sees_3d()
    return person


def pull(bar: QWidget, start: float, end: float) -> None:
    """Pull a handle of a slider from one value in degrees to another."""
    middle = bar.height() // 2
    places = [QPoint(round(bar.x_of(v)), middle) for v in np.linspace(start, end, 6)]
    QTest.mousePress(bar, Qt.MouseButton.LeftButton, pos=places[0])
    for place in places[1:]:
        QTest.mouseMove(bar, place)
    QTest.mouseRelease(bar, Qt.MouseButton.LeftButton, pos=places[-1])


def click(qtbot, button: QAbstractButton) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_widen_a_range_resynthesize_train_accept_and_undo(person, qtbot):
    assert sample.sample_project().is_file()
    document, workspace = person.window.opening.document, person.workspace
    shipped = document.project.ranges
    bone = shipped.skeleton.bone_names.index(f"left_shoulder:{ELBOW}")

    # Widen a range.
    person.presses("Ctrl+2")
    editor, gallery = (workspace.docks.panel(name) for name in ("dock.ranges", "dock.gallery"))
    workspace.selection.set_joint(shipped.skeleton.joint_index(ELBOW))
    person.waits_for(lambda: "flexion" in editor.fields.rows and editor.fields.rows["flexion"].isVisible())
    before = gallery.canvas.grab().toImage()
    bar = editor.fields.rows["flexion"].bar
    with qtbot.waitSignal(gallery.canvas.drawn):
        pull(bar, 70, 110)

    # The same random numbers, other poses: at once, on both sides, and as one step to take back.
    widened = document.project.ranges
    assert np.degrees(interval_of(widened, bone, "flexion").max) == pytest.approx(110, abs=3)
    partner = shipped.skeleton.mirror_bones[bone]
    assert interval_of(widened, partner, "flexion") == interval_of(widened, bone, "flexion")
    assert document.undo_text.startswith("Widen left shoulder to elbow flexion")
    assert gallery.canvas.grab().toImage() != before

    # Train 200 steps on them.
    person.presses("Ctrl+3")
    panel = workspace.docks.panel("dock.train")
    person.waits_for(lambda: panel.isVisible() and panel.form.train.isEnabled())
    panel.form.steps.setValue(200)
    panel.form.batch.setValue(128)
    runner = workspace.training.runner
    lifted = workspace.link.shown_pose
    click(qtbot, panel.form.train)
    with qtbot.waitSignal(
        runner.state_changed, timeout=120_000, check_params_cb=lambda _, state: state in ("finished", "failed")
    ):
        pass
    run = runner.records()[0]
    assert (run.state, run.step, run.ranges) == ("finished", 200, widened), run.message
    assert "own reprojection px" in run.validation
    assert document.project.model == "" and workspace.link.shown_pose is lifted  # nothing changes by itself

    # Accept it, and take both back.
    person.waits_for(lambda: panel.runs.actions.use.isEnabled())
    click(qtbot, panel.runs.actions.use)
    person.waits_for(lambda: workspace.link.shown_pose not in (None, lifted))
    assert document.project.model and not np.allclose(workspace.link.shown_pose.joints, lifted.joints, atol=1e-3)

    document.undo()
    assert document.project.model == "" and document.project.ranges == widened
    document.undo()
    assert document.project.ranges == shipped
    person.sees_3d()
    np.testing.assert_allclose(workspace.link.shown_pose.joints, lifted.joints, atol=1e-4)
