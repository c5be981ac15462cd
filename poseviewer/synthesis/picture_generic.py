"""A body for any tree of joints: a cone on every bone, as thick as bones of its kind are."""

from __future__ import annotations

from itertools import pairwise
from statistics import median

from poseviewer.core.ranges import RangePreset
from poseviewer.core.skeleton import Skeleton
from poseviewer.synthesis.picture_bodies import BodyPlan, Cone, End, between

ROLES = ("trunk", "girdle", "limb", "foot", "tail", "head")

MODES = {"trunk": (-1.0, 1.4), "limb": (-1.0, 1.2), "tail": (-1.0, 1.0), "head": (-1.0, 1.2)}


def generic(ranges: RangePreset) -> BodyPlan:
    """The plan of a skeleton that nobody has drawn a body for; its unit is the sum of all bones."""
    skeleton = ranges.skeleton
    total = sum(length.template for length in ranges.lengths)
    lengths = [length.template / total for length in ranges.lengths]
    roles = bone_roles(skeleton)
    thick = joint_radii(skeleton, roles, lengths)
    cones = []
    for bone, role in zip(skeleton.bones, roles, strict=True):
        mode = {"girdle": "trunk", "foot": "limb"}.get(role, role)
        ends = [
            End({skeleton.joints[j]: 1.0}, thick[j], modes={mode: (0.0, 0.0, 0.0, 0.35 * thick[j])})
            for j in (bone.parent, bone.child)
        ]
        cones.append(Cone(ends[0], ends[1], role))
    return BodyPlan((*cones, *_webs(skeleton, thick)), {}, skeleton.bone_names, MODES, ROLES)


def _webs(skeleton: Skeleton, thick: list[float]) -> list[Cone]:
    """What fills a palm: flesh between neighbouring bones where four or more go out from one joint, without sides."""
    webs = []
    parents = {b.parent for b in skeleton.bones}
    for joint, name in enumerate(skeleton.joints):
        children = [b.child for b in skeleton.bones if b.parent == joint and b.child in parents]
        if skeleton.pairs or len(children) < 4:
            continue
        for one, two in pairwise(children):
            for share, slim in ((0.5, 0.8), (0.92, 0.9)):
                a, b = (End(between(name, skeleton.joints[j], share), slim * thick[j]) for j in (one, two))
                webs.append(Cone(a, b, "trunk"))
    return webs


def bone_roles(skeleton: Skeleton) -> list[str]:
    """What each bone is: its place in the tree, its side and, for a tail, its name."""
    sides, parents = skeleton.sides, {b.parent for b in skeleton.bones}
    roles = []
    for bone in skeleton.bones:
        leaf = bone.child not in parents
        name = skeleton.joints[bone.child].lower()
        if "tail" in name and "tail" in skeleton.joints[bone.parent].lower():
            roles.append("tail")
        elif sides[bone.child] != "middle":
            roles.append("girdle" if sides[bone.parent] == "middle" and not leaf else "foot" if leaf else "limb")
        elif not skeleton.pairs:
            roles.append("foot" if leaf else "limb")
        else:
            roles.append("head" if leaf else "trunk")
    return roles


def joint_radii(skeleton: Skeleton, roles: list[str], lengths: list[float]) -> list[float]:
    """How thick the flesh is at each joint, left as right: of its bones, the one that makes it thickest."""
    typical = median(lengths)
    share = {"trunk": 0.26, "girdle": 0.24, "limb": 0.15, "foot": 0.11, "tail": 0.05, "head": 0.24}
    radii = [0.0] * skeleton.joint_count
    for bone, role, length in zip(skeleton.bones, roles, lengths, strict=True):
        # A long bone is not as much thicker as it is longer.
        radius = share[role] * (length * typical) ** 0.5
        radii[bone.parent] = max(radii[bone.parent], radius)
        if bone.child not in {b.parent for b in skeleton.bones}:
            radius *= 0.75
        radii[bone.child] = max(radii[bone.child], radius)
    return [max(radii[j], radii[partner]) for j, partner in enumerate(skeleton.mirror)]
