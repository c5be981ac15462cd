"""True 3D poses to measure against: in millimetres where that can be known, with the clips that they are of.

A file of poses is an .npz with `joints` (N, J, 3), `joint_names`, and optionally `unit` (or `meta`, a JSON text with
"unit") and, for C clips, `clip_start`, `clip_len`, `clip_subject` and `clip_action` (C,).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.core.clips import KINDS, Clips
from poseviewer.core.compared_joints import is_person
from poseviewer.core.errors import LabelFileError
from poseviewer.core.lengths import LARGEST_PERSON, SMALLEST_PERSON, guess_unit, millimetres
from poseviewer.io.keypoint_files import TruthFile, read_truth_npz


@dataclass(frozen=True, eq=False)
class TruthPoses:
    """N poses of one file.

    Attributes:
        joints: (N, J, 3) float64 in `unit`, NaN where not known.
        joint_names: (J,), or None where the file does not name them.
        unit: "mm" wherever the file's unit is known or could be told; otherwise what the file says.
        factor: that was applied to the file's numbers.
        remark: what was done to the unit, as a sentence; "" for nothing.
        clips: which poses follow each other; None where the file does not say.
    """

    joints: NDArray[np.float64]
    joint_names: tuple[str, ...] | None
    unit: str
    factor: float
    remark: str
    clips: Clips | None


def read_truth_poses(path: Path) -> TruthPoses:
    """Read a file of true poses (or of lifted ones), in mm where the unit is known.

    Raises:
        LabelFileError: it cannot be read, its clips do not fit its poses, or its unit cannot be right.
    """
    file = read_truth_npz(path)
    factor, unit, remark = _to_millimetres(file, path)
    return TruthPoses(file.joints * factor, file.joint_names, unit, factor, remark, _clips(file, path))


def _to_millimetres(file: TruthFile, path: Path) -> tuple[float, str, str]:
    """The factor, the unit that comes of it, and a sentence where something was done."""
    said = file.unit or _unit_of_meta(file)
    factor = millimetres(said)
    person = _size(file.joints) if file.joint_names is not None and is_person(file.joint_names) else None
    if factor is None:
        guessed = None if said or person is None else guess_unit(person)
        if guessed is None:
            return 1.0, said, ""
        remark = f"{path.name} does not say its unit; by the size of the person ({person:.3g}) it is {guessed}."
        return millimetres(guessed) or 1.0, "mm", remark
    if person is not None and not SMALLEST_PERSON / 2 <= person * factor < LARGEST_PERSON * 2:
        raise LabelFileError(
            f"{path} says that its unit is {said}, but the person in it would measure {person * factor / 1000:.3g} m; "
            f"correct 'unit'."
        )
    return factor, "mm", "" if factor == 1.0 else f"{path.name} is in {said}; it was converted to mm."


def _unit_of_meta(file: TruthFile) -> str:
    try:
        meta: Any = json.loads(str(file.about["meta"]))
        return str(meta.get("unit", ""))
    except (KeyError, ValueError, AttributeError):
        return ""


def _size(joints: NDArray[np.float64]) -> float | None:
    """Median of the longest side of the poses' boxes; None where no pose has two joints."""
    known = np.asarray(np.isfinite(joints).all(axis=-1))
    whole = np.asarray(known.sum(axis=1) >= 2)
    if not whole.any():
        return None
    there = known[whole][..., None]
    low = np.where(there, joints[whole], np.inf).min(axis=1)
    high = np.where(there, joints[whole], -np.inf).max(axis=1)
    return float(np.median((high - low).max(axis=1)))


def _clips(file: TruthFile, path: Path) -> Clips | None:
    if not {"clip_start", "clip_len"} <= set(file.about):
        return None
    start, length = (_whole(file.about[name], name, path) for name in ("clip_start", "clip_len"))
    count = len(file.joints)
    if len(start) != len(length) or (start < 0).any() or (length < 0).any() or (start + length > count).any():
        raise LabelFileError(
            f"'clip_start' and 'clip_len' in {path} do not lie within its {count} poses; write for each clip its "
            f"first pose, counted from 0, and how many it has."
        )
    clip = np.full(count, -1, dtype=np.int64)
    for number, (first, many) in enumerate(zip(start, length, strict=True)):
        if (clip[first : first + many] >= 0).any():
            raise LabelFileError(f"The clip {number} in {path} overlaps an earlier one; correct 'clip_start'.")
        clip[first : first + many] = number
    labels = {}
    for kind in KINDS:
        named = file.about.get(f"clip_{kind}")
        if named is not None:
            if named.dtype.kind not in "USiu" or named.shape != start.shape:
                raise LabelFileError(
                    f"Expected 'clip_{kind}' in {path} to be {len(start)} names, but it is {named.dtype} of the shape "
                    f"{named.shape}; save one per clip."
                )
            labels[kind] = tuple(n.decode("utf-8", "replace") if isinstance(n, bytes) else str(n) for n in named)
    return Clips(clip, labels)


def _whole(array: NDArray[Any], name: str, path: Path) -> NDArray[np.int64]:
    if array.dtype.kind not in "iu" or array.ndim != 1:
        raise LabelFileError(
            f"'{name}' in {path} is {array.dtype} of the shape {array.shape}; save one whole number per clip."
        )
    return array.astype(np.int64)
