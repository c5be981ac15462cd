"""What makes a pose impossible although every range is kept: bones through each other, limbs through the trunk.

Ranges speak of one bone at a time; these rules speak of several. All lengths are in shares of the body's reach: half
of the longest way along the bones, from a paw to the nose say, which does not depend on how the animal is bent.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.core.derived import derived
from poseviewer.core.skeleton import Skeleton

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

THICKNESS = 0.04
"""A bone is this thick, in reaches: two of them cross where their lines come nearer than half of each together."""
SLENDER = 0.3
"""A short bone is no thicker than this share of its own length."""
WAIST = 0.6
"""Radius of the trunk over half the width of its narrower girdle; a shoulder or hip itself lies at 1."""
ASTRAY = 0.16
"""How far beyond the other side's shoulder or hip, in reaches, a joint is on the wrong side."""
TINY = 1e-12
"""A squared length that counts as none."""


class Fault(Enum):
    """Which rule is broken; the value joins the two names in a sentence."""

    CROSSING = "passes through"
    TRUNK = "passes through the trunk"
    SIDE = "reaches across to the wrong side"


@dataclass(frozen=True)
class Rule:
    """One thing that a pose must not do.

    first: the bone that does it. second: the other bone, itself where there is none.
    """

    fault: Fault
    first: int
    second: int


@dataclass(frozen=True, eq=False)
class PoseCheck:
    """N poses against R rules.

    Attributes:
        rules: R of them.
        broken: (R, N) true where a pose breaks a rule.
    """

    skeleton: Skeleton
    rules: tuple[Rule, ...]
    broken: Mask

    @property
    def impossible(self) -> Mask:
        """(N,) true where a pose breaks any rule."""
        found: Mask = np.any(self.broken, axis=0)
        return found

    def bones(self, pose: int) -> list[int]:
        """The bones of one pose that break a rule, in order."""
        found = [self.rules[r] for r in np.flatnonzero(self.broken[:, pose])]
        return sorted({bone for rule in found for bone in (rule.first, rule.second)})

    def words(self, pose: int) -> list[str]:
        """What is wrong with one pose, a sentence without a stop each."""
        return [rule_words(self.skeleton, self.rules[r]) for r in np.flatnonzero(self.broken[:, pose])]


def check_poses(skeleton: Skeleton, joints: NDArray[np.floating[Any]]) -> PoseCheck:
    """Look for what is impossible in poses (N, J, 3) of any unit and frame; a rule with a NaN joint is not broken."""
    points = np.ascontiguousarray(np.asarray(joints, dtype=np.float64).transpose(2, 1, 0))  # (3, J, N): long rows
    ends = np.array([(b.parent, b.child) for b in skeleton.bones])
    lengths = _norm(points[:, ends[:, 1]] - points[:, ends[:, 0]])  # (B, N)
    reach = (_leaf_paths(skeleton) @ lengths).max(axis=0) / 2
    parts = [_crossings(skeleton, points, lengths, reach)]
    if _trunk(skeleton) is not None:
        parts += [_trunk_hits(skeleton, points), _strays(skeleton, points, reach)]
    return PoseCheck(skeleton, _rules(skeleton), np.concatenate(parts))


def rule_words(skeleton: Skeleton, rule: Rule) -> str:
    """A rule as a reproach: "left elbow–front paw passes through right hip–knee"."""
    first, second = _spoken(skeleton, rule.first), _spoken(skeleton, rule.second)
    return f"{first} {rule.fault.value} {second}" if rule.fault is Fault.CROSSING else f"{first} {rule.fault.value}"


def segment_distance(p1: Array, q1: Array, p2: Array, q2: Array) -> Array:
    """The least distance between the segments p1 q1 and p2 q2, each (3, ...), as (...).

    Ericson, Real-Time Collision Detection (2005), section 5.1.9; segments of no length are points.
    """
    d1, d2, r = q1 - p1, q2 - p2, p1 - p2
    a, e, b, c, f = _dot(d1, d1), _dot(d2, d2), _dot(d1, d2), _dot(d1, r), _dot(d2, r)
    safe_a, safe_e = np.maximum(a, TINY), np.maximum(e, TINY)
    across = a * e - b * b
    slanted = across > 1e-9 * (a * e) + TINY**2
    s = np.where(slanted, np.clip((b * f - c * e) / np.where(slanted, across, 1.0), 0.0, 1.0), 0.0)
    t = np.clip((b * s + f) / safe_e, 0.0, 1.0)
    # The nearest place on the first segment to the one just found on the second: only where that was clamped, or
    # the two are parallel, is it another than s.
    s = np.clip((b * t - c) / safe_a, 0.0, 1.0)
    return _norm(r + d1 * s - d2 * t)


def _dot(first: Array, second: Array) -> Array:
    total: Array = first[0] * second[0] + first[1] * second[1] + first[2] * second[2]
    return total


def _norm(vectors: Array) -> Array:
    length: Array = np.sqrt(_dot(vectors, vectors))
    return length


def _spoken(skeleton: Skeleton, bone: int) -> str:
    """ "left elbow–front paw": a bone by its joints, its side said once."""
    parent, child = (
        skeleton.joints[j].replace("_", " ") for j in (skeleton.bones[bone].parent, skeleton.bones[bone].child)
    )
    side = parent.split(" ")[0]
    return f"{parent}–{child.removeprefix(side + ' ') if side in ('left', 'right') else child}"


