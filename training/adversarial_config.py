"""What the training of the lifters that learn from 2D poses alone depends on (002, 003, 004)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from poseviewer.core.ranges import RangePreset
from poseviewer.io.skeleton_files import load_ranges
from training.job import Job
from training.pose_views import Cameras
from training.presets import load_preset
from training.run_config import RunConfig
from training.turned_poses import Turns

METHODS = ("drover", "svma", "hardy", "flow")


@dataclass(frozen=True, kw_only=True)
class AdversarialConfig(RunConfig):
    """Everything such a run depends on, apart from the poses themselves.

    ranges: of the skeleton; the method learns nothing from them, but its model says whose joints it lifts.
    poses, weights: files of poses, and how much each counts by its stem; none for those of a project.
    validate: a file of 3D poses to measure on, "" for none.
    cameras: who looks at 3D poses of which only projections are learned from. turns: from where lifted ones are seen.
    critic: its shape. critic_rate: its learning rate as a multiple of the lifter's. critic_steps: per lifter's step.
    game: "standard", "least-squares" or "wasserstein". flips: how often real and fake change places for the critic.
    penalty: weight of the gradient penalty between real and fake. calm: weight of that at real poses, every
        `calm_every` steps. prior_share: the part of the run in which a flow is learned before the lifter.
    terms: weights of the lifter's losses by name. late: by name, the part of the run in which a loss is not heard yet.
    """

    method: str
    ranges: RangePreset
    poses: tuple[str, ...] = ()
    weights: Mapping[str, float] = field(default_factory=dict)
    validate: str = ""
    cameras: Cameras = field(default_factory=Cameras)
    turns: Turns = field(default_factory=Turns)
    critic: Mapping[str, Any] = field(default_factory=dict)
    critic_rate: float = 1.0
    critic_steps: int = 1
    game: str = "standard"
    flips: float = 0.0
    penalty: float = 0.0
    calm: float = 0.0
    calm_every: int = 8
    prior_share: float = 0.0
    late: Mapping[str, float] = field(default_factory=dict)
    terms: Mapping[str, float] = field(default_factory=lambda: {"adversarial": 1.0})


def adversarial_config(
    method: str, preset: str, ranges: RangePreset | None = None, poses: Sequence[str | Path] = (), **settings: Any
) -> AdversarialConfig:
    """A config from a preset's name, the poses, and what differs from the preset.

    Args:
        ranges: whose skeleton to train for; default: that of the preset (003: human14, 004: human16).

    Raises:
        PoseviewerError: there is no such preset.
    """
    table = load_preset(method, preset)
    usual = table.pop("skeleton", "human17")
    known = {k: v for k, v in settings.items() if v is not None}
    table |= known
    cameras, turns = table.pop("cameras", {}), table.pop("turns", {})
    cameras, turns = (t | {"elevation": tuple(t["elevation"])} if "elevation" in t else t for t in (cameras, turns))
    # As a model's card has it, so that a run that is continued finds the shape that it left.
    table["shape"] = json.loads(json.dumps(table.get("shape", {})))
    if "betas" in table:
        table["betas"] = tuple(table["betas"])
    return AdversarialConfig(
        method=method, preset=preset, ranges=ranges or load_ranges(usual), poses=tuple(str(p) for p in poses),
        cameras=Cameras(**cameras), turns=Turns(**turns), **table,
    )  # fmt: skip


def job_config(method: str, job: Job) -> AdversarialConfig:
    """The config of a run as the window asks for it: it reports, validates and saves by the clock."""
    settings = dict(job.settings)
    poses = settings.pop("poses", ())
    settings = {"save_every": 1 << 62} | settings
    return adversarial_config(
        method, job.preset, job.ranges, poses, output=job.output, resume=job.resume,
        save_seconds=job.save_seconds, validate_seconds=job.validate_seconds, **settings,
    )  # fmt: skip


def reproduce(config: AdversarialConfig) -> str:
    """The command that makes the model again."""
    names = [Path(p).name for p in config.poses] or ["PROJECT"]
    words = [f"poseviewer train {config.method}", *names, f"--preset {config.preset}"]
    words += [f"--weight {stem}={weight:g}" for stem, weight in config.weights.items()]
    words += [f"--skeleton {config.ranges.skeleton.name}", f"--steps {config.steps}", f"--batch {config.batch}"]
    return " ".join([*words, f"--seed {config.seed}", f"-o {config.output.name}"])
