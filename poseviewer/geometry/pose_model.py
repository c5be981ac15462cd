"""A skeleton posed by its range angles and seen by a weak-perspective camera: unknowns -> keypoints, with derivatives.

The unknowns of a pose are small turns of the body (3), its place in the image (2), the logarithm of its size (1), the
angles that its ranges leave open, and how the logarithms of its bone lengths deviate from what is held likely of this
pose, in standard deviations along the axes of their common distribution.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from poseviewer.core.range_edits import axes_of
from poseviewer.core.ranges import RangePreset, SwingRange
from poseviewer.geometry.body_frame import axis_intervals
from poseviewer.geometry.kinematics import planar_directions, planar_joints
from poseviewer.geometry.least_squares import Rows

Array = NDArray[np.float64]

STEP = 1e-6
"""Radians by which an angle is changed to see what it moves."""
HUBER = 3.0
"""Standard deviations of a click beyond which its pull stays the same: an outlier must not bend the pose to it."""
ANGLE_PRIOR = 1.0
"""Pull of an angle towards its usual value, in standard deviations of a click per half width of its interval."""
RIGID = 0.04
"""Standard deviation from pose to pose of the logarithm of a length that does not flex: a joint is no point."""
MISTAKEN = 2.0
"""Standard deviations of a lifter's depth beyond which more costs little more: it may be mistaken altogether."""
SOFT = math.radians(2.0)
"""Excess of an angle below which its price grows with the square instead of evenly."""


class Unknown(NamedTuple):
    """One angle that is looked for: an axis, by its place in `axes_of`, of one bone or of a coupled pair."""

    axis: int
    bones: tuple[int, ...]


class LengthPrior(NamedTuple):
    """What is held likely of the logarithms of n poses' bone lengths: mean (n, B), root (n, B, B) of the covariance."""

    mean: Array
    root: Array

    def taken(self, rows: Rows) -> LengthPrior:
        return LengthPrior(self.mean[rows], self.root[rows])


class PoseState(NamedTuple):
    """n poses. rotation: (n, 3, 3) body to camera. frame: (n, 3) x, y and log size. angles: (n, A).

    The logarithms of the bone lengths are mean (n, B) + root (n, B, B) lengths (n, B); only the last is looked for.
    """

    rotation: Array
    frame: Array
    angles: Array
    lengths: Array
    mean: Array
    root: Array

    @property
    def log_lengths(self) -> Array:
        """(n, B)."""
        logs: Array = self.mean + (self.root @ self.lengths[..., None])[..., 0]
        return logs


@dataclass(frozen=True, eq=False)
class Observed:
    """What the poses are compared with, in units of each pose's own size.

    keypoints: (n, J, 2), 0 where missing. weight: (n, J) inverse standard deviations, 0 where missing.
    low, high: (n, A) the angles' bounds. price: (n, A) of leaving the range, per radian, where the bounds allow it.
    depth: (n, J) as a lifter sees it, from the mean of the pose. sure: (n, J) its inverse standard deviations; 0 where
    none has seen it.
    """

    keypoints: Array
    weight: Array
    low: Array
    high: Array
    price: Array
    depth: Array
    sure: Array

    def taken(self, rows: Rows) -> Observed:
        return Observed(*(getattr(self, field.name)[rows] for field in fields(self)))

    def bounded(self, low: Array, high: Array, price: Array) -> Observed:
        return replace(self, low=low, high=high, price=price)


