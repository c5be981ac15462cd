"""A training's figures for TensorBoard, written while it runs. The package is optional."""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from pathlib import Path
from typing import Any

from poseviewer.core.errors import PoseviewerError
from training.progress import Progress

INSTALL = 'pip install "poseviewer[tensorboard]"'


def check_tensorboard() -> None:
    """
    Raises:
        PoseviewerError: the package is not installed.
    """
    try:
        import tensorboard  # noqa: F401
    except ImportError as error:
        raise PoseviewerError(f"TensorBoard logs need an optional package; install it with: {INSTALL}") from error


def logged(reports: Generator[Progress, None, None], folder: Path) -> Generator[Progress, None, None]:
    """The same reports, each written to a folder of TensorBoard logs before it is passed on.

    By step: `loss/TERM` and `loss/sum`, `validation/FIGURE`, and `speed/examples per second`. A run that is continued
    hides what was logged after the step at which it goes on.

    Raises:
        PoseviewerError: the package is not installed, or the folder cannot be written.
    """
    check_tensorboard()
    with contextlib.closing(reports) as running, contextlib.ExitStack() as stack:
        writer = None
        last = -1
        for report in running:
            if writer is None:
                writer = stack.enter_context(_writer(folder, report.step))
            _write(writer, report, fresh=report.step > last)
            last = report.step
            yield report


def _writer(folder: Path, step: int) -> Any:
    from torch.utils.tensorboard import SummaryWriter

    if folder.exists() and not folder.is_dir():
        raise PoseviewerError(f"{folder} is a file, not a folder for TensorBoard logs; name another.")
    resumed = folder.is_dir() and any(folder.iterdir())
    return SummaryWriter(str(folder), purge_step=step if resumed else None, flush_secs=10)  # type: ignore[no-untyped-call]


def _write(writer: Any, report: Progress, fresh: bool) -> None:
    """`fresh`: whether the losses are of steps that have not been written yet."""
    if fresh and report.losses:
        for name, value in report.losses.items():
            writer.add_scalar(f"loss/{name}", value, report.step)
        writer.add_scalar("loss/sum", sum(report.losses.values()), report.step)
        writer.add_scalar("speed/examples per second", report.rate, report.step)
    for name, value in report.validation.items():
        writer.add_scalar(f"validation/{name}", value, report.step)
