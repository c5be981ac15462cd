"""`poseviewer train detector`: a detector from a few labelled frames."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from poseviewer.cli.console import check_output
from poseviewer.cli.failures import say
from poseviewer.cli.training_drive import check_free, train_and_report

if TYPE_CHECKING:
    from poseviewer.core.ranges import RangePreset
    from poseviewer.core.skeleton import Skeleton
    from training.detector import DetectorConfig, Labelled


def train_detector(
    output: Annotated[Path, typer.Option("-o", "--output", help="Where to write the model (.safetensors).")],
    labels: Annotated[
        list[Path] | None,
        typer.Argument(metavar="LABELS...", help="A project, or label files of any tool beside their images."),
    ] = None,
    skeleton: Annotated[
        str,
        typer.Option(
            "--skeleton",
            help="A shipped skeleton or a TOML file.  [default: the project's, or one made of the file's names]",
        ),
    ] = "",
    ranges: Annotated[
        str, typer.Option("--ranges", help="What to render animals from.  [default: the skeleton's]")
    ] = "",
    start: Annotated[
        str,
        typer.Option("--start", help="A model to go on from: shipped, a file, or nothing.  [default: the preset's]"),
    ] = "",
    preset: Annotated[str, typer.Option("--preset", help="default, quick, pretrain, ...: how to train.")] = "default",
    frames: Annotated[
        int | None, typer.Option("--frames", min=1, help="How many labelled frames to use, spread evenly.")
    ] = None,
    hold_out: Annotated[
        bool, typer.Option("--hold-out/--use-all", help="Of 20 labelled frames or more, keep every fifth to validate.")
    ] = True,
    steps: Annotated[
        int | None, typer.Option("--steps", min=1, help="How many steps.  [default: the preset's]")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same model.")] = 0,
    device: Annotated[str, typer.Option("--device", help="auto, cpu, cuda or mps.")] = "auto",
    resume: Annotated[bool, typer.Option("--resume", help="Continue the run that the output belongs to.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Report as JSON lines.")] = False,
) -> int:
    """Train a detector: the network that finds an animal's keypoints in images.

    Ten labelled frames are enough to begin with. Ctrl-C stops after the current report; the model is then usable, and
    --resume continues the run.
    """
    check_output(output, [".safetensors"])
    check_free(output, resume)
    say("Starting ...")
    from training.detector import detector_config
    from training.detector import train_detector as train

    tree, preset_ranges = _skeleton(list(labels or []), skeleton, ranges)
    config = detector_config(
        preset,
        skeleton=tree,
        ranges=preset_ranges,
        output=output,
        start=start or None,
        labels=" ".join(path.name for path in labels or []),
        frames=frames,
        hold_out=None if hold_out else 0,
        steps=steps,
        seed=seed,
        device=device,
        resume=resume,
    )
    return train_and_report(train(config, _labelled(list(labels or []), config)), output, as_json, "images")


def _skeleton(labels: list[Path], skeleton: str, ranges: str) -> tuple[Skeleton, RangePreset | None]:
    """The skeleton that is asked for, the project's, or the one that the first file's names make; and its ranges."""
    from poseviewer.io.label_files import read_labels
    from poseviewer.io.label_skeleton import skeleton_of
    from poseviewer.io.skeleton_files import load_ranges, load_skeleton, shipped_ranges

    project = next((path for path in labels if _is_project(path)), None)
    if skeleton:
        tree = load_skeleton(skeleton)
    elif project is not None:
        tree = _open(project).skeleton
    elif labels:
        tree = skeleton_of(read_labels(labels[0]))
    else:
        tree = load_ranges(ranges).skeleton if ranges else load_skeleton("quadruped16")
    if ranges:
        return tree, load_ranges(ranges, tree)
    if project is not None and not skeleton:
        return tree, _open(project).ranges
    return tree, load_ranges(tree.name) if shipped_ranges(tree.name) and load_skeleton(tree.name) == tree else None


def _labelled(labels: list[Path], config: DetectorConfig) -> Labelled:
    """The labelled images of projects and label files; with `frames`, as many of all of them."""
    from dataclasses import replace

    from poseviewer.io.label_files import read_labels
    from training.detector import Labelled, labelled_of
    from training.labelled_images import evenly, of_label_file

    if not labels:
        return Labelled()
    several = config if len(labels) == 1 else replace(config, frames=None)
    found = []
    for path in labels:
        if _is_project(path):
            found.append(labelled_of(_open(path), several))
        else:
            found.append(Labelled(of_label_file(read_labels(path), config.skeleton, several.frames)))
    images = [image for one in found for image in one.images]
    backgrounds = next((one.backgrounds for one in found if one.backgrounds is not None), None)
    return Labelled(images if len(labels) == 1 else evenly(images, config.frames), backgrounds)


def _is_project(path: Path) -> bool:
    return path.suffix.lower() == ".poseproj"


def _open(path: Path):  # type: ignore[no-untyped-def]
    from poseviewer.io.project_file import ProjectFile

    file = ProjectFile.open(path)
    try:
        return file.project
    finally:
        file.close()
