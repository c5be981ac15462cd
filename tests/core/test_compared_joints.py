"""Which joints PCK counts, and where poses are aligned, of people with and without a pelvis and of animals."""

from __future__ import annotations

import pytest

from poseviewer.core.compared_joints import find_root, is_person, pck_joints
from poseviewer.io.skeleton_files import load_skeleton


@pytest.mark.parametrize(
    ("skeleton", "root", "left_out"),
    [
        ("human17", {"pelvis"}, {"pelvis", "spine", "neck"}),
        ("human16", {"left_hip", "right_hip"}, {"spine", "neck"}),
        ("human14", {"left_hip", "right_hip"}, set()),
    ],
)
def test_every_person_is_measured_from_the_pelvis_on_14_joints(
    skeleton: str, root: set[str], left_out: set[str]
) -> None:
    names = load_skeleton(skeleton).joints

    found = find_root(names)
    counted = pck_joints(names, found)

    assert is_person(names)
    assert {names[i] for i in found} == root
    assert len(counted) == 14
    assert set(names) - {names[i] for i in counted} == left_out


def test_mpi_inf_3dhp_counts_the_neck_and_the_top_of_the_head() -> None:
    arms = [f"{side}_{joint}" for side in ("left", "right") for joint in ("wrist", "ankle")]
    names = [*arms, "pelvis", "spine", "neck", "head", "head_top"]

    counted = {names[i] for i in pck_joints(names, find_root(names))}

    assert counted == {*arms, "neck", "head_top"}


def test_an_animal_is_measured_from_one_joint() -> None:
    names = load_skeleton("quadruped16").joints

    root = find_root(names)

    assert [names[i] for i in root] == ["neck"]
    assert pck_joints(names, root) == [i for i, name in enumerate(names) if name != "neck"]


def test_joints_are_known_in_any_spelling() -> None:
    assert find_root(["r_hip", "Pelvis", "l_hip"]) == (1,)


def test_without_a_known_root_it_is_the_first() -> None:
    assert find_root(["a", "b"]) == (0,)
