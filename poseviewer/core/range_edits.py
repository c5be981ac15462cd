"""Pure edits of a range preset, one bone at a time; the partner on the other side follows when mirrored.

Each returns a new preset. An edit of a locked bone is an error, and a locked partner stays as it is.
"""

from __future__ import annotations

import math
from dataclasses import fields, replace

from poseviewer.core.errors import SkeletonError
from poseviewer.core.ranges import BoneLength, Interval, RangePreset, RotationRange, SphericalRange, SwingRange, Vector

LIMITS: dict[str, Interval] = {
    "flexion": Interval(-math.pi, math.pi),
    "abduction": Interval(-math.pi / 2, math.pi / 2),
    "twist": Interval(-math.pi, math.pi),
    "theta": Interval(0.0, math.pi),
    "phi": Interval(-2 * math.pi, 2 * math.pi),
}
"""How far the interval of each axis may reach, in radians."""


def axes_of(rotation: RotationRange) -> tuple[str, ...]:
    """The names of the intervals of a range: attributes of it."""
    return ("theta", "phi") if isinstance(rotation, SphericalRange) else ("flexion", "abduction", "twist")


def interval_of(preset: RangePreset, bone: int, axis: str) -> Interval:
    """One interval by name, in radians."""
    if axis not in axes_of(preset.ranges[bone]):
        raise SkeletonError(f"The ranges '{preset.name}' are {preset.kind}; they have no {axis}.")
    found: Interval = getattr(preset.ranges[bone], axis)
    return found


def with_interval(preset: RangePreset, bone: int, axis: str, new: Interval, mirror: bool = True) -> RangePreset:
    """A copy with another interval at one bone and, mirrored, at its partner.

    Raises:
        SkeletonError: the interval reaches beyond `LIMITS`, or the bone is locked.
    """
    limit = LIMITS[axis]
    if not (limit.contains(new.min, 1e-6) and limit.contains(new.max, 1e-6)):
        raise SkeletonError(
            f"The {axis} of {spoken_bone(preset, bone)} would reach from {math.degrees(new.min):.0f} to "
            f"{math.degrees(new.max):.0f} degrees; keep it between {math.degrees(limit.min):.0f} and "
            f"{math.degrees(limit.max):.0f}."
        )
    interval_of(preset, bone, axis)
    kept = Interval(max(new.min, limit.min), min(new.max, limit.max))
    return with_rotation(preset, bone, replace(preset.ranges[bone], **{axis: kept}), mirror)  # type: ignore[arg-type]


def with_degrees(
    preset: RangePreset, bone: int, axis: str, low: float, high: float, mirror: bool = True
) -> RangePreset:
    """`with_interval` from degrees as they are shown and typed, to a tenth; an end that reads as before stays exact.

    Raises:
        SkeletonError: an end is not finite, low > high, or as `with_interval`.
    """
    if not (math.isfinite(low) and math.isfinite(high)):
        raise SkeletonError(
            f"The {axis} of {spoken_bone(preset, bone)} has an end that is not a number; enter a number."
        )
    if low > high:
        raise SkeletonError(
            f"The {axis} of {spoken_bone(preset, bone)} would start at {low:g} but end at {high:g} degrees; "
            "the minimum must not exceed the maximum."
        )
    old = interval_of(preset, bone, axis)
    start, end = _unless_equal(low, old.min), _unless_equal(high, old.max)
    # Ends that read alike may differ beyond the tenth.
    return with_interval(preset, bone, axis, Interval(min(start, end), max(start, end)), mirror)


def with_angles_of(preset: RangePreset, bone: int, source: RotationRange, mirror: bool = True) -> RangePreset:
    """A copy with the intervals of another range at one bone, which keeps its own rest direction: what paste does.

    Raises:
        SkeletonError: the range is of the other kind, or the bone is locked.
    """
    own = preset.ranges[bone]
    if type(own) is not type(source):
        kind = "spherical" if isinstance(source, SphericalRange) else "swing"
        raise SkeletonError(
            f"The copied range is {kind} but the ranges '{preset.name}' are {preset.kind}; copy one of the same kind."
        )
    for axis in axes_of(source):
        preset = with_interval(preset, bone, axis, getattr(source, axis), mirror)
    return preset


def with_bone_of(preset: RangePreset, bone: int, other: RangePreset, mirror: bool = True) -> RangePreset:
    """A copy with the range and the length that one bone, and mirrored its partner, has in other ranges: reset."""
    partner = preset.skeleton.mirror_bones[bone]
    changed = with_rotation(preset, bone, other.ranges[bone], mirror=False)
    if mirror and partner not in preset.locked:
        changed = changed.with_range(partner, other.ranges[partner])
    # Left and right are one length: a locked partner keeps that of both.
    return changed if partner in preset.locked else with_bone_length(changed, bone, other.lengths[bone])


def with_locked_of(new: RangePreset, old: RangePreset) -> RangePreset:
    """`new`, in which the bones that are locked in `old` stay, locked, as they are there: load, and reset of all.

    Raises:
        SkeletonError: some bones are locked and the ranges are of different kinds.
    """
    if old.locked and new.kind != old.kind:
        first = spoken_bone(old, min(old.locked))
        raise SkeletonError(
            f"The ranges '{new.name}' are {new.kind} and cannot stand beside the locked {old.kind} range of {first}; "
            "unlock every bone to use them."
        )
    for bone in old.locked:
        new = new.with_range(bone, old.ranges[bone])
        for both in {bone, old.skeleton.mirror_bones[bone]}:
            new = new.with_length(both, old.lengths[bone])
    return replace(new, locked=old.locked | new.locked)


