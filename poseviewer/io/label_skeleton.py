"""A skeleton for labels whose joints are those of no shipped skeleton: their own names, joined to a tree.

A detector needs only the names, and which of them are left and right. The bones are for the eye: those that the file
draws where it draws some, and otherwise each joint hangs on the first one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from poseviewer.core.errors import PoseInputError
from poseviewer.core.joint_names import find_skeleton, match_names
from poseviewer.core.skeleton import Skeleton, canonical
from poseviewer.io.labelled_frames import LabelFile
from poseviewer.io.skeleton_files import load_skeleton, shipped_skeletons

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SIDES = ("left", "right")
_SHORT = {"l": "left", "r": "right", "lt": "left", "rt": "right"}


def skeleton_of(labels: LabelFile, name: str = "", edges: Iterable[tuple[str, str]] = ()) -> Skeleton:
    """The shipped skeleton that has every joint of the labels, or else one made of their names."""
    shipped = [load_skeleton(s) for s in shipped_skeletons()]
    try:
        best = find_skeleton(labels.joint_names, shipped)
    except PoseInputError:
        best = None
    if best is not None:
        known = {column for column in match_names(labels.joint_names, best) if column is not None}
        if len(known) == len(labels.joint_names):
            return best
    return made_skeleton(name or Path(labels.path).stem, labels.joint_names, edges)


def made_skeleton(name: str, joints: Sequence[str], edges: Iterable[tuple[str, str]] = ()) -> Skeleton:
    """A skeleton of these joints: the edges that keep it a tree, then whatever is left joined to the first joint.

    Raises:
        SkeletonError: there are fewer than two joints.
    """
    names = _distinct(joints)
    return Skeleton.from_names(name, names, _tree(len(names), names, list(edges)), guess_pairs(names))


def guess_pairs(joints: Sequence[str]) -> list[tuple[str, str]]:
    """(left, right) joints by their names: leftear and rightear, ear_left and ear_right, L_paw and R_paw, earL, earR.

    Only names that become one another by exchanging the side are a pair.
    """
    by_rest: dict[tuple[str, str], str] = {}
    for joint in joints:
        side, rest = _sided(joint)
        if side:
            by_rest.setdefault((side, rest), joint)
    rests = [rest for side, rest in by_rest if side == "left"]
    return [(by_rest["left", r], by_rest["right", r]) for r in rests if ("right", r) in by_rest]


def _sided(joint: str) -> tuple[str, str]:
    """The side that a name names, "" for none or both, and the name without it."""
    words: list[str] = []
    for word in _WORDS.findall(joint):
        spelled = _SHORT.get(word.lower(), word.lower())
        glued = next((s for s in _SIDES if spelled.startswith(s) and len(spelled) > len(s)), "")
        ending = next((s for s in _SIDES if spelled.endswith(s) and len(spelled) > len(s)), "")
        if glued:
            words += [glued, spelled.removeprefix(glued)]
        elif ending:
            words += [spelled.removesuffix(ending), ending]
        else:
            words.append(spelled)
    sides = [w for w in words if w in _SIDES]
    if len(sides) != 1:
        return "", joint
    place = words.index(sides[0])
    return sides[0], " ".join([*words[:place], "*", *words[place + 1 :]])


def _distinct(joints: Sequence[str]) -> list[str]:
    """The names, those that a skeleton would take for one another numbered."""
    taken: set[str] = set()
    names = []
    for joint in joints:
        base = joint.strip() or "joint"
        name = next(n for n in (base, *(f"{base} {i}" for i in range(2, len(joints) + 3))) if canonical(n) not in taken)
        taken.add(canonical(name))
        names.append(name)
    return names


def _tree(size: int, names: Sequence[str], edges: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Bones from the first joint outwards, along the edges where they lead."""
    index = {canonical(name): i for i, name in enumerate(names)}
    near: dict[int, list[int]] = {i: [] for i in range(size)}
    for a, b in edges:
        first, second = index.get(canonical(a)), index.get(canonical(b))
        if first is not None and second is not None and first != second:
            near[first].append(second)
            near[second].append(first)
    bones: list[tuple[str, str]] = []
    reached: set[int] = set()
    for start in range(size):
        if start in reached:
            continue
        if start:
            bones.append((names[0], names[start]))
        reached.add(start)
        waiting = [start]
        while waiting:
            joint = waiting.pop(0)
            for other in near[joint]:
                if other not in reached:
                    reached.add(other)
                    bones.append((names[joint], names[other]))
                    waiting.append(other)
    return bones
