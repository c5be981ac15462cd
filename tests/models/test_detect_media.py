"""Detection on media whose every frame has a known answer: numbers, places, boxes, and what cannot be read."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import cv2
import numpy as np
import pytest

from poseviewer.core.errors import PoseviewerError
from poseviewer.io.media import open_media
from poseviewer.models.detect_media import BATCH, BOXES, DetectedFrames, detect_media

COUNT = 70
Detect = Callable[..., DetectedFrames]


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory, dots: ModuleType) -> tuple[Path, np.ndarray]:
    path = tmp_path_factory.mktemp("dots") / "walk.mp4"
    return path, dots.write_video(path, dots.walk, COUNT)


@pytest.fixture
def detect(dots: ModuleType) -> Detect:
    """`detect(path, frames, boxes=..., labelled=...)` is all that is detected."""

    def run(path: Path, frames: list[int] | None = None, **options: Any) -> DetectedFrames:
        reader = open_media(path)
        wanted = list(range(reader.frame_count)) if frames is None else frames
        found = joined(list(detect_media(reader, dots.DotDetector(), wanted, **options)))
        reader.close()
        return found

    return run


def joined(parts: list[DetectedFrames]) -> DetectedFrames:
    return DetectedFrames(
        np.concatenate([part.frames for part in parts]),
        np.concatenate([part.keypoints for part in parts]),
        np.concatenate([part.scores for part in parts]),
        np.concatenate([part.boxes for part in parts]),
        tuple(frame for part in parts for frame in part.unreadable),
    )


@pytest.mark.parametrize("boxes", BOXES)
def test_every_frame_is_the_one_that_its_number_says(
    detect: Detect, boxes: str, video: tuple[Path, np.ndarray]
) -> None:
    path, truth = video
    around = {f: [*truth[f].min(0), *truth[f].max(0)] for f in range(0, COUNT, 2)}

    found = detect(path, boxes=boxes, labelled=around)

    assert found.frames.tolist() == list(range(COUNT))
    assert found.unreadable == ()
    np.testing.assert_allclose(found.keypoints, truth, atol=0.8)
    assert (found.scores > 0.8).all()
    assert found.keypoints.dtype == np.float64 and found.scores.dtype == np.float32


@pytest.mark.parametrize("boxes", BOXES)
def test_frames_come_in_the_order_in_which_they_are_asked_for(
    detect: Detect, boxes: str, video: tuple[Path, np.ndarray]
) -> None:
    path, truth = video
    wanted = [60, 3, 4, 5, 41, 0]

    found = detect(path, wanted, boxes=boxes)

    assert found.frames.tolist() == wanted
    np.testing.assert_allclose(found.keypoints, truth[wanted], atol=0.8)


def test_the_boxes_are_what_was_looked_at(detect: Detect, video: tuple[Path, np.ndarray]) -> None:
    path, truth = video
    box = [*truth[7].min(0), *truth[7].max(0)]

    whole = detect(path, [7], boxes="frame").boxes[0]
    near = detect(path, [7, 8], boxes="labelled", labelled={7: box}).boxes

    np.testing.assert_allclose(whole, [-0.5, -40.5, 319.5, 279.5])
    np.testing.assert_allclose(near[0, 2:] - near[0, :2], [1.25 * 40] * 2, atol=0.1)
    np.testing.assert_allclose(near[1], whole)


@pytest.mark.parametrize("boxes", ["track", "motion"])
def test_it_is_looked_at_from_near(detect: Detect, boxes: str, video: tuple[Path, np.ndarray]) -> None:
    path, _ = video

    found = detect(path, boxes=boxes)

    sides = found.boxes[:, 2] - found.boxes[:, 0]
    assert np.median(sides) < 90
    inside = (found.keypoints >= found.boxes[:, None, :2]) & (found.keypoints <= found.boxes[:, None, 2:])
    assert inside.all()


def test_a_batch_at_a_time(dots: ModuleType, video: tuple[Path, np.ndarray]) -> None:
    path, _ = video
    reader = open_media(path)
    detector = dots.DotDetector()

    parts = list(detect_media(reader, detector, range(COUNT), "frame"))

    assert detector.asked == [BATCH] * (COUNT // BATCH) + [COUNT % BATCH]
    assert sum(len(part.frames) for part in parts) == COUNT


def test_it_can_be_stopped_at_any_report(dots: ModuleType, video: tuple[Path, np.ndarray]) -> None:
    path, _ = video
    for boxes in BOXES:
        reader = open_media(path)
        running = detect_media(reader, dots.DotDetector(), range(COUNT), boxes)
        next(running)

        running.close()

        assert not any(thread.name == "read ahead" for thread in threading.enumerate())
        reader.close()


@pytest.mark.parametrize("boxes", BOXES)
def test_a_video_that_breaks_off_is_detected_as_far_as_it_goes(
    detect: Detect, dots: ModuleType, boxes: str, video: tuple[Path, np.ndarray], tmp_path: Path
) -> None:
    _, truth = video
    whole = tmp_path / "whole.mkv"
    dots.write_video(whole, dots.walk, COUNT)
    (tmp_path / "broken.mkv").write_bytes(whole.read_bytes()[: int(whole.stat().st_size * 0.7)])

    found = detect(tmp_path / "broken.mkv", list(range(COUNT)), boxes=boxes)

    assert 20 < len(found.frames) < COUNT
    assert sorted([*found.frames.tolist(), *found.unreadable]) == list(range(COUNT))
    np.testing.assert_allclose(found.keypoints, truth[found.frames], atol=0.8)


def test_where_nothing_can_be_read_there_is_a_report_all_the_same(
    detect: Detect, video: tuple[Path, np.ndarray]
) -> None:
    path, _ = video
    for boxes in BOXES:
        found = detect(path, [900, 901], boxes=boxes)

        assert found.unreadable == (900, 901)
        assert found.keypoints.shape == (0, 3, 2) and found.boxes.shape == (0, 4)


def test_images_of_any_size_and_depth(detect: Detect, dots: ModuleType, tmp_path: Path) -> None:
    """Grey and 16-bit and tiny ones are looked at; the places in a 20-megapixel one are in its own pixels."""
    places = dots.SHAPE + [100, 80]
    far = 20 * dots.SHAPE + [3000.0, 2000.0]
    folder = tmp_path / "images"
    folder.mkdir()
    save(folder / "a.png", dots.draw(places))
    save(folder / "b.png", dots.draw(places, 200, 400))
    save(folder / "c.png", dots.draw(places).astype(np.uint16) * 257)
    save(folder / "d.png", dots.draw(places)[..., 0])
    save(folder / "e.png", np.zeros((1, 1, 3), np.uint8))
    save(folder / "f.jpg", dots.draw(far, 5472, 3648, radius=90))
    (folder / "g.png").write_bytes(b"no image at all")

    for boxes in ("frame", "track", "motion", "labelled"):
        found = detect(folder, boxes=boxes)

        assert found.frames.tolist() == [0, 1, 2, 3, 4, 5] and found.unreadable == (6,)
        np.testing.assert_allclose(found.keypoints[:3], np.stack([places] * 3), atol=0.8)
        assert (found.scores[3:5] < 0.1).all()
        np.testing.assert_allclose(found.keypoints[5], far, atol=3)


def save(path: Path, image: np.ndarray) -> None:
    assert cv2.imwrite(str(path), image[..., ::-1] if image.ndim == 3 else image)


def test_pixels_are_the_files_where_a_picture_is_read_smaller(
    dots: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("poseviewer.io.images.MAX_PIXELS", 100_000)
    places = 4 * dots.SHAPE + [300.0, 200.0]
    save(tmp_path / "large.png", dots.draw(places, 640, 480, radius=20))
    reader = open_media(tmp_path / "large.png")
    assert reader.scale(0) == 2

    for boxes in ("frame", "track"):
        (found,) = detect_media(reader, dots.DotDetector(), [0], boxes)
        np.testing.assert_allclose(found.keypoints[0], places, atol=0.8)


def test_unsure_keypoints_can_be_taken_out(video: tuple[Path, np.ndarray]) -> None:
    found = DetectedFrames(
        np.array([1]), np.ones((1, 3, 2)), np.array([[0.1, 0.5, np.nan]], np.float32), np.zeros((1, 4))
    )

    kept = found.confident(0.5)

    assert np.isfinite(kept.keypoints).all(-1).tolist() == [[False, True, False]]
    np.testing.assert_array_equal(kept.scores, found.scores)


def test_another_way_to_look_is_refused(detect: Detect, video: tuple[Path, np.ndarray]) -> None:
    path, _ = video

    with pytest.raises(PoseviewerError, match=r"sideways.*track"):
        detect(path, boxes="sideways")
