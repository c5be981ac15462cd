"""Ranges for a skeleton that nobody has described yet: every bone may point anywhere."""

from __future__ import annotations

import math

from poseviewer.core.ranges import BoneLength, Interval, RangePreset, SphericalRange
from poseviewer.core.skeleton import Skeleton

ANYWHERE = SphericalRange(Interval(0.0, math.pi), Interval(-math.pi, math.pi))
LENGTH = BoneLength(1.0, 0.2)
NOTE = "Nobody has described this joint yet: it may point anywhere."


def wide_ranges(skeleton: Skeleton) -> RangePreset:
    """A beginning: all bones about equally long and free to point anywhere; narrow them before training a lifter."""
    bones = skeleton.bone_count
    return RangePreset(skeleton.name, skeleton, (ANYWHERE,) * bones, (LENGTH,) * bones, notes=(NOTE,) * bones)
