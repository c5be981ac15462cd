"""What a training loop says while it runs: every yield is a report and a place to stop."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Progress:
    """One report.

    losses: the terms by name, averaged since the last report that had any; `validation`: on poses never trained on,
    and on the user's own frames ("own ...") where there are some; empty where none was made.
    rate: poses per second since the last report. device: where it runs.
    saved: whether what the run is resumed from was written just before. poses: of the whole run.
    """

    step: int
    steps: int
    losses: dict[str, float]
    poses_seen: int
    rate: float
    validation: dict[str, float] = field(default_factory=dict)
    message: str = ""
    device: str = ""
    saved: bool = False
    poses: int = 0
