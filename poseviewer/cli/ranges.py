"""`poseviewer ranges`: which rotation range is wrong for these labels, and how two presets differ."""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray

from poseviewer.api import on_skeleton
from poseviewer.cli.console import check_output, write_json, write_line
from poseviewer.cli.failures import say
from poseviewer.cli.lift import liftable
from poseviewer.cli.lift_input import Keypoints, about, read_input
from poseviewer.core.errors import CheckpointError, PoseInputError, PoseviewerError
from poseviewer.core.range_edits import interval_of, spoken_bone
from poseviewer.core.ranges import RangePreset
from poseviewer.core.skeleton import Skeleton

if TYPE_CHECKING:
    from poseviewer.geometry.range_fit import RangeFit
    from poseviewer.geometry.range_stops import RangeStop, UnusedRange


def ranges_fit(
    source: Annotated[
        Path, typer.Argument(metavar="LABELS|KEYPOINTS.npz", help="2D keypoints, or labels of another tool.")
    ],
    ranges: Annotated[
        str,
        typer.Option("--ranges", help="Rotation ranges: a shipped preset or a TOML file.  [default: the skeleton's]"),
    ] = "",
    skeleton: Annotated[
        str,
        typer.Option("--skeleton", help="A shipped skeleton or a TOML file.  [default: the one whose joints fit best]"),
    ] = "",
    model: Annotated[
        Path | None,
        typer.Option("--model", help="A trained lifter to start from.  [default: the one shipped with the skeleton]"),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Where to write ranges that are widened to cover (.toml).")
    ] = None,
    margin: Annotated[float, typer.Option("--margin", help="Degrees to widen beyond what is needed.")] = 5.0,
    widen: Annotated[
        int, typer.Option("--widen", help="How many bones to widen, one after the other, each after a new fit.")
    ] = 1,
    separate: Annotated[
        bool,
        typer.Option("--separate", help="Every pose is of another animal.  [default: one animal per media and name]"),
    ] = False,
    worst: Annotated[int, typer.Option("--worst", help="How many of the worst frames to list.")] = 5,
    device: Annotated[str, typer.Option("--device", help="auto, cpu, cuda or mps.")] = "auto",
    as_json: Annotated[bool, typer.Option("--json", help="Report as JSON.")] = False,
) -> None:
    """Fit labelled poses inside rotation ranges and say which range is too narrow for them.

    Lists the bones at their stop, in the order of how much the fit would gain if their range were open: frames that
    show it, their residual within the ranges and with this one open, and the degrees needed. One view cannot tell a
    limb that points to the camera from one that points away, so a bone that is not listed is not proven right.
    Poses of one animal share its bone lengths, which tells more: those of one name, or of one media where the labels
    name no animals (a .npz is one media). With --separate each pose has lengths of its own.
    """
    if output is not None:
        check_output(output, [".toml"])
    if not 0 <= margin <= 90:
        raise PoseviewerError(f"The margin is {margin:g} degrees; it must be from 0 to 90.")
    if widen < 1 or worst < 0:
        raise PoseviewerError(f"--widen is {widen} and --worst {worst}; neither counts anything below 1 and 0.")
    from poseviewer.geometry.range_stops import unused_ranges, wrong_ranges
    from poseviewer.io.skeleton_files import load_ranges, save_ranges

    given, tree = read_input(source, skeleton or None)
    preset = load_ranges(ranges or tree.name, tree)
    with about(source):
        points, seen = keypoints_on(tree, given)
    usable = liftable(points, seen)
    if not usable.any():
        raise PoseInputError(
            f"None of the {len(points)} frames of {source} has enough keypoints of {tree.name}; label four or more."
        )
    starts = lifted(points, seen, usable, tree, model, device)
    animals = None if separate else animals_of(given)
    fit = fit_with_progress(preset, points, seen, starts, animals, as_json)
    stops, unused = wrong_ranges(fit), unused_ranges(fit)
    after = None
    if output is not None:
        new, after = widen_in_turn(fit, widen, math.radians(margin), (points, seen, starts, animals), as_json)
        save_ranges(new, output)
    if as_json:
        write_json(report(fit, stops, unused, given, after) | {"output": None if output is None else str(output)})
        return
    _print(fit, stops, unused, given, worst)
    if output is not None and after is not None:
        write_line(f"{output}: {_widening(fit, after)}")


