"""Rows are what the file's description says, byte for byte, and rows that are not are refused."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from poseviewer.core.pose import Pose2D
from poseviewer.core.project import Change, FrameKey, Instance, Project
from poseviewer.core.ranges import BoneLength, Interval, RangePreset, SphericalRange
from poseviewer.core.skeleton import Skeleton
from poseviewer.io.project_rows import (
    DamagedRowError,
    change_of_settings,
    frames_of_rows,
    instance_rows,
    ranges_of,
    settings_of,
    skeleton_of,
)

STICK = Skeleton.from_names("stick", ["a", "b"], [("a", "b")], aliases=[("alpha", "a")])
RANGE = SphericalRange(Interval(0, 1), Interval(0, 1))
RANGES = RangePreset("stick", STICK, (RANGE,), (BoneLength(1.0, 0.0),))
KEY = FrameKey("clip", 3)
GUESS = Instance(Pose2D([[1.5, -2.0], [3.0, 4.0]], [1, 2]), "Rex", True, np.array([0.25, 1.0], dtype=np.float32))
OWN = Instance(Pose2D([[1.0, 2.0], [np.nan, np.nan]]))
PROJECT = Project(STICK, RANGES, model="m").with_instances(KEY, (GUESS, OWN))


def test_numbers_are_little_endian_doubles() -> None:
    first, second = instance_rows(PROJECT, [KEY])
    assert first == (
        "clip", 3, 0, struct.pack("<4d", 1.5, -2, 3, 4), b"\x01\x02", "Rex", 1, struct.pack("<2f", 0.25, 1)
    )  # fmt: skip
    assert second[2] == 1 and second[4] == b"\x02\x00" and second[5:] == ("", 0, None)


def test_rows_become_the_frames_again() -> None:
    two = PROJECT.with_instances(FrameKey("other", 0), (OWN,))
    rows = sorted(instance_rows(two, two.labels), key=lambda row: row[:3])
    assert dict(frames_of_rows(rows)) == dict(two.labels)
    assert list(frames_of_rows([])) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [(3, b"short"), (4, b""), (4, b"\x01"), (7, b"\x00"), (7, struct.pack("<3f", 1, 2, 3))],
)
def test_rows_of_the_wrong_size_are_refused(column: int, value: bytes) -> None:
    rows = [list(row) for row in instance_rows(PROJECT, [KEY])]
    rows[1][column] = value
    with pytest.raises(DamagedRowError, match="another number of"):
        list(frames_of_rows([tuple(row) for row in rows]))


def test_settings_are_those_that_changed() -> None:
    assert settings_of(PROJECT, Change()) == {}
    assert settings_of(PROJECT, Change(model=True)) == {"model": "m"}
    assert settings_of(PROJECT, Change(detector=True)) == {"detector": ""}
    assert change_of_settings({"detector": ""}) == Change(detector=True)
    everything = settings_of(PROJECT, Change(skeleton=True, model=True))
    assert change_of_settings(everything) == Change(skeleton=True, ranges=True, model=True)
    skeleton = skeleton_of(everything, "here")
    assert skeleton == STICK and skeleton.aliases == STICK.aliases
    assert ranges_of(everything, "here", skeleton).lengths == RANGES.lengths