class PoseModel:
    """The kinematics of one preset, and what it holds likely.

    Attributes:
        unknowns: the A angles that are looked for. low, high: (A,) their ranges.
    """

    def __init__(self, preset: RangePreset) -> None:
        self.preset = preset
        self.unknowns = _unknowns(preset)
        low, high = axis_intervals(preset)
        self._fixed = (low + high) / 2  # (B, axes), for what is no unknown
        self.low = np.array([low[u.bones[0], u.axis] for u in self.unknowns])
        self.high = np.array([high[u.bones[0], u.axis] for u in self.unknowns])
        usual = _usual(preset)
        self.usual = np.array([usual[u.bones[0], u.axis] for u in self.unknowns])
        half = (self.high - self.low) / 2
        self._pull = np.where(half > 1e-6, ANGLE_PRIOR / np.maximum(half, 1e-6), 0.0)
        self._paths = np.asarray(planar_joints(preset.skeleton, np.eye(preset.skeleton.bone_count)))

    # --- from unknowns to joints ---------------------------------------------------------------------

    def all_angles(self, angles: Array) -> Array:
        """(n, A) unknowns -> (n, B, axes)."""
        full = np.broadcast_to(self._fixed, (len(angles), *self._fixed.shape)).copy()
        for column, unknown in enumerate(self.unknowns):
            full[:, list(unknown.bones), unknown.axis] = angles[:, column, None]
        return full

    def own_angles(self, full: Array) -> Array:
        """(n, B, axes) -> (n, A), the mean where two bones share an angle; NaN where none of them is known."""
        columns = []
        for unknown in self.unknowns:
            shared = full[:, list(unknown.bones), unknown.axis]
            known = np.isfinite(shared)
            count = known.sum(1)
            mean = np.where(known, shared, 0).sum(1) / np.maximum(count, 1)
            columns.append(np.where(count > 0, mean, np.nan))
        return np.stack(columns, axis=1)

    def joints(self, state: PoseState) -> Array:
        """(n, J, 3) camera frame, in units of the observed poses; z is relative to the root."""
        directions = self._directions(self.all_angles(state.angles))
        body = planar_joints(self.preset.skeleton, directions * np.exp(state.log_lengths).T)  # (3, J, n)
        scaled = np.einsum("nij,jkn->nki", state.rotation, body) * np.exp(state.frame[:, 2])[:, None, None]
        scaled[..., :2] += state.frame[:, None, :2]
        seen: Array = scaled
        return seen

    def _directions(self, full: Array) -> Array:
        """(n, B, axes) -> (3, B, n) in the body frame."""
        planar = np.ascontiguousarray(full.transpose(2, 1, 0))
        if self.preset.kind == "swing":
            return np.asarray(planar_directions(self.preset, planar[0], planar[1], planar[2]))
        theta, phi = planar
        return np.stack([np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), np.cos(theta)])

    # --- derivatives ---------------------------------------------------------------------------------

    def moves(self, state: PoseState) -> tuple[Array, Array]:
        """Joints (n, J, 3) and what each unknown moves them by (n, J, 3, 6 + A + B)."""
        n, count = len(state.angles), len(self.unknowns)
        full = self.all_angles(state.angles)
        directions = self._directions(full)
        lengths = np.exp(state.log_lengths).T  # (B, n)
        vectors = directions * lengths
        size = np.exp(state.frame[:, 2])[:, None, None]
        seen = (
            np.einsum("nij,jkn->nki", state.rotation, np.asarray(planar_joints(self.preset.skeleton, vectors))) * size
        )
        x, y, z = seen[..., 0], seen[..., 1], seen[..., 2]
        zero, one = np.zeros_like(x), np.ones_like(x)
        camera = np.stack(
            [
                np.stack([zero, z, -y, one, zero, x], axis=-1),
                np.stack([-z, zero, x, zero, one, y], axis=-1),
                np.stack([y, -x, zero, zero, zero, z], axis=-1),
            ],
            axis=2,
        )
        turned = np.repeat(full[:, None], count, axis=1)  # (n, A, B, axes)
        for column, unknown in enumerate(self.unknowns):
            turned[:, column, list(unknown.bones), unknown.axis] += STEP
        swung = self._directions(turned.reshape(n * count, *full.shape[1:])).reshape(3, -1, n, count)
        change = (swung - directions[..., None]) * (lengths / STEP)[None, :, :, None]
        joints = np.tensordot(self._paths, change, axes=(1, 1))  # (J, 3, n, A)
        turned_to = state.rotation * size
        angles = np.einsum("nci,jina->njca", turned_to, joints, optimize=True)
        flat = np.einsum("nci,ibn->nbc", turned_to, vectors)
        grown = np.einsum("jb,nbc->njcb", self._paths, flat) @ state.root[:, None]
        seen[..., :2] += state.frame[:, None, :2]
        return seen, np.concatenate([camera, angles, grown], axis=-1)


