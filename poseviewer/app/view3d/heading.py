"""Which way the animal faces, and where to stand to see it from the front, the side or above. Without Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poseviewer.app.view3d.orbit import wrapped
from poseviewer.core.skeleton import Skeleton

View = Literal["camera", "front", "side", "top"]
ELEVATION = {"camera": 0.0, "front": math.radians(8.0), "side": math.radians(8.0), "top": math.pi / 2}


def heading(joints: ArrayLike, skeleton: Skeleton) -> NDArray[np.float64] | None:
    """The horizontal direction (2,) in which the animal faces, or None where its pose does not tell.

    Left and right of the joints that hang on the midline (shoulders, hips) say which way is forward; paws do
    not, since a striding leg leans more than the body is wide. A trunk that lies flat and is longer than the body
    is wide, as in a quadruped, then gives the direction itself.

    Args:
        joints: (J, 3), z up; joints may be NaN.
    """
    points = np.asarray(joints, dtype=np.float64)
    hanging = _hanging_pairs(skeleton)
    left = _leftward(points, hanging or skeleton.pairs)
    forward = np.array([left[1], -left[0]])
    length = float(np.hypot(*forward))
    if length < 1e-9:
        return None
    forward /= length
    trunk = _trunk(points, hanging, skeleton)
    along = (trunk * np.where(trunk @ forward < 0, -1.0, 1.0)[:, None]).sum(axis=0)
    total = along + forward * max(length - float(np.hypot(*along)), 0.0)
    return total / np.hypot(*total)


def view_angles(view: View, facing: ArrayLike | None) -> tuple[float, float]:
    """Azimuth and elevation, in radians, from which an animal that faces (2,) is seen as asked.

    "side" is its left. Without a facing it is taken to look at the photo's camera.
    """
    x, y = (0.0, -1.0) if facing is None else (float(v) for v in np.asarray(facing))
    azimuth = {
        "camera": 0.0,
        "front": math.atan2(x, -y),
        "side": math.atan2(-y, -x),
        "top": math.atan2(-x, y),
    }[view]
    return azimuth, ELEVATION[view]


def next_view_angles(view: View, facing: ArrayLike | None, now: tuple[float, float]) -> tuple[float, float]:
    """Like `view_angles`; but from the front or the side already, `now`, it is from behind or the other side."""
    azimuth, elevation = view_angles(view, facing)
    there = abs(wrapped(now[0] - azimuth)) < 0.02 and abs(now[1] - elevation) < 0.02
    return (wrapped(azimuth + math.pi) if there and view in ("front", "side") else azimuth), elevation


def _hanging_pairs(skeleton: Skeleton) -> list[tuple[int, int]]:
    """The pairs whose joints both hang on the midline."""
    parent = _parents(skeleton)
    return [p for p in skeleton.pairs if all(skeleton.sides[parent.get(j, j)] == "middle" for j in p)]


def _leftward(points: NDArray[np.float64], pairs: Sequence[tuple[int, int]]) -> NDArray[np.float64]:
    """(2,) sum of right-to-left over pairs."""
    ends = np.array(pairs, dtype=np.intp).reshape(-1, 2)
    return np.nansum(points[ends[:, 0], :2] - points[ends[:, 1], :2], axis=0)


def _trunk(points: NDArray[np.float64], hanging: list[tuple[int, int]], skeleton: Skeleton) -> NDArray[np.float64]:
    """(M, 2) from one place where limbs hang to each of the others, from above. Head and tail may point anywhere."""
    parent = _parents(skeleton)
    places = list(dict.fromkeys(parent.get(j, j) for pair in hanging for j in pair))
    vectors = points[places[1:], :2] - points[places[:1], :2]
    return vectors[np.isfinite(vectors).all(axis=1)]


def _parents(skeleton: Skeleton) -> dict[int, int]:
    return {bone.child: bone.parent for bone in skeleton.bones}
