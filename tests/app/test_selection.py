"""A selection says what changed, once."""

from __future__ import annotations

import pytest

from poseviewer.app.selection import Selection
from poseviewer.core.project import FrameKey


@pytest.mark.parametrize(
    ("setter", "signal", "value"),
    [
        ("set_frame", "frame_changed", FrameKey("a", 3)),
        ("set_joint", "joint_changed", 2),
        ("set_hovered", "hovered_changed", 0),
        ("set_instance", "instance_changed", 1),
    ],
)
def test_a_change_is_told_once(qtbot, setter, signal, value):
    selection = Selection()
    heard = []
    getattr(selection, signal).connect(heard.append)
    getattr(selection, setter)(value)
    getattr(selection, setter)(value)
    assert heard == [value]
    assert getattr(selection, setter.removeprefix("set_")) == value


def test_two_views_that_set_each_other_come_to_rest(qtbot):
    selection = Selection()
    heard = []
    selection.joint_changed.connect(heard.append)
    selection.joint_changed.connect(selection.set_joint)
    selection.set_joint(4)
    selection.set_joint(None)
    assert heard == [4, None]
