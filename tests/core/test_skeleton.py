"""A skeleton is one tree; what is wrong with a bad one is said by name."""

from __future__ import annotations

import pytest

from poseviewer.core.errors import SkeletonError
from poseviewer.core.skeleton import Bone, Skeleton, canonical

JOINTS = ["left_hand", "chest", "left_elbow", "right_hand", "right_elbow"]
BONES = [
    ("left_elbow", "left_hand"),
    ("chest", "left_elbow"),
    ("right_elbow", "right_hand"),
    ("chest", "right_elbow"),
]
PAIRS = [("left_hand", "right_hand"), ("left_elbow", "right_elbow")]


@pytest.fixture
def arms() -> Skeleton:
    return Skeleton.from_names("arms", JOINTS, BONES, PAIRS, aliases=[("left_paw", "left_hand"), ("sternum", "chest")])


def test_bones_are_sorted_from_the_root(arms: Skeleton) -> None:
    assert arms.joints[arms.root] == "chest"
    reached = {arms.root}
    for bone in arms.bones:
        assert bone.parent in reached
        reached.add(bone.child)
    assert arms.bone_count == arms.joint_count - 1


def test_relations_between_bones(arms: Skeleton) -> None:
    for bone, parent in enumerate(arms.parent_bones):
        assert parent == -1 or arms.bones[parent].child == arms.bones[bone].parent
    hand = arms.bone_index("left_elbow", "left_hand")
    assert arms.bone_index("left_hand", "left_elbow") == hand
    assert arms.bone_names[hand] == "left_elbow:left_hand"
    assert arms.mirror_bones[hand] == arms.bone_index("right_elbow", "right_hand")
    assert sorted(arms.bone_pairs) == sorted(
        (arms.bone_index(f"left_{a}" if a != "chest" else a, f"left_{b}"),
         arms.bone_index(f"right_{a}" if a != "chest" else a, f"right_{b}"))
        for a, b in (("elbow", "hand"), ("chest", "elbow"))
    )  # fmt: skip
    assert arms.length_groups[hand] == arms.length_groups[arms.mirror_bones[hand]]
    assert set(arms.length_groups) == {0, 1}


def test_sides_and_mirrors(arms: Skeleton) -> None:
    assert arms.sides == ("left", "middle", "left", "right", "right")
    assert [arms.joints[j] for j in arms.mirror] == ["right_hand", "chest", "right_elbow", "left_hand", "left_elbow"]


@pytest.mark.parametrize("name", ["left_hand", "Left Hand", "LEFT-HAND", "l_hand", "hand.L", "left_paw", "L-Paw"])
def test_a_joint_is_found_in_many_spellings(arms: Skeleton, name: str) -> None:
    assert arms.joint_index(name) == 0


def test_what_is_not_there_is_named_with_what_is(arms: Skeleton) -> None:
    assert arms.find_joint("wing") is None
    with pytest.raises(SkeletonError, match="has no joint 'wing'; its joints are left_hand, chest"):
        arms.joint_index("wing")
    with pytest.raises(SkeletonError, match="has no bone chest:left_hand; its bones are"):
        arms.bone_index("chest", "left_hand")


@pytest.mark.parametrize(
    ("joints", "bones", "pairs", "complaint"),
    [
        (["a"], [], [], "at least two joints"),
        (["a", " "], [("a", " ")], [], "empty name"),
        (["left_a", "l a"], [("left_a", "l a")], [], "both named 'l a'"),
        (["a", "b"], [("a", "wing")], [], "A bone of skeleton 'bad' names the joint 'wing'"),
        (["a", "b"], [("a", "b")], [("a", "wing")], "A pair of skeleton 'bad' names the joint 'wing'"),
        (["a", "b", "c"], [("a", "b"), ("c", "b")], [], "'b' hangs on two bones, from 'a' and from 'c'"),
        (["a", "b"], [("a", "b"), ("b", "a")], [], "form a loop"),
        (["r", "a", "b", "c"], [("a", "b"), ("b", "c"), ("c", "a")], [], "form a loop"),
        (["a", "b", "c"], [("a", "b")], [], "'c' is not connected"),
        (["a", "b", "c"], [("a", "b"), ("a", "c")], [("a", "b"), ("b", "c")], "'b' is in two left/right pairs"),
        (["a", "b"], [("a", "b")], [("a", "a")], "is in two left/right pairs"),
    ],
)
def test_a_bad_skeleton_is_refused(
    joints: list[str], bones: list[tuple[str, str]], pairs: list[tuple[str, str]], complaint: str
) -> None:
    with pytest.raises(SkeletonError, match=complaint):
        Skeleton.from_names("bad", joints, bones, pairs)


def test_bones_given_by_number_must_be_sorted() -> None:
    with pytest.raises(SkeletonError, match="not sorted"):
        Skeleton("bad", ("a", "b", "c"), (Bone(1, 2), Bone(0, 1)))


def test_names_and_drawings_do_not_make_another_skeleton(arms: Skeleton) -> None:
    assert arms == Skeleton.from_names("arms", JOINTS, BONES, PAIRS)


def test_sides_are_written_first() -> None:
    assert canonical("Paw_L") == canonical("left paw") == "left_paw"
    assert canonical("paw1LH_top") == "paw1lh_top"
