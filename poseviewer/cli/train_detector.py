"""`poseviewer train detector`: a detector from a few labelled frames."""

from __future__ import annotations

from typing import Annotated

import typer

from poseviewer.cli.console import check_output
from poseviewer.cli.train_options import (
    Device,
    Json,
    Labels,
    Output,
    RenderedFrom,
    Resume,
    Seed,
    Start,
    Steps,
    TensorBoard,
)
from poseviewer.cli.training_drive import announce, check_free, train_and_report
from poseviewer.cli.training_sources import labelled_images, skeleton_and_ranges


def train_detector(
    output: Output,
    labels: Labels = None,
    skeleton: Annotated[
        str,
        typer.Option(
            "--skeleton",
            help="A shipped skeleton or a TOML file.  [default: the project's, or one made of the file's names]",
        ),
    ] = "",
    ranges: RenderedFrom = "",
    start: Start = "",
    preset: Annotated[str, typer.Option("--preset", help="default, quick, pretrain, ...: how to train.")] = "default",
    frames: Annotated[
        int | None, typer.Option("--frames", min=1, help="How many labelled frames to use, spread evenly.")
    ] = None,
    renders: Annotated[
        float | None,
        typer.Option(
            "--renders", min=0, max=1, help="Share of rendered animals in what is learned.  [default: the preset's]"
        ),
    ] = None,
    hold_out: Annotated[
        bool, typer.Option("--hold-out/--use-all", help="Of 20 labelled frames or more, keep every fifth to validate.")
    ] = True,
    steps: Steps = None,
    seed: Seed = 0,
    device: Device = "auto",
    tensorboard: TensorBoard = None,
    resume: Resume = False,
    as_json: Json = False,
) -> int:
    """Train a detector: the network that finds an animal's keypoints in images.

    Ten labelled frames are enough to begin with. Ctrl-C stops after the current report; the model is then usable, and
    --resume continues the run.
    """
    check_output(output, [".safetensors"])
    check_free(output, resume)
    announce("Starting ...")
    from training.detector import detector_config
    from training.detector import train_detector as train

    tree, preset_ranges = skeleton_and_ranges(list(labels or []), skeleton, ranges)
    config = detector_config(
        preset,
        skeleton=tree,
        ranges=preset_ranges,
        output=output,
        start=start or None,
        labels=" ".join(path.name for path in labels or []),
        frames=frames,
        renders=renders,
        hold_out=None if hold_out else 0,
        steps=steps,
        seed=seed,
        device=device,
        resume=resume,
    )
    return train_and_report(
        train(config, labelled_images(list(labels or []), config)), output, as_json, "images", tensorboard
    )
