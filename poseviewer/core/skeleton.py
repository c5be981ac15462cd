"""The skeleton: a tree of named joints, the bones between them, and which of them are left/right pairs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from poseviewer.core.errors import SkeletonError


@dataclass(frozen=True)
class Bone:
    """A bone from a parent joint to a child joint; the indices are positions in `Skeleton.joints`."""

    parent: int
    child: int


@dataclass(frozen=True)
class Skeleton:
    """A tree of J joints and B = J - 1 bones.

    `bones` are in topological order: a bone comes after the bone that ends where it begins, so one
    pass over them visits parents first. `pairs` lists (left, right) joints. Build one from names with
    `Skeleton.from_names`, which sorts the bones and explains what is wrong with a bad tree.

    Raises:
        SkeletonError: the joints and bones are not one tree, or a pair is not a pair of joints.
    """

    name: str
    joints: tuple[str, ...]
    bones: tuple[Bone, ...]
    pairs: tuple[tuple[int, int], ...] = ()
    aliases: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    layout: tuple[tuple[float, float], ...] = field(default=(), compare=False)
    """Where each joint stands on the diagram shown while clicking: (J, 2), x right and y down in [0, 1]."""

    def __post_init__(self) -> None:
        _check_names(self.joints)
        _check_tree(self.joints, self.bones)
        _check_pairs(self.joints, self.pairs)

    @classmethod
    def from_names(
        cls,
        name: str,
        joints: Sequence[str],
        bones: Iterable[tuple[str, str]],
        pairs: Iterable[tuple[str, str]] = (),
        aliases: Iterable[tuple[str, str]] = (),
        layout: Iterable[tuple[float, float]] = (),
    ) -> Skeleton:
        """Build a skeleton from joint names, sorting the bones so that parents come first."""
        index = {joint: i for i, joint in enumerate(joints)}

        def find(joint: str, where: str) -> int:
            if joint not in index:
                raise SkeletonError(
                    f"{where} of skeleton '{name}' names the joint '{joint}', which is not in its list "
                    f"of joints; add it to the list or correct the name."
                )
            return index[joint]

        unsorted = [Bone(find(p, "A bone"), find(c, "A bone")) for p, c in bones]
        pair_indices = tuple((find(a, "A pair"), find(b, "A pair")) for a, b in pairs)
        return cls(
            name=name,
            joints=tuple(joints),
            bones=_topological(tuple(joints), unsorted),
            pairs=pair_indices,
            aliases=tuple(aliases),
            layout=tuple(layout),
        )

    @property
    def joint_count(self) -> int:
        return len(self.joints)

    @property
    def bone_count(self) -> int:
        return len(self.bones)

    @cached_property
    def root(self) -> int:
        """The joint that is no bone's child."""
        return next(iter(set(range(self.joint_count)) - {b.child for b in self.bones}))

    @cached_property
    def bone_names(self) -> tuple[str, ...]:
        """`parent:child` for every bone."""
        return tuple(f"{self.joints[b.parent]}:{self.joints[b.child]}" for b in self.bones)

    @cached_property
    def parent_bones(self) -> tuple[int, ...]:
        """For every bone, the bone that ends where it begins; -1 where it begins at the root."""
        ends = {bone.child: i for i, bone in enumerate(self.bones)}
        return tuple(ends.get(bone.parent, -1) for bone in self.bones)

    @cached_property
    def mirror(self) -> tuple[int, ...]:
        """For every joint its partner on the other side, itself where it has none."""
        partner = {a: b for pair in self.pairs for a, b in (pair, pair[::-1])}
        return tuple(partner.get(j, j) for j in range(self.joint_count))

    @cached_property
    def mirror_bones(self) -> tuple[int, ...]:
        """For every bone its partner on the other side, itself where it has none."""
        ends = {bone.child: i for i, bone in enumerate(self.bones)}
        return tuple(ends[self.mirror[bone.child]] for bone in self.bones)

    @cached_property
    def bone_pairs(self) -> tuple[tuple[int, int], ...]:
        """(left, right) bones: those that end in a pair of joints. The l of eq. 8 of the synthesis paper."""
        ends = {bone.child: i for i, bone in enumerate(self.bones)}
        return tuple((ends[a], ends[b]) for a, b in self.pairs if a in ends and b in ends)

    @cached_property
    def length_groups(self) -> tuple[int, ...]:
        """For every bone the number of its group of equal lengths: left and right share one. Dense from 0."""
        number: dict[int, int] = {}
        groups = []
        for bone, partner in enumerate(self.mirror_bones):
            groups.append(number.setdefault(min(bone, partner), len(number)))
        return tuple(groups)

    @cached_property
    def sides(self) -> tuple[str, ...]:
        """'left', 'right' or 'middle' for every joint."""
        left = {a for a, _ in self.pairs}
        right = {b for _, b in self.pairs}
        return tuple("left" if j in left else "right" if j in right else "middle" for j in range(self.joint_count))

    def joint_index(self, name: str) -> int:
        """The index of a joint by its name or one of its aliases.

        Raises:
            SkeletonError: no joint goes by that name.
        """
        found = self.find_joint(name)
        if found is None:
            raise SkeletonError(
                f"Skeleton '{self.name}' has no joint '{name}'; its joints are {', '.join(self.joints)}."
            )
        return found

    def find_joint(self, name: str) -> int | None:
        """Like `joint_index`, with None where no joint goes by that name."""
        return self._spellings.get(canonical(name))

    def bone_index(self, parent: str, child: str) -> int:
        """The index of the bone between two joints, in either order.

        Raises:
            SkeletonError: no bone joins them.
        """
        ends = {self.joint_index(parent), self.joint_index(child)}
        for i, bone in enumerate(self.bones):
            if {bone.parent, bone.child} == ends:
                return i
        raise SkeletonError(
            f"Skeleton '{self.name}' has no bone {parent}:{child}; its bones are {', '.join(self.bone_names)}."
        )

    @cached_property
    def _spellings(self) -> dict[str, int]:
        known = {canonical(joint): i for i, joint in enumerate(self.joints)}
        for alias, joint in self.aliases:
            known.setdefault(canonical(alias), self.joints.index(joint))
        return known


