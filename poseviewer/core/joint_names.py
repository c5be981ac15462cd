"""Finding the same joint under the names that different files give it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from poseviewer.core.errors import PoseInputError
from poseviewer.core.skeleton import Skeleton, canonical

FEWEST = 4
"""Joints that a file must share with a skeleton to be about the same animal: fewer cannot be lifted."""


def match_names(names: Sequence[str], skeleton: Skeleton) -> tuple[int | None, ...]:
    """For every joint of the skeleton the position of its name among `names`, None where it is not named.

    A name that is the joint's own goes before one that is an alias, and an earlier one before a later one.
    """
    found: dict[int, int] = {}
    own = {canonical(joint): j for j, joint in enumerate(skeleton.joints)}
    for find in (lambda name: own.get(canonical(name)), skeleton.find_joint):
        for column, name in enumerate(names):
            joint = find(name)
            if joint is not None and column not in found.values():
                found.setdefault(joint, column)
    return tuple(found.get(j) for j in range(skeleton.joint_count))


def find_skeleton(names: Sequence[str], skeletons: Sequence[Skeleton]) -> Skeleton:
    """The skeleton that knows most of the names; of several, the one with the fewest other joints.

    Raises:
        PoseInputError: none knows four of them.
    """

    def fit(skeleton: Skeleton) -> tuple[int, int]:
        known = sum(column is not None for column in match_names(names, skeleton))
        return known, known - skeleton.joint_count

    best = max(skeletons, key=fit)
    if fit(best)[0] < FEWEST:
        raise PoseInputError(
            f"No skeleton knows the joints {', '.join(names[:6])}{', ...' if len(names) > 6 else ''}; "
            f"name one with --skeleton ({', '.join(s.name for s in skeletons)}, or a TOML file of your own)."
        )
    return best


def columns_on(
    skeleton: Skeleton, names: Sequence[str] | None, keypoints: ArrayLike, visibility: ArrayLike | None = None
) -> tuple[int | None, ...]:
    """As `match_names`, after checking the arrays that the names describe: (N, K, 2) and (N, K).

    Without names, K is the skeleton's number of joints, in its order.

    Raises:
        PoseInputError: the arrays do not fit each other, the names or the skeleton.
    """
    shape = np.shape(keypoints)
    if len(shape) != 3 or shape[2] != 2:
        raise PoseInputError(f"Expected keypoints of shape (N, J, 2), but got {shape}.")
    if visibility is not None and np.shape(visibility) != shape[:2]:
        raise PoseInputError(f"Expected visibility of shape {shape[:2]}, but got {np.shape(visibility)}.")
    if names is None:
        if shape[1] != skeleton.joint_count:
            raise PoseInputError(
                f"The keypoints have {shape[1]} joints without names, but {skeleton.name} has {skeleton.joint_count}; "
                f"add joint_names, or choose the skeleton that they are of."
            )
        return tuple(range(skeleton.joint_count))
    if len(names) != shape[1]:
        raise PoseInputError(
            f"There are {len(names)} joint names for {shape[1]} keypoints; give one name per keypoint."
        )
    columns = match_names(names, skeleton)
    if sum(column is not None for column in columns) < FEWEST:
        raise PoseInputError(
            f"The skeleton {skeleton.name} knows fewer than {FEWEST} of the joints {', '.join(names[:6])}"
            f"{', ...' if len(names) > 6 else ''}; rename them to its own ({', '.join(skeleton.joints[:4])}, ...)."
        )
    return columns


def common_joints(first: Sequence[str], second: Sequence[str]) -> list[tuple[int, int]]:
    """Positions in both lists of the names that both have, in the order of the first, whatever their spelling."""
    places = {canonical(name): i for i, name in reversed(list(enumerate(second)))}
    return [(i, places[canonical(name)]) for i, name in enumerate(first) if canonical(name) in places]
