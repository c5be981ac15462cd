"""A training run from the command line, whatever it trains: shown, stopped between two steps, reported at its end."""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from poseviewer.cli.console import write_json, write_line
from poseviewer.cli.failures import INTERRUPTED, say
from poseviewer.cli.stopping import stop_wanted
from poseviewer.cli.training_progress import show_progress
from poseviewer.core.errors import PoseviewerError

if TYPE_CHECKING:
    from training.progress import Progress


def check_free(output: Path, resume: bool) -> None:
    """
    Raises:
        PoseviewerError: the output is there but empty, which is no model of ours.
    """
    if not resume and output.exists() and output.stat().st_size == 0:
        raise PoseviewerError(f"{output} is there but empty; remove it or name another file.")


def train_and_report(reports: Generator[Progress], output: Path, as_json: bool, noun: str = "poses") -> int:
    """Run a training to its end or to Ctrl-C, say what became of it, and return the exit code.

    Args:
        noun: what its examples are called.
    """
    last, stopped = _drive(reports, as_json)
    report = _report(last, output, stopped)
    if as_json:
        write_json(report)
    elif stopped:
        say(f"Stopped. {output} holds the model so far; continue with the same command and --resume.")
    else:
        write_line(f"{output}: {report['poses_seen']:,} {noun} seen. {_metrics(report['validation'])}".rstrip())
    return INTERRUPTED if stopped else 0


def _drive(reports: Generator[Progress], as_json: bool) -> tuple[Progress | None, bool]:
    """Run a training to its end or to Ctrl-C: its last report, and whether it was stopped.

    A `KeyboardInterrupt` in the middle of a step could leave half an update, so the wish to stop is only noted
    and the generator is closed between two steps, which is where it saves.
    """
    last = None
    with stop_wanted("Stopping; writing the model ...") as wanted, contextlib.closing(reports) as running:
        for report in show_progress(running, as_json):
            last = report
            if report.message:
                say(f"Note: {report.message}")
            if wanted:
                break
    return last, bool(wanted) and (last is None or last.step < last.steps)


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
