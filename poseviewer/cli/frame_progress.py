"""Work on frames as people and machines watch it: a bar with frames per second and time left, or lines."""

from __future__ import annotations

import json
import sys
import time
from types import TracebackType
from typing import Any

LINE_EVERY = 10.0
"""Seconds between two lines where stderr is a file."""
JSON_EVERY = 0.5


class FrameProgress:
    """Shows how many of the frames are done; use it within `with`."""

    def __init__(self, total: int, as_json: bool) -> None:
        self._total = total
        self._as_json = as_json
        self._began = self._shown = time.monotonic()
        self._done = 0
        self._bar: Any = None
        self._task: Any = None

    @property
    def rate(self) -> float:
        """Frames per second since it began."""
        return self._done / max(time.monotonic() - self._began, 1e-9)

    def __enter__(self) -> FrameProgress:
        if not self._as_json and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

            columns = [TextColumn("{task.fields[rate]}"), TextColumn("{task.fields[left]}")]
            self._bar = Progress(BarColumn(20), MofNCompleteColumn(), *columns, console=Console(stderr=True))
            self._bar.start()
            self._task = self._bar.add_task("detecting", total=self._total, rate="", left="")
        self._began = self._shown = time.monotonic()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def add(self, count: int) -> None:
        """So many more frames are done."""
        self._done += count
        left = (self._total - self._done) / self.rate if self._done else 0.0
        if self._bar is not None:
            self._bar.update(self._task, completed=self._done, rate=f"{self.rate:.1f} it/s", left=f"{clock(left)} left")
            return
        now = time.monotonic()
        every = JSON_EVERY if self._as_json else LINE_EVERY
        if now - self._shown < every and self._done < self._total:
            return
        self._shown = now
        if self._as_json:
            line = {"frames": self._done, "of": self._total, "it_per_s": self.rate, "eta_s": left}
            _write(json.dumps(line))
        else:
            _write(f"frame {self._done}/{self._total}  {self.rate:.1f} it/s  {clock(left)} left")


def clock(seconds: float) -> str:
    """1:02:03, or 2:03 below an hour."""
    whole = int(seconds)
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"


def _write(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
