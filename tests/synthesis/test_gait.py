"""The trot: paws that stand do not slide, bones keep their lengths, and one side is half a stride behind the other."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from poseviewer.io.skeleton_files import load_skeleton
from poseviewer.synthesis.dog import DOG
from poseviewer.synthesis.gait import Trot, standing, travelled, trot

GAIT = Trot()
PHASES = np.linspace(0, 1, 200, endpoint=False)
JOINTS = trot(PHASES, DOG, GAIT)
# When in the stride of the left front paw each paw lands.
LANDINGS = {"left_front_paw": 0.0, "right_hind_paw": 0.0, "right_front_paw": 0.5, "left_hind_paw": 0.5}


def path(name: str, joints: np.ndarray = JOINTS) -> np.ndarray:
    return joints[:, DOG.joints.index(name)]


@pytest.mark.parametrize("paw", LANDINGS)
def test_a_standing_paw_does_not_slide(paw: str) -> None:
    phases = np.linspace(0, 3, 600)
    world = path(paw, trot(phases, DOG, GAIT) + travelled(phases, GAIT)[:, None])
    stands = standing(phases + 1 - LANDINGS[paw], GAIT)
    both = stands[1:] & stands[:-1]

    moved = np.linalg.norm(np.diff(world, axis=0), axis=-1)

    assert stands.mean() == pytest.approx(GAIT.duty, abs=0.02)
    assert moved[both].max() < 1e-6
    assert moved[~both].max() > 5
    assert world[stands, 2] == pytest.approx(np.full(stands.sum(), DOG.rest[paw][2]))
    assert world[~stands, 2].max() > DOG.rest[paw][2] + 50


@pytest.mark.parametrize("paw", LANDINGS)
def test_paws_move_without_a_jerk(paw: str) -> None:
    steps = np.diff(np.concatenate([path(paw), path(paw)[:1]]), axis=0)

    turns = np.linalg.norm(np.diff(steps, axis=0), axis=-1)

    assert turns.max() < 0.25 * np.linalg.norm(steps, axis=-1).max()


def test_rigid_bones_keep_their_lengths() -> None:
    skeleton = load_skeleton("quadruped16")
    spans = {"front_paw", "hind_paw"}  # they span the carpus and the hock, which bend
    for bone, name in zip(skeleton.bones, skeleton.bone_names, strict=True):
        lengths = np.linalg.norm(JOINTS[:, bone.child] - JOINTS[:, bone.parent], axis=-1)
        rest = DOG.rest_distance(skeleton.joints[bone.parent], skeleton.joints[bone.child])
        if not any(name.endswith(span) for span in spans):
            assert lengths == pytest.approx(np.full(len(lengths), rest), rel=1e-6), name


@pytest.mark.parametrize(("start", "hinge", "paw"), [("elbow", "carpus", "front_paw"), ("knee", "hock", "hind_paw")])
def test_legs_never_reach_further_than_they_are_long(start: str, hinge: str, paw: str) -> None:
    longest = DOG.rest_distance(f"left_{start}", f"left_{hinge}") + DOG.rest_distance(f"left_{hinge}", f"left_{paw}")

    spans = np.linalg.norm(path(f"left_{start}") - path(f"left_{paw}"), axis=-1)

    assert spans.max() <= longest * (1 + 1e-9)


def test_one_side_is_half_a_stride_behind_the_other() -> None:
    later = trot(PHASES + 0.5, DOG, GAIT)
    skeleton = load_skeleton("quadruped16")

    mirrored = later[:, list(skeleton.mirror)] * np.array([-1.0, 1.0, 1.0])

    assert mirrored == pytest.approx(JOINTS, abs=1e-6)


def test_diagonal_legs_move_together() -> None:
    front, hind = path("left_front_paw"), path("right_hind_paw")

    assert front[:, 1] - front[:, 1].mean() == pytest.approx(hind[:, 1] - hind[:, 1].mean(), abs=1e-6)


def test_knees_bend_forwards_and_elbows_backwards() -> None:
    assert (path("left_elbow")[:, 1] > path("left_shoulder")[:, 1]).all()
    assert (path("left_knee")[:, 1] < path("left_hip")[:, 1]).all()


def test_the_tail_wags_and_the_head_turns_to_its_left() -> None:
    ahead = path("nose")
    turned = path("nose", trot(PHASES, DOG, GAIT, np.full(len(PHASES), 0.5)))

    assert np.ptp(path("tail_tip")[:, 0]) > 100
    assert (turned[:, 0] - ahead[:, 0] > 100).all()


def test_torch_agrees_with_numpy() -> None:
    theirs = trot(torch.tensor(PHASES), DOG, GAIT)

    assert theirs.numpy() == pytest.approx(JOINTS, abs=1e-9)
