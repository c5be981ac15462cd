"""Training of a cascade on 3D poses as they were recorded: the ceiling of what can be learned from them."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from poseviewer.core.errors import PoseInputError
from poseviewer.core.ranges import RangePreset
from training.cascade import CascadeConfig, CascadeRun
from training.evolution import reproduce, settings
from training.job import Job
from training.own_frames import OwnFrames
from training.pose_material import PoseMaterial, read_material
from training.progress import Progress
from training.run import NEVER, drive

HELD_BLOCK, HELD_EVERY = 100, 20
"""Poses that follow each other are alike, so whole blocks are kept to validate on: one in so many."""


@dataclass(frozen=True, kw_only=True)
class SupervisedConfig(CascadeConfig):
    """Everything a run on recorded poses depends on."""

    @property
    def method(self) -> str:
        return "supervised"


def train_job(job: Job) -> Generator[Progress, None, None]:
    """A run as the window asks for it: it reports, validates and saves by the clock."""
    config = supervised_config(
        job.preset, ranges=job.ranges, output=job.output, start=job.start, resume=job.resume,
        save_seconds=job.save_seconds, validate_seconds=job.validate_seconds, **({"save_every": NEVER} | job.settings),
    )  # fmt: skip
    return train_supervised(config, OwnFrames.of(job.project) if job.project else None)


def supervised_config(
    preset: str = "default",
    *,
    ranges: RangePreset,
    output: Path,
    start: str | Path | None = None,
    **overrides: Any,
) -> SupervisedConfig:
    """A config from a preset's name and what differs from the preset; `poses` are the files to learn from.

    Raises:
        PoseviewerError: there is no such preset.
    """
    return SupervisedConfig(**settings("supervised", preset, ranges, output, start, overrides))


def train_supervised(config: SupervisedConfig, own: OwnFrames | None = None) -> Generator[Progress, None, None]:
    """Train on the poses of files as `training.run.drive` does.

    Raises:
        LabelFileError, PoseInputError: there are no 3D poses, or they cannot be read or lack joints.
        PoseviewerError, CheckpointError: as `drive`.
    """
    if not config.poses:
        raise PoseInputError("Supervised training learns from 3D poses; name files of them (.npz).")
    material = read_material(config.poses, config.ranges.skeleton, config.weights)
    if not len(material.joints):
        raise PoseInputError(
            f"{', '.join(path.name for path in config.poses)} hold 2D poses only, and supervised training learns from "
            f"3D ones; name files with joints (N, J, 3)."
        )
    if material.note:
        yield Progress(0, config.steps, {}, 0, 0.0, message=material.note)
    yield from drive(SupervisedRun(config, material, own))


class SupervisedRun(CascadeRun[SupervisedConfig]):
    """A cascade on recorded poses."""

    def __init__(self, config: SupervisedConfig, material: PoseMaterial, own: OwnFrames | None = None) -> None:
        count = len(material.joints)
        held = np.arange(count) // HELD_BLOCK % HELD_EVERY == HELD_EVERY - 1
        if not held.any():
            held[-max(1, count // HELD_EVERY) :] = count > 1
        share = material.probability[:count]
        self._drawing = {}
        for unseen, part in ((False, ~held), (True, held if held.any() else ~held)):
            cumulative = np.cumsum(np.where(part, share, 0.0))
            self._drawing[unseen] = cumulative / cumulative[-1]
        super().__init__(config, "recorded poses", material.joints, own)

    def chosen(self, uniforms: Any, unseen: bool) -> Any:
        cumulative = self._drawing[unseen]
        if isinstance(uniforms, np.ndarray):
            return np.searchsorted(cumulative, uniforms, side="right").clip(max=len(cumulative) - 1)
        drawing = torch.from_numpy(cumulative).to(uniforms.device)
        return torch.searchsorted(drawing, uniforms.double(), right=True).clamp(max=len(cumulative) - 1)

    def reproduce(self, start: str) -> str:
        return reproduce(self.config, start)
