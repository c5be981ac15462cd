"""What the stages of 001's landmark network depend on (3.1 and 3.2): autoencoder, skips, landmarks, suppression."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from poseviewer.core.errors import CheckpointError, PoseviewerError
from poseviewer.core.ranges import RangePreset
from poseviewer.core.skeleton import Skeleton
from poseviewer.io.resources import resource
from poseviewer.models.card import read_card
from poseviewer.models.find_detector import KIND
from training.detector_config import AUTO
from training.job import Job
from training.presets import load_preset
from training.run import NEVER
from training.run_config import NOTHING, SHIPPED, RunConfig, state_path

AUTOENCODER = "autoencoder"
"""The kind of the models of stage 1: pictures in, pictures out, no skeleton."""
RECONSTRUCTION, INTERLEAVED = "reconstruction", "interleaved"
LABELLED = ("landmarks", "suppression")
"""The stages that learn from labelled frames."""
BEFORE = {
    "autoencoder": ((AUTOENCODER, RECONSTRUCTION),),
    "skips": ((AUTOENCODER, RECONSTRUCTION),),
    "landmarks": ((AUTOENCODER, RECONSTRUCTION), (KIND, INTERLEAVED)),
    "suppression": ((KIND, INTERLEAVED),),
}
"""The kind and network of the models that a stage can start from."""
NEEDED = {
    "skips": "an autoencoder (`poseviewer train autoencoder`)",
    "landmarks": "an autoencoder (`poseviewer train autoencoder` or `skips`)",
    "suppression": "a detector with interleaved layers (`poseviewer train landmarks`)",
}


@dataclass(frozen=True, kw_only=True)
class StageConfig(RunConfig):
    """Everything a run of one of the stages depends on, apart from the pictures.

    skeleton: whose joints are found; None for stages that learn from pictures alone.
    ranges: what animals are rendered from. renders: share of every batch that is rendered.
    labels: where the pictures are from, as one would name it in a command.
    pictures: frames without labels that are kept in memory, at most (192 KiB each).
    zoom: by how much a frame without labels is enlarged or shrunk at most, as a factor.
    frames, whole, near, nearest, farthest, shift, turn, stretch, mirror, light, hold_out, hold_out_from, occluded:
        what is done with labelled frames, as for the default detector (`training.detector_config`). `turn` is for
        frames without labels too, which are turned by any angle where it is `AUTO`.
    """

    stage: str
    skeleton: Skeleton | None = None
    ranges: RangePreset | None = None
    renders: float = 0.0
    labels: str = "SOURCE"
    pictures: int = 1200
    zoom: float = 1.3
    frames: int | None = None
    whole: float = 0.3
    near: float = 0.5
    nearest: float = 1.1
    farthest: float = 2.0
    shift: float = 0.12
    turn: float = AUTO
    stretch: float = 0.1
    mirror: float = 0.5
    light: float = 1.0
    hold_out: int = 5
    hold_out_from: int = 20
    occluded: float = 0.5


def stage_config(
    stage: str,
    preset: str = "default",
    *,
    skeleton: Skeleton | None = None,
    output: Path,
    start: str | Path | None = None,
    **overrides: Any,
) -> StageConfig:
    """A config from a preset's name, the skeleton, and what differs from the preset.

    Args:
        overrides: fields of `StageConfig`; also `shape`, and `sigma`: of the heatmaps' Gaussians, pixels.
        start: "nothing", "shipped", or the model of the stage before; None for what is usual: nothing for an
            autoencoder.
            Landmarks can be trained from nothing too, in random levels, but only if one says so.

    Raises:
        PoseviewerError: there is no such preset, or the stage needs a model to start from and has none.
        CheckpointError: the model to start from is missing, damaged, of another kind or for another skeleton.
    """
    table = load_preset(stage, preset)
    known = {key: value for key, value in overrides.items() if value is not None}
    width = table.pop("width", 16)
    sigma = known.pop("sigma", table.pop("sigma", 10.0))
    usual = table.pop("shape", {"width": width})
    shape = dict(known.pop("shape", usual))
    begun = state_path(output) if known.get("resume") and state_path(output).is_file() else None
    before = None if begun else _model_before(stage, start, skeleton)
    if begun:
        shape = dict(read_card(begun).shape)
    elif before is not None:
        shape = dict(read_card(before).shape)
    config = StageConfig(
        stage=stage, skeleton=skeleton, output=output, preset=preset, start=before, **(table | known),
        shape=_shape(stage, shape, sigma), network=INTERLEAVED if stage in LABELLED else RECONSTRUCTION,
    )  # fmt: skip
    if config.renders and config.ranges is None:
        raise PoseviewerError("Rendered animals need a skeleton with rotation ranges; train without renders.")
    return config


def config_of_job(job: Job) -> StageConfig:
    """The config of a run as the window asks for it: it reports, validates and saves by the clock."""
    skeleton = job.project.skeleton if job.project else job.ranges.skeleton
    return stage_config(
        job.stage, job.preset, skeleton=skeleton, output=job.output, start=job.start, resume=job.resume,
        save_every=NEVER, save_seconds=job.save_seconds, validate_seconds=job.validate_seconds,
        **({"ranges": job.ranges} | job.settings),
    )  # fmt: skip


def reproduce(config: StageConfig, start: str = "") -> str:
    """The command that makes the model again from the same pictures; `start` as on the model's card."""
    words = [f"poseviewer train {config.stage}", config.labels, f"--preset {config.preset}", f"--seed {config.seed}"]
    words.append(f"--steps {config.steps}")
    if config.renders and config.ranges:
        words.append(f"--renders {config.renders:g} --ranges {config.ranges.name}")
    if start:
        words.append(f"--start {start.partition(' (')[0]}")
    return " ".join([word for word in words if word] + [f"-o {config.output.name}"])


