"""A person on a photo: lifted by what ships, by a lifter of their own from recorded poses, and by both side by side."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from poseviewer.app import open_dialogs
from poseviewer.app.train.plan import RunPlan
from poseviewer.io.npz import write_npz
from poseviewer.io.skeleton_files import load_ranges
from poseviewer.synthesis.generate import synthesize

WALKING = {
    "pelvis": (200, 150), "right_hip": (178, 154), "right_knee": (160, 208), "right_ankle": (120, 262),
    "left_hip": (222, 154), "left_knee": (252, 202), "left_ankle": (262, 266), "spine": (204, 118),
    "thorax": (208, 82), "neck": (212, 58), "head": (216, 26), "left_shoulder": (240, 86), "left_elbow": (268, 122),
    "left_wrist": (300, 92), "right_shoulder": (176, 86), "right_elbow": (148, 124), "right_wrist": (120, 156),
}  # fmt: skip
"""Where the keypoints of somebody walking are on the photo."""


@pytest.fixture(scope="module")
def people():
    """Poses of people, (N, 17, 3) z up: of the program's own making."""
    ranges = load_ranges("human17")
    return synthesize(ranges.skeleton, ranges, 400, 7).joints


@pytest.fixture
def recorded(tmp_path, people):
    path = tmp_path / "recorded.npz"
    write_npz(path, joints=people, joint_names=np.array(load_ranges("human17").skeleton.joints))
    return path


@pytest.fixture
def person(sit_down, photo):
    """Someone who has clicked all keypoints of a person on a photo, and sees the pose in 3D."""
    person = sit_down()
    person.window.store.change(skeleton="human17")
    person.begins_with(photo)
    joints = person.window.opening.document.project.skeleton.joints
    while (joint := person.workspace.annotator.next_joint) is not None:
        person.clicks(*WALKING[joints[joint]])
    assert person.pose.present_count == 17
    person.sees_3d()
    return person


def press(qtbot, button):
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def train_on(person, qtbot, file):
    """Choose what the papers describe, add a file of recorded poses, and train for a moment."""
    person.presses("Ctrl+3")
    form = person.workspace.docks.panel("dock.train").form
    form.choose("drover")
    assert "1 pose with every keypoint" in form.caution.text() and not form.train.isEnabled()
    assert person.workspace.training.runner.start(RunPlan("drover")) == ""  # nor by any other way
    form.choose("supervised")
    assert not form.train.isEnabled()
    press(qtbot, form.source.add)
    assert form.source.files == (str(file),) and form.train.isEnabled()
    form.steps.setValue(3)
    form.batch.setValue(32)
    runner = person.workspace.training.runner
    with qtbot.waitSignal(
        runner.state_changed, timeout=180_000, check_params_cb=lambda _, state: state in ("finished", "failed")
    ):
        press(qtbot, form.train)
    run = runner.records()[0]
    assert run.state == "finished" and run.settings["poses"] == [str(file)], run.message
    return run


def test_a_lifter_of_recorded_poses_is_trained_compared_used_and_taken_back(person, qtbot, recorded, monkeypatch):
    monkeypatch.setattr(open_dialogs, "ask_poses", lambda *_: [str(recorded)])
    document, lifters = person.window.opening.document, person.workspace.lifters
    shipped = person.workspace.link.shown_pose
    run = train_on(person, qtbot, recorded)

    # It is listed among the lifters, in words; C compares with it.
    person.presses("Ctrl+L")
    picker = lifters.picker
    assert picker.isVisible() and picker.current.title == "human17"
    QTest.keyClick(picker.list, Qt.Key.Key_Down)
    assert picker.current.title == run.title and "From 3D poses (reference)" in picker.details.text()
    QTest.keyClick(picker.list, Qt.Key.Key_C)
    canvas = person.workspace.view3d.canvas
    person.waits_for(lambda: "They differ most at the" in lifters.bar.words.text())
    assert canvas._comparison.label == f"B {run.title}" and canvas._comparison.ours == "A human17"

    # It follows the frame's keypoints, and goes when nobody wants it any more.
    before = canvas._comparison
    document_pose = person.pose
    person.workspace.selection.set_joint(0)
    person.presses("Shift+Right")
    person.waits_for(lambda: canvas._comparison not in (None, before))
    assert person.pose != document_pose

    # B becomes the one in use, with the shipped one beside it; undo brings the shipped one back, alone.
    press(qtbot, lifters.bar.swap)
    assert document.project.model and lifters.bar.lifter.words == f"Lifter: {run.title}"
    person.waits_for(lambda: canvas._comparison is not None and canvas._comparison.label == "B human17")
    person.waits_for(lambda: person.workspace.link.shown_pose is not None)
    person.presses("Ctrl+Z")
    assert document.project.model == "" and not lifters.comparing
    person.presses("Ctrl+Z")
    person.waits_for(lambda: person.workspace.link.shown_pose is not None)
    person.waits_for(lambda: np.allclose(person.workspace.link.shown_pose.joints, shipped.joints, atol=1e-4))


def test_escape_ends_a_comparison_wherever_the_keyboard_is(person, qtbot):
    lifters, workspace = person.workspace.lifters, person.workspace
    entry = lifters.entries()[0]
    for widget in (workspace.canvas, workspace.view3d.canvas, workspace.media_list):
        lifters.compare(entry)
        widget.setFocus()
        person.presses("Esc")
        assert not lifters.comparing
