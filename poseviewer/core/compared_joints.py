"""Which joints a comparison of 3D poses is about: the root that they are aligned at, and those that PCK counts."""

from __future__ import annotations

from collections.abc import Sequence

from poseviewer.core.skeleton import canonical

ROOTS = ("pelvis", "root", "neck")
"""Joints that poses are aligned at, the first that there is; otherwise the first joint."""

_HIPS = ("left_hip", "right_hip")
_ENDS = {"left_wrist", "right_wrist", "left_ankle", "right_ankle"}


def is_person(names: Sequence[str]) -> bool:
    """Whether the joints are those of a person: both wrists and both ankles."""
    return {canonical(name) for name in names} >= _ENDS


def find_root(names: Sequence[str]) -> tuple[int, ...]:
    """The joints whose middle the poses are aligned at, as positions among the names.

    Of a person without a pelvis (Leeds Sports Pose's 14 joints, 004's 16) these are both hips: the pelvis is their
    middle, so that errors of all skeletons are relative to the same place. Of everything else it is one joint.
    """
    spelled = [canonical(name) for name in names]
    roots = ROOTS[:2] if is_person(names) and set(_HIPS) <= set(spelled) else ROOTS
    found = next((spelled.index(root) for root in roots if root in spelled), None)
    if found is not None:
        return (found,)
    return tuple(spelled.index(hip) for hip in _HIPS) if roots != ROOTS else (0,)


def pck_joints(names: Sequence[str], root: int | Sequence[int]) -> list[int]:
    """The joints that PCK and AUC count: not the root where it is a joint, whose error is 0 by definition.

    Of a person, MPI-INF-3DHP counts 14: not the pelvis and the spine, and of neck and head not the one between them.
    """
    spelled = [canonical(name) for name in names]
    roots = [root] if isinstance(root, int) else list(root)
    left_out = {spelled[roots[0]]} if len(roots) == 1 else set()
    if is_person(names):
        left_out |= {"pelvis", "spine", "head" if "head_top" in spelled else "neck" if "thorax" in spelled else ""}
    return [i for i, name in enumerate(spelled) if name not in left_out]
