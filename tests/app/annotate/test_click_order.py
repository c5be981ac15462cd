"""The order of clicking, on shipped skeletons and on one that a user drew anyhow."""

import pytest

from poseviewer.app.annotate import click_order
from poseviewer.core.pose import Pose2D
from poseviewer.core.skeleton import Skeleton
from poseviewer.io.skeleton_files import load_skeleton, shipped_skeletons

ARMS = Skeleton.from_names(
    "arms",
    ["left_hand", "right_elbow", "chest", "left_elbow", "head", "right_hand"],
    [
        ("chest", "head"),
        ("chest", "left_elbow"),
        ("left_elbow", "left_hand"),
        ("chest", "right_elbow"),
        ("right_elbow", "right_hand"),
    ],
    [("left_hand", "right_hand"), ("left_elbow", "right_elbow")],
)
ORDER = tuple(ARMS.joint_index(n) for n in ("chest", "head", "left_elbow", "left_hand", "right_elbow", "right_hand"))
EMPTY = Pose2D.empty(6)


def pose_of(*places: int) -> Pose2D:
    """Keypoints for the joints at these places in the order."""
    pose = EMPTY
    for place in places:
        pose = pose.with_keypoint(ORDER[place], 1.0, 2.0)
    return pose


def test_root_then_middle_then_limbs_left_first_from_the_body_outwards() -> None:
    assert click_order.click_order(ARMS) == ORDER


@pytest.mark.parametrize("name", shipped_skeletons())
def test_every_joint_comes_once_after_its_parent_within_its_limb(name: str) -> None:
    skeleton = load_skeleton(name)
    order = click_order.click_order(skeleton)
    assert sorted(order) == list(range(skeleton.joint_count))
    assert order[0] == skeleton.root
    assert all(order.index(b.parent) < order.index(b.child) for b in skeleton.bones)


def test_a_quadruped_is_clicked_back_first_and_then_leg_by_leg() -> None:
    skeleton = load_skeleton("quadruped16")
    names = [skeleton.joints[j] for j in click_order.click_order(skeleton)]
    assert names[:4] == ["neck", "nose", "tail_base", "tail_tip"]
    assert names[4:10] == [f"{s}_{j}" for s in ("left", "right") for j in ("shoulder", "elbow", "front_paw")]


def test_placing_leads_through_the_order_to_the_end() -> None:
    state, pose = click_order.started(ARMS, EMPTY), EMPTY
    asked = []
    while state.current is not None:
        asked.append(state.current)
        pose = pose.with_keypoint(state.current, 0, 0)
        state = click_order.placed(state, pose, state.current)
    assert tuple(asked) == ORDER


def test_what_is_placed_already_is_not_asked_for() -> None:
    state = click_order.started(ARMS, pose_of(0, 2))
    assert state.current == ORDER[1]
    assert click_order.placed(state, pose_of(0, 1, 2), ORDER[1]).current == ORDER[3]


def test_a_skipped_joint_is_not_asked_for_again_until_the_user_goes_back() -> None:
    state = click_order.skipped(click_order.started(ARMS, EMPTY), EMPTY)
    assert state.current == ORDER[1]
    all_but_first = pose_of(1, 2, 3, 4, 5)
    done = click_order.placed(click_order.chosen(state, ORDER[5]), all_but_first, ORDER[5])
    assert done.current is None
    again = click_order.chosen(done, ORDER[0])
    assert (again.current, again.skipped) == (ORDER[0], frozenset())


def test_skipping_a_placed_joint_leaves_it_placed_and_goes_on() -> None:
    state = click_order.chosen(click_order.started(ARMS, pose_of(0)), ORDER[0])
    assert click_order.skipped(state, pose_of(0)) == click_order.Clicking(ORDER, ORDER[1])


def test_back_returns_to_the_joint_before_and_stops_at_the_first() -> None:
    state = click_order.started(ARMS, pose_of(0, 1))
    assert click_order.went_back(state).current == ORDER[1]
    assert click_order.went_back(click_order.Clicking(ORDER, None)).current == ORDER[-1]
    assert click_order.went_back(click_order.Clicking(ORDER, ORDER[0])).current == ORDER[0]


def test_undo_asks_again_for_the_joint_that_it_took_away() -> None:
    state = click_order.started(ARMS, pose_of(0, 1))
    assert click_order.reconciled(state, pose_of(0, 1), pose_of(0)).current == ORDER[1]


def test_redo_goes_on_where_it_was() -> None:
    state = click_order.started(ARMS, pose_of(0))
    assert click_order.reconciled(state, pose_of(0), pose_of(0, 1)).current == ORDER[2]


def test_a_moved_keypoint_changes_nothing_in_the_order() -> None:
    state = click_order.skipped(click_order.started(ARMS, pose_of(0)), pose_of(0))
    moved = pose_of(0).with_keypoint(ORDER[0], 9, 9)
    assert click_order.reconciled(state, pose_of(0), moved) == state


def test_stepping_through_placed_joints_goes_round() -> None:
    pose = pose_of(1, 3, 4)
    step = click_order.neighbour
    assert step(ORDER, pose, None, 1) == ORDER[1]
    assert step(ORDER, pose, ORDER[1], 1) == ORDER[3]
    assert step(ORDER, pose, ORDER[2], 1) == ORDER[3]  # from a joint that is not placed
    assert step(ORDER, pose, ORDER[4], 1) == ORDER[1]
    assert step(ORDER, pose, ORDER[1], -1) == ORDER[4]
    assert step(ORDER, EMPTY, ORDER[1], 1) is None
