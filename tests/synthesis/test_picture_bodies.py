"""A plan of cones becomes matrices that turn joints into ends."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.core.skeleton import Skeleton
from poseviewer.synthesis.picture_bodies import BodyPlan, Cone, End, Frame, between, middle, mirrored, plan_matrices

SKELETON = Skeleton.from_names(
    "t", ["a", "left_b", "right_b"], [("a", "left_b"), ("a", "right_b")], [("left_b", "right_b")]
)


def test_mixes_of_joints_add_up() -> None:
    assert between("a", "left_b", 0.25) == {"a": 0.75, "left_b": 0.25}
    assert between(middle("a", "left_b"), "a", 0.5) == {"a": 0.75, "left_b": 0.25}


def test_the_right_is_the_mirror_of_the_left() -> None:
    left = Cone(End({"left_b": 1.0}, 0.1, "left_f", (1, 2, 3), {"m": (1, 2, 3, 4)}), End({"a": 1.0}, 0.2), "limb")
    _, right = mirrored([left])

    assert right.a == End({"right_b": 1.0}, 0.1, "right_f", (1, -2, 3), {"m": (1, -2, 3, 4)})
    assert right.b == left.b
    both = Cone(End({"left_b": 0.9, "right_b": 0.1}, 1), left.b, "x")
    assert mirrored([both])[1].a.at == {"right_b": 0.9, "left_b": 0.1}


def test_matrices_hold_what_the_plan_says() -> None:
    end = End({"left_b": 1.0}, 0.1, "f", (1, 2, 3), {"m": (4, 5, 6, 7)})
    frame = Frame(({"a": 1.0}, {"left_b": 1.0}), ({"right_b": 1.0}, {"left_b": 1.0}))
    plan = BodyPlan(
        (Cone(end, End({"a": 0.5, "right_b": 0.5}, 0.2), "x"),), {"f": frame}, ("a:left_b",), {"m": (0, 1)}, ("x",)
    )
    made = plan_matrices(plan, SKELETON)

    assert made["mix"].tolist() == [[0, 1, 0], [0.5, 0, 0.5]]
    assert made["frame_mix"].tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 0]]
    assert made["frame_of"].tolist() == [0, -1]
    assert made["offset"].tolist() == [[1, 0], [2, 0], [3, 0]]
    assert made["offset_modes"][:, 0, 0].tolist() == [4, 5, 6]
    assert made["radius_modes"].tolist() == [[7], [0]]
    assert made["radius"] == pytest.approx(np.array([0.1, 0.2]))
    assert made["unit"].tolist() == [1, 0]
