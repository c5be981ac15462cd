"""The unit and the upright axis of motion capture that does not say them, from its people's size and stance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

UNITS = {"m": 1000.0, "cm": 10.0, "mm": 1.0, "in": 25.4, "asf": 25.4 / 0.45}
"""Millimetres in each. asf: what CMU's skeletons are in, also after conversion to BVH."""

_BONES = {
    ("left_hip", "left_knee"): 420, ("left_knee", "left_ankle"): 420, ("left_shoulder", "left_elbow"): 275,
    ("right_hip", "right_knee"): 420, ("right_knee", "right_ankle"): 420, ("right_shoulder", "right_elbow"): 275,
}  # fmt: skip
"""Bones that every human rig has, in mm, for somebody of `_HEIGHT`: the means of CMU's and HDM05's skeletons."""
_HEIGHT = 1700.0
_SHORTEST, _TALLEST = 900.0, 2500.0
_DECISIVE = 0.7
"""How much of the way from ankles to neck one axis must be, on average, to be the upright one (cos 45 degrees)."""


def height_of(joints: Array, joint_names: Sequence[str]) -> float:
    """How tall the person is, in the file's unit, from the lengths of thighs, shins and upper arms; NaN without any.

    Args:
        joints: (F, J, 3).
    """
    places = {name: i for i, name in enumerate(joint_names)}
    measured = typical = 0.0
    for (start, end), length in _BONES.items():
        if start in places and end in places:
            bone = np.linalg.norm(joints[:, places[end]] - joints[:, places[start]], axis=-1)
            if np.isfinite(bone).any():
                measured, typical = measured + float(np.nanmedian(bone)), typical + length
    return _HEIGHT * measured / typical if typical else float("nan")


def unit_of(height: float) -> str | None:
    """The unit in which somebody so tall is nearest to 1.7 m, None where that is nobody between 0.9 and 2.5 m."""
    if not height > 0:
        return None
    best = min(UNITS, key=lambda unit: abs(np.log(height * UNITS[unit] / _HEIGHT)))
    return best if is_person(height * UNITS[best]) else None


def is_person(millimetres: float) -> bool:
    """Whether somebody so tall is a person."""
    return _SHORTEST <= millimetres <= _TALLEST


def up_axis(joints: Array, joint_names: Sequence[str]) -> str | None:
    """ "y" or "z", whichever the necks are above the ankles along in most frames; None where neither stands out.

    Args:
        joints: (F, J, 3) of all recordings of one kind together: a single one may be of somebody who lies.
    """
    places = {name: i for i, name in enumerate(joint_names)}
    if not {"thorax", "left_ankle", "right_ankle"} <= places.keys():
        return None
    ankles = (joints[:, places["left_ankle"]] + joints[:, places["right_ankle"]]) / 2
    way = joints[:, places["thorax"]] - ankles
    way = way[np.isfinite(way).all(axis=-1)]
    lengths = np.linalg.norm(way, axis=-1, keepdims=True)
    if not len(way) or not (lengths > 0).all():
        return None
    mean = (way / lengths).mean(axis=0)
    axis = int(mean[1:].argmax()) + 1
    return "xyz"[axis] if mean[axis] > _DECISIVE else None


def z_up(joints: Array, up: str) -> Array:
    """The same (..., 3) turned so that z points up: (x, -z, y) of y up, (x, z, -y) of a camera's axes."""
    if up == "y":
        return np.stack([joints[..., 0], -joints[..., 2], joints[..., 1]], axis=-1)
    if up == "camera":
        return np.stack([joints[..., 0], joints[..., 2], -joints[..., 1]], axis=-1)
    return joints
