"""`poseviewer synthesize`: valid random poses and their views, as arrays."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from poseviewer.cli.console import check_output, write_json, write_line
from poseviewer.core.errors import PoseviewerError


def synthesize(
    count: Annotated[int, typer.Option("-n", "--count", help="How many poses.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Where to write them (.npz).")],
    skeleton: Annotated[str, typer.Option("--skeleton", help="A shipped skeleton or a TOML file.")] = "quadruped16",
    ranges: Annotated[
        str,
        typer.Option("--ranges", help="Rotation ranges: a shipped preset or a TOML file.  [default: the skeleton's]"),
    ] = "",
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same poses.")] = 0,
    recipe: Annotated[
        str, typer.Option("--recipe", help="plain: perfect views; default: as for training; paper: as published.")
    ] = "plain",
    as_json: Annotated[bool, typer.Option("--json", help="Report as JSON.")] = False,
) -> None:
    """Draw random valid poses and their 2D views.

    Writes joints (N,J,3; longest bone = 1), keypoints (N,J,2), bone_lengths, bone_spherical, rotation (N,3,3),
    joint_names and bones.
    """
    check_output(output, [".npz"])
    if seed < 0:
        raise PoseviewerError(f"The seed is {seed}; it must be 0 or more.")
    from poseviewer import api
    from poseviewer.io.npz import write_npz

    began = time.perf_counter()
    batch = api.synthesize(skeleton, ranges=ranges or None, n=count, seed=seed, recipe=recipe)
    seconds = time.perf_counter() - began
    tree = api.load_skeleton(skeleton)
    write_npz(
        output,
        joints=batch.joints,
        keypoints=batch.keypoints,
        bone_lengths=batch.bone_lengths,
        bone_spherical=batch.bone_spherical,
        rotation=batch.rotation,
        joint_names=list(tree.joints),
        bones=[(bone.parent, bone.child) for bone in tree.bones],
    )
    if as_json:
        write_json({"output": str(output), "skeleton": tree.name, "poses": count, "seed": seed, "seconds": seconds})
    else:
        write_line(f"{output}: {count:,} poses of {tree.name} in {seconds:.2f} s")
