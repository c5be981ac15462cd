from __future__ import annotations

import numpy as np
from pytestqt.qtbot import QtBot

from poseviewer.app.ranges.gallery_closeup import GalleryCloseup
from poseviewer.app.ranges.gallery_poses import GalleryPose, sample_gallery
from poseviewer.io.skeleton_files import load_ranges


def test_a_pose_stands_upright_and_its_faults_are_said(qtbot: QtBot) -> None:
    ranges = load_ranges("quadruped16")
    sample = sample_gallery(ranges, 0, 64)
    closeup = GalleryCloseup()
    qtbot.addWidget(closeup)
    closeup.resize(400, 300)
    closeup.set_skeleton(ranges.skeleton)
    wrong = int(np.flatnonzero(sample.check.impossible)[0])
    right = int(np.flatnonzero(~sample.check.impossible)[0])

    for index in (right, wrong):
        closeup.set_pose(
            GalleryPose(0, index, sample.joints[index], sample.keypoints[index], tuple(sample.check.words(index)))
        )
        closeup.set_view("side")
        neck, paw = (closeup.canvas.joint_place(ranges.skeleton.joint_index(j)) for j in ("neck", "left_front_paw"))
        if index == right:
            assert closeup.words == f"Pose {right + 1}: possible."
            assert neck.y() < paw.y(), "up is up"
    assert closeup.words.startswith(f"Pose {wrong + 1}, impossible: ")
    assert sample.check.words(wrong)[0] in closeup.words
