"""`poseviewer train supervised`: a lifter from recorded 3D poses."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from poseviewer.cli.console import check_output
from poseviewer.cli.train_evolution import Batch, Ranges, Skeleton, Validate, Weight, weights_of
from poseviewer.cli.train_options import Device, Json, Output, Resume, Seed, Start, Steps, TensorBoard
from poseviewer.cli.training_drive import announce, check_free, train_and_report


def train_supervised(
    output: Output,
    poses: Annotated[list[Path], typer.Argument(metavar="POSES...", help="3D poses to learn from (.npz).")],
    skeleton: Skeleton = "",
    ranges: Ranges = "",
    weight: Weight = None,
    preset: Annotated[str, typer.Option("--preset", help="default, weak or full: how to train.")] = "default",
    validate: Validate = None,
    start: Start = "",
    steps: Steps = None,
    batch: Batch = None,
    seed: Seed = 0,
    device: Device = "auto",
    tensorboard: TensorBoard = None,
    resume: Resume = False,
    as_json: Json = False,
) -> int:
    """Train a lifter on recorded 3D poses: the ceiling of what can be learned from them.

    Ctrl-C stops after the current report; the model is then usable, and --resume continues the run.
    """
    check_output(output, [".safetensors"])
    check_free(output, resume)
    weights = weights_of(weight or [])
    announce("Starting ...")
    from poseviewer.io.skeleton_files import load_ranges, load_skeleton
    from training.supervised import supervised_config
    from training.supervised import train_supervised as train

    tree = load_skeleton(skeleton) if skeleton else None
    config = supervised_config(
        preset,
        ranges=load_ranges(ranges or skeleton or "human17", tree),
        output=output,
        poses=poses,
        weights=weights,
        validate=validate,
        start=start or None,
        steps=steps,
        batch=batch,
        seed=seed,
        device=device,
        resume=resume,
    )
    return train_and_report(train(config), output, as_json, tensorboard=tensorboard)
