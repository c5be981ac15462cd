"""Recordings of motion capture as one set of poses: the same joints, the same unit, the same axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from poseviewer.core.errors import LabelFileError, PoseInputError
from poseviewer.core.joint_names import find_skeleton, match_names
from poseviewer.core.skeleton import Skeleton
from poseviewer.io.motion_clip import MotionClip
from poseviewer.io.motion_frame import UNITS, height_of, is_person, unit_of, up_axis, z_up
from poseviewer.io.motion_maps import find_map, on_human17
from poseviewer.io.poses_npz import PoseClips
from poseviewer.io.skeleton_files import load_skeleton, shipped_skeletons

Array = NDArray[np.float64]

HUMAN = "human17"


@dataclass(eq=False)
class _Kind:
    """Recordings of one rig.

    Attributes:
        skeleton: whose joints they have become, "" for the rig's own.
        parts: (F, J, 3) of each recording, in mm if `unit` says so.
    """

    title: str
    skeleton: str
    names: tuple[str, ...]
    unit: str
    up: str
    clips: list[MotionClip] = field(default_factory=list)
    parts: list[Array] = field(default_factory=list)


def joined(clips: Sequence[MotionClip], unit: str = "", up: str = "") -> tuple[PoseClips, list[str]]:
    """One set of poses, and sentences about what was decided or left out.

    Where people and other rigs are mixed, the people are taken.

    Args:
        unit: of all, one of `UNITS`, "" to tell it.
        up: the axis that points up in all, "keep" to leave the axes, "" to tell it.

    Raises:
        LabelFileError: a unit cannot be told, or the recordings have different joints.
    """
    if clips[0].keypoints is not None and not clips[0].joints.shape[1]:
        return _pose_clips(clips, clips[0].names, None, "", [clip.keypoints for clip in clips]), []
    human = load_skeleton(HUMAN)
    kinds: dict[tuple[object, ...], _Kind] = {}
    notes: dict[str, None] = {}
    for clip in clips:
        _add(clip, kinds, human, unit, notes)
    taken = _agreeing(list(kinds.values()), notes)
    for kind in taken:
        _stand_up(kind, up, notes)
        _say_missing(kind, notes)
    parts = [part for kind in taken for part in kind.parts]
    all_clips = [clip for kind in taken for clip in kind.clips]
    points = [clip.keypoints for clip in all_clips]
    return _pose_clips(all_clips, taken[0].names, parts, taken[0].unit, points), list(notes)


def _add(
    clip: MotionClip, kinds: dict[tuple[object, ...], _Kind], human: Skeleton, unit: str, notes: dict[str, None]
) -> None:
    known = find_map(clip.names)
    if known is not None:
        joints = on_human17(clip, known, human.joints, 1.0)
        mm = _millimetres(clip, joints, human, unit, notes)
        joints = on_human17(clip, known, human.joints, mm)
        kind = _Kind(known.title, HUMAN, human.joints, "mm", clip.up)
    else:
        skeleton = _own_skeleton(clip.names)
        columns = range(len(clip.names)) if skeleton is None else _columns(clip.names, skeleton)
        joints = clip.joints[:, list(columns)]
        person = skeleton is not None and skeleton.name == HUMAN
        mm = _millimetres(clip, joints, human, unit, notes) if person else (UNITS[unit] if unit else clip.mm)
        names = clip.names if skeleton is None else skeleton.joints
        title = skeleton.name if skeleton else "a rig of no known family"
        kind = _Kind(title, skeleton.name if skeleton else "", names, "mm" if mm else "", clip.up)
    key = (kind.title, kind.names, kind.unit, kind.up, clip.names)
    kind = kinds.setdefault(key, kind)
    kind.clips.append(replace(clip, turns=None, joints=clip.joints[:0]))  # the poses are in `parts` now
    kind.parts.append((joints * (mm or 1.0)).astype(np.float32))


def _own_skeleton(names: Sequence[str]) -> Skeleton | None:
    """The shipped skeleton of which the rig has every joint, if there is one: our own BVH files."""
    try:
        best = find_skeleton(names, [load_skeleton(name) for name in shipped_skeletons()])
    except PoseInputError:
        return None
    return best if all(column is not None for column in match_names(names, best)) else None


def _columns(names: Sequence[str], skeleton: Skeleton) -> list[int]:
    return [column for column in match_names(names, skeleton) if column is not None]


def _millimetres(clip: MotionClip, joints: Array, human: Skeleton, unit: str, notes: dict[str, None]) -> float:
    """Millimetres in the file's unit: as asked, as the file says if that makes a person, else by the person's size.

    Raises:
        LabelFileError: no unit makes a person of it.
    """
    if unit:
        return UNITS[unit]
    height = height_of(joints, human.joints)
    if clip.mm and (is_person(height * clip.mm) or not np.isfinite(height)):
        return clip.mm
    told = unit_of(height)
    if told is None:
        raise LabelFileError(
            f"The person in {clip.path} would be {height:.3g} units tall, which is nobody's height in "
            f"{', '.join(UNITS)}; say the unit with --unit."
        )
    if clip.mm:
        notes[f"The unit that some files say would make a person of {height * clip.mm / 1000:.3g} m; {told} taken."] = (
            None
        )
    name = "CMU's own unit (56.4 mm)" if told == "asf" else told
    notes[f"The unit is taken to be {name}, by the length of the limbs; --unit overrules it."] = None
    return UNITS[told]


def _agreeing(kinds: list[_Kind], notes: dict[str, None]) -> list[_Kind]:
    """Those of the same joints in the same unit: the people's, if there are any."""
    people = [kind for kind in kinds if kind.skeleton == HUMAN]
    taken = people or kinds
    first = taken[0]
    other = next((kind for kind in taken if (kind.names, kind.unit) != (first.names, first.unit)), None)
    if other is not None:
        raise LabelFileError(
            f"{first.clips[0].path} and {other.clips[0].path} have different joints ({', '.join(first.names[:3])}, ... "
            f"and {', '.join(other.names[:3])}, ...), which cannot be joined; convert them one by one."
        )
    left = [kind for kind in kinds if kind not in taken]
    if left:
        count = sum(len(kind.clips) for kind in left)
        notes[f"{count} clips are not of people that are known and were left out, such as {left[0].clips[0].path}."] = (
            None
        )
    if not first.skeleton:
        notes[
            f"The rig is of no known family ({', '.join(first.names[:4])}, ...): its joints keep their names"
            f"{'' if first.unit else ', and its unit, which is not known (--unit says it)'}."
        ] = None
    return taken


