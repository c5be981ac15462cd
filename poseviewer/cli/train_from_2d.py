"""`poseviewer train drover|svma|hardy|flow`: a lifter from 2D poses alone."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from poseviewer.cli.console import check_output
from poseviewer.cli.train_evolution import Batch, Weight, weights_of
from poseviewer.cli.train_options import Device, Json, Output, Resume, Seed, Steps, TensorBoard
from poseviewer.cli.training_drive import announce, check_free, train_and_report

Poses = Annotated[
    list[Path],
    typer.Argument(metavar="POSES...", help="2D keypoints, or 3D poses of which only projections are used (.npz)."),
]
Tree = Annotated[
    str, typer.Option("--skeleton", help="Whose joints to lift.  [default: the preset's, as in the paper]")
]
Preset = Annotated[str, typer.Option("--preset", help="How to train: see training/presets.")]
Validate = Annotated[
    Path | None, typer.Option("--validate", help="3D poses (.npz) to measure on; nothing is learned from them.")
]


def _verb(method: str, about: str) -> Callable[..., int]:
    """`poseviewer train METHOD`: they differ in what they learn by, not in what they are told."""

    def train(
        output: Output,
        poses: Poses,
        skeleton: Tree = "",
        preset: Preset = "default",
        weight: Weight = None,
        validate: Validate = None,
        steps: Steps = None,
        batch: Batch = None,
        seed: Seed = 0,
        device: Device = "auto",
        tensorboard: TensorBoard = None,
        resume: Resume = False,
        as_json: Json = False,
    ) -> int:
        settings = {"steps": steps, "batch": batch, "seed": seed, "device": device, "resume": resume}
        return _train(method, output, poses, skeleton, preset, weight, validate, settings, as_json, tensorboard)

    train.__name__ = f"train_{method}"
    train.__doc__ = f"{about}\n\n{STOPPING}"
    return train


def _train(
    method: str,
    output: Path,
    poses: list[Path],
    skeleton: str,
    preset: str,
    weight: list[str] | None,
    validate: Path | None,
    settings: dict[str, int | str | bool | None],
    as_json: bool,
    tensorboard: Path | None,
) -> int:
    check_output(output, [".safetensors"])
    check_free(output, bool(settings["resume"]))
    weights = weights_of(weight or [])
    announce("Starting ...")
    from poseviewer.io.skeleton_files import load_ranges, load_skeleton
    from training.adversarial_config import adversarial_config

    tree = load_skeleton(skeleton) if skeleton else None
    config = adversarial_config(
        method, preset, load_ranges(tree.name, tree) if tree else None, poses,
        weights=weights, validate=str(validate) if validate else None, output=output, **settings,
    )  # fmt: skip
    train = getattr(importlib.import_module(f"training.{method}"), f"train_{method}")
    return train_and_report(train(config), output, as_json, tensorboard=tensorboard)


STOPPING = "Ctrl-C stops after the current report; the model is then usable, and --resume continues the run."
train_drover = _verb("drover", "Random projections (Drover et al. 2018): lifted poses must look real from every side.")
train_svma = _verb(
    "svma", "Single view, several angles (Deng et al. 2022): a pose and a camera that agree with themselves."
)
train_hardy = _verb(
    "hardy", "Five representations of a 2D pose (Hardy et al. 2022); by default legs and torso are lifted apart."
)
train_flow = _verb(
    "flow", "Likelihood of 2D poses (after ElePose, Wandt et al. 2022): lifted poses must look likely from every side."
)
