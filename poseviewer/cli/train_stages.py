"""`poseviewer train autoencoder|skips|landmarks|suppression`: the synthesis paper's way to a detector, in stages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from poseviewer.cli.console import check_output
from poseviewer.cli.train_options import (
    Device,
    Json,
    Labels,
    Media,
    Output,
    RenderedFrom,
    Resume,
    Seed,
    Steps,
    TensorBoard,
)
from poseviewer.cli.training_drive import announce, check_free, train_and_report
from poseviewer.cli.training_sources import labelled_images, media_of, skeleton_and_ranges

if TYPE_CHECKING:
    from training.stage_config import StageConfig
    from training.unlabelled import Pictures

From = Annotated[str, typer.Option("--start", help="The model of the stage before, or nothing.")]
Preset = Annotated[str, typer.Option("--preset", help="default (narrow) or paper: how to train.")]
Renders = Annotated[
    float, typer.Option("--renders", min=0.0, max=1.0, help="Share of every batch that are rendered animals.")
]
Batch = Annotated[int | None, typer.Option("--batch", min=1, help="Pictures per step.  [default: the preset's]")]
Tree = Annotated[str, typer.Option("--skeleton", help="A shipped skeleton or a TOML file.  [default: the labels' own]")]


def train_autoencoder(
    output: Output,
    sources: Media = None,
    start: From = "",
    preset: Preset = "default",
    renders: Renders = 0.0,
    ranges: RenderedFrom = "",
    steps: Steps = None,
    batch: Batch = None,
    seed: Seed = 0,
    device: Device = "auto",
    tensorboard: TensorBoard = None,
    resume: Resume = False,
    as_json: Json = False,
) -> int:
    """Stage 1 of the synthesis paper: learn what frames are made of, without labels.

    Ctrl-C stops after the current report; the model is then usable, and --resume continues the run.
    """
    _check(output, resume)
    from training.autoencoder import train_autoencoder as train

    settings: dict[str, Any] = {"steps": steps, "batch": batch, "seed": seed, "device": device, "resume": resume}
    settings |= _rendered(renders, ranges)
    config = _config("autoencoder", sources or [], output, start, preset, settings)
    return train_and_report(train(config, _pictures(config, sources or [])), output, as_json, "pictures", tensorboard)


def train_skips(
    output: Output,
    sources: Media = None,
    start: From = "",
    preset: Preset = "default",
    renders: Renders = 0.0,
    ranges: RenderedFrom = "",
    steps: Steps = None,
    batch: Batch = None,
    seed: Seed = 0,
    device: Device = "auto",
    tensorboard: TensorBoard = None,
    resume: Resume = False,
    as_json: Json = False,
) -> int:
    """Skip connections for a trained autoencoder (--start), one after the other, from the same frames.

    Ctrl-C stops after the current report; the model is then usable, and --resume continues the run.
    """
    _check(output, resume)
    from training.skips import train_skips as train

    settings: dict[str, Any] = {"steps": steps, "batch": batch, "seed": seed, "device": device, "resume": resume}
    settings |= _rendered(renders, ranges)
    config = _config("skips", sources or [], output, start, preset, settings)
    return train_and_report(train(config, _pictures(config, sources or [])), output, as_json, "pictures", tensorboard)


def train_landmarks(
    output: Output,
    labels: Labels = None,
    start: From = "",
    skeleton: Tree = "",
    preset: Preset = "default",
    renders: Renders = 0.0,
    ranges: RenderedFrom = "",
    steps: Steps = None,
    batch: Batch = None,
    seed: Seed = 0,
    device: Device = "auto",
    tensorboard: TensorBoard = None,
    resume: Resume = False,
    as_json: Json = False,
) -> int:
    """Stage 2 of the synthesis paper: from an autoencoder (--start) and a few labelled frames to a detector.

    Ctrl-C stops after the current report; the model is then usable, and --resume continues the run.
    """
    _check(output, resume)
    from training.landmarks import train_landmarks as train

    settings: dict[str, Any] = {"steps": steps, "batch": batch, "seed": seed, "device": device, "resume": resume}
    given = list(labels or [])
    tree, preset_ranges = skeleton_and_ranges(given, skeleton, ranges)
    settings |= {"skeleton": tree, "ranges": preset_ranges, "renders": renders or None}
    config = _config("landmarks", given, output, start, preset, settings)
    return train_and_report(train(config, labelled_images(given, config)), output, as_json, "pictures", tensorboard)


def train_suppression(
    output: Output,
    labels: Labels = None,
    start: From = "",
    skeleton: Tree = "",
    preset: Preset = "default",
    renders: Renders = 0.0,
    ranges: RenderedFrom = "",
    steps: Steps = None,
    batch: Batch = None,
    seed: Seed = 0,
    device: Device = "auto",
    tensorboard: TensorBoard = None,
    resume: Resume = False,
    as_json: Json = False,
) -> int:
    """Learned suppression: teach a detector of `train landmarks` (--start) to choose between its candidates.

    Ctrl-C stops after the current report; the model is then usable, and --resume continues the run.
    """
    _check(output, resume)
    from training.suppression import train_suppression as train

    settings: dict[str, Any] = {"steps": steps, "batch": batch, "seed": seed, "device": device, "resume": resume}
    given = list(labels or [])
    tree, preset_ranges = skeleton_and_ranges(given, skeleton, ranges)
    settings |= {"skeleton": tree, "ranges": preset_ranges, "renders": renders or None}
    config = _config("suppression", given, output, start, preset, settings)
    return train_and_report(train(config, labelled_images(given, config)), output, as_json, "pictures", tensorboard)


def _check(output: Path, resume: bool) -> None:
    check_output(output, [".safetensors"])
    check_free(output, resume)
    announce("Starting ...")


def _config(
    stage: str, sources: list[Path], output: Path, start: str, preset: str, settings: dict[str, Any]
) -> StageConfig:
    from training.stage_config import stage_config

    labels = " ".join(path.name for path in sources)
    return stage_config(stage, preset, output=output, start=start or None, labels=labels, **settings)


def _rendered(share: float, ranges: str) -> dict[str, Any]:
    """The settings for rendered animals; nothing where there are to be none."""
    from poseviewer.io.skeleton_files import load_ranges

    return {"renders": share, "ranges": load_ranges(ranges or "quadruped16")} if share else {}


def _pictures(config: StageConfig, sources: list[Path]) -> Pictures:
    """The frames without labels, in memory."""
    from training.run import finish
    from training.stage_run import reading

    announce("Reading frames ...")
    return finish(reading(config, media_of(sources)))