def keypoints_on(tree: Skeleton, given: Keypoints) -> tuple[NDArray[Any], NDArray[Any]]:
    """Keypoints (N, J, 2) and visibility (N, J) of 0 to 2 in the skeleton's order."""
    points, there = on_skeleton(tree, given.points, given.visibility, given.names)
    seen = np.isfinite(points).all(-1).astype(np.uint8) * 2
    if there is None or given.visibility is None:
        return points, seen
    _, sure = on_skeleton(tree, given.points, np.asarray(given.visibility) > 1, given.names)
    # A file that knows only "there or not" has no guesses.
    three_states = bool((np.asarray(given.visibility) > 1).any())
    guess = there.astype(bool) & (sure == 0) & three_states
    return points, np.where(guess, 1, seen * (there > 0)).astype(np.uint8)


def animals_of(given: Keypoints) -> NDArray[np.intp]:
    """(N,) a number per animal: poses of one name, or nameless ones of one media, unless several are in one frame."""
    count = len(given.points)
    if "media" not in given.rows:
        return np.zeros(count, dtype=np.intp)
    names = given.animals or [""] * count
    media, frames = given.rows["media"].tolist(), given.rows["frame"].tolist()
    nameless = Counter((m, f) for m, f, name in zip(media, frames, names, strict=True) if not name)
    keys = [
        ("", name) if name else (m,) if nameless[m, f] == 1 else (m, str(f), str(row))
        for row, (m, f, name) in enumerate(zip(media, frames, names, strict=True))
    ]
    numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    return np.array([numbers[key] for key in keys], dtype=np.intp)


def lifted(
    points: NDArray[Any], seen: NDArray[Any], usable: NDArray[np.bool_], tree: Skeleton, model: Path | None, device: str
) -> NDArray[np.float64] | None:
    """3D poses (N, J, 3) to start from; None where the skeleton has no lifter and none is named."""
    from poseviewer.models.light import load_light_lifter

    try:
        lifter = load_light_lifter(model, tree)
    except CheckpointError:
        if model is not None:
            raise
        say(f"Note: no lifter is shipped for {tree.name}; the fit starts from a usual pose seen from all around.")
        return None
    if lifter is None:
        from poseviewer.models.lifter import load_lifter

        lifter = load_lifter(model, tree, device)
    joints = np.full((*points.shape[:2], 3), np.nan)
    joints[usable] = lifter.lift(points[usable], seen[usable]).joints
    return joints


def fit_with_progress(
    preset: RangePreset,
    points: NDArray[Any],
    seen: NDArray[Any],
    starts: NDArray[Any] | None,
    animals: NDArray[np.intp] | None,
    quiet: bool,
) -> RangeFit:
    from poseviewer.geometry.range_fit import fit_ranges

    work = fit_ranges(preset, points, seen, starts, groups=animals)
    if quiet or not sys.stderr.isatty():
        return _drive(work)
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    text = TextColumn("Fitting {task.fields[poses]} poses inside the ranges")
    columns = [text, BarColumn(20), TaskProgressColumn(), TimeRemainingColumn()]
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0, poses=f"{len(points):,}")
        return _drive(work, lambda done: bar.update(task, completed=done))


def _drive(work: Generator[float, None, RangeFit], show: Any = None) -> RangeFit:
    while True:
        try:
            done = next(work)
        except StopIteration as end:
            fit: RangeFit = end.value
            return fit
        if show is not None:
            show(done)


def widen_in_turn(
    fit: RangeFit, bones: int, margin: float, given: tuple[Any, Any, Any, Any], quiet: bool
) -> tuple[RangePreset, RangeFit]:
    """The ranges with one bone after the other widened, and the fit inside them.

    One at a time, because a pose that one range keeps from its place leans on others, which then need nothing.
    """
    from poseviewer.geometry.range_stops import widened, wrong_ranges

    preset = fit.preset
    for _ in range(bones):
        stops = wrong_ranges(fit)
        if not stops:
            break
        preset = widened(preset, [stop for stop in stops if stop.bones == stops[0].bones], margin)
        fit = fit_with_progress(preset, *given, quiet)
    return preset, fit


# --- what is said of it ----------------------------------------------------------------------------------


