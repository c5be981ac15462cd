"""The shipped tables name real joints, each once, and are chosen by a file's keypoint names."""

import pytest

from poseviewer.io.label_maps import known_targets, label_map
from poseviewer.io.resources import resource
from poseviewer.io.skeleton_files import load_skeleton

NAMES = sorted(p.stem for p in resource("label_maps").glob("*.toml"))


@pytest.mark.parametrize("name", NAMES)
def test_a_table_names_keypoints_and_joints_that_exist(name: str) -> None:
    known = label_map(name)
    assert known.name == name and len(set(known.joints)) == len(known.joints) == len(known.indices)
    assert known.targets
    for skeleton_name, targets in known.targets.items():
        skeleton = load_skeleton(skeleton_name)
        assert set(targets) <= set(known.joints)
        assert set(targets.values()) <= set(skeleton.joints)
        assert len(set(targets.values())) == len(targets), "no joint has two keypoints"


@pytest.mark.parametrize("name", NAMES)
def test_left_stays_left(name: str) -> None:
    skeleton = load_skeleton("quadruped16")
    for keypoint, joint in label_map(name).targets["quadruped16"].items():
        side = skeleton.sides[skeleton.joint_index(joint)]
        left = keypoint.startswith(("left_", "L_")) or "legL" in keypoint
        right = keypoint.startswith(("right_", "R_")) or "legR" in keypoint
        assert side == ("left" if left else "right" if right else "middle")


def test_a_table_is_chosen_by_all_the_names_in_any_order_and_spelling() -> None:
    quadruped = load_skeleton("quadruped16")
    names = [name.upper() for name in reversed(label_map("stanford_extra").joints)]
    assert known_targets(names, quadruped)["left_rear_leg_top"] == "left_knee"
    assert known_targets(names[1:], quadruped) == {}
    assert known_targets(names, load_skeleton("human17")) == {}
