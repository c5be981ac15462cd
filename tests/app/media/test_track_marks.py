"""What is marked along the timeline, and that it takes no longer for 100,000 frames than the screen is wide."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter, QPalette

from poseviewer.app.media.track_marks import BAR_HIGHEST, BAR_LOWEST, Scale, TrackMarks, bars, numbers, paint_marks

WIDTH, HEIGHT, MIDDLE = 400, 28, 14


def painted(marks: TrackMarks, frames: int, window: str = "#f4f5f6") -> np.ndarray:
    """(HEIGHT, WIDTH, 3) of a track that shows so many frames."""
    page = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    page.fill(QColor(window))
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Window, QColor(window))
    painter = QPainter(page)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint_marks(painter, marks, Scale(0.0, WIDTH / frames, MIDDLE), palette)
    painter.end()
    return np.array(page.constBits()).reshape(HEIGHT, WIDTH, 4)[..., 2::-1].astype(int)


def yellow(picture: np.ndarray) -> np.ndarray:
    return np.minimum(picture[..., 0], picture[..., 1]) > picture[..., 2] + 40


@pytest.mark.parametrize("window", ["#f4f5f6", "#202427"])
@pytest.mark.parametrize("frames", [50, 300, 4000])
def test_bars_are_yellow_and_as_high_as_predictions_are_sure(qapp: Any, frames: int, window: str) -> None:
    sure = np.where(np.arange(frames) < frames / 2, 0.95, 0.3).astype(np.float32)
    marks = TrackMarks(predicted=np.arange(frames), confidence=sure)
    heights = yellow(painted(marks, frames, window)).sum(axis=0)
    sure_ones, unsure_ones = (heights[x : x + 9].max() for x in (100, 300))  # wide bars have gaps between them
    assert sure_ones >= unsure_ones + 5 and unsure_ones >= 2


def test_labels_stand_out_of_predictions(qapp: Any) -> None:
    marks = TrackMarks(labelled=numbers([100]), predicted=np.arange(200), confidence=np.ones(200, np.float32))
    picture = painted(marks, 200)
    assert not yellow(picture)[8, 198:202].any() and yellow(picture)[8, 190] and yellow(picture)[8, 210]


def test_suggestions_are_below_the_line(qapp: Any) -> None:
    picture = painted(TrackMarks(suggested={100: "keypoints jump"}), 200)
    dark = picture.max(axis=-1) < 120
    assert dark[MIDDLE + 5 :, 195:206].any() and not dark[:MIDDLE].any() and not dark[:, :190].any()


def test_a_column_of_many_frames_has_their_mean() -> None:
    columns, heights = bars(np.array([3.0, 3.0, 7.0, 9.0]), np.array([1.0, 0.0, 2.0, np.nan], np.float32))
    assert columns.tolist() == [3, 7, 9]
    assert heights == pytest.approx([(BAR_LOWEST + BAR_HIGHEST) / 2, BAR_HIGHEST, BAR_HIGHEST])


def test_what_is_said_of_a_frame() -> None:
    marks = TrackMarks(
        labelled=numbers([4, 2]),
        predicted=numbers([5, 6]),
        confidence=np.array([0.834, np.nan], np.float32),
        suggested={5: "keypoints jump"},
        damaged=numbers([9]),
        flawed=numbers([9, 10]),
    )
    assert marks.words(2) == ["labelled"] and marks.words(3) == []
    assert marks.words(5) == ["predicted, 0.83 sure", "worth labelling: keypoints jump"]
    assert marks.words(6) == ["predicted"]
    assert marks.words(9) == ["damaged: cannot be decoded"] and marks.words(10) == ["damaged in part"]


def test_as_many_frames_as_there_are_take_no_longer_than_the_track_is_wide(qapp: Any) -> None:
    def seconds(frames: int) -> float:
        marks = TrackMarks(predicted=np.arange(frames), confidence=np.random.default_rng(0).random(frames, np.float32))
        painted(marks, frames)
        times = []
        for _ in range(5):
            start = time.process_time()
            painted(marks, frames)
            times.append(time.process_time() - start)
        return min(times)

    assert seconds(100_000) < 0.03