def _crossings(skeleton: Skeleton, points: Array, lengths: Array, reach: Array) -> Mask:
    """(P, N) for every pair of bones that share no joint."""
    first, second = _pairs(skeleton).T
    ends = np.array([(b.parent, b.child) for b in skeleton.bones])
    (a, b), (c, d) = ends[first].T, ends[second].T
    apart = segment_distance(points[:, a], points[:, b], points[:, c], points[:, d])
    radius = np.minimum(THICKNESS / 2 * reach, SLENDER / 2 * lengths)
    hit: Mask = apart < radius[first] + radius[second]
    return hit


def _trunk_hits(skeleton: Skeleton, points: Array) -> Mask:
    """(L, N) for every bone of a limb beyond its girdle."""
    trunk, bones = _trunk(skeleton), _limb_bones(skeleton)
    assert trunk is not None
    front, rear = ((points[:, left] + points[:, right]) / 2 for left, right in trunk)
    narrow, wide = (_norm(points[:, left] - points[:, right]) / 2 for left, right in trunk)
    parents = [skeleton.bones[b].parent for b in bones]
    children = [skeleton.bones[b].child for b in bones]
    apart = segment_distance(points[:, parents], points[:, children], front[:, None], rear[:, None])
    hit: Mask = apart < WAIST * np.minimum(narrow, wide)
    return hit


def _strays(skeleton: Skeleton, points: Array, reach: Array) -> Mask:
    """(L, N) for every bone of a limb: whether it ends beyond the other side's shoulder or hip."""
    rows = []
    for bone in _limb_bones(skeleton):
        own, other = _girdle_of(skeleton, bone)
        across = points[:, own] - points[:, other]
        width = _norm(across)
        beyond = -_dot(points[:, skeleton.bones[bone].child] - points[:, other], across)
        rows.append((width > 1e-9) & (beyond > ASTRAY * reach * width))
    return np.array(rows)


# --- constants of a skeleton -------------------------------------------------------------------------


@derived
def _rules(skeleton: Skeleton) -> tuple[Rule, ...]:
    """In the order of the rows that the checks give."""
    limbs = _limb_bones(skeleton) if _trunk(skeleton) is not None else []
    return (
        *(Rule(Fault.CROSSING, int(a), int(b)) for a, b in _pairs(skeleton)),
        *(Rule(Fault.TRUNK, bone, bone) for bone in limbs),
        *(Rule(Fault.SIDE, bone, bone) for bone in limbs),
    )


@derived
def _pairs(skeleton: Skeleton) -> NDArray[np.intp]:
    """(P, 2) bones that share no joint."""
    ends = [{b.parent, b.child} for b in skeleton.bones]
    pairs = [(i, j) for i, j in itertools.combinations(range(len(ends)), 2) if not ends[i] & ends[j]]
    return np.array(pairs, dtype=np.intp).reshape(-1, 2)


@derived
def _leaf_paths(skeleton: Skeleton) -> Array:
    """(K, B): 1 where a bone lies on the way between two ends of the tree, or from the root to one."""
    paths = np.zeros((skeleton.joint_count, skeleton.bone_count), dtype=bool)
    for i, bone in enumerate(skeleton.bones):
        paths[bone.child] = paths[bone.parent]
        paths[bone.child, i] = True
    leaves = [skeleton.root, *sorted({b.child for b in skeleton.bones} - {b.parent for b in skeleton.bones})]
    return np.array([paths[a] ^ paths[b] for a, b in itertools.combinations(leaves, 2)], dtype=np.float64)


@derived
def _girdles(skeleton: Skeleton) -> tuple[tuple[int, int], ...]:
    """(left, right) joints where the limbs begin: pairs whose bones come from the middle of the body."""
    parent = {b.child: b.parent for b in skeleton.bones}
    middle = [s == "middle" for s in skeleton.sides]
    return tuple(
        (left, right)
        for left, right in skeleton.pairs
        if all(side not in parent or middle[parent[side]] for side in (left, right))
        and any(b.parent in (left, right) for b in skeleton.bones)
    )


@derived
def _trunk(skeleton: Skeleton) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """The two girdles with the trunk between them; None where the skeleton has no two (a hand)."""
    girdles = _girdles(skeleton)
    return (girdles[0], girdles[1]) if len(girdles) == 2 else None


@derived
def _limb_bones(skeleton: Skeleton) -> list[int]:
    """The bones that hang on a girdle's joint, directly or not."""
    starts = {joint for pair in _girdles(skeleton) for joint in pair}
    reached, bones = set(starts), []
    for i, bone in enumerate(skeleton.bones):
        if bone.parent in reached and bone.child not in starts and skeleton.sides[bone.child] != "middle":
            reached.add(bone.child)
            bones.append(i)
    return bones


def _girdle_of(skeleton: Skeleton, bone: int) -> tuple[int, int]:
    """(own side, other side): the girdle that a limb's bone hangs on."""
    parent = {b.child: b.parent for b in skeleton.bones}
    joint = skeleton.bones[bone].child
    starts = {j: pair for pair in _girdles(skeleton) for j in pair}
    while joint not in starts:
        joint = parent[joint]
    left, right = starts[joint]
    return (left, right) if joint == left else (right, left)
