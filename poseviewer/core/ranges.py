"""Rotation ranges and bone lengths: everything the program knows about which 3D poses are valid."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from poseviewer.core.errors import SkeletonError
from poseviewer.core.skeleton import Skeleton

Vector = tuple[float, float, float]


@dataclass(frozen=True)
class Interval:
    """A closed interval; radians wherever it holds an angle.

    Raises:
        SkeletonError: an end is not finite, or min > max.
    """

    min: float
    max: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.min) and math.isfinite(self.max)):
            raise SkeletonError(f"A range has an end that is not a number ({self.min} to {self.max}); enter a number.")
        if self.min > self.max:
            raise SkeletonError(
                f"A range starts at {self.min:g} but ends at {self.max:g}; the minimum must not exceed the maximum."
            )

    @property
    def width(self) -> float:
        return self.max - self.min

    @property
    def middle(self) -> float:
        return (self.min + self.max) / 2

    def contains(self, value: float, tolerance: float = 1e-9) -> bool:
        return self.min - tolerance <= value <= self.max + tolerance


ZERO = Interval(0.0, 0.0)


@dataclass(frozen=True)
class SphericalRange:
    """The synthesis paper's range of a bone's direction in the body frame (section 3.3.2, eq. 5).

    theta: angle from +z, in [0, pi]; phi: atan2(y, x).
    """

    theta: Interval
    phi: Interval

    def __post_init__(self) -> None:
        if self.theta.min < -1e-9 or self.theta.max > math.pi + 1e-9:
            raise SkeletonError("A spherical range has theta outside 0 to 180 degrees; keep it inside.")


@dataclass(frozen=True)
class SwingRange:
    """A range about a rest direction, in the frame of the parent bone.

    `rest` is the bone's unit direction in the body frame when every bone is at rest. `flexion` swings
    the bone within the plane of `rest` and `forward`; `abduction` swings it out of that plane, towards
    `outward` (see `geometry.kinematics.swing_frame`). `twist` turns the bone about itself: it moves
    only what hangs on the bone.

    A bone whose `coupled` is true has the swing angles of its partner on the other side, mirrored:
    both sides of a rigid girdle move as one.

    `usual` is the posture (flexion, abduction, twist) about which an animal at ease moves; without one it is the
    middle of each range.

    Where `carries` is false, the bones that hang on this one do not swing with it but stay in the frame of the
    bone before: a line from a labelled point to a joint (withers to shoulder) is no lever.
    """

    rest: Vector
    flexion: Interval
    abduction: Interval
    twist: Interval = ZERO
    outward: Vector = (1.0, 0.0, 0.0)
    coupled: bool = False
    carries: bool = True
    usual: Vector | None = None

    def __post_init__(self) -> None:
        norm = math.sqrt(sum(c * c for c in self.rest))
        if not math.isclose(norm, 1.0, abs_tol=1e-6):
            raise SkeletonError(f"A rest direction has length {norm:g}; it must be a unit vector.")
        limit = math.pi / 2 + 1e-9
        if self.abduction.min < -limit or self.abduction.max > limit:
            raise SkeletonError("An abduction range goes beyond 90 degrees; use flexion for larger swings.")

    def usual_fractions(self) -> Vector:
        """Where the usual posture lies in each interval, from 0 at its minimum to 1 at its maximum."""
        if self.usual is None:
            return 0.5, 0.5, 0.5
        flexion, abduction, twist = (
            min(1.0, max(0.0, (value - interval.min) / interval.width)) if interval.width else 0.5
            for value, interval in zip(self.usual, (self.flexion, self.abduction, self.twist), strict=True)
        )
        return flexion, abduction, twist


RotationRange = SphericalRange | SwingRange


@dataclass(frozen=True)
class BoneLength:
    """How long a bone is among the animals that a skeleton stands for.

    template: typical length; only ratios between bones matter.
    spread: standard deviation of the logarithm of the length between individuals (left and right tied).
    flex: factor on the length that changes from pose to pose and from side to side, for a bone that
        spans a joint the skeleton does not have (a paw drawn straight from the elbow, a curved tail).
    """

    template: float
    spread: float
    flex: Interval = Interval(1.0, 1.0)

    def __post_init__(self) -> None:
        if not (self.template > 0 and math.isfinite(self.template)):
            raise SkeletonError(f"A bone has the template length {self.template:g}; it must be greater than 0.")
        if not (self.spread >= 0 and math.isfinite(self.spread)):
            raise SkeletonError(f"A bone has the length spread {self.spread:g}; it must not be negative.")
        if self.flex.min <= 0:
            raise SkeletonError("A bone's length factor must stay above 0.")


@dataclass(frozen=True)
class LengthFactor:
    """A factor that several bones share: long-legged or short-legged animals.

    spread: standard deviation of its logarithm. bones: indices into the skeleton's bones.
    """

    name: str
    spread: float
    bones: tuple[int, ...]


@dataclass(frozen=True)
class RangePreset:
    """The rotation ranges and bone lengths of one skeleton: what synthesis draws poses from.

    `ranges`, `lengths` and `notes` have one entry per bone, in the skeleton's order; a note says where
    the range comes from. The ranges are either all spherical or all swing.

    Raises:
        SkeletonError: their number is not the number of bones, or the kinds are mixed.
    """

    name: str
    skeleton: Skeleton
    ranges: tuple[RotationRange, ...]
    lengths: tuple[BoneLength, ...]
    factors: tuple[LengthFactor, ...] = ()
    notes: tuple[str, ...] = field(default=(), compare=False)
    source: str = field(default="", compare=False)
    bell: float = 0.0
    """Share of angles drawn towards the usual posture (mean of three uniforms) instead of uniformly."""
    locked: frozenset[int] = frozenset()
    """Bones that no edit may change; synthesis does not look at it."""

    def __post_init__(self) -> None:
        count = self.skeleton.bone_count
        if len(self.ranges) != count or len(self.lengths) != count:
            raise SkeletonError(
                f"The range preset '{self.name}' has {len(self.ranges)} ranges and {len(self.lengths)} lengths for the "
                f"{count} bones of skeleton '{self.skeleton.name}'; it needs one of each per bone."
            )
        if len({type(r) for r in self.ranges}) > 1:
            raise SkeletonError(
                f"The range preset '{self.name}' mixes spherical and swing ranges; use one kind for all bones."
            )

    @property
    def kind(self) -> str:
        """'spherical' or 'swing'."""
        return "spherical" if isinstance(self.ranges[0], SphericalRange) else "swing"

    def with_range(self, bone: int, new: RotationRange) -> RangePreset:
        """A copy with another range at one bone."""
        return replace(self, ranges=(*self.ranges[:bone], new, *self.ranges[bone + 1 :]))

    def with_length(self, bone: int, new: BoneLength) -> RangePreset:
        """A copy with another length at one bone."""
        return replace(self, lengths=(*self.lengths[:bone], new, *self.lengths[bone + 1 :]))
