"""`poseviewer study correlation`: which keypoint moves which depth of a lifter (004, section 5)."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer

from poseviewer.cli.console import write_json, write_line
from poseviewer.cli.correlation_figure import Pair, StudiedModel, draw, figure_size, percent
from poseviewer.cli.failures import say
from poseviewer.cli.study import Elevation, Every, Outputs, ViewSeed, check_outputs, parse_elevation
from poseviewer.core.errors import PoseviewerError
from poseviewer.core.skeleton import Skeleton
from poseviewer.geometry.correlation import (
    FIRST,
    LAST,
    PAPER_FIRST,
    STEP,
    Array,
    Influence,
    between_groups,
    factors_from,
    leg_joints,
    measuring,
    normalised_poses,
    root_joint,
    root_points,
)
from poseviewer.io.figures import FIGURES, is_figure, write_drawing

if TYPE_CHECKING:
    from poseviewer.models.base import Lifter
    from training.study_poses import StudyPoses

MOST = 300
"""Poses that are looked at where nobody says how many: 17 joints and 101 factors make half a million lifts of them."""


def study_correlation(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A trained lifter, or the name of a shipped one.")],
    poses: Annotated[Path, typer.Argument(metavar="POSES.npz", help="3D poses, or keypoints.")],
    outputs: Outputs,
    against: Annotated[str, typer.Option("--against", metavar="MODEL2", help="A second model, drawn beside it.")] = "",
    pairs: Annotated[
        list[str] | None,
        typer.Option("--pair", metavar="KEYPOINT:DEPTH", help="Draw the curve of this pair; may be given again."),
    ] = None,
    skeleton: Annotated[
        str, typer.Option("--skeleton", help="A shipped skeleton or a TOML file.  [default: the model's own]")
    ] = "",
    views: Elevation = "0:20",
    view_seed: ViewSeed = 0,
    first: Annotated[float, typer.Option("--from", help="The smallest factor.")] = FIRST,
    last: Annotated[float, typer.Option("--to", help="The largest factor.")] = LAST,
    step: Annotated[float, typer.Option("--step", help="Between two factors.")] = STEP,
    paper_range: Annotated[
        bool, typer.Option("--paper-range", help=f"From {PAPER_FIRST} to {LAST}, as the paper's text has it.")
    ] = False,
    every: Every = None,
    device: Annotated[str, typer.Option("--device", help="auto, cpu, cuda or mps.")] = "auto",
    as_json: Annotated[bool, typer.Option("--json", help="Report as JSON.")] = False,
) -> None:
    """Scale one keypoint at a time about the root, and watch every depth: is a lifter moved by what it should not be?

    The result is a matrix of mean changes in percent of the pose's size (its largest distance from the root along x or
    y), as a figure (.png, .svg, .pdf), as numbers (.json) or with the whole curves (.npz). A lifter made of independent
    parts for legs and torso has no influence between them: exactly 0. Without --every, about 300 poses are looked at.
    """
    check_outputs(outputs, (*FIGURES, ".json", ".npz"))
    elevation = parse_elevation(views)
    factors = _factors(PAPER_FIRST if paper_range else first, LAST if paper_range else last, step)
    wanted = [_pair(text) for text in pairs or []]
    studied = []
    names = [model, against] if against else [model]
    alike = len({Path(name).stem for name in names}) < len(names)
    for name in names:
        lifter = load_model(name, skeleton, device)
        named = [_on(lifter.skeleton, pair) for pair in wanted]
        from training.study_poses import read_study_poses

        seen = read_study_poses(poses, lifter.skeleton, elevation, view_seed, every, MOST)
        if seen.lacking:
            say(f"Note: {seen.lacking:,} of {seen.of:,} poses lack a joint and are left out.")
        studied.append(examine(lifter, name if alike else Path(name).stem, seen, factors))
    for path in outputs:
        _write(path, studied, named)
    if as_json:
        write_json(report(studied, named) | {"outputs": [str(path) for path in outputs]})
        return
    for one in studied:
        _print(one)
    write_line(f"Written: {', '.join(str(path) for path in outputs)}")


def load_model(name: str, skeleton: str, device: str) -> Lifter:
    """A lifter by its file or shipped name, on its own skeleton unless another is named; the method alone.

    Raises:
        CheckpointError: there is no such model, it is damaged, no lifter, or for another skeleton.
    """
    from poseviewer.io.skeleton_files import load_skeleton
    from poseviewer.models.base import shipped_lifter
    from poseviewer.models.card import read_card
    from poseviewer.models.fixed_frame import own_lifter
    from poseviewer.models.lifter import load_lifter

    path = Path(name) if Path(name).is_file() or not shipped_lifter(name).is_file() else shipped_lifter(name)
    tree = load_skeleton(skeleton) if skeleton else read_card(path).load_skeleton()
    return own_lifter(load_lifter(path, tree, device))


def examine(lifter: Lifter, name: str, seen: StudyPoses, factors: Array) -> StudiedModel:
    """Measure one model."""
    tree = lifter.skeleton
    normal = normalised_poses(seen.keypoints, root_points(tree, seen.keypoints))
    from poseviewer.models.fixed_frame import depths_of

    influence = _shown(name, measuring(depths_of(lifter), normal, factors))
    root, legs = root_joint(tree), leg_joints(tree)
    order = [j for j in legs if j != root]
    count = len(order)
    order += [j for j in range(tree.joint_count) if j not in legs and j != root]
    means = between_groups(influence.matrix, legs, order)
    return StudiedModel(name, tree.joints, tuple(order), count, influence.factors, influence.change, means, len(normal))


def report(studied: Sequence[StudiedModel], pairs: Sequence[Pair]) -> dict[str, Any]:
    """All but the curves of pairs that nobody asked for."""
    models = []
    for one in studied:
        names = [one.joints[j] for j in one.order]
        models.append(
            {
                "model": one.name,
                "poses": one.poses,
                "joints": names,
                "legs": names[: one.legs],
                "matrix": (one.matrix / 100).tolist(),
                "own": one.means.own,
                "within_group": one.means.within,
                "across_groups": one.means.across,
                "curves": [_curve(one, pair) for pair in pairs],
            }
        )
    return {"unit": "share of the pose's size", "factors": studied[0].factors.tolist(), "models": models}


def _shown(name: str, work: Any) -> Influence:
    """Run a measurement, with a bar where people watch."""
    if not sys.stderr.isatty():
        say(f"{name}: scaling every keypoint ...")
        while True:
            try:
                next(work)
            except StopIteration as done:
                return done.value  # type: ignore[no-any-return]
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task(name, total=1.0)
        while True:
            try:
                bar.update(task, completed=next(work))
            except StopIteration as done:
                return done.value  # type: ignore[no-any-return]


def _factors(first: float, last: float, step: float) -> Array:
    if not (np.isfinite([first, last, step]).all() and step > 0 and first < last):
        raise PoseviewerError(
            f"No factors go from {first:g} to {last:g} by {step:g}; give --from below --to and a --step above 0."
        )
    return factors_from(first, last, step)


def _pair(text: str) -> Pair:
    first, colon, second = text.partition(":")
    if not (colon and first and second):
        raise PoseviewerError(
            f"--pair {text} is not understood; write the keypoint that moves and the joint whose depth is watched, as "
            f"in --pair left_elbow:right_ankle."
        )
    return Pair(first, second)


def _on(skeleton: Skeleton, pair: Pair) -> Pair:
    """The pair by the skeleton's own names."""
    names = (skeleton.joints[skeleton.joint_index(name)] for name in (pair.keypoint, pair.depth))
    return Pair(*names)


