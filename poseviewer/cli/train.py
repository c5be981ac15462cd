"""`poseviewer train`: a network from synthetic poses, with a progress bar and a checkpoint that is always usable."""

from __future__ import annotations

from typing import Annotated

import typer

from poseviewer.cli.console import check_output
from poseviewer.cli.train_options import Device, Json, Output, Resume, Seed, Start, Steps, TensorBoard
from poseviewer.cli.training_drive import announce, check_free, train_and_report


def train_lifter(
    output: Output,
    skeleton: Annotated[
        str,
        typer.Option(
            "--skeleton", help="A shipped skeleton or a TOML file.  [default: quadruped16, or the ranges' own]"
        ),
    ] = "",
    ranges: Annotated[
        str,
        typer.Option("--ranges", help="Rotation ranges: a shipped preset or a TOML file.  [default: the skeleton's]"),
    ] = "",
    preset: Annotated[
        str, typer.Option("--preset", help="default, quick, finetune, paper, ...: how to train.")
    ] = "default",
    start: Start = "",
    steps: Steps = None,
    batch: Annotated[
        int | None, typer.Option("--batch", min=1, help="Poses per step.  [default: the preset's]")
    ] = None,
    seed: Seed = 0,
    device: Device = "auto",
    tensorboard: TensorBoard = None,
    resume: Resume = False,
    as_json: Json = False,
) -> int:
    """Train a lifter: the network that turns keypoints into a 3D pose.

    Ctrl-C stops after the current report; the model is then usable, and --resume continues the run.
    """
    check_output(output, [".safetensors"])
    check_free(output, resume)
    announce("Starting ...")
    from poseviewer.io.skeleton_files import load_ranges, load_skeleton
    from training.lifter import lifter_config
    from training.lifter import train_lifter as train

    config = lifter_config(
        preset,
        skeleton=load_skeleton(skeleton or "quadruped16").name,
        ranges=load_ranges(ranges, load_skeleton(skeleton) if skeleton else None) if ranges else None,
        output=output,
        start=start or None,
        steps=steps,
        batch=batch,
        seed=seed,
        device=device,
        resume=resume,
    )
    return train_and_report(train(config), output, as_json, tensorboard=tensorboard)
