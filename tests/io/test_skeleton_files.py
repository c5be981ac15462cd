"""Skeletons and ranges as TOML: what is shipped is sound, what is written comes back, what is bad is named."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import tomli_w

from poseviewer.core.errors import SkeletonError
from poseviewer.core.ranges import BoneLength, Interval, SwingRange
from poseviewer.core.skeleton import Skeleton
from poseviewer.io import skeleton_files
from poseviewer.io.skeleton_files import (
    load_ranges,
    load_skeleton,
    ranges_from_table,
    ranges_to_table,
    save_ranges,
    shipped_ranges,
    shipped_skeletons,
    skeleton_from_table,
    skeleton_to_table,
)

PRESETS = [(s, r) for s in shipped_skeletons() for r in shipped_ranges(s)]
HANDS = Skeleton.from_names(
    "hands", ["chest", "left_hand", "right_hand"], [("chest", "left_hand"), ("chest", "right_hand")],
    [("left_hand", "right_hand")],
)  # fmt: skip
BOTH = {
    "bone": "chest:*_hand", "rest": [3.0, 0.0, -4.0], "flexion": [-30.0, 90.0], "abduction": [-10.0, 45.0],
    "length": 0.5, "spread": 0.1, "note": "made up",
}  # fmt: skip
TABLE = {"name": "hands", "skeleton": "hands", "bones": [BOTH]}


def test_the_design_names_these_skeletons() -> None:
    assert shipped_skeletons() == ["hand21", "human14", "human16", "human17", "quadruped16"]


@pytest.mark.parametrize("name", shipped_skeletons())
def test_a_shipped_skeleton_has_a_diagram_and_named_sides(name: str) -> None:
    skeleton = load_skeleton(name)
    assert skeleton.name == name and str(skeleton.joint_count) == "".join(c for c in name if c.isdigit())
    assert len(skeleton.layout) == skeleton.joint_count
    assert all(0 <= x <= 1 and 0 <= y <= 1 for x, y in skeleton.layout)
    for joint, side in zip(skeleton.joints, skeleton.sides, strict=True):
        assert side == (joint.split("_")[0] if joint.startswith(("left_", "right_")) else "middle")
    assert skeleton_from_table(skeleton_to_table(skeleton), "again") == skeleton


def test_every_skeleton_has_a_default_preset() -> None:
    for name in shipped_skeletons():
        assert shipped_ranges(name)[0] == name


@pytest.mark.parametrize(("skeleton", "preset"), PRESETS)
def test_a_shipped_preset_is_documented_and_symmetric(skeleton: str, preset: str) -> None:
    ranges = load_ranges(preset)
    assert ranges.skeleton == load_skeleton(skeleton)
    assert ranges.source and all(ranges.notes), "each range says where it comes from"
    for left, right in ranges.skeleton.bone_pairs:
        assert ranges.lengths[left] == ranges.lengths[right]
        a, b = ranges.ranges[left], ranges.ranges[right]
        if isinstance(a, SwingRange) and isinstance(b, SwingRange):
            assert (a.flexion, a.abduction) == (b.flexion, b.abduction)
            assert np.allclose(a.rest, np.multiply(b.rest, (-1, 1, 1)))


@pytest.mark.parametrize(("skeleton", "preset"), PRESETS)
def test_a_preset_written_is_the_preset_read(skeleton: str, preset: str, tmp_path: Path) -> None:
    ranges = load_ranges(preset)
    save_ranges(ranges, tmp_path / "mine.toml")
    again = load_ranges(tmp_path / "mine.toml")
    assert again.lengths == ranges.lengths and again.factors == ranges.factors and again.notes == ranges.notes
    assert ranges_to_table(again) == ranges_to_table(ranges)


def test_one_row_for_both_sides_is_mirrored() -> None:
    ranges = ranges_from_table(TABLE, "here", HANDS)
    left, right = (ranges.ranges[HANDS.bone_index("chest", f"{side}_hand")] for side in ("left", "right"))
    assert isinstance(left, SwingRange) and isinstance(right, SwingRange)
    assert left.rest == pytest.approx((0.6, 0, -0.8)) and right.rest == pytest.approx((-0.6, 0, -0.8))
    assert left.outward == (1, 0, 0) and right.outward == (-1, 0, 0)
    assert left.flexion == right.flexion and left.flexion.max == pytest.approx(math.pi / 2)
    assert ranges.lengths == (BoneLength(0.5, 0.1, Interval(1, 1)),) * 2 and ranges.notes == ("made up",) * 2


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"skeleton": "legs"}, "for the skeleton 'legs', but this one is 'hands'"),
        ({"bones": []}, "no range for the bone chest:left_hand"),
        ({"bones": [BOTH | {"bone": "chest:*_wing"}]}, "here: .*no joint"),
        ({"bones": [BOTH | {"flexion": [90.0, -30.0]}]}, "here: A range starts at"),
        ({"bones": [BOTH | {"rest": [0, 0, 0]}]}, "a direction is zero"),
        ({"bones": [BOTH | {"length": "long"}]}, "is not a range preset"),
        ({"bones": [{k: v for k, v in BOTH.items() if k != "length"}]}, "'length' is missing"),
    ],
)
def test_a_bad_preset_says_where_and_what(change: dict[str, object], complaint: str) -> None:
    with pytest.raises(SkeletonError, match=complaint):
        ranges_from_table(TABLE | change, "here", HANDS)


def test_a_bad_skeleton_says_where_and_what() -> None:
    with pytest.raises(SkeletonError, match="here is not a skeleton: 'bones' is missing"):
        skeleton_from_table({"name": "x", "joints": ["a", "b"]}, "here")


def test_files_are_found_by_name_or_path(tmp_path: Path) -> None:
    own = tmp_path / "hands.toml"
    own.write_text(tomli_w.dumps(skeleton_to_table(HANDS)), encoding="utf-8")
    assert load_skeleton(own) == load_skeleton(str(own)) == HANDS
    with pytest.raises(SkeletonError, match="There is no skeleton 'octopus8'; give a TOML file or one of hand21"):
        load_skeleton("octopus8")
    with pytest.raises(SkeletonError, match="There is no range preset"):
        load_ranges(tmp_path / "nowhere.toml")


def test_a_file_that_is_not_toml_is_named(tmp_path: Path) -> None:
    for content in (b"name = ", b"\xff\xfe\x00"):
        path = tmp_path / "bad.toml"
        path.write_bytes(content)
        with pytest.raises(SkeletonError, match=r"bad\.toml is not valid TOML"):
            load_skeleton(path)


def test_a_failed_save_keeps_the_older_preset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("older")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(skeleton_files, "write_text", full)
    with pytest.raises(OSError, match="No space"):
        save_ranges(load_ranges("quadruped16"), path)
    assert path.read_text() == "older"
