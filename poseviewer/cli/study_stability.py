"""`poseviewer study stability`: what the same training comes to with other seeds, epoch by epoch (004, section 6)."""

from __future__ import annotations

import contextlib
import json
import math
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from poseviewer.cli.console import write_json, write_line
from poseviewer.cli.failures import INTERRUPTED, say
from poseviewer.cli.frame_progress import clock
from poseviewer.cli.stability_figure import SIZE, draw
from poseviewer.cli.stopping import stop_wanted
from poseviewer.cli.study import Elevation, Every, Outputs, ViewSeed, check_outputs, parse_elevation
from poseviewer.core.errors import PoseviewerError
from poseviewer.io.figures import FIGURES, is_figure, write_drawing

if TYPE_CHECKING:
    from training.stability import StabilityPlan, StudyReport
    from training.stability_record import Spread, StabilityRecord

POOL = 0.375
EPOCHS = 40
OF_PICTURES = ("autoencoder", "detector", "landmarks", "skips", "suppression")
"""Stages whose models lift nothing."""
FROM_RANGES = ("lifter",)
"""Stages that learn from rotation ranges alone."""


def study_stability(
    method: Annotated[str, typer.Argument(metavar="METHOD", help="drover, svma, hardy, lifter, ...: what is trained.")],
    outputs: Outputs,
    poses: Annotated[
        list[Path] | None, typer.Argument(metavar="POSES...", help="What it learns from: 2D or 3D poses (.npz).")
    ] = None,
    presets: Annotated[
        list[str] | None, typer.Option("--preset", help="How to train; several are compared.  [default: default]")
    ] = None,
    seeds: Annotated[int, typer.Option("--seeds", min=1, help="How many trainings of each preset.")] = 5,
    epochs: Annotated[int, typer.Option("--epochs", min=1, help="Evaluations of each training.")] = EPOCHS,
    steps: Annotated[
        int | None,
        typer.Option("--steps-per-epoch", min=1, help="Steps of an epoch.  [default: the preset's steps / epochs]"),
    ] = None,
    pool: Annotated[
        float, typer.Option("--pool", min=0.0, max=1.0, help="Share of the last epochs that are pooled.")
    ] = POOL,
    validate: Annotated[
        Path | None, typer.Option("--validate", help="3D poses to measure on.  [default: the first of POSES]")
    ] = None,
    weights: Annotated[
        list[str] | None, typer.Option("--weight", metavar="FILE=W", help="How much each pose of a file counts.")
    ] = None,
    skeleton: Annotated[str, typer.Option("--skeleton", help="A shipped skeleton.  [default: the preset's]")] = "",
    ranges: Annotated[str, typer.Option("--ranges", help="Rotation ranges.  [default: the skeleton's]")] = "",
    batch: Annotated[int | None, typer.Option("--batch", min=1, help="Poses per step.")] = None,
    views: Elevation = "0:20",
    view_seed: ViewSeed = 0,
    every: Every = None,
    device: Annotated[str, typer.Option("--device", help="auto, cpu, cuda or mps.")] = "auto",
    as_json: Annotated[bool, typer.Option("--json", help="Report as JSON.")] = False,
) -> int:
    """Train METHOD with several seeds and measure it after every epoch: is where it ends chance?

    Tells the error (P-MPJPE, without and with reflections) of the last epoch, of the last epochs pooled, and of each
    seed's best epoch, as mean and standard deviation over the seeds. The record is the output with the suffix .json,
    written after every epoch; the models lie in a folder beside it. The same command again continues a study that was
    stopped; with more seeds or other presets it extends it.
    """
    check_outputs(outputs, (*FIGURES, ".json", ".md"))
    elevation = parse_elevation(views)
    names = tuple(dict.fromkeys(presets or ["default"]))
    _check_method(method, names, poses or [])
    measured_on = validate or next(iter(poses or []), None)
    if measured_on is None:
        raise PoseviewerError("There are no poses to measure on; name a file of 3D poses with --validate.")
    say("Starting ...")
    from poseviewer.io.skeleton_files import load_ranges, load_skeleton
    from training.presets import load_preset
    from training.stability import StabilityPlan, start_record
    from training.study_poses import read_study_poses

    table = load_preset(method, names[0])
    tree = skeleton or str(table.get("skeleton", "human17"))
    own = load_ranges(ranges or tree, load_skeleton(tree))
    given = [path.name for path in poses or []]
    shares = _weights(weights or [])
    settings: dict[str, Any] = {"device": device} | ({"batch": batch} if batch else {})
    settings |= {"poses": [str(path) for path in poses], "weights": shares} if poses else {}
    named = {"poses": given, "weights": shares, "validate": measured_on.name, "views": list(elevation)}
    plan = StabilityPlan(
        method=method, presets=names, seeds=tuple(range(seeds)), epochs=epochs, ranges=own, pool=pool,
        steps=steps or max(1, int(table.get("steps", epochs)) // epochs), settings=settings,
        validation=read_study_poses(measured_on, own.skeleton, elevation, view_seed, every),
        named=named | {"view_seed": view_seed, "every": every, "batch": batch},
        record=outputs[0].with_suffix(".json"), folder=outputs[0].with_suffix(".models"),
    )  # fmt: skip
    if validate is None:
        say(f"Note: measured on {measured_on}, which it learns from; name other poses with --validate.")
    begun = start_record(plan)
    if begun.curves:
        say(f"Continuing the study of {plan.record}.")
    record, stopped = _drive(plan, begun, as_json)
    _finish(record, outputs, pool, as_json, stopped)
    return INTERRUPTED if stopped else 0


def markdown(record: StabilityRecord, pool: float) -> str:
    """The table of a study: a row per preset and alignment."""
    from training.stability_record import pooled_epochs

    first = record.epochs - pooled_epochs(record.epochs, pool) + 1
    unit = f", {record.unit}" if record.unit else ""
    lines = [
        f"| {record.settings['method']} | P-MPJPE{unit} | seeds | last epoch | epochs {first}-{record.epochs} pooled "
        f"| best epoch of each seed |",
        "|---|---|---|---|---|---|",
    ]
    for preset, curves in record.curves.items():
        done, failed = len(record.finished(preset)), sum(bool(c.failed) for c in curves.values())
        count = f"{done}" if done + failed == len(curves) and not failed else f"{done} of {len(curves)}"
        for reflected in (False, True):
            found = record.summary(preset, reflected, pool)
            figures = " | ".join(_spread(s) for s in (found.last, found.pooled, found.minimum))
            lines.append(f"| {preset} | {'reflection-best' if reflected else 'no reflection'} | {count} | {figures} |")
    flat = record.flat
    lines.append(
        f"\nThe flat pose: {flat[0]:.1f} without and {flat[1]:.1f} with reflections. ± is one standard deviation."
    )
    return "\n".join(lines) + "\n"


def _check_method(method: str, presets: Sequence[str], poses: Sequence[Path]) -> None:
    """
    Raises:
        PoseviewerError: it makes no lifters, has no such preset, or cannot learn from poses.
    """
    from training.presets import load_preset, preset_names, stages

    makers = [stage for stage in stages() if stage not in OF_PICTURES]
    if method in OF_PICTURES or not preset_names(method):
        raise PoseviewerError(f"There is no training of lifters called {method}; choose one of {', '.join(makers)}.")
    for preset in presets:
        load_preset(method, preset)
    if poses and method in FROM_RANGES:
        raise PoseviewerError(
            f"The training '{method}' learns from rotation ranges, not from {poses[0]}; leave the poses out, or give "
            f"them as --validate."
        )


def _weights(texts: Sequence[str]) -> dict[str, float]:
    """`bandai2=0.25` -> by the file's stem."""
    found = {}
    for text in texts:
        name, equals, number = text.partition("=")
        try:
            weight = float(number)
        except ValueError:
            weight = math.nan
        if not (equals and name and weight >= 0 and math.isfinite(weight)):
            raise PoseviewerError(f"--weight {text} is not understood; write a file and a number, as in bandai2=0.25.")
        found[Path(name).stem if name.endswith(".npz") else name] = weight
    return found


def _drive(plan: StabilityPlan, begun: StabilityRecord, as_json: bool) -> tuple[StabilityRecord, bool]:
    """Run a study to its end or to Ctrl-C, between two steps: the record, and whether it was stopped."""
    from training.stability import run_study

    shown = _Shown(plan, begun, as_json)
    work = run_study(plan)
    with stop_wanted("Stopping; writing the model ...") as wanted, contextlib.closing(work) as running:
        while True:
            try:
                shown.show(next(running))
            except StopIteration as done:
                return done.value, False
            if wanted:
                break
    from training.stability_record import read_record

    return read_record(plan.record), True


class _Shown:
    """A line per epoch, with the time that is left."""

    def __init__(self, plan: StabilityPlan, begun: StabilityRecord, as_json: bool) -> None:
        self._plan, self._as_json = plan, as_json
        pairs = [(preset, seed) for preset in plan.presets for seed in plan.seeds]
        curves = [begun.curve(*pair) for pair in pairs]
        self._left = sum(plan.epochs - (plan.epochs if c and c.failed else len(c.errors) if c else 0) for c in curves)
        self._done, self._began = 0, time.monotonic()

    def show(self, report: StudyReport) -> None:
        if report.progress is not None and report.progress.message:
            say(f"Note: {report.progress.message}")
        if report.curve.failed:
            say(f"{report.preset}, seed {report.seed}: {report.curve.failed}")
            self._left -= self._plan.epochs - len(report.curve.errors)
        if not report.measured:
            return
        self._done += 1
        left = (time.monotonic() - self._began) / self._done * max(self._left - self._done, 0)
        epoch, error, reflected = len(report.curve.errors), report.curve.errors[-1], report.curve.reflected[-1]
        if self._as_json:
            line = {"preset": report.preset, "seed": report.seed, "epoch": epoch, "epochs": self._plan.epochs}
            line |= {"p_mpjpe": error, "p_mpjpe_reflection_best": reflected, "eta_s": left}
            sys.stderr.write(json.dumps(line) + "\n")
        else:
            where = f"{report.preset}, seed {report.seed}, epoch {epoch}/{self._plan.epochs}"
            say(f"{where}: {error:.1f} (reflection-best {reflected:.1f})  {clock(left)} left")


def _finish(record: StabilityRecord, outputs: Sequence[Path], pool: float, as_json: bool, stopped: bool) -> None:
    from poseviewer.io.atomic import write_text
    from training.stability_record import pooled_epochs, summary_table, write_record

    own = outputs[0].with_suffix(".json")
    for path in dict.fromkeys([own, *outputs]):
        if is_figure(path):
            write_drawing(path, SIZE, lambda figure: draw(figure, record, pooled_epochs(record.epochs, pool)))
        elif path.suffix.lower() == ".md":
            write_text(path, markdown(record, pool))
        else:
            write_record(record, path, pool)
    if as_json:
        report = {"summary": summary_table(record, pool), "unit": record.unit, "flat": list(record.flat)}
        write_json(report | {"settings": dict(record.settings), "record": str(own), "interrupted": stopped})
        return
    write_line(markdown(record, pool))
    if stopped:
        say(f"Stopped. {own} holds the study so far; the same command continues it.")


def _spread(spread: Spread) -> str:
    if not spread.count:
        return "-"
    return f"{spread.mean:.1f}" + (f" ± {spread.std:.1f}" if math.isfinite(spread.std) else "")