def _model_before(stage: str, start: str | Path | None, skeleton: Skeleton | None) -> Path | None:
    """The model to start from; None for nothing."""
    if start == SHIPPED:
        start = shipped_before(stage)
    if (not start and stage in NEEDED) or (start == NOTHING and stage in ("skips", "suppression")):
        raise PoseviewerError(f"The stage '{stage}' goes on from {NEEDED[stage]}; name its model with --start.")
    if not start or start == NOTHING:
        return None
    path = Path(start)
    card = read_card(path)
    if (card.kind, card.network) not in BEFORE[stage]:
        wanted = NEEDED.get(stage, NEEDED["skips"])
        raise CheckpointError(
            f"The stage '{stage}' cannot go on from {path}, a model of the kind '{card.kind}' with the network "
            f"'{card.network}'; start from {wanted}."
        )
    if card.kind == KIND and skeleton is not None and card.load_skeleton().joints != skeleton.joints:
        raise CheckpointError(
            f"The model {path} was trained for the skeleton '{card.load_skeleton().name}', but this is "
            f"'{skeleton.name}'; start from a model of the same skeleton."
        )
    return path


def shipped_before(stage: str) -> Path:
    """The model that comes with the program for a stage to go on from: an autoencoder of rendered animals.

    Raises:
        CheckpointError: there is none.
    """
    path = resource("weights", "generic.autoencoder.safetensors")
    if (AUTOENCODER, RECONSTRUCTION) not in BEFORE[stage] or not path.is_file():
        raise CheckpointError(
            f"No model is shipped for the stage '{stage}' to go on from; train the stage before, or start from nothing."
        )
    return path


def _shape(stage: str, before: dict[str, Any], sigma: float) -> dict[str, Any]:
    """The shape that a stage makes of that before it: of the same width, with more parts."""
    if stage == "landmarks":
        return {"skips": True} | before | {"head": "softargmax", "sigma": sigma}
    if stage == "suppression":
        return before | {"head": "suppression"}
    return {"skips": False} | before | ({"skips": True} if stage == "skips" else {})
