"""A training run from the command line, whatever it trains: shown, stopped between two steps, reported at its end."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from poseviewer.cli.console import write_json, write_line
from poseviewer.cli.failures import FAILED, INTERRUPTED, guarded, say
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


def announce(sentence: str) -> None:
    """Say something once, however many processes train together."""
    if os.environ.get("RANK", "0") == "0":
        say(sentence)


def train_and_report(
    reports: Generator[Progress], output: Path, as_json: bool, noun: str = "poses", tensorboard: Path | None = None
) -> int:
    """Run a training to its end or to Ctrl-C, say what became of it, and return the exit code.

    Of several processes that train together, the first one speaks for all.

    Args:
        noun: what its examples are called. tensorboard: the folder of its logs there.
    """
    from training.parallel import team

    together = team()
    if together.alone:
        return _run_and_report(reports, output, as_json, noun, tensorboard)
    try:
        code = _run_and_report(reports, output, as_json, noun, tensorboard, speaks=together.first)
    except Exception as error:
        failure = error
        together.tell(failure)
        # Whether the first one knows: else nobody would say it.
        code = guarded(lambda: _raise(failure)) if together.first or not together.told else FAILED
    together.leave()
    return code


def _raise(error: Exception) -> int:
    raise error


def _run_and_report(
    reports: Generator[Progress], output: Path, as_json: bool, noun: str, tensorboard: Path | None, speaks: bool = True
) -> int:
    if tensorboard is not None:
        from training.tensorboard_log import check_tensorboard, logged

        check_tensorboard()
        reports = logged(reports, tensorboard) if speaks else reports
    last, stopped = _drive(reports, as_json, speaks)
    report = _report(last, output, stopped)
    if not speaks:
        pass
    elif as_json:
        write_json(report)
    elif stopped:
        say(f"Stopped. {output} holds the model so far; continue with the same command and --resume.")
    else:
        write_line(f"{output}: {report['poses_seen']:,} {noun} seen. {_metrics(report['validation'])}".rstrip())
    return INTERRUPTED if stopped else 0


def _drive(reports: Generator[Progress], as_json: bool, speaks: bool) -> tuple[Progress | None, bool]:
    """Run a training to its end or to Ctrl-C: its last report, and whether it was stopped.

    A `KeyboardInterrupt` in the middle of a step could leave half an update, so the wish to stop is only noted
    and the generator is closed between two steps, which is where it saves. It ends early by itself where another
    process that trains with this one was asked to stop.
    """
    last = None
    saying = "Stopping; writing the model ..." if speaks else ""
    with stop_wanted(saying) as wanted, contextlib.closing(reports) as running:
        for report in show_progress(running, as_json) if speaks else running:
            last = report
            if report.message and speaks:
                say(f"Note: {report.message}")
            if wanted:
                break
    return last, bool(wanted) if last is None else last.step < last.steps


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
