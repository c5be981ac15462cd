"""Lifted poses as a BVH motion: a rig of constant bone lengths and what each joint of it turns.

BVH's axes are x right, y up, z towards the viewer. The rest pose is the first lifted one with every bone as
long as its median: with lifted lengths that change from frame to frame, directions are kept and lengths are not.
A joint with several bones turns as a whole (the best rotation of them all) and then each of its bones by a joint
of its own at the same place, because a bone of BVH has no direction but its parent joint's.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from poseviewer.core.errors import LabelFileError
from poseviewer.core.lifted import LiftedPoses
from poseviewer.core.skeleton import Skeleton

Array = NDArray[np.float64]

_CHANNELS = "Zrotation Xrotation Yrotation"


def bvh_text(poses: LiftedPoses, joint_names: Sequence[str], fps: float) -> str:
    """The whole file. A frame that was not lifted repeats the one before it, as BVH knows no gaps.

    Raises:
        LabelFileError: no frame was lifted, or a bone has no length.
    """
    lifted: NDArray[np.bool_] = np.asarray(np.isfinite(poses.joints).all(axis=(1, 2)))
    held = _hold(lifted, poses.skeleton.name)
    vectors = poses.bone_vectors.astype(np.float64)[held] * (1.0, -1.0, -1.0)
    lengths = np.median(poses.bone_lengths.astype(np.float64)[np.unique(held)], axis=0)
    directions = _directions(vectors, poses.skeleton)
    place = np.zeros((len(held), 3))
    if poses.unit == "px":
        place[:, :2] = poses.origin.astype(np.float64)[held] * (1.0, -1.0)
    names = [name.strip().replace(" ", "_") for name in joint_names]
    rig = _Rig(poses.skeleton, names, directions, lengths)
    hierarchy = "\n".join(rig.lines)
    motion = np.concatenate([place, *(np.degrees(_euler(turn)) for turn in rig.turns)], axis=1)
    rows = "\n".join(" ".join(f"{value:.6f}" for value in row) for row in motion.tolist())
    return f"HIERARCHY\n{hierarchy}\nMOTION\nFrames: {len(motion)}\nFrame Time: {1 / fps:.8f}\n{rows}\n"


class _Rig:
    """The hierarchy's lines, and the rotation matrices (N, 3, 3) of its joints in the order of their channels."""

    def __init__(self, skeleton: Skeleton, names: list[str], directions: Array, lengths: Array) -> None:
        self._names = names
        self._directions = directions
        self._rest = directions[0]
        self._offsets = self._rest * lengths[:, None]
        self._bones = {j: [i for i, b in enumerate(skeleton.bones) if b.parent == j] for j in range(len(names))}
        self._children = [b.child for b in skeleton.bones]
        self.lines: list[str] = []
        self.turns: list[Array] = []
        still = np.broadcast_to(np.eye(3), (len(directions), 3, 3))
        self._add_joint(skeleton.root, f"ROOT {names[skeleton.root]}", np.zeros(3), still, 0)

    def _add_joint(self, joint: int, title: str, offset: Array, parent_turn: Array, depth: int) -> None:
        """A joint at `offset` from its parent, whose rotation in space is `parent_turn`, and all below it."""
        bones = self._bones[joint]
        if not bones:
            self._open(title, offset, depth)
            self._put(depth + 1, f"CHANNELS 3 {_CHANNELS}")
            self.turns.append(np.broadcast_to(np.eye(3), parent_turn.shape))
            # A tip is a joint of its own with an end of no length, so that its name is in the file.
            self._put(depth + 1, "End Site", "{", "    OFFSET 0.000000 0.000000 0.000000", "}", "")
            self._put(depth, "}")
            return
        turn = self._turn_of(bones, parent_turn)
        self._open(title, offset, depth)
        root = title.startswith("ROOT")
        self._put(
            depth + 1, f"CHANNELS 6 Xposition Yposition Zposition {_CHANNELS}" if root else f"CHANNELS 3 {_CHANNELS}"
        )
        self.turns.append(parent_turn.transpose(0, 2, 1) @ turn)
        for bone in bones:
            self._add_bone(joint, bone, turn, depth + 1, alone=len(bones) == 1)
        self._put(depth, "}")

    def _add_bone(self, joint: int, bone: int, turn: Array, depth: int, alone: bool) -> None:
        child = self._children[bone]
        title = f"JOINT {self._names[child]}"
        if alone:
            self._add_joint(child, title, self._offsets[bone], turn, depth)
            return
        own = self._turn_of([bone], turn)
        self._open(f"JOINT {self._names[joint]}_to_{self._names[child]}", np.zeros(3), depth)
        self._put(depth + 1, f"CHANNELS 3 {_CHANNELS}")
        self.turns.append(turn.transpose(0, 2, 1) @ own)
        self._add_joint(child, title, self._offsets[bone], own, depth + 1)
        self._put(depth, "}")

    def _turn_of(self, bones: list[int], parent_turn: Array) -> Array:
        """(N, 3, 3) how a joint stands in space: as its parent, turned least to bring its bones where they are."""
        rest, now = self._rest[bones], self._directions[:, bones]
        if len(bones) == 1:
            return _swing(parent_turn @ rest[0], now[:, 0]) @ parent_turn
        return _best_rotation(rest, now)

    def _open(self, title: str, offset: Array, depth: int) -> None:
        self._put(depth, title, "{")
        self._put(depth + 1, "OFFSET " + " ".join(f"{value:.6f}" for value in offset))

    def _put(self, depth: int, *lines: str) -> None:
        self.lines += ["    " * depth + line for line in lines if line]


