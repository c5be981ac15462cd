"""A BVH file, evaluated by an independent reader, puts every joint where the lifted pose has it."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from poseviewer.core.errors import LabelFileError
from poseviewer.core.lifted import LiftedPoses
from poseviewer.core.skeleton import Skeleton
from poseviewer.io.bvh import bvh_text
from poseviewer.io.keypoint_files import read_truth_npz
from poseviewer.io.skeleton_files import load_skeleton

Array = NDArray[np.float64]
ARM = Skeleton.from_names("arm", ["shoulder", "elbow", "hand"], [("shoulder", "elbow"), ("elbow", "hand")])


def positions(text: str) -> dict[str, Array]:
    """A BVH evaluator: world positions (N, 3) of every named joint."""
    hierarchy, motion = text.split("MOTION\n")
    lines = motion.splitlines()
    count = int(re.fullmatch(r"Frames: (\d+)", lines[0])[1])  # type: ignore[index]
    assert re.fullmatch(r"Frame Time: [\d.]+", lines[1])
    data = np.array([[float(v) for v in line.split()] for line in lines[2:]])
    assert len(data) == count
    found: dict[str, Array] = {}
    stack: list[tuple[Array, Array]] = [(np.zeros((count, 3)), np.broadcast_to(np.eye(3), (count, 3, 3)))]
    name, offset, column = "", np.zeros(3), 0
    for words in (line.split() for line in hierarchy.splitlines()[1:]):
        if words[0] in ("ROOT", "JOINT", "End"):
            name = words[1]
        elif words[0] == "OFFSET":
            offset = np.array([float(w) for w in words[1:]])
            place, turn = stack[-1]
            stack.append((place + turn @ offset, turn))
            if name != "Site":
                assert name not in found, f"{name} is there twice"
                found[name] = stack[-1][0]
        elif words[0] == "CHANNELS":
            place, turn = stack[-1]
            for channel in words[2:]:
                value = data[:, column]
                column += 1
                axis = "XYZ".index(channel[0])
                if channel.endswith("position"):
                    place = place + np.eye(3)[axis] * value[:, None]
                else:
                    turn = turn @ about(axis, np.radians(value))
            stack[-1] = (place, turn)
            found[name] = place
        elif words[0] == "}":
            stack.pop()
    assert len(stack) == 1 and column == data.shape[1]
    return found


def about(axis: int, angle: Array) -> Array:
    matrix = np.zeros((len(angle), 3, 3))
    i, j = (axis + 1) % 3, (axis + 2) % 3
    matrix[:, axis, axis] = 1
    matrix[:, i, i] = matrix[:, j, j] = np.cos(angle)
    matrix[:, j, i], matrix[:, i, j] = np.sin(angle), -np.sin(angle)
    return matrix


def lifted(skeleton: Skeleton, joints: Array, origin: Array | None = None, unit: str = "px") -> LiftedPoses:
    count = len(joints)
    relative = joints - joints[:, [skeleton.root]]
    return LiftedPoses(
        skeleton,
        relative.astype(np.float32),
        np.zeros(joints.shape[:2], dtype=np.float32),
        np.zeros((count, 2), dtype=np.float32) if origin is None else origin.astype(np.float32),
        np.ones(joints.shape[:2], dtype=bool),
        unit,
    )


def random_poses(skeleton: Skeleton, count: int, seed: int = 0) -> Array:
    """Any direction for any bone, with one length per bone."""
    chance = np.random.default_rng(seed)
    lengths = chance.uniform(5, 100, skeleton.bone_count)
    joints = np.zeros((count, skeleton.joint_count, 3))
    for bone, length in zip(skeleton.bones, lengths, strict=True):
        way = chance.normal(size=(count, 3))
        joints[:, bone.child] = joints[:, bone.parent] + length * way / np.linalg.norm(way, axis=1, keepdims=True)
    return joints


def in_bvh_axes(joints: Array) -> Array:
    return joints * (1.0, -1.0, -1.0)


@pytest.mark.parametrize("name", ["quadruped16", "human17", "hand21"])
def test_every_joint_is_where_it_was_lifted(name: str) -> None:
    skeleton = load_skeleton(name)
    poses = lifted(skeleton, random_poses(skeleton, 40))
    found = positions(bvh_text(poses, skeleton.joints, 25.0))
    for joint, joint_name in enumerate(skeleton.joints):
        np.testing.assert_allclose(found[joint_name], in_bvh_axes(poses.joints[:, joint]), atol=1e-3)


def test_the_root_goes_where_the_animal_is_in_the_image() -> None:
    origin = np.array([[10.0, 20.0], [30.0, 40.0]])
    poses = lifted(ARM, random_poses(ARM, 2), origin)
    found = positions(bvh_text(poses, ARM.joints, 30.0))
    np.testing.assert_allclose(found["shoulder"], [[10, -20, 0], [30, -40, 0]], atol=1e-6)


def test_a_straight_arm_that_folds_back_by_half_a_turn() -> None:
    straight = [[0, 0, 0], [1, 0, 0], [2, 0, 0]]
    folded = [[0, 0, 0], [1, 0, 0], [0, 0, 0]]
    found = positions(bvh_text(lifted(ARM, np.array([straight, folded], dtype=float), unit="mm"), ARM.joints, 30.0))
    np.testing.assert_allclose(found["hand"], [[2, 0, 0], [0, 0, 0]], atol=1e-5)


def test_bones_that_change_their_length_keep_their_direction() -> None:
    joints = np.array([[[0, 0, 0], [s, 0, 0], [s, s, 0]] for s in (1.0, 2.0, 3.0)])
    found = positions(bvh_text(lifted(ARM, joints), ARM.joints, 30.0))
    np.testing.assert_allclose(found["hand"], [[2, -2, 0]] * 3, atol=1e-5)


def test_frames_that_were_not_lifted_repeat_the_one_before() -> None:
    joints = random_poses(ARM, 5)
    joints[[0, 3]] = np.nan
    found = positions(bvh_text(lifted(ARM, joints), ARM.joints, 30.0))["hand"]
    assert np.isfinite(found).all()
    np.testing.assert_allclose(found[0], found[1], atol=1e-6)
    np.testing.assert_allclose(found[3], found[2], atol=1e-6)


def test_nothing_lifted_is_nothing_to_write() -> None:
    with pytest.raises(LabelFileError, match="None of the 3 poses"):
        bvh_text(lifted(ARM, np.full((3, 3, 3), np.nan)), ARM.joints, 30.0)
    with pytest.raises(LabelFileError, match="elbow:hand has no length"):
        bvh_text(lifted(ARM, np.array([[[0.0, 0, 0], [1, 0, 0], [1, 0, 0]]])), ARM.joints, 30.0)


def test_names_have_no_spaces_and_the_frame_time_is_that_of_the_video() -> None:
    text = bvh_text(lifted(ARM, random_poses(ARM, 2)), ["left shoulder", "left elbow", "left hand"], 50.0)
    assert "JOINT left_elbow" in text and "Frame Time: 0.02000000" in text


def test_the_real_dog_keeps_its_shape(shared_data: Path) -> None:
    truth = read_truth_npz(shared_data / "quadruped3d" / "dog_walk00.npz")
    skeleton = load_skeleton("quadruped16")
    camera = truth.joints[:200, :, [0, 2, 1]] * (1, -1, 1)
    found = positions(bvh_text(lifted(skeleton, camera, unit="mm"), skeleton.joints, 60.0))
    # Paws are drawn straight from elbow and knee, so their bones change length, which a rig cannot follow.
    joints = in_bvh_axes(camera - camera[:, [skeleton.root]])
    error = np.linalg.norm(np.stack([found[n] for n in skeleton.joints], 1) - joints, axis=-1)
    assert error.mean() < 15
