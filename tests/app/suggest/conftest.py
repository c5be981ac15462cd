"""A short video of the size of a stamp, with predictions that are bad where they are made bad."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from poseviewer.core import edits
from poseviewer.core.pose import Pose2D
from poseviewer.core.project import FrameKey, Instance

COUNT = 80


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "walk.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25.0, (160, 120))
    assert writer.isOpened()
    for number in range(COUNT):
        writer.write(np.full((120, 160, 3), 3 * number, np.uint8))
    writer.release()
    return path


@pytest.fixture
def walk(qtbot: QtBot, window: Any, video: Path) -> Any:
    """The workspace on the video, its first frame shown."""
    window.opening.open_paths([str(video)])
    qtbot.waitUntil(lambda: window.workspace is not None and window.workspace.selection.frame is not None)
    return window.workspace


@pytest.fixture
def predict(window: Any) -> Callable[[], str]:
    """`predict()` puts predictions on every frame: frame 40 is unsure, in frame 60 a limb jumps. Returns the media."""

    def predicted() -> str:
        document = window.opening.document
        media = document.project.media[0].id
        rng = np.random.default_rng(0)
        keypoints = rng.uniform(20, 90, (16, 2)) + 0.5 * np.arange(COUNT)[:, None, None]
        scores = np.full((COUNT, 16), 0.9, np.float32)
        scores[40, :6] = 0.1
        keypoints[60, :4] += 25
        said = {
            FrameKey(media, n): Instance(Pose2D(xy), "", True, row)
            for n, (xy, row) in enumerate(zip(keypoints, scores, strict=True))
        }
        document.push(edits.add_predictions(document.project, said))
        return media

    return predicted
