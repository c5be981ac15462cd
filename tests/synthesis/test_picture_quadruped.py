"""The body of an animal on four legs."""

from __future__ import annotations

import pytest

from poseviewer.io.skeleton_files import load_ranges
from poseviewer.synthesis.picture_quadruped import FRAMES, ROLES, modes_of, quadruped


@pytest.mark.parametrize("name", ["quadruped16", "quadruped16.mouse", "quadruped16.horse", "quadruped16.cat"])
def test_the_plan_fits_the_skeleton(name: str) -> None:
    skeleton, plan = load_ranges(name).skeleton, quadruped(name)
    ends = [end for cone in plan.cones for end in (cone.a, cone.b)]

    assert {joint for end in ends for joint in end.at} == set(skeleton.joints)
    assert all(sum(end.at.values()) == pytest.approx(1) for end in ends)
    assert {end.frame for end in ends if end.frame} <= set(FRAMES)
    assert {cone.role for cone in plan.cones} <= set(ROLES)
    assert {mode for end in ends for mode in end.modes} <= set(plan.modes)


def test_kinds_differ() -> None:
    dog, mouse, horse, cat = (modes_of(f"quadruped16.{kind}") for kind in ("dog", "mouse", "horse", "cat"))

    assert mouse["fat"][0] > dog["fat"][0]
    assert mouse["legs"][1] < dog["legs"][1]
    assert cat["muzzle"][1] < horse["muzzle"][0]
