"""Guided clicking: which joint the next click places. Pure functions of a frozen state, without Qt.

The order is the skeleton's root, then the joints in the middle of the body, then limb by limb, left before
right. A joint that is skipped is not asked for again until the user goes back to it or changes the frame.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from poseviewer.core.pose import Pose2D
from poseviewer.core.skeleton import Skeleton


@dataclass(frozen=True)
class Clicking:
    """Where the user is in the order.

    Attributes:
        order: every joint once.
        current: the joint that the next click places; None when there is nothing left to place.
        skipped: joints that the user passed over in this frame.
    """

    order: tuple[int, ...]
    current: int | None = None
    skipped: frozenset[int] = frozenset()


def click_order(skeleton: Skeleton) -> tuple[int, ...]:
    """Every joint once: the root, the middle of the body, then each limb from the body outwards, left first."""
    outwards = _outwards(skeleton)
    middle = [j for j in outwards if skeleton.sides[j] == "middle" and _all_middle_above(skeleton, j)]
    limbs = [j for j in outwards if j not in set(middle)]
    starts = [j for j in limbs if _parent(skeleton, j) not in limbs]
    ranked = sorted(starts, key=lambda j: (min(j, skeleton.mirror[j]), skeleton.sides[j] == "right"))
    order = list(middle)
    for start in ranked:
        order += [j for j in limbs if start in _path_to_root(skeleton, j)]
    return (*order, *(j for j in outwards if j not in set(order)))


def started(skeleton: Skeleton, pose: Pose2D) -> Clicking:
    """A frame is shown: the first joint that is not placed yet comes next."""
    order = click_order(skeleton)
    return Clicking(order, next_joint(order, pose))


def next_joint(
    order: tuple[int, ...], pose: Pose2D, after: int | None = None, skipped: Iterable[int] = ()
) -> int | None:
    """The first absent joint after `after`, going round, that was not skipped; None when all are placed."""
    start = order.index(after) + 1 if after is not None else 0
    passed = set(skipped)
    going_round = order[start:] + order[:start]
    return next((j for j in going_round if not pose.present[j] and j not in passed and j != after), None)


def placed(state: Clicking, pose: Pose2D, joint: int) -> Clicking:
    """A click placed `joint`; `pose` is the pose after it."""
    skipped = state.skipped - {joint}
    return replace(state, current=next_joint(state.order, pose, joint, skipped), skipped=skipped)


def skipped(state: Clicking, pose: Pose2D) -> Clicking:
    """Pass over the current joint. One that is placed already just stays where it is."""
    if state.current is None:
        return state
    passed = state.skipped if pose.present[state.current] else state.skipped | {state.current}
    return replace(state, current=next_joint(state.order, pose, state.current, passed), skipped=passed)


def went_back(state: Clicking) -> Clicking:
    """Return to the joint before the current one, to place it again; from the end, to the last one."""
    if not state.order:
        return state
    at = state.order.index(state.current) if state.current is not None else len(state.order)
    return chosen(state, state.order[max(at - 1, 0)])


def chosen(state: Clicking, joint: int) -> Clicking:
    """The user picked the joint that comes next."""
    return replace(state, current=joint, skipped=state.skipped - {joint})


def reconciled(state: Clicking, before: Pose2D, after: Pose2D) -> Clicking:
    """The pose of the shown frame changed by another road (undo, delete, paste): ask for what is now missing.

    A keypoint that was taken away is asked for again; if the current joint was placed, the next one comes.
    """
    if len(before) != len(after):
        return Clicking(state.order, next_joint(state.order, after))
    gone = [j for j in state.order if before.present[j] and not after.present[j]]
    if gone:
        return replace(state, current=gone[0], skipped=state.skipped - set(gone))
    came = {j for j in state.order if after.present[j] and not before.present[j]}
    passed = state.skipped - came
    if state.current in came:
        return replace(state, current=next_joint(state.order, after, state.current, passed), skipped=passed)
    return replace(state, skipped=passed)


def neighbour(order: tuple[int, ...], pose: Pose2D, joint: int | None, step: int) -> int | None:
    """The next (step 1) or previous (step -1) placed joint in the order, going round; None where none is placed."""
    there = [j for j in order if pose.present[j]]
    if not there:
        return None
    if joint is None or joint not in order:
        return there[0] if step > 0 else there[-1]
    places = {j: i for i, j in enumerate(order)}
    if step > 0:
        return next((j for j in there if places[j] > places[joint]), there[0])
    return next((j for j in reversed(there) if places[j] < places[joint]), there[-1])


def _outwards(skeleton: Skeleton) -> list[int]:
    """Depth first from the root, siblings in the skeleton's own order."""
    children: dict[int, list[int]] = {}
    for bone in skeleton.bones:
        children.setdefault(bone.parent, []).append(bone.child)
    found, waiting = [], [skeleton.root]
    while waiting:
        joint = waiting.pop()
        found.append(joint)
        waiting += sorted(children.get(joint, []), reverse=True)
    return found


def _parent(skeleton: Skeleton, joint: int) -> int | None:
    return next((b.parent for b in skeleton.bones if b.child == joint), None)


def _path_to_root(skeleton: Skeleton, joint: int) -> list[int]:
    path = [joint]
    while (parent := _parent(skeleton, path[-1])) is not None:
        path.append(parent)
    return path


def _all_middle_above(skeleton: Skeleton, joint: int) -> bool:
    return all(skeleton.sides[j] == "middle" or j == skeleton.root for j in _path_to_root(skeleton, joint))
