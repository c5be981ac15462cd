"""Which frame of one label file is which of another."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.core.pose import Pose2D
from poseviewer.core.project import Instance
from poseviewer.io.frame_pairs import merged, pair_frames
from poseviewer.io.labelled_frames import LabelFile, LabelledFrame

SOMETHING = (Instance(Pose2D(np.ones((2, 2)))),)


def file_of(*places: tuple[str, int]) -> LabelFile:
    return LabelFile("", "", ("a", "b"), tuple(LabelledFrame(*place, SOMETHING) for place in places))


def pairs(first: LabelFile, second: LabelFile) -> list[tuple[str, int] | None]:
    return [found and (found.media, found.frame) for _, found in pair_frames(first, second)]


@pytest.mark.parametrize(
    ("truth", "prediction"),
    [
        (("walk.mp4", 7), ("/data/videos/Walk.MP4", 7)),
        (("videos\\walk.mp4", 7), ("walk.avi", 7)),
        (("labeled-data/walk/img0007.png", 0), ("walk.mp4", 7)),
        (("walk.mp4", 7), ("labeled-data/walk/img000007.png", 0)),
        (("walk", 7), ("walk.mp4", 7)),
        (("photos/dog.png", 0), ("dog.png", 0)),
        (("", 7), ("walk.mp4", 7)),
        (("walk.mp4", 7), ("", 7)),
    ],
)
def test_one_frame_of_two_names(truth: tuple[str, int], prediction: tuple[str, int]) -> None:
    assert pairs(file_of(truth), file_of(prediction)) == [prediction]


@pytest.mark.parametrize(
    ("truth", "prediction"),
    [
        (("walk.mp4", 7), ("walk.mp4", 8)),
        (("walk.mp4", 7), ("run.mp4", 7)),
        (("dog.png", 0), ("cat.png", 0)),
        (("a/img0007.png", 0), ("b.mp4", 7)),
    ],
)
def test_other_frames_are_no_pair(truth: tuple[str, int], prediction: tuple[str, int]) -> None:
    assert pairs(file_of(truth), file_of(prediction)) == [None]


def test_of_one_name_the_folders_decide() -> None:
    second = file_of(("day1/cam.mp4", 3), ("day2/cam.mp4", 3))

    assert pairs(file_of(("x/day2/cam.mp4", 3)), second) == [("day2/cam.mp4", 3)]
    assert pairs(file_of(("cam.mp4", 3)), second) == [None]


def test_a_file_without_names_fits_only_one_media() -> None:
    assert pairs(file_of(("", 3)), file_of(("a.mp4", 3), ("b.mp4", 4))) == [None]


def test_a_frame_that_is_there_twice_is_one() -> None:
    (frame,) = merged(file_of(("a.mp4", 3), ("a.mp4", 3))).frames

    assert len(frame.instances) == 2
