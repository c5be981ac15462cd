"""`poseviewer lift`: a file of 2D keypoints in, a file of 3D poses out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from poseviewer.api import on_skeleton
from poseviewer.cli.console import check_output, write_json, write_line
from poseviewer.cli.failures import say
from poseviewer.cli.lift_input import about, read_input
from poseviewer.core.errors import PoseInputError, PoseviewerError
from poseviewer.core.joint_names import FEWEST
from poseviewer.core.skeleton import Skeleton
from poseviewer.geometry.bone_scale import scale_to_bone
from poseviewer.geometry.liftable import liftable, spread

SUFFIXES = (".npz", ".csv", ".nc", ".bvh")


def lift(
    source: Annotated[
        Path, typer.Argument(metavar="LABELS|KEYPOINTS.npz", help="2D keypoints, or labels of another tool.")
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="Where to write the poses (.npz, .csv, .nc or .bvh).")],
    skeleton: Annotated[
        str,
        typer.Option("--skeleton", help="A shipped skeleton or a TOML file.  [default: the one whose joints fit best]"),
    ] = "",
    model: Annotated[
        Path | None, typer.Option("--model", help="A trained lifter.  [default: the one shipped with the skeleton]")
    ] = None,
    scale_bone: Annotated[
        str, typer.Option("--scale-bone", metavar="A:B=MM", help="Write mm: the bone between A and B is this long.")
    ] = "",
    device: Annotated[str, typer.Option("--device", help="auto, cpu, cuda or mps.")] = "auto",
    as_json: Annotated[bool, typer.Option("--json", help="Report as JSON.")] = False,
) -> None:
    """Lift 2D keypoints to 3D poses.

    Poses are in the camera frame (x right, y down, z away), relative to the root joint, in pixels; with --scale-bone in
    mm, by one factor for the whole file (the bone's median length). A frame with fewer than four keypoints becomes NaN.
    """
    check_output(output, SUFFIXES)
    given, tree = read_input(source, skeleton or None)
    bone = parse_scale(scale_bone, tree) if scale_bone else None
    with about(source):
        points, seen = on_skeleton(tree, given.points, given.visibility, given.names)
    usable = liftable(points, seen)
    if not usable.any():
        raise PoseInputError(
            f"None of the {len(points)} frames of {source} can be lifted: each has fewer than {FEWEST} keypoints of "
            f"{tree.name}, or all in one place."
        )
    if not usable.all():
        say(
            f"Warning: {int((~usable).sum())} of {len(usable)} frames have fewer than {FEWEST} keypoints, or all "
            f"in one place, and are NaN in {output}."
        )
    from poseviewer.models.lifter import load_lifter

    lifter = load_lifter(model, tree, device)
    poses = spread(lifter.lift(points[usable], None if seen is None else seen[usable]), usable)
    filled = getattr(lifter, "filled_words", "")
    if filled and (not poses.given[usable].all() or len(lifter.columns) < tree.joint_count):  # type: ignore[attr-defined]
        say(f"Note: {filled}")
    if bone is not None:
        poses = scale_to_bone(poses, *bone)
    from poseviewer.io.keypoint_files import write_lifted

    write_lifted(output, poses, given.spelled_on(tree), rows=given.rows)
    if as_json:
        report = {"output": str(output), "poses": len(usable), "lifted": int(usable.sum()), "unit": poses.unit}
        write_json(report | {"skeleton": tree.name, "model": lifter.description, "device": lifter.device})
    else:
        lifted = f"{int(usable.sum()):,} of {len(usable):,} frames lifted by {lifter.description} on {lifter.device}"
        write_line(f"{output}: {lifted}, in {poses.unit}")


def parse_scale(text: str, skeleton: Skeleton) -> tuple[int, float]:
    """`A:B=MM` -> the bone's index and its length in mm.

    Raises:
        PoseviewerError: it is not of that form, or there is no such bone.
    """
    bone, equals, length = text.partition("=")
    first, colon, second = bone.partition(":")
    try:
        millimetres = float(length)
    except ValueError:
        millimetres = float("nan")
    if not (equals and colon) or not (np.isfinite(millimetres) and millimetres > 0):
        raise PoseviewerError(
            f"--scale-bone {text} is not understood; write two joints and the length of the bone between them in mm, "
            f"as in --scale-bone {skeleton.bone_names[0]}=120."
        )
    return skeleton.bone_index(first, second), millimetres
