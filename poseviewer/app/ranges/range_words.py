"""What is said about ranges: which way is positive, from where to where, and what an edit did. Without Qt."""

from __future__ import annotations

import math

import numpy as np

from poseviewer.core.range_edits import axes_of, differs
from poseviewer.core.ranges import Interval, RangePreset, RotationRange, SphericalRange, SwingRange, Vector
from poseviewer.core.skeleton import Skeleton
from poseviewer.geometry.kinematics import swing_frame

WAYS = (("left", "right"), ("backwards", "forwards"), ("up", "down"))
"""The body frame's axes, each with its positive and its negative direction."""

SPHERICAL_WORDS = {
    "theta": "0° is up, 90° level, 180° down",
    "phi": "−90° is forwards, 0° left, 90° backwards",
}


def number(value: float) -> str:
    """A number to a tenth, without a tenth that is zero, with the minus sign of print."""
    rounded = round(value, 1) + 0.0  # never "-0"
    text = f"{rounded:.0f}" if rounded == int(rounded) else f"{rounded:.1f}"
    return text.replace("-", "−")


def interval_words(interval: Interval) -> str:
    """`−65…70°`; one number where the range has no width."""
    low, high = number(math.degrees(interval.min)), number(math.degrees(interval.max))
    return f"{low}°" if low == high else f"{low}…{high}°"


def range_words(rotation: RotationRange) -> str:
    """`flexion −65…70°, abduction −18…30°`; an axis that cannot turn at all is left out."""
    parts = [(axis, getattr(rotation, axis)) for axis in axes_of(rotation)]
    said = [f"{axis} {interval_words(interval)}" for axis, interval in parts if interval.width or interval.min]
    return ", ".join(said) or "fixed"


def edit_verb(old: Interval, new: Interval) -> str:
    """What happened to an interval."""
    if new.min <= old.min and new.max >= old.max:
        return "Widen"
    if new.min >= old.min and new.max <= old.max:
        return "Narrow"
    return "Move" if math.isclose(old.width, new.width, abs_tol=1e-6) else "Change"


def bone_words(skeleton: Skeleton, bone: int) -> str:
    """A bone in few words: `left shoulder to elbow`, `tail base to tip`; what both ends share is said once."""
    ends = skeleton.bones[bone]
    parent, child = (skeleton.joints[j].replace("_", " ").split() for j in (ends.parent, ends.child))
    shared = 0
    while shared < min(len(parent), len(child)) - 1 and parent[shared] == child[shared]:
        shared += 1
    return " ".join([*parent, "to", *child[shared:]])


def changed_words(preset: RangePreset, reset: RangePreset, bone: int) -> str:
    """`Changed; it was flexion −65…70°.`, "" where the bone is as reset would have it."""
    if not differs(preset, reset, bone):
        return ""
    new, old, length = preset.ranges[bone], reset.ranges[bone], reset.lengths[bone]
    said = []
    if any(interval_words(getattr(new, axis)) != interval_words(getattr(old, axis)) for axis in axes_of(old)):
        said.append(range_words(old))
    if isinstance(new, SwingRange) and isinstance(old, SwingRange) and math.dist(new.rest, old.rest) > 1e-4:
        said.append(f"rest {rest_words(old.rest)}")
    if preset.lengths[bone] != length:
        said.append(f"length {length.template:.3g}")
    return f"Changed; it was {', '.join(said)}." if said else "Changed."


def positive_words(rotation: RotationRange, axis: str, side: str = "middle", moves_others: bool = True) -> str:
    """What the numbers of one axis mean at rest, for the caption of its slider.

    side: "left", "right" or "middle", where the bone is. moves_others: whether other bones hang on it.
    """
    if isinstance(rotation, SphericalRange):
        return SPHERICAL_WORDS[axis]
    flexed, out = _way(rotation, 1, side), _way(rotation, 2, side)
    if axis == "flexion":
        return f"positive is {flexed}"
    if axis == "abduction":
        return f"positive is {out}"
    if not moves_others:
        return "nothing hangs on this bone, so its twist is not seen"
    start, end = flexed.removeprefix("to "), out.removeprefix("to ")
    return f"turns what hangs on it; positive from {start} to {end}"


def rest_words(rest: Vector) -> str:
    """Where a direction points: `60° down, backwards`."""
    elevation, heading = angles_of_rest(rest)
    if abs(elevation) > 82:
        return "straight up" if elevation > 0 else "straight down"
    eighth = round(heading / 45) % 8
    around = ("forwards", "forwards and left", "left", "backwards and left")[eighth % 4]
    if eighth >= 4:
        around = ("backwards", "backwards and right", "right", "forwards and right")[eighth % 4]
    if abs(elevation) < 5:
        return f"level, {around}"
    return f"{abs(elevation):.0f}° {'up' if elevation > 0 else 'down'}, {around}"


def angles_of_rest(rest: Vector) -> tuple[float, float]:
    """Elevation above level, and heading (0 forwards, 90 left, -90 right), in degrees."""
    x, y, z = rest
    flat = math.hypot(x, y)
    # Adding zero: the mirror image of 0 is -0, and behind the animal that would be -180.
    heading = math.degrees(math.atan2(x + 0.0, -y)) if flat > 1e-6 else 0.0
    return math.degrees(math.atan2(z, flat)), heading


def rest_from_angles(elevation: float, heading: float) -> Vector:
    """The inverse of `angles_of_rest`."""
    e, h = math.radians(elevation), math.radians(heading)
    return math.cos(e) * math.sin(h), -math.cos(e) * math.cos(h), math.sin(e)


def _way(rotation: SwingRange, column: int, side: str) -> str:
    """Where one axis of a bone's swing frame points; sideways has the animal's own words on bones of one side."""
    axis = swing_frame(rotation)[:, column]
    main = int(np.argmax(np.abs(axis)))
    way = WAYS[main][0 if axis[main] > 0 else 1]
    if main:
        return way
    return f"to the {way}" if side == "middle" else "outwards" if way == side else "inwards"
