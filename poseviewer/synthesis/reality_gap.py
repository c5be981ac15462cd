"""Synthetic against labelled 2D poses: a map of both, and which labelled poses nothing synthetic is like."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.core.ranges import RangePreset
from poseviewer.synthesis.generate import PlanarBatch, stream
from poseviewer.synthesis.pose_cloud import FEWEST, PoseCloud, normalised
from poseviewer.synthesis.presets import DEFAULT, SynthesisPreset

Array = NDArray[np.float64]

SYNTHETIC = 60_000
"""Poses that the map's axes are worked out from, in a stream."""
CLOUD = 20_000
"""Of these, those that labelled poses are compared with."""
HELD_OUT = (100, 400)
"""Fewest and most synthetic poses that say how far the cloud's own kind is from it, for each set of joints seen."""
JUDGED = 12_000
"""Of those in all: the more sets of joints there are, the fewer are spent on each."""
OUTSIDE = 0.99
"""A pose is outside if it is farther from the cloud than this share of the cloud's own kind."""
SHOWN = 4_000
GRID = 48


@dataclass(frozen=True)
class GapProgress:
    """Where the work is: `done` of 1, and what is being done."""

    done: float
    what: str


@dataclass(frozen=True)
class Axis:
    """One axis of the map: what it mostly tells at its low and its high end ("" where nothing simple), and the share
    of the poses' variance along it."""

    low: str
    high: str
    explained: float


@dataclass(frozen=True, eq=False)
class RealityGap:
    """N labelled poses against the synthetic ones.

    Attributes:
        ranges: what the synthetic poses were drawn from.
        synthetic: (M, 2) places of synthetic poses on the map. axes: what the map's axes are.
        density: (GRID, GRID) synthetic poses per field, x first, the fullest being 1; extent: x0, x1, y0, y1 of it.
        labelled: (N, 2) places of labelled poses; NaN where a pose has too few keypoints to be compared.
        quantile: (N,) share of synthetic poses that are nearer to the cloud, NaN as above.
        excess: (N,) distance over that at which a pose counts as outside: above 1 is outside.
        contribution: (N, J) how much of each pose's squared distance is due to a joint; NaN where it is missing.
    """

    ranges: RangePreset
    synthetic: Array
    axes: tuple[Axis, Axis]
    density: Array
    extent: tuple[float, float, float, float]
    labelled: Array
    quantile: Array
    excess: Array
    contribution: Array

    @property
    def outside(self) -> NDArray[np.bool_]:
        """(N,) true where nothing synthetic is like the pose."""
        found: NDArray[np.bool_] = np.nan_to_num(self.excess) > 1
        return found

    @property
    def compared(self) -> int:
        """How many of the labelled poses have enough keypoints."""
        return int(np.isfinite(self.excess).sum())

    def ranking(self) -> NDArray[np.intp]:
        """The poses outside, the strangest first."""
        order = np.argsort(-np.nan_to_num(self.excess), kind="stable")
        return order[: int(self.outside.sum())]

    def odd_joint(self, pose: int) -> int | None:
        """The joint that makes a pose strange; None where it was not compared."""
        found = self.contribution[pose]
        return int(np.nanargmax(found)) if np.isfinite(found).any() else None


def measure_gap(
    ranges: RangePreset, keypoints: NDArray[np.floating[Any]], recipe: SynthesisPreset = DEFAULT, seed: int = 0
) -> Generator[GapProgress, None, RealityGap]:
    """Compare labelled poses (N, J, 2), NaN where missing, with what these ranges synthesize. Memory does not grow
    with the number of synthetic poses; every yield is a place to stop."""
    moments = _Moments(ranges.skeleton.joint_count)
    kept: list[Array] = []
    traits: list[Array] = []
    for first, batch in stream(ranges, recipe, SYNTHETIC, seed, workers=1):
        poses = batch.keypoints.transpose(2, 1, 0).astype(np.float64)  # (n, J, 2)
        moments.add(normalised(poses).reshape(len(poses), -1))
        if first < CLOUD:
            kept.append(poses[: CLOUD - first])
            traits.append(_traits(batch)[: CLOUD - first])
        yield GapProgress(0.3 * (first + len(poses)) / SYNTHETIC, "Synthesizing poses")
    poses = np.concatenate(kept)
    plane, explained = moments.plane()
    places = (normalised(poses).reshape(len(poses), -1) - moments.mean) @ plane
    axes, turned = _named(places, np.concatenate(traits), explained)
    plane, places = plane * turned, places * turned
    labelled = np.full((len(keypoints), 2), np.nan)
    quantile, excess = np.full(len(keypoints), np.nan), np.full(len(keypoints), np.nan)
    contribution = np.full(keypoints.shape[:2], np.nan)
    yield GapProgress(0.3, "Comparing labelled poses")
    for done, group in _judged(PoseCloud(poses), keypoints):
        labelled[group.which] = (normalised(group.completed).reshape(len(group.which), -1) - moments.mean) @ plane
        quantile[group.which], excess[group.which] = group.quantile, group.excess
        contribution[group.which] = group.contribution
        yield GapProgress(0.3 + 0.7 * done, "Comparing labelled poses")
    density, extent = _density(places)
    return RealityGap(
        ranges, places[:SHOWN], axes, density, extent, labelled, quantile, excess, contribution
    )  # fmt: skip


