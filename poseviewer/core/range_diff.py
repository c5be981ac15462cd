"""Two range presets side by side: what differs, bone by bone. Pure; nothing here knows which of them is right.

Lengths are compared as shares of the trunk, because only their ratios mean anything. The directions that two swing
ranges have in common depend on the frames they are measured in: see `geometry.range_overlap`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from poseviewer.core.errors import SkeletonError
from poseviewer.core.range_edits import axes_of, spoken_bone
from poseviewer.core.ranges import BoneLength, Interval, LengthFactor, RangePreset, RotationRange, SwingRange
from poseviewer.core.skeleton import Skeleton

TOLERANCE = 1e-6
"""Radians, and shares of a length, that count as equal: a preset that was saved and read again is the same preset."""


@dataclass(frozen=True)
class AxisDifference:
    """One axis of a range that is not the same in both.

    a, b: radians, each about its own preset's rest direction. overlap: what they share of what either covers.
    """

    axis: str
    a: Interval
    b: Interval
    overlap: float


@dataclass(frozen=True)
class LengthDifference:
    """A bone's length in two presets.

    a, b: the templates as shares of the trunk. ratio: b / a. spread_a, spread_b: of the logarithm between individuals.
    flex_a, flex_b: factors from pose to pose.
    """

    a: float
    b: float
    spread_a: float
    spread_b: float
    flex_a: Interval
    flex_b: Interval

    @property
    def ratio(self) -> float:
        return self.b / self.a


@dataclass(frozen=True)
class BoneDifference:
    """What is not the same at one bone.

    bone: its index. axes: only those that differ. solid_angle_a, solid_angle_b: steradians that its directions cover.
    rest_angle: radians between the rest directions, 0 for spherical ranges. usual: whether the usual
    postures differ, of which at least one is said.
    length: None where both have the same. rules: which of "coupled", "carries" and "outward" are not the same.
    """

    bone: int
    axes: tuple[AxisDifference, ...]
    solid_angle_a: float
    solid_angle_b: float
    rest_angle: float
    usual: bool
    length: LengthDifference | None
    rules: tuple[str, ...]

    @property
    def solid_angle_change(self) -> float:
        """How much more (or less) b covers, as a share of a; infinite where a covers nothing and b something."""
        if self.solid_angle_a > 0:
            return self.solid_angle_b / self.solid_angle_a - 1
        return math.inf if self.solid_angle_b > 0 else 0.0


@dataclass(frozen=True)
class FactorDifference:
    """A factor on several bones that one preset has and the other not, or with another spread or other bones."""

    name: str
    a: LengthFactor | None
    b: LengthFactor | None


def diff(a: RangePreset, b: RangePreset) -> tuple[BoneDifference, ...]:
    """The bones at which two presets differ, in the skeleton's order.

    Raises:
        SkeletonError: they are for different skeletons, or one is spherical and the other swing.
    """
    check_comparable(a, b)
    found = (_bone_difference(a, b, bone) for bone in range(a.skeleton.bone_count))
    return tuple(d for d in found if d is not None)


def diff_factors(a: RangePreset, b: RangePreset) -> tuple[FactorDifference, ...]:
    """The shared length factors in which two presets differ, matched by name."""
    check_comparable(a, b)
    first, second = ({f.name: f for f in preset.factors} for preset in (a, b))
    names = dict.fromkeys((*first, *second))
    pairs = (FactorDifference(name, first.get(name), second.get(name)) for name in names)
    return tuple(p for p in pairs if p.a != p.b)


def check_comparable(a: RangePreset, b: RangePreset) -> None:
    """Refuse two presets whose bones or angles do not mean the same.

    Raises:
        SkeletonError: they are for different skeletons, or one is spherical and the other swing.
    """
    if a.skeleton != b.skeleton:
        raise SkeletonError(
            f"The ranges '{a.name}' are for the skeleton '{a.skeleton.name}' and '{b.name}' for '{b.skeleton.name}'"
            f"{'' if a.skeleton.name != b.skeleton.name else ' with other bones'}; compare two of the same skeleton."
        )
    if a.kind != b.kind:
        raise SkeletonError(
            f"The ranges '{a.name}' are {a.kind} and '{b.name}' are {b.kind}: their angles are measured from "
            f"different axes; compare two of the same kind."
        )


def by_pairs(
    differences: tuple[BoneDifference, ...], skeleton: Skeleton
) -> tuple[tuple[tuple[int, ...], BoneDifference], ...]:
    """The differences with left and right as one wherever they are each other's mirror image: (bones, difference).

    The difference is that of the first of the bones.
    """
    known = {d.bone: d for d in differences}
    merged: list[tuple[tuple[int, ...], BoneDifference]] = []
    done: set[int] = set()
    for d in differences:
        partner = skeleton.mirror_bones[d.bone]
        if d.bone in done:
            continue
        both = partner != d.bone and partner in known and _same(d, known[partner])
        bones = (d.bone, partner) if both else (d.bone,)
        done.update(bones)
        merged.append((bones, d))
    return tuple(merged)


def spoken_bones(preset: RangePreset, bones: tuple[int, ...]) -> str:
    """One bone, or a left and right one, as they are named to people: "left hip to left knee", or "hip to knee"."""
    name = spoken_bone(preset, bones[0])
    return name if len(bones) == 1 else name.replace("left ", "").replace("right ", "")


def overlap(a: Interval, b: Interval) -> float:
    """What two intervals have in common, as a share of what either covers: 1 the same, 0 apart.

    Of two that both have no width it is 1 where they are one value; a value inside an interval shares 0 of it.
    """
    covered = a.width + b.width - max(0.0, min(a.max, b.max) - max(a.min, b.min))
    if covered <= TOLERANCE:
        return float(abs(a.middle - b.middle) <= TOLERANCE)
    return max(0.0, min(a.max, b.max) - max(a.min, b.min)) / covered


def solid_angle(rotation: RotationRange) -> float:
    """Steradians that a range lets a bone's direction cover; a full sphere is 4 pi.

    On the sphere an abduction is a latitude over the circle of flexion, and theta is measured from the pole.
    """
    if isinstance(rotation, SwingRange):
        height = math.sin(rotation.abduction.max) - math.sin(rotation.abduction.min)
        return min(rotation.flexion.width, 2 * math.pi) * height
    height = math.cos(rotation.theta.min) - math.cos(rotation.theta.max)
    return min(rotation.phi.width, 2 * math.pi) * height


def trunk_bone(skeleton: Skeleton) -> int:
    """The bone that lengths are compared by: in the middle of the body, with most bones hanging on it."""
    hanging = [0] * skeleton.bone_count
    for bone in reversed(range(skeleton.bone_count)):
        parent = skeleton.parent_bones[bone]
        if parent >= 0:
            hanging[parent] += 1 + hanging[bone]
    middle = [b for b in range(skeleton.bone_count) if skeleton.mirror_bones[b] == b]
    return max(middle or range(skeleton.bone_count), key=lambda b: hanging[b])


def _bone_difference(a: RangePreset, b: RangePreset, bone: int) -> BoneDifference | None:
    first, second = a.ranges[bone], b.ranges[bone]
    axes = []
    for axis in axes_of(first):
        x, y = getattr(first, axis), getattr(second, axis)
        if not _equal(x, y):
            axes.append(AxisDifference(axis, x, y, overlap(x, y)))
    rest, usual = 0.0, False
    rules: tuple[str, ...] = ()
    if isinstance(first, SwingRange) and isinstance(second, SwingRange):
        rest = _angle(first.rest, second.rest)
        said = first.usual is not None or second.usual is not None
        usual = said and any(abs(x - y) > TOLERANCE for x, y in zip(_usual(first), _usual(second), strict=True))
        rules = tuple(rule for rule in ("coupled", "carries") if getattr(first, rule) != getattr(second, rule))
        if _angle(first.outward, second.outward) > TOLERANCE:
            rules = (*rules, "outward")
    length = _length_difference(a, b, bone)
    rest = rest if rest > TOLERANCE else 0.0
    if not (axes or rest or usual or length or rules):
        return None
    return BoneDifference(bone, tuple(axes), solid_angle(first), solid_angle(second), rest, usual, length, rules)


def _usual(swing: SwingRange) -> tuple[float, float, float]:
    """The posture that a bone moves about, said or not."""
    return swing.usual or (swing.flexion.middle, swing.abduction.middle, swing.twist.middle)


def _length_difference(a: RangePreset, b: RangePreset, bone: int) -> LengthDifference | None:
    trunk = trunk_bone(a.skeleton)
    first, second = a.lengths[bone], b.lengths[bone]
    found = LengthDifference(
        first.template / a.lengths[trunk].template,
        second.template / b.lengths[trunk].template,
        first.spread,
        second.spread,
        first.flex,
        second.flex,
    )
    same = abs(found.ratio - 1) <= TOLERANCE and _same_variation(first, second)
    return None if same else found


def _same_variation(a: BoneLength, b: BoneLength) -> bool:
    return abs(a.spread - b.spread) <= TOLERANCE and _equal(a.flex, b.flex)


def _equal(a: Interval, b: Interval) -> bool:
    return abs(a.min - b.min) <= TOLERANCE and abs(a.max - b.max) <= TOLERANCE


def _angle(a: tuple[float, float, float], b: tuple[float, float, float]) -> float:
    """Between two directions; by atan2, which keeps its precision where they are the same."""
    cross = (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])
    return math.atan2(math.hypot(*cross), sum(x * y for x, y in zip(a, b, strict=True)))


def _same(a: BoneDifference, b: BoneDifference) -> bool:
    """Whether two bones differ in the same way, but for what a reflection rounds."""
    near = all(
        math.isclose(x, y, abs_tol=TOLERANCE)
        for x, y in (
            (a.rest_angle, b.rest_angle),
            (a.solid_angle_a, b.solid_angle_a),
            (a.solid_angle_b, b.solid_angle_b),
        )
    )
    blank = {"bone": 0, "rest_angle": 0.0, "solid_angle_a": 0.0, "solid_angle_b": 0.0}
    return near and replace(a, **blank) == replace(b, **blank)  # type: ignore[arg-type]