def _stand_up(kind: _Kind, up: str, notes: dict[str, None]) -> None:
    """Turn a kind's poses so that z points up."""
    if up == "keep":
        return
    axis = up or kind.up
    if not axis:
        told = up_axis(np.concatenate(kind.parts), kind.names)
        axis = told or "y"
        how = "as the people stand" if told else "which most files have, as it cannot be told from the poses"
        turned = ", and was turned to z" if axis == "y" else ""
        notes[f"The {axis} axis points up, {how}{turned}; --up overrules it."] = None
    elif kind.up == "camera" and not up:
        notes["The camera's axes were turned so that z is up as far as the camera is level; --up keep leaves them."] = (
            None
        )
    kind.parts = [z_up(part, axis) for part in kind.parts]


def _say_missing(kind: _Kind, notes: dict[str, None]) -> None:
    lacking = [name for j, name in enumerate(kind.names) if all(np.isnan(part[:, j]).all() for part in kind.parts)]
    if lacking:
        notes[f"{kind.title.capitalize()} has no {', '.join(lacking)}: they are missing (NaN)."] = None


def _pose_clips(
    clips: Sequence[MotionClip],
    names: tuple[str, ...],
    joints: Sequence[Array] | None,
    unit: str,
    keypoints: Sequence[Array | None],
) -> PoseClips:
    rates = {round(clip.fps, 3) for clip in clips}
    seen = [points for points in keypoints if points is not None]
    whole = len(seen) == len(clips) and (joints is None or all(points.shape[1] == len(names) for points in seen))
    lengths = [len(part) for part in joints] if joints is not None else [len(points) for points in seen]
    return PoseClips(
        names,
        None if joints is None else np.concatenate(joints).astype(np.float32),
        np.concatenate(seen).astype(np.float32) if whole else None,
        unit,
        rates.pop() if len(rates) == 1 else 0.0,
        np.array(lengths, dtype=np.int64),
        tuple(clip.name for clip in clips),
        tuple(clip.subject for clip in clips),
        tuple(clip.action for clip in clips),
    )
