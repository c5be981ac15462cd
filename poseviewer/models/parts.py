"""Which keypoints a lifter sees together: the five representations of a 2D pose of Hardy et al. (004, 3.1)."""

from __future__ import annotations

from poseviewer.core.errors import CheckpointError
from poseviewer.core.skeleton import Skeleton, canonical

REPRESENTATIONS = ("full", "split-legs-torso", "legs-torso", "split-five", "five")
LEG = ("hip", "knee", "ankle", "foot", "hind_paw", "toe")
ARM = ("shoulder", "elbow", "wrist", "hand", "front_paw")
"""What the joints of limbs are called, without their side."""

Group = tuple[str, tuple[int, ...]]


def groups_of(skeleton: Skeleton, representation: str) -> list[Group]:
    """The groups of joints by name, each joint in one of them; a single group for "full".

    legs and torso: 004's two. Five: right leg, left leg, torso, left arm, right arm, in the order of its networks.

    Raises:
        CheckpointError: there is no such representation, or the skeleton has no legs or arms on both sides.
    """
    if representation not in REPRESENTATIONS:
        raise CheckpointError(
            f"There is no representation '{representation}' of a pose; choose one of {', '.join(REPRESENTATIONS)}."
        )
    everything = tuple(range(skeleton.joint_count))
    if representation == "full":
        return [("full", everything)]
    limbs = {
        f"{side} {limb}": tuple(j for j, joint in enumerate(skeleton.joints) if _is_of(joint, side, names))
        for limb, names in (("leg", LEG), ("arm", ARM))
        for side in ("left", "right")
    }
    empty = [name for name, joints in limbs.items() if not joints]
    if empty:
        raise CheckpointError(
            f"The skeleton '{skeleton.name}' has no {empty[0]} (joints such as left_hip, right_wrist), so its poses "
            f"cannot be split into limbs; choose the representation full."
        )
    if representation.endswith("legs-torso"):
        legs = tuple(sorted(limbs["left leg"] + limbs["right leg"]))
        return [("legs", legs), ("torso", tuple(j for j in everything if j not in legs))]
    taken = {j for joints in limbs.values() for j in joints}
    torso = tuple(j for j in everything if j not in taken)
    if not torso:
        raise CheckpointError(
            f"The skeleton '{skeleton.name}' has no joints between its limbs, so its poses cannot be split into five; "
            f"choose legs-torso or full."
        )
    return [
        ("right leg", limbs["right leg"]), ("left leg", limbs["left leg"]), ("torso", torso),
        ("left arm", limbs["left arm"]), ("right arm", limbs["right arm"]),
    ]  # fmt: skip


def root_joints(skeleton: Skeleton) -> tuple[int, ...]:
    """The joints whose middle is the root of these papers: the pelvis, or both hips, or the skeleton's own root."""
    names = {canonical(joint): j for j, joint in enumerate(skeleton.joints)}
    if "pelvis" in names:
        return (names["pelvis"],)
    hips = [names[n] for n in ("left_hip", "right_hip") if n in names]
    return tuple(hips) if len(hips) == 2 else (skeleton.root,)


def _is_of(joint: str, side: str, names: tuple[str, ...]) -> bool:
    return canonical(joint) in {f"{side}_{name}" for name in names}
