"""Recordings of motion capture as one set of poses: the same joints, the same unit, the same axes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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


def joined(clips: Iterable[MotionClip], unit: str = "", up: str = "") -> tuple[PoseClips, list[str]]:
    """One set of poses of all of them: see `MotionJoin`."""
    join = MotionJoin(unit, up)
    for clip in clips:
        join.add(clip)
    return join.poses()


class MotionJoin:
    """Takes recordings one by one, keeps of each the joints that count, and makes one set of poses of them.

    Where people and other rigs are mixed, the people are taken.

    Args:
        unit: of all, one of `UNITS`, "" to tell it.
        up: the axis that points up in all, "keep" to leave the axes, "" to tell it.
    """

    def __init__(self, unit: str = "", up: str = "") -> None:
        self._unit, self._up = unit, up
        self._human = load_skeleton(HUMAN)
        self._kinds: dict[tuple[object, ...], _Kind] = {}
        self._flat: list[MotionClip] = []
        self._notes: dict[str, None] = {}

    @property
    def empty(self) -> bool:
        return not self._kinds and not self._flat

    def add(self, clip: MotionClip) -> None:
        """Raises:
        LabelFileError: the recording's unit cannot be told.
        """
        if clip.keypoints is not None and not clip.joints.shape[1]:
            self._flat.append(clip)
            return
        kind, joints = self._as_poses(clip)
        key = (kind.title, kind.names, kind.unit, kind.up, clip.names)
        kind = self._kinds.setdefault(key, kind)
        kind.clips.append(replace(clip, turns=None, joints=np.zeros((0, 0, 3))))  # the poses are in `parts` now
        kind.parts.append(joints.astype(np.float32))

    def poses(self) -> tuple[PoseClips, list[str]]:
        """The poses, and sentences about what was decided or left out.

        Raises:
            LabelFileError: the recordings have different joints.
        """
        if self._flat:
            return _pose_clips(self._flat, self._flat[0].names, None, "", [clip.keypoints for clip in self._flat]), []
        notes = dict(self._notes)
        taken = _agreeing(list(self._kinds.values()), notes)
        parts: list[Array] = []
        for kind in taken:
            parts += _stood_up(kind, self._up, notes)
            _say_missing(kind, notes)
        clips = [clip for kind in taken for clip in kind.clips]
        points = [clip.keypoints for clip in clips]
        return _pose_clips(clips, taken[0].names, parts, taken[0].unit, points), list(notes)

    def _as_poses(self, clip: MotionClip) -> tuple[_Kind, Array]:
        """What the recording is of, and its joints (F, J, 3) in mm if the unit is known."""
        names = self._human.joints
        known = find_map(clip.names)
        if known is not None:
            mm = self._millimetres(clip, on_human17(clip, known, names, 1.0))
            joints = on_human17(clip, known, names, mm) * mm
            return _Kind(known.title, HUMAN, names, "mm", clip.up), joints
        skeleton = _own_skeleton(clip.names)
        if skeleton is None:
            mm = UNITS[self._unit] if self._unit else clip.mm
            kind = _Kind("a rig of no known family", "", clip.names, "mm" if mm else "", clip.up)
            return kind, clip.joints * (mm or 1.0)
        joints = clip.joints[:, [column for column in match_names(clip.names, skeleton) if column is not None]]
        if skeleton.name == HUMAN:
            mm = self._millimetres(clip, joints)
        else:
            mm = UNITS[self._unit] if self._unit else clip.mm
        kind = _Kind(skeleton.name, skeleton.name, skeleton.joints, "mm" if mm else "", clip.up)
        return kind, joints * (mm or 1.0)

    def _millimetres(self, clip: MotionClip, joints: Array) -> float:
        """Millimetres in the file's unit: as asked, as the file says if that makes a person, else by the person's size.

        Raises:
            LabelFileError: no unit makes a person of it.
        """
        if self._unit:
            return UNITS[self._unit]
        height = height_of(joints, self._human.joints)
        if clip.mm and (is_person(height * clip.mm) or not np.isfinite(height)):
            return clip.mm
        told = unit_of(height)
        if told is None:
            raise LabelFileError(
                f"The person in {clip.path} would be {height:.3g} units tall, which is nobody's height in "
                f"{', '.join(UNITS)}; say the unit with --unit."
            )
        if clip.mm:
            self._note(f"The unit that {clip.path} says would make a person of {height * clip.mm / 1000:.3g} m.")
        name = "CMU's own unit (56.4 mm)" if told == "asf" else told
        self._note(f"The unit is taken to be {name}, by the length of the limbs; --unit overrules it.")
        return UNITS[told]

    def _note(self, sentence: str) -> None:
        self._notes[sentence] = None


def _own_skeleton(names: Sequence[str]) -> Skeleton | None:
    """The shipped skeleton of which the rig has every joint, if there is one: our own BVH files."""
    try:
        best = find_skeleton(names, [load_skeleton(name) for name in shipped_skeletons()])
    except PoseInputError:
        return None
    return best if all(column is not None for column in match_names(names, best)) else None


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


def _stood_up(kind: _Kind, up: str, notes: dict[str, None]) -> list[Array]:
    """A kind's poses, turned so that z points up."""
    if up == "keep":
        return kind.parts
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
    return [z_up(part, axis) for part in kind.parts]


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
