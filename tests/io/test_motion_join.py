"""Recordings of different files become one set: joints, units and axes agree, and what was decided is said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from poseviewer.core.errors import LabelFileError
from poseviewer.io.motion_clip import MotionClip
from poseviewer.io.motion_join import joined
from poseviewer.io.skeleton_files import load_skeleton

JOINTS = load_skeleton("human17").joints
RIG = (
    "Hips", "LeftUpLeg", "LeftLeg", "LeftFoot", "RightUpLeg", "RightLeg", "RightFoot", "Spine", "Spine1", "Neck",
    "Head", "LeftArm", "LeftForeArm", "LeftHand", "RightArm", "RightForeArm", "RightHand",
)  # fmt: skip
PERSON = np.array([
    [0, 0.93, 0], [.1, .9, 0], [.1, .48, 0], [.1, .06, 0], [-.1, .9, 0], [-.1, .48, 0], [-.1, .06, 0],
    [0, 1.03, 0], [0, 1.15, 0], [0, 1.4, 0], [0, 1.5, 0],
    [.2, 1.38, 0], [.475, 1.38, 0], [.72, 1.38, 0], [-.2, 1.38, 0], [-.475, 1.38, 0], [-.72, 1.38, 0],
])  # fmt: skip
"""Metres, y up, facing z: arms stretched out."""


def clip(scale: float = 1.0, frames: int = 2, names: tuple[str, ...] = RIG, **other: Any) -> MotionClip:
    joints = np.repeat(PERSON[None, : len(names)] * scale, frames, axis=0)
    turns = np.broadcast_to(np.eye(3), (*joints.shape, 3))
    return MotionClip("a.bvh", names, joints, 30.0, turns, **{"name": "a", **other})


def of(joints: NDArray[np.float32] | None, name: str) -> list[float]:
    assert joints is not None
    return joints[0, JOINTS.index(name)].round(3).tolist()


@pytest.mark.parametrize(
    ("scale", "unit"), [(1, "m"), (100, "cm"), (1000, "mm"), (1 / 0.0254, "in"), (0.45 / 0.0254, "CMU")]
)
def test_units_and_axes_are_told_and_said(scale: float, unit: str) -> None:
    poses, notes = joined([clip(scale)])

    assert poses.joint_names == JOINTS and poses.unit == "mm" and poses.fps == 30
    assert of(poses.joints, "pelvis") == [0, 0, 900]  # the mid-point of the hips
    assert of(poses.joints, "left_wrist") == [720, 0, 1380]
    assert of(poses.joints, "head") == [0, 0, 1670]  # 170 mm above the skull's base
    assert f"taken to be {unit}" in notes[0] and "The y axis points up, as the people stand" in notes[1]


def test_z_up_is_left_alone() -> None:
    up = replace(clip(), joints=np.stack([clip().joints[..., 0], -clip().joints[..., 2], clip().joints[..., 1]], -1))
    poses, notes = joined([up])
    assert of(poses.joints, "left_wrist") == [720, 0, 1380]
    assert "The z axis points up" in notes[1] and "turned" not in notes[1]


def test_what_is_asked_for_overrules() -> None:
    poses, notes = joined([clip(1.0)], unit="cm", up="z")
    assert of(poses.joints, "left_wrist") == pytest.approx([7.2, 13.8, 0]) and notes == []
    assert of(joined([clip()], up="keep")[0].joints, "left_wrist") == [720, 1380, 0]


def test_what_a_file_says_goes_before_guesses_unless_nobody_is_so_tall() -> None:
    assert of(joined([clip(1.2, mm=1000.0, up="y")])[0].joints, "left_wrist")[0] == pytest.approx(864)
    poses, notes = joined([clip(1.0, mm=25.4, up="y")])
    assert of(poses.joints, "left_wrist")[0] == 720
    assert "The unit that a.bvh says would make a person of 0.0432 m." in notes and "taken to be m" in notes[1]


def test_nobodys_size_is_refused() -> None:
    with pytest.raises(LabelFileError, match=r"a.bvh would be 8.5 units tall, .*--unit"):
        joined([clip(5.0)])


def test_clips_of_different_units_are_joined_and_recorded() -> None:
    other = clip(100.0, 3, name="b", subject="s", action="walk")
    poses, _ = joined([clip(), replace(other, fps=60.0)])
    assert len(poses) == 5 and poses.clip_len.tolist() == [2, 3] and poses.fps == 0
    assert (poses.clip_name, poses.clip_subject, poses.clip_action) == (("a", "b"), ("", "s"), ("", "walk"))
    assert poses.joints is not None and np.ptp(poses.joints, axis=0).max() < 1e-3


def test_what_lies_is_turned_like_the_others_of_its_rig() -> None:
    lying = clip(1.0, 1)
    lying = replace(lying, joints=lying.joints[..., [0, 2, 1]] * (1, -1, 1))
    poses, notes = joined([clip(1.0, 9), lying])
    assert poses.joints is not None
    assert np.ptp(poses.joints[9, :, 2]) < 200 and len([note for note in notes if "axis" in note]) == 1


def test_missing_joints_are_nan_and_said() -> None:
    cut = clip(names=tuple(name if name not in ("Neck", "RightHand") else f"x{name}" for name in RIG))
    poses, notes = joined([cut])
    assert np.isnan(of(poses.joints, "thorax")).all() and np.isfinite(of(poses.joints, "left_wrist")).all()
    assert any("has no thorax, right_wrist: they are missing" in note for note in notes)


def test_another_rig_keeps_its_joints() -> None:
    dog = clip(names=("snout", "withers", "rump"))
    poses, notes = joined([dog])
    assert poses.joint_names == dog.names and poses.unit == ""
    assert poses.joints is not None
    np.testing.assert_allclose(poses.joints[0], PERSON[:3, [0, 2, 1]] * (1, -1, 1), atol=1e-6)
    assert any("of no known family (snout, withers, rump, ...)" in note and "--unit says it" in note for note in notes)
    assert joined([dog], unit="cm", up="z")[0].unit == "mm"


def test_people_are_taken_where_there_are_others_too() -> None:
    poses, notes = joined([clip(names=("snout", "withers")), clip()])
    assert poses.joint_names == JOINTS and len(poses) == 2
    assert any("1 clips are not of people" in note for note in notes)
    with pytest.raises(LabelFileError, match=r"different joints .* one by one"):
        joined([clip(names=("snout", "withers")), clip(names=("beak", "tail"))])


def test_keypoints_go_along_or_alone() -> None:
    flat = np.zeros((2, 17, 2))
    alone = MotionClip("a.npz", JOINTS, np.zeros((2, 0, 3)), 50.0, keypoints=flat)
    assert joined([alone])[0].joints is None and len(joined([alone])[0]) == 2
    upright = joined([clip()])[0].joints
    assert upright is not None
    camera = np.stack([upright[..., 0], -upright[..., 2], upright[..., 1]], axis=-1).astype(np.float64)
    own = MotionClip("a.mat", JOINTS, camera, mm=1.0, up="camera", keypoints=flat)
    poses, notes = joined([own])
    assert poses.keypoints is not None and poses.joints is not None
    np.testing.assert_array_equal(poses.joints, upright)
    assert "camera's axes were turned" in notes[0]
    np.testing.assert_allclose(joined([own], up="keep")[0].joints, camera)  # type: ignore[arg-type]