def differs(preset: RangePreset, other: RangePreset, bone: int, tolerance: float = 1e-5) -> bool:
    """Whether the range or the length of a bone is another one than in other ranges of the same skeleton.

    The tolerance, in radians and in lengths, is what writing and reading a file may change.
    """
    mine, theirs = ((p.ranges[bone], p.lengths[bone]) for p in (preset, other))
    return mine != theirs and not _alike(mine, theirs, tolerance)


def with_rotation(preset: RangePreset, bone: int, new: RotationRange, mirror: bool = True) -> RangePreset:
    """A copy with another range at one bone and its mirror image at its partner."""
    _check_unlocked(preset, bone)
    changed = preset.with_range(bone, new)
    partner = preset.skeleton.mirror_bones[bone]
    if mirror and partner != bone and partner not in preset.locked:
        changed = changed.with_range(partner, mirrored(new))
    return changed


def with_rest(preset: RangePreset, bone: int, rest: Vector, mirror: bool = True) -> RangePreset:
    """A copy with another rest direction (any length above 0, body frame) of a swing range.

    Raises:
        SkeletonError: the direction has no length or is not finite, the range is spherical, or the bone is locked.
    """
    rotation = preset.ranges[bone]
    norm = math.sqrt(sum(c * c for c in rest))
    if not (math.isfinite(norm) and norm > 1e-9):
        raise SkeletonError(f"The rest direction of {spoken_bone(preset, bone)} has no length; enter where it points.")
    if not isinstance(rotation, SwingRange):
        raise SkeletonError(f"The ranges '{preset.name}' are spherical; they have no rest direction.")
    x, y, z = (c / norm for c in rest)
    return with_rotation(preset, bone, replace(rotation, rest=(x, y, z)), mirror)


def with_bone_length(preset: RangePreset, bone: int, new: BoneLength) -> RangePreset:
    """A copy with another template or spread; left and right are one length, so the partner always follows.

    Raises:
        SkeletonError: the bone or its partner is locked.
    """
    partner = preset.skeleton.mirror_bones[bone]
    _check_unlocked(preset, bone)
    _check_unlocked(preset, partner)
    return preset.with_length(bone, new).with_length(partner, new)


def with_lock(preset: RangePreset, bone: int, locked: bool, mirror: bool = True) -> RangePreset:
    """A copy in which a bone is, or is no longer, kept from being edited."""
    bones = {bone, preset.skeleton.mirror_bones[bone]} if mirror else {bone}
    return replace(preset, locked=preset.locked | bones if locked else preset.locked - bones)


def with_cover(
    preset: RangePreset, bone: int, axis: str, low: float, high: float, margin: float = 0.0, mirror: bool = True
) -> RangePreset:
    """A copy whose interval reaches at least from `low` to `high` with a margin beyond what it has to be widened to.

    An end that covers its value already stays where it is; nothing gets narrower or passes `LIMITS`.
    """
    old, limit = interval_of(preset, bone, axis), LIMITS[axis]
    lower = old.min if low >= old.min else max(limit.min, low - margin)
    upper = old.max if high <= old.max else min(limit.max, high + margin)
    new = Interval(lower, upper)
    return preset if new == old else with_interval(preset, bone, axis, new, mirror)


def mirrored(rotation: RotationRange) -> RotationRange:
    """The range of the partner on the other side: reflected in the plane x = 0."""
    if isinstance(rotation, SphericalRange):
        return SphericalRange(rotation.theta, Interval(math.pi - rotation.phi.max, math.pi - rotation.phi.min))
    (x, y, z), (u, v, w) = rotation.rest, rotation.outward
    return replace(rotation, rest=(-x, y, z), outward=(-u, v, w))


def spoken_bone(preset: RangePreset, bone: int) -> str:
    """A bone as it is named to people: "left shoulder to left elbow"."""
    ends = preset.skeleton.bones[bone]
    names = preset.skeleton.joints
    return f"{names[ends.parent]} to {names[ends.child]}".replace("_", " ")


def _check_unlocked(preset: RangePreset, bone: int) -> None:
    if bone in preset.locked:
        raise SkeletonError(f"The bone {spoken_bone(preset, bone)} is locked; unlock it to change it.")


def _unless_equal(degrees: float, radians: float) -> float:
    """An angle from degrees, or the old one where it reads the same to a tenth of a degree."""
    return radians if round(math.degrees(radians), 1) == round(degrees, 1) else math.radians(degrees)


def _alike(mine: object, theirs: object, tolerance: float) -> bool:
    """Equal up to the last digits of the numbers that frozen records hold."""
    if isinstance(mine, int | float) and isinstance(theirs, int | float):
        return abs(mine - theirs) <= tolerance
    if type(mine) is not type(theirs):
        return False
    if isinstance(mine, tuple) and isinstance(theirs, tuple):
        return len(mine) == len(theirs) and all(_alike(a, b, tolerance) for a, b in zip(mine, theirs, strict=True))
    if isinstance(mine, Interval | SphericalRange | SwingRange | BoneLength):
        return all(_alike(getattr(mine, f.name), getattr(theirs, f.name), tolerance) for f in fields(mine))
    return mine == theirs