def canonical(name: str) -> str:
    """One spelling for the ways that people write a joint: `L-Hip`, `l_hip` and `left hip` are the same."""
    words = [w for w in name.strip().lower().replace("-", "_").replace(" ", "_").replace(".", "_").split("_") if w]
    full = {"l": "left", "r": "right"}
    words = [full.get(w, w) for w in words]
    sides = [w for w in words if w in ("left", "right")]
    return "_".join(sides + [w for w in words if w not in ("left", "right")])


def _check_names(joints: tuple[str, ...]) -> None:
    if len(joints) < 2:
        raise SkeletonError("A skeleton needs at least two joints; add joints and the bones between them.")
    seen: set[str] = set()
    for joint in joints:
        if not joint.strip():
            raise SkeletonError("A joint of the skeleton has an empty name; give every joint a name.")
        if canonical(joint) in seen:
            raise SkeletonError(f"Two joints of the skeleton are both named '{joint}'; give each its own name.")
        seen.add(canonical(joint))


def _topological(joints: tuple[str, ...], bones: list[Bone]) -> tuple[Bone, ...]:
    """The bones with parents first, otherwise in their given order."""
    children = {b.child for b in bones}
    reached = {j for j in range(len(joints)) if j not in children}
    waiting, done = list(bones), []
    while waiting:
        ready = [b for b in waiting if b.parent in reached]
        if not ready:
            break
        done += ready
        reached |= {b.child for b in ready}
        waiting = [b for b in waiting if b not in ready]
    return tuple(done + waiting)


def _check_tree(joints: tuple[str, ...], bones: tuple[Bone, ...]) -> None:
    parents: dict[int, int] = {}
    for bone in bones:
        if bone.child in parents:
            raise SkeletonError(
                f"The joint '{joints[bone.child]}' hangs on two bones, from '{joints[parents[bone.child]]}' and from "
                f"'{joints[bone.parent]}'; remove one of them."
            )
        parents[bone.child] = bone.parent
    for joint in parents:
        path = [joint]
        while path[-1] in parents:
            path.append(parents[path[-1]])
            if path[-1] in path[:-1]:
                loop = path[path.index(path[-1]) :]
                raise SkeletonError(f"The bones {' - '.join(joints[j] for j in loop)} form a loop; remove one of them.")
    roots = [j for j in range(len(joints)) if j not in parents]
    if len(roots) > 1:
        lonely = [j for j in roots if j not in parents.values()] or roots[1:]
        raise SkeletonError(
            f"The joint '{joints[lonely[0]]}' is not connected to the rest of the skeleton; add a bone that ends there."
        )
    reached = {roots[0]}
    for bone in bones:
        if bone.parent not in reached:
            raise SkeletonError("The bones are not sorted from the root outwards; build the skeleton by from_names.")
        reached.add(bone.child)


def _check_pairs(joints: tuple[str, ...], pairs: tuple[tuple[int, int], ...]) -> None:
    used: set[int] = set()
    for left, right in pairs:
        for joint in (left, right):
            if joint in used or left == right:
                raise SkeletonError(f"The joint '{joints[joint]}' is in two left/right pairs; keep one.")
            used.add(joint)