def _curve(one: StudiedModel, pair: Pair) -> dict[str, Any]:
    change = one.change[one.joints.index(pair.keypoint), one.joints.index(pair.depth)]
    return {"keypoint": pair.keypoint, "depth": pair.depth, "change": change.tolist()}


def _write(path: Path, studied: Sequence[StudiedModel], pairs: Sequence[Pair]) -> None:
    if is_figure(path):
        write_drawing(path, figure_size(studied, pairs), lambda figure: draw(figure, studied, pairs))
    elif path.suffix.lower() == ".json":
        from poseviewer.cli.console import json_text
        from poseviewer.io.atomic import write_text

        write_text(path, json_text(report(studied, pairs)))
    else:
        from poseviewer.io.npz import write_npz

        arrays: dict[str, Any] = {"factors": studied[0].factors, "models": [one.name for one in studied]}
        for number, one in enumerate(studied):
            arrays |= {f"change_{number}": one.change, f"joint_names_{number}": one.joints}
        write_npz(path, **arrays)


def _print(one: StudiedModel) -> None:
    factors = f"factors {one.factors[0]:g} to {one.factors[-1]:g}"
    write_line(f"{one.name}: {one.poses:,} poses, {len(one.order)} joints, {factors}; of the pose's size:")
    write_line(f"  a keypoint on its own depth          {percent(one.means.own):>8}")
    write_line(f"  on other depths of its group         {percent(one.means.within):>8}")
    if np.isfinite(one.means.across):
        sizes = f"{one.legs} and {len(one.order) - one.legs} joints"
        write_line(f"  between legs and torso               {percent(one.means.across):>8}  ({sizes})")
        values = one.matrix.copy()
        same = np.arange(len(one.order)) < one.legs
        values[same[:, None] == same[None]] = -1
        k, j = np.unravel_index(int(values.argmax()), values.shape)
        if values[k, j] > 0:
            names = f"{one.joints[one.order[k]]} on {one.joints[one.order[j]]}"
            write_line(f"  the most of them                     {percent(values[k, j] / 100):>8}  ({names})")