class _Moments:
    """Mean and covariance of D numbers, chunk by chunk (Chan, Golub and LeVeque 1983)."""

    def __init__(self, joint_count: int) -> None:
        size = 2 * joint_count
        self.mean: Array = np.zeros(size)
        self._count = 0
        self._scatter: Array = np.zeros((size, size))

    def add(self, rows: Array) -> None:
        """(n, D)."""
        middle = rows.mean(axis=0)
        centred = rows - middle
        total = self._count + len(rows)
        step = middle - self.mean
        self._scatter += centred.T @ centred + np.outer(step, step) * (self._count * len(rows) / total)
        self.mean = self.mean + step * (len(rows) / total)
        self._count = total

    def plane(self) -> tuple[Array, Array]:
        """The two directions of largest variance (D, 2), and each one's share of all variance (2,)."""
        values, vectors = np.linalg.eigh(self._scatter / max(self._count, 1))
        # A direction may point either way: the largest entry is made positive, so that maps can be compared.
        plane: Array = vectors[:, [-1, -2]]
        return plane * np.sign(plane[np.abs(plane).argmax(axis=0), [0, 1]]), values[[-1, -2]] / max(
            float(values.sum()), 1e-12
        )


@dataclass(frozen=True, eq=False)
class _Group:
    """Labelled poses with the same joints: their numbers, and what was found."""

    which: NDArray[np.intp]
    completed: Array
    quantile: Array
    excess: Array
    contribution: Array


def _judged(cloud: PoseCloud, keypoints: NDArray[np.floating[Any]]) -> Iterator[tuple[float, _Group]]:
    """Group after group of poses that have the same joints, with the share of the work that is done."""
    present = np.isfinite(keypoints).all(axis=-1)
    wide = np.zeros(len(keypoints), dtype=bool)
    for n in np.flatnonzero(present.sum(axis=1) >= FEWEST):
        wide[n] = bool(np.ptp(keypoints[n][present[n]], axis=0).max() > 0)
    if not wide.any():
        return
    masks, member = np.unique(present[wide], axis=0, return_inverse=True)
    held_out = min(max(JUDGED // len(masks), HELD_OUT[0]), HELD_OUT[1])
    rest, own = cloud.without(held_out)
    for number, mask in enumerate(masks):
        which = np.flatnonzero(wide)[member.reshape(-1) == number]
        usual = np.sort(rest.judge(own, mask).distance)
        found = rest.judge(keypoints[which], mask)
        nearer = np.searchsorted(usual, found.distance) / (len(usual) + 1)
        limit = max(float(np.quantile(usual, OUTSIDE)), 1e-9)
        yield (
            (number + 1) / len(masks),
            _Group(which, found.completed, nearer, found.distance / limit, found.contribution),
        )


TRAITS = (
    ("facing left", "facing right"),
    ("facing the camera", "facing away"),
    ("head down", "head up"),
    ("seen from above", "seen from below"),
    ("upside down", "upright"),
)
TOLD = 0.5
"""An axis is named by a trait that it goes along with at least this much (correlation)."""


def _traits(batch: PlanarBatch) -> Array:
    """(n, 5) how much each synthetic pose has of the second word of each of `TRAITS`."""
    turned = batch.views.rotation  # (3, 3, n), turned body axes: x right, y away from the camera, z up
    forward, up = -turned[:, 1], turned[:, 2]
    traits: Array = np.stack([forward[0], forward[1], forward[2], up[1], up[2]], axis=-1).astype(np.float64)
    return traits


def _named(places: Array, traits: Array, explained: Array) -> tuple[tuple[Axis, Axis], Array]:
    """What each axis of the map mostly tells, and 1 or -1 for each: its sign, so that right is right and up is up."""
    (first, a), (second, b) = (_axis(places[:, k], traits, float(explained[k])) for k in range(2))
    return (first, second), np.array([a, b])


def _axis(along: Array, traits: Array, explained: float) -> tuple[Axis, float]:
    spread = np.maximum(along.std() * traits.std(axis=0), 1e-12)
    together = ((along - along.mean())[:, None] * (traits - traits.mean(axis=0))).mean(axis=0) / spread
    best = int(np.abs(together).argmax())
    if abs(together[best]) < TOLD:
        return Axis("", "", explained), 1.0
    return Axis(*TRAITS[best], explained), 1.0 if together[best] > 0 else -1.0


def _density(places: Array) -> tuple[Array, tuple[float, float, float, float]]:
    """Synthetic poses per field of the map, softened, and the map's extent with some room around."""
    low, high = np.quantile(places, 0.001, axis=0), np.quantile(places, 0.999, axis=0)
    room = 0.12 * np.maximum(high - low, 1e-6)
    low, high = low - room, high + room
    extent = (float(low[0]), float(high[0]), float(low[1]), float(high[1]))
    counts, _, _ = np.histogram2d(places[:, 0], places[:, 1], GRID, [extent[:2], extent[2:]])
    kernel = np.exp(-0.5 * (np.arange(-3, 4) / 1.2) ** 2)
    kernel /= math.fsum(kernel)
    for axis in (0, 1):
        counts = np.apply_along_axis(np.convolve, axis, counts, kernel, "same")
    density: Array = counts / max(float(counts.max()), 1e-12)
    return density, extent
