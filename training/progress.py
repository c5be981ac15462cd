"""What a training loop says while it runs: every yield is a report and a place to stop."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Progress:
    """One report.

    losses: the terms by name, averaged since the last report; `validation`: on poses never trained on.
    rate: poses per second since the last report.
    """

    step: int
    steps: int
    losses: dict[str, float]
    poses_seen: int
    rate: float
    validation: dict[str, float] = field(default_factory=dict)
    message: str = ""
