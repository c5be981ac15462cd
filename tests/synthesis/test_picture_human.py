"""The body of a person."""

from __future__ import annotations

import pytest

from poseviewer.io.skeleton_files import load_ranges
from poseviewer.synthesis.picture_human import ROLES, human, is_human


@pytest.mark.parametrize("name", ["human17", "human16", "human14"])
def test_the_plan_fits_every_skeleton_of_a_person(name: str) -> None:
    skeleton = load_ranges(name).skeleton
    plan = human(skeleton)
    ends = [end for cone in plan.cones for end in (cone.a, cone.b)]

    assert is_human(skeleton)
    assert {joint for end in ends for joint in end.at} <= set(skeleton.joints)
    assert all(sum(end.at.values()) == pytest.approx(1) for end in ends)
    assert {cone.role for cone in plan.cones} <= set(ROLES)
    assert len(plan.unit) == 2


def test_animals_and_hands_are_no_people() -> None:
    assert not is_human(load_ranges("quadruped16").skeleton)
    assert not is_human(load_ranges("hand21").skeleton)
