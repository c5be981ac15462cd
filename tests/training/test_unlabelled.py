"""Frames without labels: whole, evenly spread, within bounds, and seen in many ways."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import cv2
import numpy as np
import pytest

from poseviewer.core.errors import MediaError, PoseviewerError
from poseviewer.core.project import MediaRef
from poseviewer.io.media import describe, open_media
from training.run import finish
from training.unlabelled import read_pictures, varied


def ref_of(path: Path) -> MediaRef:
    reader = open_media(path)
    try:
        return describe(reader, path.name)
    finally:
        reader.close()


def write_greys(folder: Path, values: list[int], size: tuple[int, int] = (64, 48)) -> MediaRef:
    folder.mkdir()
    for i, value in enumerate(values):
        cv2.imwrite(str(folder / f"{i}.png"), np.full((size[1], size[0]), value, np.uint8))
    return ref_of(folder)


def test_frames_are_spread_evenly_over_all_media(tmp_path: Path) -> None:
    media = [write_greys(tmp_path / "a", [10, 20, 30, 40]), write_greys(tmp_path / "b", [50, 60, 70], (100, 100))]

    pictures = finish(read_pictures(media, 3))

    assert pictures.shape == (3, 256, 256, 3)
    assert pictures[:, 128, 128, 0].tolist() == [10, 40, 70]
    assert len(finish(read_pictures(media, 100))) == 7


def test_a_frame_is_whole_and_not_distorted(tmp_path: Path, dots: ModuleType) -> None:
    places = dots.write_video(tmp_path / "v.mp4", dots.walk, 5)

    picture = finish(read_pictures([ref_of(tmp_path / "v.mp4")], 1))[0]

    assert tuple(picture[5, 5]) == (114, 114, 114), "320 x 240 leaves a band above and below"
    red, _ = dots.place_of(picture, dots.COLOURS[0])
    assert np.allclose(red, (places[0, 0] + (0.5, 40.5)) * 256 / 320 - 0.5, atol=0.5)


def test_it_says_how_far_it_is_and_can_be_stopped(tmp_path: Path) -> None:
    work = read_pictures([write_greys(tmp_path / "a", [10, 20, 30, 40])], 4)

    assert [next(work), next(work)] == [1, 2]
    work.close()


def test_what_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    media = [write_greys(tmp_path / "a", [10, 20, 30]), write_greys(tmp_path / "b", [40])]
    (tmp_path / "b" / "0.png").unlink()

    assert finish(read_pictures(media, 10))[:, 128, 128, 0].tolist() == [10, 20, 30]
    with pytest.raises(MediaError, match="b"):
        finish(read_pictures(media[1:], 10))


def test_no_frames_are_one_sentence() -> None:
    with pytest.raises(PoseviewerError, match="no frames to learn from; name videos"):
        finish(read_pictures([], 10))


def test_a_picture_is_varied_by_the_numbers_given_and_nothing_else() -> None:
    picture = np.random.default_rng(0).integers(0, 255, (256, 256, 3), dtype=np.uint8)

    def made(seed: int, turn: float = 30.0, zoom: float = 1.3) -> np.ndarray:
        return varied(picture, turn, zoom, np.random.default_rng(seed))

    assert np.array_equal(made(1), made(1))
    assert not np.array_equal(made(1), made(2))
    plain = {varied(picture, 0, 1, np.random.default_rng(seed)).tobytes() for seed in range(20)}
    assert plain == {picture.tobytes(), np.ascontiguousarray(picture[:, ::-1]).tobytes()}
