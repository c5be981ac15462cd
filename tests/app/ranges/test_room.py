from __future__ import annotations

from typing import Any

import numpy as np
from pytestqt.qtbot import QtBot

from poseviewer.core import edits
from poseviewer.core.pose import Pose2D
from poseviewer.core.range_edits import with_interval
from poseviewer.core.ranges import Interval


def test_the_panels_of_a_workspace_draw_one_draft(qtbot: QtBot, window: Any, workspace: Any) -> None:
    window.actions_.by_id["view.ranges"].trigger()
    editor, gallery = (workspace.docks.panel(name) for name in ("dock.ranges", "dock.gallery"))
    qtbot.waitUntil(lambda: editor.isVisible() and gallery.isVisible())
    draft = workspace.ranges.draft
    draft.set_bone(5)

    new = with_interval(draft.ranges, 5, "flexion", Interval(-0.1, 0.1))
    with qtbot.waitSignal(gallery.canvas.drawn):
        draft.preview(new)

    assert window.opening.document.project.ranges != new
    draft.commit(new, "Narrow a bone")
    assert window.opening.document.project.ranges == new
    window.actions_.by_id["edit.undo"].trigger()
    assert draft.ranges == window.opening.document.project.ranges != new


def test_the_editor_knows_the_angles_of_the_pose_that_is_shown(qtbot: QtBot, window: Any, workspace: Any) -> None:
    document = window.opening.document
    count = document.project.skeleton.joint_count
    places = np.random.default_rng(0).uniform(5, 50, (count, 2))
    workspace.docks.switch("ranges")

    with qtbot.waitSignal(workspace.ranges.in_view.angles_changed, check_params_cb=lambda angles: angles is not None):
        document.push(edits.set_pose(document.project, workspace.selection.frame, 0, Pose2D(places)))

    assert np.isfinite(workspace.ranges.in_view.angles).all()
    with qtbot.waitSignal(workspace.ranges.in_view.angles_changed, check_params_cb=lambda angles: angles is None):
        document.undo()
