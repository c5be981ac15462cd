"""One thing that `poseviewer doctor` looks at, and what came of it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    OK = "ok"
    WARNING = "warning"
    """Something is missing that not everyone needs."""
    BROKEN = "broken"
    """The program, or a part that everyone needs, does not work."""


@dataclass(frozen=True)
class Check:
    """What was found, and where it is not well, the cure in one sentence."""

    name: str
    status: Status
    found: str
    cure: str = ""


def ask(module: str, timeout: float = 60.0) -> tuple[dict[str, Any] | None, str]:
    """Run a probe module in a process of its own, where it may crash: its JSON object, or None and why."""
    command = [sys.executable, "-W", "ignore", "-m", module]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)
    except subprocess.TimeoutExpired:
        return None, f"no answer in {timeout:.0f} s"
    except OSError as error:
        return None, str(error)
    if done.returncode != 0:
        lines = [line for line in done.stderr.strip().splitlines() if line.strip()]
        return None, lines[-1] if lines else f"it ended with code {done.returncode}"
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer, ""
