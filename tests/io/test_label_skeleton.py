"""Labels of joints that no shipped skeleton has get a skeleton of their own."""

from __future__ import annotations

import pytest

from poseviewer.core.errors import SkeletonError
from poseviewer.io.label_skeleton import guess_pairs, made_skeleton, skeleton_of
from poseviewer.io.labelled_frames import LabelFile
from poseviewer.io.skeleton_files import load_skeleton


def file_of(*names: str) -> LabelFile:
    return LabelFile("some/mouse.csv", "DeepLabCut", names, ())


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("leftear", "rightear"),
        ("ear_left", "ear_right"),
        ("L_paw", "R_paw"),
        ("earL", "earR"),
        ("LHip", "RHip"),
        ("left hind paw", "right hind paw"),
        ("Paw-Left-Hind", "Paw-Right-Hind"),
        ("earleft", "earright"),
    ],
)
def test_left_and_right_are_guessed_from_names(left: str, right: str) -> None:
    assert guess_pairs([right, "snout", left]) == [(left, right)]


@pytest.mark.parametrize(
    "names",
    [("leftear", "snout"), ("tail", "roof"), ("left_ear", "right_eye"), ("upright", "upleft"), ("clamp", "cramp")],
)
def test_what_is_no_pair_is_none(names: tuple[str, str]) -> None:
    expected = [("upleft", "upright")] if "upleft" in names else []
    assert guess_pairs(names) == expected


def test_names_of_a_shipped_skeleton_are_that_skeleton() -> None:
    quadruped = load_skeleton("quadruped16")

    assert skeleton_of(file_of(*reversed(quadruped.joints))) == quadruped
    assert skeleton_of(file_of(*quadruped.joints[:6])) == quadruped


def test_other_names_are_a_skeleton_of_their_own() -> None:
    skeleton = skeleton_of(file_of("snout", "leftear", "rightear", "tailbase"))

    assert skeleton.name == "mouse"
    assert skeleton.joints == ("snout", "leftear", "rightear", "tailbase")
    assert skeleton.pairs == ((1, 2),)
    assert {(b.parent, b.child) for b in skeleton.bones} == {(0, 1), (0, 2), (0, 3)}


def test_edges_are_kept_as_far_as_they_are_a_tree() -> None:
    edges = [("b", "c"), ("c", "d"), ("d", "b"), ("d", "nobody"), ("e", "e")]

    skeleton = made_skeleton("s", ["a", "b", "c", "d", "e"], edges)

    assert {frozenset((b.parent, b.child)) for b in skeleton.bones} >= {frozenset((1, 2))}
    assert skeleton.bone_count == 4
    assert skeleton.root == 0


def test_names_that_a_skeleton_would_confuse_are_told_apart() -> None:
    skeleton = made_skeleton("s", ["L_ear", "left ear", "", " "])

    assert len(set(skeleton.joints)) == 4
    assert skeleton.joints[0] == "L_ear"


def test_one_joint_is_no_skeleton() -> None:
    with pytest.raises(SkeletonError, match="at least two joints"):
        made_skeleton("s", ["nose"])
