"""`poseviewer train evolution`: a lifter from poses that evolve from rotation ranges, or from a few 3D poses."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from poseviewer.cli.console import check_output
from poseviewer.cli.train_options import Device, Json, Output, Resume, Seed, Start, Steps, TensorBoard
from poseviewer.cli.training_drive import announce, check_free, train_and_report
from poseviewer.core.errors import PoseviewerError

Skeleton = Annotated[
    str, typer.Option("--skeleton", help="A shipped skeleton or a TOML file.  [default: human17, or the ranges' own]")
]
Ranges = Annotated[
    str, typer.Option("--ranges", help="Rotation ranges: a shipped preset or a TOML file.  [default: the skeleton's]")
]
Weight = Annotated[
    list[str] | None,
    typer.Option("--weight", metavar="FILE=W", help="How much each pose of a file counts, by its name without .npz."),
]
Validate = Annotated[
    Path | None, typer.Option("--validate", help="3D poses (.npz) to measure on; nothing is learned from them.")
]
Batch = Annotated[int | None, typer.Option("--batch", min=1, help="Poses per step.  [default: the preset's]")]


def train_evolution(
    output: Output,
    poses: Annotated[
        list[Path] | None,
        typer.Argument(metavar="POSES...", help="3D poses (.npz) to evolve from.  [default: from the ranges alone]"),
    ] = None,
    skeleton: Skeleton = "",
    ranges: Ranges = "",
    preset: Annotated[str, typer.Option("--preset", help="default, weak or full: how to train.")] = "default",
    population: Annotated[
        int | None, typer.Option("--population", min=1, help="Poses to evolve.  [default: the preset's]")
    ] = None,
    slack: Annotated[
        float | None,
        typer.Option(
            "--slack", min=0, help="Degrees by which bones of given poses may be out of range.  [default: 10]"
        ),
    ] = None,
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
    """Train a lifter on 3D poses that evolve from the rotation ranges, or from a few 3D poses.

    Ctrl-C stops after the current report; the model is then usable, and --resume continues the run.
    """
    check_output(output, [".safetensors"])
    check_free(output, resume)
    announce("Starting ...")
    from poseviewer.io.skeleton_files import load_ranges, load_skeleton
    from training.evolution import evolution_config
    from training.evolution import train_evolution as train

    tree = load_skeleton(skeleton) if skeleton else None
    config = evolution_config(
        preset,
        ranges=load_ranges(ranges or skeleton or "human17", tree),
        output=output,
        poses=poses or [],
        population=population,
        slack=slack,
        validate=validate,
        start=start or None,
        steps=steps,
        batch=batch,
        seed=seed,
        device=device,
        resume=resume,
    )
    return train_and_report(train(config), output, as_json, tensorboard=tensorboard)


def weights_of(given: list[str]) -> dict[str, float]:
    """`bandai2=0.25` as a name and a number.

    Raises:
        PoseviewerError: one is not of this form, or below 0.
    """
    weights = {}
    for text in given:
        name, _, number = text.rpartition("=")
        try:
            weights[name] = float(number)
        except ValueError:
            weights[name] = -1.0
        if not name or not 0 <= weights[name] < float("inf"):
            raise PoseviewerError(f"The weight '{text}' is not of the form FILE=NUMBER; write for example walks=0.25.")
    return weights
