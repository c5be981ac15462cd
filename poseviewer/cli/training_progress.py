"""A training as people and machines watch it: a bar with it/s, time left and losses, or JSON lines."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

    from training.progress import Progress

LINE_EVERY = 10.0
"""Seconds between two lines where stderr is a file: a cluster's log, which a redrawn bar would fill."""

FIGURES = 2
"""How many figures of the last validation are shown beside the losses."""


def show_progress(reports: Iterator[Progress], as_json: bool) -> Iterator[Progress]:
    """The same reports, each shown before it is passed on."""
    if as_json:
        return _as_lines(reports, every=0.0, as_json=True)
    if not sys.stderr.isatty():
        return _as_lines(reports, every=LINE_EVERY, as_json=False)
    return _as_bar(reports)


def describe(report: Progress, figures: dict[str, float] | None = None) -> str:
    """The loss terms of one report, their sum first, and the foremost figures of a validation."""
    terms = [f"{name} {value:.4f}" for name, value in report.losses.items()]
    measured = [f"{name} {value:.4f}" for name, value in list((figures or {}).items())[:FIGURES]]
    return "  ".join([f"loss {sum(report.losses.values()):.4f}", *terms, *measured])


def _as_lines(reports: Iterator[Progress], every: float, as_json: bool) -> Iterator[Progress]:
    clock = _Clock()
    shown = -every
    for report in reports:
        speed, left = clock.update(report)
        now = time.monotonic()
        if as_json:
            line = {
                "step": report.step,
                "steps": report.steps,
                "poses_seen": report.poses_seen,
                "losses": report.losses,
            }
            _write(json.dumps(line | {"it_per_s": speed, "eta_s": left, "validation": report.validation}))
        elif now - shown >= every or report.step == report.steps or report.validation:
            shown = now
            words = describe(report, report.validation)
            _write(f"step {report.step}/{report.steps}  {speed:.1f} it/s  {_minutes(left)} left  {words}")
        yield report


def _as_bar(reports: Iterator[Progress]) -> Iterator[Progress]:
    clock = _Clock()
    figures: dict[str, float] = {}
    with _bar() as bar:
        task = bar.add_task("training", total=None, speed="", left="", loss="")
        for report in reports:
            speed, left = clock.update(report)
            figures = report.validation or figures
            bar.update(
                task,
                completed=report.step,
                total=report.steps,
                speed=f"{speed:.1f} it/s",
                left=f"{_minutes(left)} left",
                loss=describe(report, figures),
            )
            yield report


def _bar() -> Bar:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = [TextColumn("{task.fields[" + name + "]}") for name in ("speed", "left", "loss")]
    return Progress(BarColumn(20), MofNCompleteColumn(), *columns, console=Console(stderr=True))


class _Clock:
    """Steps per second since the first report, and from it the time left.

    The first report is not timed: compiling and warming up are in it.
    """

    def __init__(self) -> None:
        self._first: tuple[int, float] | None = None
        self._began = time.monotonic()

    def update(self, report: Progress) -> tuple[float, float]:
        """(steps per second, seconds left)."""
        now = time.monotonic()
        step, then = self._first or (0, self._began)
        if self._first is None:
            self._first = report.step, now
        speed = (report.step - step) / max(now - then, 1e-9)
        return speed, (report.steps - report.step) / max(speed, 1e-9)


def _minutes(seconds: float) -> str:
    whole = int(seconds)
    return (
        f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"
        if whole >= 3600
        else f"{whole // 60}:{whole % 60:02d}"
    )


def _write(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