class PoseProblems:
    """The poses of a model fitted to what was observed: `least_squares.Problems`."""

    def __init__(self, model: PoseModel, observed: Observed) -> None:
        self.model, self.observed = model, observed

    def cost(self, state: PoseState, rows: Rows) -> Array:
        seen = self.observed.taken(rows)
        joints = self.model.joints(state)
        off = np.linalg.norm(joints[..., :2] - seen.keypoints, axis=-1) * seen.weight
        aside = (joints[..., 2] - joints[..., 2].mean(1, keepdims=True) - seen.depth) * seen.sure
        deep = MISTAKEN**2 / 2 * np.log1p((aside / MISTAKEN) ** 2).sum(1)
        clicks = np.where(off <= HUBER, off**2 / 2, HUBER * (off - HUBER / 2)).sum(1)
        usual = self._pulled(state) ** 2
        excess = self.excess(state)
        paid = seen.price * (np.sqrt(excess**2 + SOFT**2) - SOFT)
        total: Array = clicks + usual.sum(1) / 2 + (state.lengths**2).sum(1) / 2 + paid.sum(1) + deep
        return total

    def linearise(self, state: PoseState, rows: Rows) -> tuple[Array, Array]:
        model, seen = self.model, self.observed.taken(rows)
        n, count, bones = len(rows), len(model.unknowns), state.lengths.shape[1]
        joints, moves = model.moves(state)
        off = joints[..., :2] - seen.keypoints
        depth, deeper = joints[..., 2], moves[:, :, 2]
        aside = (depth - depth.mean(1, keepdims=True) - seen.depth) * seen.sure
        sure = 1 / np.sqrt(1 + (aside / MISTAKEN) ** 2)
        far = np.linalg.norm(off, axis=-1) * seen.weight
        weight = (seen.weight * np.sqrt(HUBER / np.maximum(far, HUBER)))[..., None]
        excess = self.excess(state)
        price = np.sqrt(seen.price / np.sqrt(excess**2 + SOFT**2))
        points = 2 * joints.shape[1]
        residuals = np.concatenate(
            [
                (off * weight).reshape(n, points),
                self._pulled(state),
                state.lengths,
                excess * price,
                aside * sure,
            ],
            axis=1,
        )
        slopes = np.zeros((n, residuals.shape[1], 6 + count + bones))
        slopes[:, :points] = (moves[:, :, :2] * weight[..., None]).reshape(n, points, -1)
        angles, lengths, beyond = np.arange(count), np.arange(bones), points + count + bones
        # Beyond a range that is open there is no pull back to its middle: that is what is being asked.
        held = ((state.angles > model.low) | (seen.low >= model.low)) & (
            (state.angles < model.high) | (seen.high <= model.high)
        )
        slopes[:, points + angles, 6 + angles] = np.where(held, model._pull, 0.0)
        slopes[:, points + count + lengths, 6 + count + lengths] = 1.0
        slopes[:, beyond + angles, 6 + angles] = np.where(excess != 0, price, 0.0)
        slopes[:, beyond + count :] = (deeper - deeper.mean(1, keepdims=True)) * (seen.sure * sure)[..., None]
        return residuals, slopes

    def room(self, state: PoseState, rows: Rows) -> tuple[Array, Array]:
        seen = self.observed.taken(rows)
        # A turn or a growth by more than this in one step is a guess, not a step.
        down = np.tile([-0.7, -0.7, -0.7, -np.inf, -np.inf, -0.7], (len(rows), 1))
        free = np.full(state.lengths.shape, 4.0)
        low = np.minimum(seen.low - state.angles, 0.0)
        high = np.maximum(seen.high - state.angles, 0.0)
        return (
            np.concatenate([down, np.maximum(low, -0.7), -free - state.lengths], axis=1),
            np.concatenate([-down, np.minimum(high, 0.7), free - state.lengths], axis=1),
        )

    def moved(self, state: PoseState, step: Array) -> PoseState:
        count = state.angles.shape[1]
        return state._replace(
            rotation=rotation_by(step[:, :3]) @ state.rotation,
            frame=state.frame + step[:, 3:6],
            angles=state.angles + step[:, 6 : 6 + count],
            lengths=state.lengths + step[:, 6 + count :],
        )

    def taken(self, state: PoseState, index: Rows) -> PoseState:
        return PoseState(*(part[index] for part in state))

    def placed(self, state: PoseState, index: Rows, part: PoseState) -> PoseState:
        new = [old.copy() for old in state]
        for whole, piece in zip(new, part, strict=True):
            whole[index] = piece
        return PoseState(*new)

    def _pulled(self, state: PoseState) -> Array:
        """(n, A) how far each angle, at most to its stop, is from its usual value in standard deviations."""
        pulled: Array = (np.clip(state.angles, self.model.low, self.model.high) - self.model.usual) * self.model._pull
        return pulled

    def excess(self, state: PoseState) -> Array:
        """How far each angle is beyond its range, negative below it."""
        excess: Array = state.angles - np.clip(state.angles, self.model.low, self.model.high)
        return excess


