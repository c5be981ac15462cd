"""`poseviewer train`: a network from synthetic poses, with a progress bar and a checkpoint that is always usable."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from poseviewer.cli.console import check_output, write_json, write_line
from poseviewer.cli.failures import INTERRUPTED, say
from poseviewer.cli.training_progress import show_progress
from poseviewer.core.errors import PoseviewerError

if TYPE_CHECKING:
    from training.progress import Progress


def train_lifter(
    output: Annotated[Path, typer.Option("-o", "--output", help="Where to write the model (.safetensors).")],
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
    start: Annotated[
        str,
        typer.Option("--start", help="A model to go on from: shipped, a file, or nothing.  [default: the preset's]"),
    ] = "",
    steps: Annotated[
        int | None, typer.Option("--steps", min=1, help="How many steps.  [default: the preset's]")
    ] = None,
    batch: Annotated[
        int | None, typer.Option("--batch", min=1, help="Poses per step.  [default: the preset's]")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same model.")] = 0,
    device: Annotated[str, typer.Option("--device", help="auto, cpu, cuda or mps.")] = "auto",
    resume: Annotated[bool, typer.Option("--resume", help="Continue the run that the output belongs to.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Report as JSON lines.")] = False,
) -> int:
    """Train a lifter: the network that turns keypoints into a 3D pose.

    Ctrl-C stops after the current report; the model is then usable, and --resume continues the run.
    """
    check_output(output, [".safetensors"])
    if not resume and output.exists() and output.stat().st_size == 0:
        raise PoseviewerError(f"{output} is there but empty; remove it or name another file.")
    say("Starting ...")
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
    last, stopped = _drive(train(config), as_json)
    report = _report(last, output, stopped)
    if as_json:
        write_json(report)
    elif stopped:
        say(f"Stopped. {output} holds the model so far; continue with the same command and --resume.")
    else:
        write_line(f"{output}: {report['poses_seen']:,} poses seen. {_metrics(report['validation'])}".rstrip())
    return INTERRUPTED if stopped else 0


def _drive(reports: Generator[Progress], as_json: bool) -> tuple[Progress | None, bool]:
    """Run a training to its end or to Ctrl-C: its last report, and whether it was stopped.

    A `KeyboardInterrupt` in the middle of a step could leave half an update, so the wish to stop is only noted
    and the generator is closed between two steps, which is where it saves.
    """
    last = None
    with _stop_wanted() as wanted, contextlib.closing(reports) as running:
        for report in show_progress(running, as_json):
            last = report
            if wanted:
                break
    return last, bool(wanted) and (last is None or last.step < last.steps)


@contextlib.contextmanager
def _stop_wanted() -> Iterator[list[int]]:
    """A list that gets an entry when the user (or a cluster's scheduler) asks to stop; a second Ctrl-C ends at once."""
    wanted: list[int] = []

    def note(number: int, frame: Any) -> None:
        if wanted:
            raise KeyboardInterrupt
        wanted.append(number)
        say("\nStopping; writing the model ...")

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield wanted
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _report(last: Progress | None, output: Path, stopped: bool) -> dict[str, Any]:
    return {
        "output": str(output),
        "step": last.step if last else 0,
        "steps": last.steps if last else 0,
        "poses_seen": last.poses_seen if last else 0,
        "losses": last.losses if last else {},
        "validation": last.validation if last else {},
        "interrupted": stopped,
    }


def _metrics(values: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.4f}" for name, value in values.items())
