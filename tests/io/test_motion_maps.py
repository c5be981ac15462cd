"""Every family of rigs finds its joints, and what a rig lacks is put where it belongs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from poseviewer.core.skeleton import canonical
from poseviewer.io.euler_angles import turned
from poseviewer.io.motion_clip import MotionClip
from poseviewer.io.motion_maps import MotionMap, find_map, motion_maps, on_human17
from poseviewer.io.skeleton_files import load_skeleton

JOINTS = load_skeleton("human17").joints


def rig_names(known: MotionMap) -> list[str]:
    """What a table names: of several choices the first."""
    names = list(known.needs)
    for target in known.targets.values():
        first = target[0] if isinstance(target, list) else target
        names += [first] if isinstance(first, str) else [v for v in first.values() if isinstance(v, str)]
    return list(dict.fromkeys(names))


def clip_of(names: list[str], joints: Any = None, turns: Any = None) -> MotionClip:
    chance = np.random.default_rng(0)
    joints = chance.normal(size=(2, len(names), 3)) if joints is None else joints
    turns = np.broadcast_to(np.eye(3), (*joints.shape, 3)) if turns is None else turns
    return MotionClip("a.bvh", tuple(names), joints, turns=turns)


@pytest.mark.parametrize("known", motion_maps(), ids=lambda known: known.name)
def test_a_rig_of_the_family_is_known_whole(known: MotionMap) -> None:
    names = rig_names(known)
    assert find_map(names) is known
    assert set(known.targets) == set(JOINTS) - {"pelvis"}

    clip = clip_of(names)
    found = dict(zip(JOINTS, np.moveaxis(on_human17(clip, known, JOINTS, 10.0), 1, 0), strict=True))

    assert all(np.isfinite(place).all() for place in found.values())
    np.testing.assert_allclose(found["pelvis"], (found["left_hip"] + found["right_hip"]) / 2)
    for joint in ("left_knee", "right_ankle"):
        target = known.targets[joint]
        name = target[0] if isinstance(target, list) else target
        np.testing.assert_array_equal(found[joint], clip.joints[:, names.index(name)])


@pytest.mark.parametrize("known", motion_maps(), ids=lambda known: known.name)
def test_left_is_left(known: MotionMap) -> None:
    for joint, target in known.targets.items():
        if joint.startswith("left_"):
            mirrored = known.targets[joint.replace("left", "right")]
            text, other = str(target), str(mirrored)
            assert len(text) - len(other) in (0, text.count("Left") * -1, text.count("left") * -1)
            assert other == swapped(text)


def swapped(text: str) -> str:
    for left, right in (("Left", "Right"), (" L ", " R "), ("_L_", "_R_"), ("_L'", "_R'")):
        text = text.replace(left, right)
    if text.endswith("_L"):
        return text[:-1] + "R"
    return "r" + text[1:] if text[0] == "l" else text


@pytest.mark.parametrize("prefix", ["mixamorig:", "Character1_", "ROOT:x:"])
def test_prefixes_do_not_matter(prefix: str) -> None:
    known = next(known for known in motion_maps() if known.name == "humanik")
    names = [prefix + name for name in rig_names(known)]
    assert find_map(names) is known
    assert np.isfinite(on_human17(clip_of(names), known, JOINTS, 1.0)).all()


def test_cmus_conversion_is_told_from_other_rigs_of_its_names() -> None:
    by_name = {known.name: known for known in motion_maps()}
    assert find_map([*rig_names(by_name["humanik"]), *rig_names(by_name["cmu_bvh"])]) is by_name["cmu_bvh"]
    assert find_map(["tail", "snout"]) is None


def test_the_lost_bones_of_cmus_conversion_are_put_back() -> None:
    known = next(known for known in motion_maps() if known.name == "cmu_bvh_hips")
    names = rig_names(known)
    joints = np.zeros((1, len(names), 3))
    joints[0, names.index("LeftElbow")], joints[0, names.index("LeftWrist")] = [0, 0, 4], [0, 0, 10]
    joints[0, names.index("LeftKnee")] = [7, 7, 7]
    turns = np.broadcast_to(np.eye(3), (*joints.shape, 3)).copy()
    turns[0, names.index("Chest2")] = turned("z", np.array([np.pi / 2]))  # what was up points to -x

    found = dict(zip(JOINTS, on_human17(clip_of(names, joints, turns), known, JOINTS, 117.0)[0], strict=True))

    np.testing.assert_allclose(found["thorax"], [-1, 0, 0], atol=1e-12)
    np.testing.assert_allclose(found["left_wrist"], [-1, 0, 13], atol=1e-12)
    np.testing.assert_allclose(found["left_knee"], [7, 7, 7])
    np.testing.assert_allclose(found["spine"], [0, 0, 0])


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_the_top_of_the_head_is_above_it_in_the_heads_own_axes(axis: int) -> None:
    known = next(known for known in motion_maps() if known.name == "iclone")
    names = rig_names(known)
    turn = turned("xyz", np.random.default_rng(axis).uniform(-3, 3, 3))
    joints = np.zeros((1, len(names), 3))
    joints[0, names.index("CC_Base_Head")] = turn @ (np.eye(3)[axis] * 7)
    turns = np.broadcast_to(turn, (*joints.shape, 3))

    found = on_human17(clip_of(names, joints, turns), known, JOINTS, 10.0)[0, JOINTS.index("head")]

    np.testing.assert_allclose(found, turn @ (np.eye(3)[axis] * 24), atol=1e-12)


def test_what_a_rig_does_not_have_is_missing() -> None:
    known = next(known for known in motion_maps() if known.name == "humanik")
    names = [name for name in rig_names(known) if name not in ("HeadTop_End", "Neck", "Spine1", "Spine")]
    found = on_human17(clip_of(names), known, JOINTS, 1.0)
    missing = {JOINTS[j] for j in np.flatnonzero(np.isnan(found).any(axis=(0, 2)))}
    assert missing == {"spine", "thorax"}


def test_tables_spell_no_joint_twice() -> None:
    for known in motion_maps():
        names = [canonical(name) for name in rig_names(known)]
        assert len(set(names)) == len(names)