def _hold(lifted: NDArray[np.bool_], name: str) -> NDArray[np.intp]:
    """For every frame the lifted frame to show: itself, else the last one before it, else the first one."""
    if not lifted.any():
        raise LabelFileError(f"None of the {len(lifted)} poses of {name} was lifted, so there is no motion to write.")
    places = np.where(lifted, np.arange(len(lifted)), -1)
    held: NDArray[np.intp] = np.maximum.accumulate(places)
    held[held < 0] = np.flatnonzero(lifted)[0]
    return held


def _directions(vectors: Array, skeleton: Skeleton) -> Array:
    """Unit bone vectors; a bone that has no length in one frame keeps the direction that it had before."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    known = lengths[..., 0] > 1e-9
    for bone, name in enumerate(skeleton.bone_names):
        if not known[:, bone].any():
            raise LabelFileError(f"The bone {name} has no length in any frame, so it cannot be turned in a BVH file.")
        held = _hold(known[:, bone], name)
        vectors[:, bone], lengths[:, bone] = vectors[held, bone], lengths[held, bone]
    unit: Array = vectors / lengths
    return unit


def _swing(start: Array, end: Array) -> Array:
    """(N, 3, 3) the least rotations that bring unit vectors (N, 3) to others: Rodrigues' formula."""
    axis, cosine = np.cross(start, end), (start * end).sum(axis=-1)
    cross = _cross_matrix(axis)
    opposite = cosine < -1 + 1e-9
    with np.errstate(divide="ignore", invalid="ignore"):
        turned: Array = np.eye(3) + cross + cross @ cross / (1 + cosine)[:, None, None]
    if opposite.any():  # half a turn about anything across
        across = np.cross(start[opposite], np.eye(3)[np.abs(start[opposite]).argmin(axis=-1)])
        across /= np.linalg.norm(across, axis=-1, keepdims=True)
        turned[opposite] = 2 * across[:, :, None] * across[:, None, :] - np.eye(3)
    return turned


def _cross_matrix(v: Array) -> Array:
    zero = np.zeros(len(v))
    rows = [[zero, -v[:, 2], v[:, 1]], [v[:, 2], zero, -v[:, 0]], [-v[:, 1], v[:, 0], zero]]
    return np.moveaxis(np.array(rows), -1, 0)


def _best_rotation(rest: Array, now: Array) -> Array:
    """(N, 3, 3) rotations, no reflections, that bring directions (K, 3) closest to (N, K, 3): Kabsch's."""
    u, _, vt = np.linalg.svd(now.transpose(0, 2, 1) @ rest)
    u[:, :, 2] *= np.sign(np.linalg.det(u @ vt))[:, None]
    rotation: Array = u @ vt
    return rotation


def _euler(turn: Array) -> Array:
    """(N, 3) angles z, x, y with turn = Rz Rx Ry, radians."""
    x = np.arcsin(np.clip(turn[:, 2, 1], -1, 1))
    free = np.abs(turn[:, 2, 1]) < 1 - 1e-12
    z = np.where(free, np.arctan2(-turn[:, 0, 1], turn[:, 1, 1]), np.arctan2(turn[:, 1, 0], turn[:, 0, 0]))
    y = np.where(free, np.arctan2(-turn[:, 2, 0], turn[:, 2, 2]), 0.0)
    return np.stack([z, x, y], axis=-1)
