"""A real mouse in an open field: wherever it is looked for, what DeepLabCut found of it is in the box."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from poseviewer.core.skeleton import Skeleton
from poseviewer.io.label_files import read_labels
from poseviewer.io.media import open_media
from poseviewer.models.detect_media import detect_media

PREDICTED = "labels/dlc_openfield_predictions/m3v1mp4DLC_resnet50_openfieldOct30shuffle1_100000.h5"


class DarkDetector:
    """The four ends of the largest dark region."""

    skeleton = Skeleton.from_names(
        "ends", ["west", "east", "top", "low"], [("west", e) for e in ("east", "top", "low")]
    )
    device = "cpu"

    def __init__(self) -> None:
        self.crops = 0

    def detect(self, crops: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        self.crops += len(crops)
        found = [self.ends(crop) for crop in crops]
        return np.array([ends for ends, _ in found], np.float32), np.array([[s] * 4 for _, s in found], np.float32)

    def ends(self, crop: np.ndarray) -> tuple[np.ndarray, float]:
        grey = cv2.GaussianBlur(cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY), (5, 5), 0)
        dark = cv2.morphologyEx((grey < 45).astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
        count, _, regions, _ = cv2.connectedComponentsWithStats(dark)
        if count < 2:
            return np.full((4, 2), 128.0), 0.02
        left, top, width, height, _ = regions[1 + regions[1:, cv2.CC_STAT_AREA].argmax()]
        right, bottom, x, y = left + width, top + height, left + width / 2, top + height / 2
        return np.array([[left, y], [right, y], [x, top], [x, bottom]]), 0.9


@pytest.mark.parametrize("boxes", ["track", "motion"])
def test_the_mouse_is_in_the_box(boxes: str, shared_data: Path) -> None:
    labels = read_labels(shared_data / PREDICTED)
    truth = {frame.frame: frame.instances[0] for frame in labels.frames}
    detector = DarkDetector()
    reader = open_media(shared_data / "videos/dlc_openfield/m3v1mp4.mp4")
    frames = range(400, 600)

    seen = 0
    for part in detect_media(reader, detector, frames, boxes):
        for frame, box in zip(part.frames.tolist(), part.boxes, strict=True):
            sure = truth[frame].pose.keypoints[truth[frame].scores > 0.6]
            assert ((sure >= box[:2]) & (sure <= box[2:])).all(), f"frame {frame}"
            assert box[2] - box[0] < 400
            seen += 1
    reader.close()

    assert seen == 200
    assert detector.crops < 1.3 * 200
