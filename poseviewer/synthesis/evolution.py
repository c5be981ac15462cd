"""Evolution of 3D poses: from a few, or from ranges alone, to many (Li et al. 2020, section 3.2).

Two parents exchange the local angles of a random part of the body and hand their bone lengths to the other's child;
some of the exchanged bones, the stance and the lengths mutate; children that leave the rotation ranges are dropped.
Parents are drawn evenly and live on beside their children: what is valid survives, nothing else is selected for.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poseviewer.core.errors import PoseInputError, PoseviewerError
from poseviewer.core.ranges import RangePreset
from poseviewer.geometry.body_frame import axis_intervals
from poseviewer.geometry.pose_model import rotation_by
from poseviewer.synthesis.pose_genes import (
    TOLERANCE,
    PoseGenes,
    excess,
    genes_of_joints,
    joined,
    joints_of_genes,
    partners,
    seen_axes,
    subtrees,
    tied_lengths,
)
from poseviewer.synthesis.poses import length_rows, pose_rows, sample_angles, sample_lengths
from poseviewer.synthesis.presets import DEFAULT, SynthesisPreset

Array = NDArray[np.float64]

BARREN = 40
"""Generations without one valid child after which there is no hope of any."""


@dataclass(frozen=True)
class Breeding:
    """How children come about; the figures are those of the published code, angles in radians.

    share: of the population that become fathers in one generation; as many become mothers.
    local_chance, local_spread: of each exchanged bone's mutation, and of the angle that it turns by.
    turn_chance, turn_spread: of the whole body, about a random axis.
    length_chance: that a child has the bone lengths of another individual, drawn from the preset.
    slack: how far a bone may be beyond its range where it was beyond it already in the parent that it comes from.
    """

    share: float = 0.05
    local_chance: float = 0.3
    local_spread: float = math.radians(10)
    turn_chance: float = 0.1
    turn_spread: float = math.radians(30)
    length_chance: float = 0.5
    slack: float = math.radians(10)


@dataclass(frozen=True, eq=False)
class Crossed:
    """N children before they mutate.

    exchanged: (N, B) the bones whose angles are the other parent's. allowed: (N, B) radians beyond its range that each
    bone was in the parent that it comes from.
    """

    genes: PoseGenes
    exchanged: NDArray[np.bool_]
    allowed: Array


def first_of_ranges(preset: RangePreset, count: int, seed: int, recipe: SynthesisPreset = DEFAULT) -> PoseGenes:
    """A first population from nothing: poses drawn from the ranges, as they are synthesized."""
    random = np.random.default_rng((seed, 0))
    rows = pose_rows(preset, recipe) - length_rows(preset, recipe)
    drawn = np.asarray(sample_angles(preset, random.random((rows, count))))  # (A B, N)
    angles = np.ascontiguousarray(drawn.reshape(-1, preset.skeleton.bone_count, count).transpose(2, 1, 0))
    stance = np.broadcast_to(np.eye(3), (count, 3, 3)).copy()
    return PoseGenes(angles, _drawn_lengths(preset, count, random, recipe), stance)


def first_of_poses(preset: RangePreset, joints: ArrayLike) -> PoseGenes:
    """A first population from joints (N, J, 3), z up; poses beyond the ranges are kept, as parents.

    Raises:
        PoseInputError: no pose has all its joints.
    """
    points = np.asarray(joints, dtype=np.float64)
    whole = points[np.isfinite(points).all((1, 2))] if points.size else points[:0]
    if not len(whole):
        raise PoseInputError("None of the 3D poses has all its joints; evolution needs complete poses to start from.")
    genes = genes_of_joints(preset, whole)
    return PoseGenes(genes.angles, tied_lengths(preset.skeleton, genes.lengths), genes.rotation)


def cross(preset: RangePreset, father: PoseGenes, mother: PoseGenes, bones: NDArray[np.intp]) -> Crossed:
    """The child of each father with the angles of the mother's bone (N,) and of all that hangs on it, and her lengths.

    A coupled bone is exchanged only together with its partner: a girdle is rigid.
    """
    exchanged = subtrees(preset.skeleton)[bones]
    exchanged = exchanged & exchanged[:, list(partners(preset))]
    angles = np.where(exchanged[..., None], mother.angles, father.angles)
    allowed = np.where(exchanged, excess(preset, mother), excess(preset, father))
    return Crossed(PoseGenes(angles, mother.lengths, father.rotation), exchanged, allowed)


def mutated(preset: RangePreset, crossed: Crossed, breeding: Breeding, random: np.random.Generator) -> PoseGenes:
    """The children with chance changes: of exchanged bones, of the stance, of the lengths."""
    genes = crossed.genes
    n, bones, _ = genes.angles.shape
    chance = random.random((n, bones)) < breeding.local_chance
    turn = random.normal(0.0, breeding.local_spread, (n, bones))
    axis = _free_axis(preset, random.random((n, bones)))
    owner = np.minimum(np.arange(bones), partners(preset))  # coupled bones change as one
    change = np.where(chance & crossed.exchanged, turn, 0.0)
    angles = genes.angles.copy()
    rows = np.arange(n)[:, None]
    angles[rows, np.arange(bones), axis[:, owner]] += change[:, owner]
    stands = np.asarray(random.random(n) < breeding.turn_chance)
    vector = random.normal(size=(n, 3))
    vector *= (random.normal(0.0, breeding.turn_spread, n) / np.linalg.norm(vector, axis=1))[:, None]
    rotation = np.where(stands[:, None, None], rotation_by(vector) @ genes.rotation, genes.rotation)
    other = np.asarray(random.random(n) < breeding.length_chance)
    drawn = _drawn_lengths(preset, n, random)
    return PoseGenes(angles, np.where(other[:, None], drawn, genes.lengths), rotation)


def valid(preset: RangePreset, children: PoseGenes, allowed: Array, slack: float) -> NDArray[np.bool_]:
    """(N,): every bone within its range, or within `slack` of it where it was allowed to be beyond (N, B)."""
    beyond = excess(preset, children)
    return np.asarray((beyond <= np.where(allowed > TOLERANCE, slack, 0.0) + TOLERANCE).all(1))


def breed(
    preset: RangePreset, population: PoseGenes, pairs: int, breeding: Breeding, random: np.random.Generator
) -> PoseGenes:
    """The valid children, two at most, of each of some pairs of random parents."""
    fathers, mothers = random.integers(len(population), size=(2, pairs))
    bones = random.integers(preset.skeleton.bone_count, size=pairs)
    children = []
    for first, second in ((fathers, mothers), (mothers, fathers)):
        crossed = cross(preset, population.taken(first), population.taken(second), bones)
        child = mutated(preset, crossed, breeding, random)
        children.append(child.taken(valid(preset, child, crossed.allowed, breeding.slack)))
    return joined(children)


def growing(
    preset: RangePreset, first: PoseGenes, size: int, seed: int, breeding: Breeding | None = None
) -> Generator[int, None, PoseGenes]:
    """Generation by generation until there are `size` poses, the first ones included; yields how many there are.

    Raises:
        PoseviewerError: generation after generation, no child is within the ranges.
    """
    breeding = breeding or Breeding()
    parts, population, barren = [first], first, 0
    generation = 0
    count = len(first)
    while count < size:
        generation += 1
        random = np.random.default_rng((seed, generation))
        pairs = max(1, round(breeding.share * len(population)))
        children = breed(preset, population, pairs, breeding, random)
        children = children.taken(slice(0, size - count))
        barren = 0 if len(children) else barren + 1
        if barren >= max(BARREN, BARREN * 20 // pairs):
            raise PoseviewerError(
                f"No offspring of the {len(first):,} poses is within the ranges '{preset.name}'; widen the ranges or "
                f"the slack, or start from other poses."
            )
        if len(children):
            parts.append(children)
            population = joined([population, children])
            count = len(population)
        yield count
    return population


def evolve(preset: RangePreset, first: PoseGenes, size: int, seed: int, breeding: Breeding | None = None) -> PoseGenes:
    """`growing` without a break."""
    work = growing(preset, first, size, seed, breeding)
    while True:
        try:
            next(work)
        except StopIteration as done:
            grown: PoseGenes = done.value
            return grown


def evolved_joints(preset: RangePreset, genes: PoseGenes) -> NDArray[np.float32]:
    """Joints (N, J, 3), z up, root at the origin, the longest bone of each pose being 1; in pieces that fit a cache."""
    made = np.empty((len(genes), preset.skeleton.joint_count, 3), np.float32)
    for first in range(0, len(genes), 4096):
        part = slice(first, first + 4096)
        made[part] = joints_of_genes(preset, genes.taken(part))
    return made


def _free_axis(preset: RangePreset, uniforms: Array) -> NDArray[np.intp]:
    """One of each bone's angles, evenly of those that a range leaves free, by uniform numbers (N, B)."""
    low, high = axis_intervals(preset)
    free = seen_axes(preset) & (high > low)
    free[~free.any(1), 0] = True
    order = np.argsort(~free, axis=1, kind="stable")  # the free ones first
    chosen = np.minimum((uniforms * free.sum(1)).astype(np.intp), free.sum(1) - 1)
    return np.asarray(order[np.arange(len(order)), chosen])


def _drawn_lengths(
    preset: RangePreset, count: int, random: np.random.Generator, recipe: SynthesisPreset = DEFAULT
) -> Array:
    """Lengths (N, B) of as many individuals."""
    uniforms = random.random((length_rows(preset, recipe), count))
    return tied_lengths(preset.skeleton, np.asarray(sample_lengths(preset, recipe, uniforms)).T)
