"""Ctrl-C in the middle of long work: the wish to stop is noted, and the work ends at its next report."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from typing import Any

from poseviewer.cli.failures import say


@contextlib.contextmanager
def stop_wanted(saying: str) -> Iterator[list[int]]:
    """A list that gets an entry when the user (or a cluster's scheduler) asks to stop; a second Ctrl-C ends at once.

    Args:
        saying: what people are told at the first one; "" for nothing.
    """
    wanted: list[int] = []

    def note(number: int, frame: Any) -> None:
        if wanted:
            raise KeyboardInterrupt
        wanted.append(number)
        if saying:
            say(f"\n{saying}")

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield wanted
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
