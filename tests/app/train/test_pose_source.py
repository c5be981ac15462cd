"""A method learns from the project's keypoints or from files, and says which of them are of no use."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from poseviewer.app import open_dialogs
from poseviewer.app.train.pose_source import PoseSource
from poseviewer.app.train.stages import stage_of


@pytest.fixture
def files(tmp_path, dog):
    """Poses in 3D, keypoints in 2D, those of another animal, and no poses at all."""
    names = np.array(dog.skeleton.joints)
    np.savez(tmp_path / "solid.npz", joints=np.zeros((300, 16, 3)), joint_names=names)
    np.savez(tmp_path / "flat.npz", keypoints=np.zeros((40, 16, 2)), joint_names=names)
    np.savez(tmp_path / "other.npz", joints=np.zeros((9, 2, 3)), joint_names=np.array(["neck", "wing"]))
    (tmp_path / "bad.npz").write_bytes(b"no arrays")
    return {path.stem: str(path) for path in tmp_path.glob("*.npz")}


@pytest.fixture
def source(qtbot, dog):
    made = PoseSource()
    qtbot.addWidget(made)
    made.set_skeleton(dog.skeleton)
    made.set_stage(stage_of("drover"))
    made.set_poses(1240)
    made.show()
    return made


def lines(source):
    return [source.list.item(i).text() for i in range(source.list.count())]


def test_a_method_on_2d_poses_begins_with_the_projects_own(qtbot, source, files):
    assert source.own.isChecked() and source.own.text() == "This project’s keypoints (1,240 poses)"
    assert source.files is None and source.count is None and not source.add.isVisible()
    source.set_files([files["flat"], files["solid"]])
    assert source.files is None
    with qtbot.waitSignal(source.changed):
        source.from_files.click()
    assert source.files == (files["flat"], files["solid"]) and source.count == 2
    assert lines(source) == ["flat.npz · 40 2D poses", "solid.npz · 300 3D poses"]


def test_files_are_added_and_removed(qtbot, source, files, monkeypatch):
    monkeypatch.setattr(open_dialogs, "ask_poses", lambda *_: [files["solid"], files["bad"]])
    source.from_files.click()
    assert source.count == 0 and not source.list.isVisible()
    with qtbot.waitSignal(source.changed):
        qtbot.mouseClick(source.add, Qt.MouseButton.LeftButton)
    assert source.files == (files["solid"],)
    assert source.problem.isVisible() and "bad.npz is not a poses file" in source.problem.text()
    source.list.setCurrentRow(0)
    with qtbot.waitSignal(source.changed):
        QTest.keyClick(source.list, Qt.Key.Key_Delete)
    assert source.count == 0 and not source.problem.isVisible() and not source.remove.isEnabled()


def test_what_does_not_fit_is_left_out_and_named(source, files):
    source.set_stage(stage_of("supervised"))
    assert (
        not source.own.isVisible() and source.count == 0 and source.title.text().startswith("Learns from files of 3D")
    )
    source.set_files([files["flat"], files["other"], files["solid"]])
    assert source.files == (files["solid"],)
    assert lines(source)[0] == "flat.npz · 2D only, 3D poses are needed"
    assert "no joint nose and 14 more of quadruped16" in lines(source)[1]
    assert source.problem.text() == "flat.npz is left out: 2D only, 3D poses are needed."


def test_evolution_needs_no_poses(qtbot, source, files):
    source.set_stage(stage_of("evolution"))
    assert source.own.text() == "The ranges alone" and source.files is None
    source.set_files([files["solid"]])
    source.from_files.click()
    assert source.files == (files["solid"],)


def test_stages_that_need_no_such_poses_ask_nothing(source):
    for stage in (stage_of("lifter"), stage_of("detector"), None):
        source.set_stage(stage)
        assert not source.isVisible() and source.files is None
