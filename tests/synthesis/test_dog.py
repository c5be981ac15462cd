"""The dog is an animal of the shipped skeleton, the same on both sides, and stands on the ground."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.io.skeleton_files import load_skeleton
from poseviewer.synthesis.dog import DOG


def test_its_joints_are_those_of_the_shipped_skeleton() -> None:
    assert load_skeleton("quadruped16").joints == DOG.joints


def test_left_and_right_mirror_each_other() -> None:
    for name, (x, y, z) in DOG.rest.items():
        if name.startswith("left_"):
            assert DOG.rest["right_" + name[5:]] == pytest.approx((-x, y, z))
    names = {part.name for part in DOG.parts}
    assert {n.replace("left", "right") for n in names} == {n.replace("left", "right") for n in names if "left" not in n}


def test_it_stands_on_the_ground() -> None:
    parts = DOG.rest_parts
    lowest = (parts.ends[..., 2] - parts.radii).min()
    paws = [p for p in DOG.parts if p.name.endswith("_paw")]

    assert lowest == pytest.approx(0, abs=2)
    assert len(paws) == 4
    assert all(abs(min(p.a.rest[2] - p.radii[0], p.b.rest[2] - p.radii[1])) < 2 for p in paws)


def test_every_joint_lies_in_its_flesh() -> None:
    parts = DOG.rest_parts
    for name in DOG.joints:
        local = np.einsum("kij,j->ki", parts.maps, np.array(DOG.rest[name])) + parts.offsets
        s = np.clip(local[:, 2] / parts.lengths, 0, 1)
        gap = np.hypot(np.hypot(local[:, 0], local[:, 1]), local[:, 2] - s * parts.lengths)
        assert (gap - parts.radii[:, 0] - s * (parts.radii[:, 1] - parts.radii[:, 0])).min() < 6, name
        assert DOG.skin_depth[name] > 0
