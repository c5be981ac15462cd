from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from poseviewer.core.project import MediaRef, Project
from poseviewer.io.media import describe, open_media
from poseviewer.io.skeleton_files import load_ranges
from training.backgrounds import read_backgrounds, without_what_moves

RANGES = load_ranges("human17")


def media_of(folder: Path, images: list[np.ndarray]) -> MediaRef:
    folder.mkdir()
    for number, image in enumerate(images):
        assert cv2.imwrite(str(folder / f"{number}.png"), image)
    reader = open_media(folder)
    try:
        return describe(reader, folder.name)
    finally:
        reader.close()


def project_of(*media: MediaRef) -> Project:
    return Project(RANGES.skeleton, RANGES, media=media)


def scene(x: int) -> np.ndarray:
    """A still room of stripes with a bright animal in it."""
    picture = np.zeros((120, 160, 3), np.uint8)
    picture[:, ::8] = 60
    picture[50:70, x : x + 24] = 255
    return picture


def test_backgrounds_are_frames_spread_over_the_media(tmp_path: Path) -> None:
    images = [np.full((50, 60 + i, 3), i * 20, np.uint8) for i in range(9)]

    frames = read_backgrounds(project_of(media_of(tmp_path / "a", images)), 5, side=32)

    assert frames is not None and frames.shape == (5, 32, 32, 3) and frames.dtype == np.uint8
    assert frames[:, 0, 0, 0].tolist() == [0, 40, 80, 120, 160]


def test_without_media_there_are_none(tmp_path: Path) -> None:
    gone = media_of(tmp_path / "a", [np.zeros((20, 20, 3), np.uint8)])
    (tmp_path / "a" / "0.png").unlink()

    assert read_backgrounds(project_of(), 5) is None
    assert read_backgrounds(project_of(gone), 5) is None


def test_what_moves_is_painted_over(tmp_path: Path) -> None:
    images = [scene(x) for x in (5, 45, 85, 125)]
    empty = scene(0)
    empty[50:70] = empty[0:20]

    painted = without_what_moves(images)
    read = read_backgrounds(project_of(media_of(tmp_path / "a", images)), 4, side=160)

    for frame in painted:
        np.testing.assert_array_equal(frame, empty)
    assert read is not None and read.max() < 120
    assert images[0].max() == 255  # what was given stays


def test_two_frames_cannot_tell_what_moves() -> None:
    images = [scene(5), scene(85)]

    for kept, given in zip(without_what_moves(images), images, strict=True):
        np.testing.assert_array_equal(kept, given)
