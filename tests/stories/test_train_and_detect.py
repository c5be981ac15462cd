"""A few frames are labelled, a detector is trained on them, and it finds the keypoints on the rest of the video."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton

from poseviewer.core import edits
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import FrameKey

COLORS = ((230, 40, 40), (40, 210, 60), (50, 80, 240), (240, 220, 40))
JOINTS = ("nose", "neck", "tail_base", "left_front_paw")
FRAMES, WIDTH, HEIGHT = 40, 192, 144
LABELLED = (0, 13, 26, 39)

TINY = """
title = "Tiny"
about = "For tests."
network = "pyramid"
batch = 4
steps = 60
learning_rate = 6e-3
warmup = 10
ema = 0.9
report_every = 5

[shape]
widths = [8, 12, 16, 16, 16]
head = 16
"""
"""Learns four dots in seconds."""


def places(frame: int) -> np.ndarray:
    """(4, 2): where the four dots of a frame are."""
    turn = 0.05 * frame
    middle = np.array([96 + 35 * np.sin(0.13 * frame), 72 + 20 * np.cos(0.11 * frame)])
    angles = turn + np.arange(4) * np.pi / 2
    return middle + 28 * np.stack([np.cos(angles), np.sin(angles)], axis=-1)


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """Four dots, each in its own colour, that wander over a grey floor."""
    import cv2

    path = tmp_path / "dots.mp4"
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=25, options={"crf": "12"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv444p"
        for number in range(FRAMES):
            picture = np.full((HEIGHT, WIDTH, 3), 110, np.uint8)
            for (x, y), color in zip(places(number), COLORS, strict=True):
                cv2.circle(picture, (round(16 * x), round(16 * y)), 6 * 16, color, -1, cv2.LINE_AA, shift=4)
            file.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        file.mux(stream.encode())
    return path


@pytest.fixture
def preset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The only one there is."""
    from training import presets

    folder = tmp_path / "presets"
    folder.mkdir()
    (folder / "detector.tiny.toml").write_text(TINY, encoding="utf-8")
    monkeypatch.setattr(presets, "_HERE", folder)


def click(qtbot, button: QAbstractButton) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def label(person, frame: int) -> None:
    """As clicks would, on the frame's four dots."""
    document = person.window.opening.document
    project = document.project
    pose = Pose2D.empty(project.skeleton.joint_count)
    for joint, (x, y) in zip(JOINTS, places(frame), strict=True):
        pose = pose.with_keypoint(project.skeleton.joint_index(joint), x, y)
    document.push(edits.set_pose(project, FrameKey(project.media[0].id, frame), 0, pose))


def test_label_train_a_detector_detect_the_video_and_undo(sit_down, video, preset, qtbot):
    person = sit_down()
    person.begins_with(video)
    document, workspace = person.window.opening.document, person.workspace
    media = document.project.media[0].id
    skeleton = document.project.skeleton
    for joint, (x, y) in zip(JOINTS, places(0), strict=True):
        workspace.selection.set_joint(skeleton.joint_index(joint))
        person.clicks(x, y)
    assert document.project.labelled_frames(media) == [0]
    for frame in LABELLED[1:]:
        label(person, frame)

    # Train a detector on four frames.
    person.window.actions_.by_id["train.detector"].trigger()
    panel = workspace.docks.panel("dock.train")
    person.waits_for(lambda: panel.isVisible() and panel.form.train.isEnabled())
    assert panel.form.plan.task == "detector"
    assert panel.form.learns.text() == "Learns from your 4 labelled frames."
    panel.form.device.setCurrentIndex(panel.form.device.findData("cpu"))
    runner = workspace.training.runner
    click(qtbot, panel.form.train)
    with qtbot.waitSignal(
        runner.state_changed, timeout=120_000, check_params_cb=lambda _, state: state in ("finished", "failed")
    ):
        pass
    run = runner.records()[0]
    assert (run.state, run.task) == ("finished", "detector"), run.message
    assert document.project.detector == ""  # nothing changes by itself

    # Use it.
    person.waits_for(lambda: panel.runs.actions.use.isEnabled())
    click(qtbot, panel.runs.actions.use)
    assert document.project.detector and document.project.model == ""

    # Detect on the rest of the video.
    person.presses("Ctrl+Shift+D")
    detect = workspace.docks.panel("dock.detect")
    person.waits_for(lambda: detect.isVisible() and detect.form.detect.isEnabled())
    assert detect.form.counts.text() == f"{FRAMES - 4} frames; the 4 that you labelled stay as they are"
    with qtbot.waitSignal(workspace.detect.detections.ended, timeout=60_000) as ended:
        click(qtbot, detect.form.detect)
    assert not ended.args[0].stopped and ended.args[0].done == FRAMES - 4

    predicted = document.project.predicted_frames(media)
    assert set(predicted) == set(range(FRAMES)) - set(LABELLED)
    mine = [skeleton.joint_index(joint) for joint in JOINTS]
    found = np.stack([document.project.pose(FrameKey(media, frame)).keypoints[mine] for frame in predicted])
    off = np.linalg.norm(found - np.stack([places(frame) for frame in predicted]), axis=-1)
    assert np.isfinite(off).mean() > 0.8 and np.nanmedian(off) < 3

    # One undo takes the whole detection back, the next one the detector.
    person.presses("Ctrl+Z")
    assert document.project.predicted_frames(media) == []
    assert document.project.labelled_frames(media) == list(LABELLED) and document.project.detector
    person.presses("Ctrl+Z")
    assert document.project.detector == ""
