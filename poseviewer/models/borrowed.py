"""A small skeleton lifted by the weights of a larger one that has all its joints."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.core.joint_names import match_names
from poseviewer.core.lifted import LiftedPoses
from poseviewer.core.skeleton import Skeleton
from poseviewer.io.resources import resource
from poseviewer.io.skeleton_files import load_skeleton
from poseviewer.models.base import Lifter


@dataclass(frozen=True)
class Lender:
    """joints: for every joint of the small skeleton the index of the same joint in `skeleton`."""

    skeleton: Skeleton
    joints: tuple[int, ...]


def lender(skeleton: Skeleton) -> Lender | None:
    """Who lifts for a shipped skeleton that has no weights of its own: its TOML file's `lifted_by` table."""
    path = resource("skeletons", f"{skeleton.name}.toml")
    if not path.is_file() or load_skeleton(path) != skeleton:
        return None
    table = tomllib.loads(path.read_text(encoding="utf-8")).get("lifted_by")
    if table is None:
        return None
    larger = load_skeleton(table["skeleton"])
    renamed = table.get("joints", {})
    return Lender(larger, tuple(larger.joint_index(renamed.get(j, j)) for j in skeleton.joints))


def columns_among(names: Sequence[str], skeleton: Skeleton) -> tuple[int | None, ...]:
    """As `match_names`, for the joints of a file that may be of a larger skeleton.

    A small skeleton may call a joint otherwise than the larger one that it is part of: human14's neck is the base of
    the neck, human17's thorax, while human17's neck is higher up. Where the names are all that the larger skeleton
    lends, its namesakes are taken.
    """
    lends = lender(skeleton)
    if lends is not None:
        larger = match_names(names, lends.skeleton)
        translated = tuple(larger[joint] for joint in lends.joints)
        if None not in translated:
            return translated
    return match_names(names, skeleton)


class BorrowedLifter(Lifter):
    """Lifts by the larger skeleton's lifter, with its extra joints missing, and returns the joints it shares."""

    def __init__(self, larger: Lifter, skeleton: Skeleton, joints: tuple[int, ...]) -> None:
        super().__init__(larger.card, skeleton)
        self.larger = larger
        self.quick = larger.quick
        self.joints = list(joints)

    @property
    def description(self) -> str:
        return f"{self.skeleton.name} by {self.larger.description}"

    @property
    def device(self) -> str:
        return self.larger.device

    def lift(self, keypoints: NDArray[Any], visibility: NDArray[Any] | None = None) -> LiftedPoses:
        count = self.larger.skeleton.joint_count
        wide = np.full((len(keypoints), count, 2), np.nan)
        wide[:, self.joints] = keypoints
        seen = None
        if visibility is not None:
            seen = np.zeros((len(keypoints), count), np.uint8)
            seen[:, self.joints] = visibility
        answer = self.larger.lift(wide, seen)
        joints = answer.joints[:, self.joints]
        root = joints[:, self.skeleton.root]
        return LiftedPoses(
            self.skeleton,
            joints - root[:, None],
            answer.depth_std[:, self.joints],
            answer.origin + root[:, :2],
            answer.given[:, self.joints],
        )

    def _lift(self, points: NDArray[np.float32], given: NDArray[np.bool_]) -> tuple[NDArray[Any], NDArray[Any]]:
        raise NotImplementedError("a borrowed lifter lifts through the larger one")
