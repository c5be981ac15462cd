"""A body for any tree of joints."""

from __future__ import annotations

import pytest

from poseviewer.core.skeleton import Skeleton
from poseviewer.io.skeleton_files import load_ranges
from poseviewer.synthesis.picture_generic import bone_roles, generic, joint_radii

FLY = Skeleton.from_names(
    "fly",
    ["thorax", "head", "abdomen", "tail", "tail_tip", "left_leg", "left_foot", "right_leg", "right_foot"],
    [("thorax", "head"), ("thorax", "abdomen"), ("abdomen", "tail"), ("tail", "tail_tip"), ("thorax", "left_leg"),
     ("left_leg", "left_foot"), ("thorax", "right_leg"), ("right_leg", "right_foot")],
    [("left_leg", "right_leg"), ("left_foot", "right_foot")],
)  # fmt: skip


def test_bones_are_known_by_their_place_in_the_tree() -> None:
    roles = dict(zip(FLY.bone_names, bone_roles(FLY), strict=True))

    assert roles["thorax:head"] == "head"
    assert roles["thorax:abdomen"] == "trunk"
    assert roles["tail:tail_tip"] == "tail"
    assert roles["thorax:left_leg"] == roles["thorax:right_leg"] == "girdle"
    assert roles["left_leg:left_foot"] == "foot"


def test_trunks_are_thicker_than_limbs_and_both_sides_alike() -> None:
    lengths = [0.1] * FLY.bone_count
    lengths[FLY.bone_names.index("right_leg:right_foot")] = 0.2
    radii = dict(zip(FLY.joints, joint_radii(FLY, bone_roles(FLY), lengths), strict=True))

    assert radii["abdomen"] > radii["left_foot"] > 0
    assert radii["left_foot"] == radii["right_foot"]
    assert radii["tail_tip"] < radii["left_foot"]


def test_a_hand_has_a_cone_on_every_bone() -> None:
    ranges = load_ranges("hand21")
    plan = generic(ranges)

    bones = ranges.skeleton.bone_count
    assert len(plan.cones) == bones + 8  # and a palm
    assert min(end.radius for cone in plan.cones for end in (cone.a, cone.b)) > 0
    assert sum(end.at.get("wrist", 0) for cone in plan.cones[:bones] for end in (cone.a, cone.b)) == pytest.approx(5)
