"""Own frames: a network that knows the animal explains them, and an exchanged limb is noticed."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import numpy as np
import pytest

from poseviewer.core.pose import Pose2D
from poseviewer.core.project import FrameKey, Instance, Project
from poseviewer.core.skeleton import Skeleton
from poseviewer.io.skeleton_files import load_ranges, load_skeleton
from training.own_frames import MOST, OwnFrames, limb_exchanges

DOG = load_ranges("quadruped16")


def project(poses: list[np.ndarray], predicted: bool = False) -> Project:
    made = Project(DOG.skeleton, DOG)
    for frame, xy in enumerate(poses):
        made = made.with_instances(FrameKey("clip", frame), (Instance(Pose2D(xy), predicted=predicted),))
    return made


def square(count: int = 1) -> list[np.ndarray]:
    """Poses in a box of 100 by 50 pixels, the left joints apart from the right ones."""
    xy = np.random.default_rng(0).uniform(0, (100, 50), (DOG.skeleton.joint_count, 2))
    xy[0], xy[1] = (0, 0), (100, 50)
    return [xy + 1000 * i for i in range(count)]


def figures(frames: OwnFrames, explain: Any) -> dict[str, float]:
    work: Generator[None, None, dict[str, float]] = frames.figures(explain)
    while True:
        try:
            next(work)
        except StopIteration as done:
            return done.value  # type: ignore[no-any-return]


def test_formulas_on_an_answer_that_is_off_by_a_known_vector() -> None:
    frames = OwnFrames.of(project(square(3)))
    assert frames is not None
    truth = frames.keypoints

    def off(keypoints: np.ndarray) -> np.ndarray:
        return np.broadcast_to(truth[0] + (3, 4), keypoints.shape)

    found = figures(frames, off)

    assert found["own reprojection px"] == pytest.approx(5, rel=1e-4)
    assert found["own reprojection %"] == pytest.approx(5, rel=1e-4)
    assert found["own hidden keypoint %"] == pytest.approx(5, rel=1e-4)
    assert found["own swaps"] == 0


def test_a_frame_whose_hind_limbs_are_exchanged_is_counted() -> None:
    (pose,) = square()
    hip = DOG.skeleton.joint_index("left_hip")
    exchanged = next(order for order in limb_exchanges(DOG.skeleton) if order[hip] != hip)
    frames = OwnFrames.of(project([pose, pose[list(exchanged)]]))
    assert frames is not None
    truth = frames.keypoints[0]

    found = figures(frames, lambda keypoints: np.broadcast_to(truth + 0.1, keypoints.shape))

    assert found["own swaps"] == 1


def test_what_the_network_cannot_be_asked_is_left_out() -> None:
    frames = OwnFrames.of(project(square()))
    assert frames is not None

    assert figures(frames, lambda keypoints: np.full_like(keypoints, np.nan)) == {"own swaps": 0.0}


def test_only_what_the_user_labelled_and_can_be_lifted_counts_and_not_more_than_enough() -> None:
    few = np.full((16, 2), np.nan)
    few[:3] = 1.0, 2.0
    assert OwnFrames.of(project([few])) is None
    assert OwnFrames.of(project(square(), predicted=True)) is None
    many = OwnFrames.of(project(square(MOST + 50)))
    assert many is not None and len(many.keypoints) == MOST


def test_limbs_of_a_quadruped_are_fore_and_hind() -> None:
    skeleton = load_skeleton("quadruped16")
    names = skeleton.joints

    moved = [{names[i] for i, j in enumerate(order) if i != j} for order in limb_exchanges(skeleton)]

    assert len(moved) == 2
    assert {"left_shoulder", "right_shoulder", "left_elbow", "right_front_paw"} <= moved[0] | moved[1]
    assert not moved[0] & moved[1]
    arm = Skeleton.from_names("arm", ["a", "b"], [("a", "b")])
    assert limb_exchanges(arm) == ()
