"""A copied range as text, so that it can be pasted in another window, or into a note. Degrees."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass

import tomli_w

from poseviewer.core.errors import SkeletonError
from poseviewer.core.range_edits import axes_of, mirrored
from poseviewer.core.ranges import Interval, RangePreset, RotationRange, SphericalRange, SwingRange

HEADER = "# A rotation range of poseviewer, in degrees\n"
NOTHING = "There is no range to paste; choose a bone and press Copy first."


@dataclass(frozen=True)
class CopiedRange:
    """The bone it was copied from, the side of that bone, and its range; only the intervals of it are meant."""

    bone: str
    side: str
    rotation: RotationRange

    def for_side(self, side: str) -> RotationRange:
        """As it is on another side: reflected where it was copied from the opposite one."""
        return mirrored(self.rotation) if {self.side, side} == {"left", "right"} else self.rotation


def copied(preset: RangePreset, bone: int) -> CopiedRange:
    skeleton = preset.skeleton
    return CopiedRange(skeleton.bone_names[bone], skeleton.sides[skeleton.bones[bone].child], preset.ranges[bone])


def text_of(copy: CopiedRange) -> str:
    """The range as TOML."""
    ends = {
        axis: [round(math.degrees(end), 6) for end in (interval.min, interval.max)]
        for axis in axes_of(copy.rotation)
        for interval in (getattr(copy.rotation, axis),)
    }
    return HEADER + tomli_w.dumps({"bone": copy.bone, "side": copy.side, **ends})


def copied_from_text(text: str) -> CopiedRange:
    """The range that a text holds.

    Raises:
        SkeletonError: it holds none, or one that cannot be (min > max).
    """
    try:
        table = tomllib.loads(text)
        bone, side = str(table["bone"]), str(table["side"])
        if "theta" in table:
            return CopiedRange(bone, side, SphericalRange(_interval(table["theta"]), _interval(table["phi"])))
        flexion, abduction, twist = (_interval(table[axis]) for axis in ("flexion", "abduction", "twist"))
        # Its rest direction is not copied: the bone that it is pasted onto has its own.
        return CopiedRange(bone, side, SwingRange((0.0, 0.0, -1.0), flexion, abduction, twist))
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise SkeletonError(NOTHING) from error


def _interval(ends: list[float]) -> Interval:
    low, high = ends
    return Interval(math.radians(low), math.radians(high))
