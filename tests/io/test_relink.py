"""Moved media are found again; media that are not the labelled ones are refused, and it is said why."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from poseviewer.core.errors import MediaError
from poseviewer.core.project import Project
from poseviewer.core.ranges import BoneLength, Interval, RangePreset, SphericalRange
from poseviewer.core.skeleton import Skeleton
from poseviewer.io.media import describe, open_media
from poseviewer.io.relink import relink

STICK = Skeleton.from_names("stick", ["a", "b"], [("a", "b")])
RANGE = SphericalRange(Interval(0, 1), Interval(0, 1))
RANGES = RangePreset("stick", STICK, (RANGE,), (BoneLength(1.0, 0.0),))


def pictures(folder: Path, count: int = 3, seed: int = 0, size: tuple[int, int] = (40, 60)) -> Path:
    folder.mkdir()
    chance = np.random.default_rng(seed)
    for i in range(count):
        cv2.imwrite(str(folder / f"{i:03}.png"), chance.integers(0, 255, (*size, 3), dtype=np.uint8))
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Project:
    reader = open_media(pictures(tmp_path / "labelled"))
    ref = describe(reader, "m")
    reader.close()
    return Project(STICK, RANGES, (ref,))


def test_moved_media_are_found_again(project: Project, tmp_path: Path) -> None:
    (tmp_path / "labelled").rename(tmp_path / "moved")
    reader = open_media(tmp_path / "moved")
    edit = relink(project, "m", reader)
    reader.close()
    assert edit.after.media[0].path == str(tmp_path / "moved") and edit.after.media[0].id == "m"
    assert edit.change.media and not edit.empty


@pytest.mark.parametrize(
    ("other", "difference"),
    [
        ({"count": 4}, "has 4 frames, and 3 were there"),
        ({"size": (30, 60)}, "60 x 30 pixels, and had 60 x 40"),
        ({"seed": 1}, "show something else"),
    ],
)
def test_other_media_are_refused(project: Project, tmp_path: Path, other: dict, difference: str) -> None:
    reader = open_media(pictures(tmp_path / "other", **other))
    with pytest.raises(MediaError, match=difference) as caught:
        relink(project, "m", reader)
    reader.close()
    assert str(tmp_path / "other") in str(caught.value) and "labelled" in str(caught.value)


def test_a_media_that_the_project_does_not_have_is_a_mistake_of_the_program(project: Project, tmp_path: Path) -> None:
    reader = open_media(tmp_path / "labelled")
    with pytest.raises(KeyError):
        relink(project, "x", reader)
    reader.close()