def report(
    fit: RangeFit, stops: Sequence[RangeStop], unused: Sequence[UnusedRange], given: Keypoints, after: RangeFit | None
) -> dict[str, Any]:
    """Everything as plain values, angles in degrees."""
    preset = fit.preset
    return {
        "skeleton": preset.skeleton.name,
        "ranges": preset.name,
        "poses": len(fit.fitted),
        "fitted": int(fit.fitted.sum()),
        "residual_px": _summary(fit.residual_px),
        "loosened_px": _summary(fit.loosened_px),
        "stops": [
            {
                "bones": [preset.skeleton.bone_names[b] for b in stop.bones],
                "axis": stop.axis,
                "side": "min" if stop.side < 0 else "max",
                "stop": _degrees(stop.stop),
                "needed": _degrees(stop.needed),
                "frames": [_frame(given, f) for f in stop.frames],
                "residual_px": float(stop.residual_px.mean()),
                "opened_px": float(stop.opened_px.mean()),
                "gain": stop.gain,
            }
            for stop in stops
        ],
        "unused": [
            {
                "bone": preset.skeleton.bone_names[u.bone],
                "axis": u.axis,
                "range": [_degrees(u.interval.min), _degrees(u.interval.max)],
                "used": [_degrees(u.used.min), _degrees(u.used.max)],
                "share": u.share,
                "frames": u.frames,
            }
            for u in unused
        ],
        "after": None if after is None else {"residual_px": _summary(after.residual_px)},
    }


def _print(
    fit: RangeFit, stops: Sequence[RangeStop], unused: Sequence[UnusedRange], given: Keypoints, worst: int
) -> None:
    from rich.console import Console

    preset, residual = fit.preset, fit.residual_px[fit.fitted]
    write_line(
        f"{int(fit.fitted.sum()):,} of {len(fit.fitted):,} poses fitted inside {preset.name}: median residual "
        f"{np.median(residual):.1f} px, nine of ten within {np.quantile(residual, 0.9):.1f} px."
    )
    console = Console(file=sys.stdout, highlight=False)
    if stops:
        console.print(_stops_table(fit, stops))
    else:
        write_line("No range stands in the way of these poses, as far as one view can tell.")
    if unused:
        console.print(_unused_table(preset, unused))
    order = [int(i) for i in np.argsort(-np.nan_to_num(fit.residual_px, nan=-1.0)) if fit.fitted[i]][:worst]
    if order:
        write_line("Worst frames: " + ", ".join(f"{_frame(given, i)} ({fit.residual_px[i]:.1f} px)" for i in order))


def _stops_table(fit: RangeFit, stops: Sequence[RangeStop]) -> Any:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Too narrow", no_wrap=True)
    table.add_column("axis", no_wrap=True)
    for name in ("stop", "needed", "frames", "px inside", "px opened"):
        table.add_column(name, justify="right")
    for stop in stops:
        others = "" if len(stop.bones) == 1 else " (both)"
        table.add_row(
            spoken_bone(fit.preset, stop.bone) + others,
            stop.axis,
            f"{math.degrees(stop.stop):.0f}°",
            f"{math.degrees(stop.needed):.0f}°",
            f"{len(stop.frames):,}",
            f"{stop.residual_px.mean():.1f}",
            f"{stop.opened_px.mean():.1f}",
        )
    return table


def _unused_table(preset: RangePreset, unused: Sequence[UnusedRange]) -> Any:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Hardly used", no_wrap=True)
    table.add_column("axis", no_wrap=True)
    for name in ("range", "used", "share"):
        table.add_column(name, justify="right", no_wrap=True)
    for u in unused:
        spans = [f"{math.degrees(i.min):.0f}…{math.degrees(i.max):.0f}°" for i in (u.interval, u.used)]
        table.add_row(spoken_bone(preset, u.bone), u.axis, *spans, f"{u.share:.0%}")
    return table


def _widening(before: RangeFit, after: RangeFit) -> str:
    """What was widened, and what that did."""
    old, new = before.preset, after.preset
    said = []
    for bone, rotation in enumerate(new.ranges):
        for axis in ("flexion", "abduction", "twist", "theta", "phi"):
            interval = getattr(rotation, axis, None)
            if interval is not None and interval != interval_of(old, bone, axis):
                ends = f"{math.degrees(interval.min):.0f} to {math.degrees(interval.max):.0f}°"
                said.append(f"{spoken_bone(new, bone)} {axis} {ends}")
    if not said:
        return "nothing had to be widened"
    fell = [np.quantile(f.residual_px[f.fitted], 0.9) for f in (before, after)]
    return f"{'; '.join(said)}; nine of ten poses are now within {fell[1]:.1f} px (before {fell[0]:.1f})"


def _frame(given: Keypoints, row: int) -> str:
    """How a frame is called: its media and number where the file knows them, else its row."""
    if "frame" not in given.rows:
        return str(row)
    media = Path(str(given.rows["media"][row])).name
    return f"{media}:{int(given.rows['frame'][row])}"


def _summary(values: NDArray[np.float64]) -> dict[str, float]:
    known = values[np.isfinite(values)]
    return {"median": float(np.median(known)), "p90": float(np.quantile(known, 0.9))}


def _degrees(angle: float) -> float:
    return round(math.degrees(angle), 2)