def rotation_by(vectors: Array) -> Array:
    """Rotation vectors (n, 3) -> matrices (n, 3, 3) (Rodrigues)."""
    angle = np.linalg.norm(vectors, axis=-1)[:, None, None]
    x, y, z = vectors[:, 0], vectors[:, 1], vectors[:, 2]
    zero = np.zeros_like(x)
    cross = np.stack([zero, -z, y, z, zero, -x, -y, x, zero], axis=-1).reshape(-1, 3, 3)
    sinc = np.sinc(angle / math.pi)
    half = np.sinc(angle / (2 * math.pi)) ** 2 / 2
    rotation: Array = np.eye(3) + sinc * cross + half * (cross @ cross)
    return rotation


def length_distribution(preset: RangePreset) -> tuple[Array, Array]:
    """The mean (B,) of the logarithms of the bone lengths, and a root (B, B) of their covariance."""
    mean, between, within = length_parts(preset)
    root: Array = np.asarray(np.linalg.cholesky(between @ between.T + np.diag(within**2)), np.float64)
    return mean, root


def length_parts(preset: RangePreset) -> tuple[Array, Array, Array]:
    """The logarithms of bone lengths: their mean (B,), how they differ between animals and from pose to pose.

    Between animals they are the second part (B, K) times K standard normal numbers: left and right share a length, and
    some bones a factor. From pose to pose each flexes by itself, with the third part (B,) as standard deviation.
    """
    bones = preset.skeleton.bone_count
    groups = np.array(preset.skeleton.length_groups)
    spread = np.array([b.spread for b in preset.lengths])
    own = np.where(groups[:, None] == np.arange(groups.max() + 1), spread[:, None], 0.0)
    shared = [np.isin(np.arange(bones), factor.bones) * factor.spread for factor in preset.factors]
    flex = np.log([[b.flex.min, b.flex.max] for b in preset.lengths])
    within: Array = np.sqrt((flex[:, 1] - flex[:, 0]) ** 2 / 12 + RIGID**2)
    mean: Array = np.log([b.template for b in preset.lengths]) + flex.mean(1)
    return mean, np.column_stack([own, *shared]), within


def _unknowns(preset: RangePreset) -> tuple[Unknown, ...]:
    """Every axis of every bone, but for twists that move nothing or that the ranges do not know."""
    skeleton = preset.skeleton
    found: list[Unknown] = []
    for bone, rotation in enumerate(preset.ranges):
        partner = skeleton.mirror_bones[bone]
        coupled = isinstance(rotation, SwingRange) and rotation.coupled and partner != bone
        if coupled and partner < bone:
            continue
        for axis, name in enumerate(axes_of(rotation)):
            idle = name == "twist" and (bone not in skeleton.parent_bones or not getattr(rotation, name).width)
            if not idle:
                found.append(Unknown(axis, (bone, partner) if coupled else (bone,)))
    return tuple(found)


def _usual(preset: RangePreset) -> Array:
    """(B, axes)."""
    low, high = axis_intervals(preset)
    share = [r.usual_fractions() if isinstance(r, SwingRange) else (0.5, 0.5) for r in preset.ranges]
    usual: Array = low + (high - low) * np.array(share)
    return usual
