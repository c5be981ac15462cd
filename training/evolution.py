"""Training of a cascade on 3D poses that evolve from ranges, or from a few (Li et al. 2020; 001's reference [5])."""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.core.ranges import RangePreset
from poseviewer.synthesis.evolution import Breeding, evolved_joints, first_of_poses, first_of_ranges, growing
from training.cascade import CascadeConfig, CascadeRun
from training.job import Job
from training.own_frames import OwnFrames
from training.pose_material import read_material
from training.presets import load_preset
from training.progress import Progress
from training.run import NEVER, drive
from training.run_config import NOTHING

__all__ = ["EvolutionConfig", "EvolutionRun", "evolution_config", "train_evolution", "train_job"]

HELD = 20
"""Of the grown population, one pose in as many is kept to validate on."""


@dataclass(frozen=True, kw_only=True)
class EvolutionConfig(CascadeConfig):
    """Everything a run on evolved poses depends on. Without `poses` evolution starts from the ranges.

    first: poses drawn from the ranges where there are no others.
    factor, population: how many there are in the end: so many times the first, and this many at least.
    slack: degrees by which offspring may leave a range that a parent of the given poses left.
    """

    first: int = 20_000
    factor: float = 1.0
    population: int = 200_000
    slack: float = 10.0

    @property
    def method(self) -> str:
        return "evolution"


def train_job(job: Job) -> Generator[Progress, None, None]:
    """A run as the window asks for it: it reports, validates and saves by the clock."""
    config = evolution_config(
        job.preset, ranges=job.ranges, output=job.output, start=job.start, resume=job.resume,
        save_seconds=job.save_seconds, validate_seconds=job.validate_seconds, **({"save_every": NEVER} | job.settings),
    )  # fmt: skip
    return train_evolution(config, OwnFrames.of(job.project) if job.project else None)


def evolution_config(
    preset: str = "default",
    *,
    ranges: RangePreset,
    output: Path,
    start: str | Path | None = None,
    **overrides: Any,
) -> EvolutionConfig:
    """A config from a preset's name and what differs from the preset.

    Args:
        overrides: fields of `EvolutionConfig`; paths may be text.

    Raises:
        PoseviewerError: there is no such preset.
    """
    return EvolutionConfig(**settings("evolution", preset, ranges, output, start, overrides))


def settings(
    stage: str, preset: str, ranges: RangePreset, output: Path, start: str | Path | None, overrides: dict[str, Any]
) -> dict[str, Any]:
    """The fields of a cascade's config: of the preset, and what differs."""
    table = load_preset(stage, preset)
    known = {k: v for k, v in overrides.items() if v is not None}
    begun = None if start is None or start == NOTHING or known.get("resume") else Path(start)
    fields: dict[str, Any] = {"ranges": ranges, "output": output, "preset": preset, "start": begun, **(table | known)}
    fields["poses"] = tuple(Path(path) for path in fields.get("poses", ()))
    fields["validate"] = str(fields.get("validate", ""))
    for name in ("pitch", "elevation", "roll", "distance"):
        if name in fields:
            fields[name] = tuple(fields[name])
    return fields


def train_evolution(config: EvolutionConfig, own: OwnFrames | None = None) -> Generator[Progress, None, None]:
    """Evolve a population, and train on it as `training.run.drive` does.

    Args:
        own: labelled frames of the user's, to validate on as well.

    Raises:
        LabelFileError, PoseInputError: the poses cannot be read, are of another animal, or lack joints.
        PoseviewerError: no offspring is valid, or as `drive`.
        CheckpointError: the output cannot be written, or there is nothing to resume.
    """
    stock = yield from _evolving(config)
    yield from drive(EvolutionRun(config, stock, own))


class EvolutionRun(CascadeRun[EvolutionConfig]):
    """A cascade on a population. The seed makes the population too, so that a resumed run has the same."""

    def __init__(self, config: EvolutionConfig, stock: NDArray[np.float32], own: OwnFrames | None = None) -> None:
        self._learned = len(stock) - max(1, len(stock) // HELD)
        super().__init__(config, "evolved poses" if config.poses else "evolved ranges", stock, own)

    def chosen(self, uniforms: Any, unseen: bool) -> Any:
        first, count = (self._learned, len(self.stock) - self._learned) if unseen else (0, self._learned)
        numbers = uniforms * count
        whole = numbers.astype(np.int64) if isinstance(numbers, np.ndarray) else numbers.long()
        return first + whole.clip(max=count - 1)

    def reproduce(self, start: str) -> str:
        return reproduce(self.config, start)


def reproduce(config: CascadeConfig, start: str) -> str:
    """The command that makes the model again from the same files; `start` as on the model's card."""
    words = [f"poseviewer train {config.method}", *(path.name for path in config.poses)]
    words += [f"--weight {name}={value:g}" for name, value in sorted(config.weights.items())]
    words += [f"--ranges {config.ranges.name}", f"--preset {config.preset}", f"--seed {config.seed}"]
    words += [f"--steps {config.steps}", f"--batch {config.batch}"]
    if start:
        words.append(f"--start {start.partition(' (')[0]}")
    return " ".join([*words, f"-o {config.output.name}"])


def _evolving(config: EvolutionConfig) -> Generator[Progress, None, NDArray[np.float32]]:
    """The evolved poses (P, J, 3), in random order; reports how many there are."""
    preset = config.ranges
    if config.poses:
        material = read_material(config.poses, preset.skeleton, config.weights)
        first = first_of_poses(preset, material.joints)
    else:
        first = first_of_ranges(preset, config.first, config.seed)
    size = max(config.population, round(config.factor * len(first)))
    work = growing(preset, first, size, config.seed, Breeding(slack=math.radians(config.slack)))
    count = len(first)
    while True:
        yield Progress(0, config.steps, {}, 0, 0.0, message=f"Evolving poses: {count:,} of {size:,}.")
        try:
            count = next(work)
        except StopIteration as done:
            joints = evolved_joints(preset, done.value)
            order = np.random.default_rng((config.seed, 1 << 40)).permutation(len(joints))
            stock: NDArray[np.float32] = joints[order]
            return stock
