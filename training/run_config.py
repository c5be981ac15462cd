"""What every training run depends on, whatever it trains: how long, how fast it learns, where it saves and reports."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from poseviewer.io.run_store import state_file

NOTHING, SHIPPED = "nothing", "shipped"
"""What a run can start from besides the path of a model."""


@dataclass(frozen=True, kw_only=True)
class RunConfig:
    """The part of a run's settings that all stages share; the same config gives the same weights on the same device."""

    output: Path
    preset: str = "default"
    network: str = "default"
    shape: dict[str, Any] = field(default_factory=dict)
    batch: int = 2048
    steps: int = 20000
    learning_rate: float = 1.5e-3
    schedule: str = "cosine"
    warmup: int = 0
    betas: tuple[float, float] = (0.9, 0.999)
    weight_decay: float = 0.0
    ema: float = 0.0
    clip: float = 0.0
    seed: int = 0
    device: str = "auto"
    half: bool = True
    """bfloat16 products where the device is faster at them."""
    start: Path | None = None
    """A checkpoint whose weights to start from (fine-tuning); a resumed run has started already."""
    resume: bool = False
    """Continue the run that `output` belongs to, with the same random stream."""
    report_every: int = 50
    report_seconds: float = 0.5
    """A report is due after this time too, in the middle of a step if need be: each is a place to stop."""
    save_every: int = 2000
    save_seconds: float = math.inf
    validate_seconds: float = math.inf
    """Validation between checkpoints, and once before the first step of a run that starts from a model."""


def rate_at(step: int, config: RunConfig) -> float:
    """The learning rate at a step as a fraction of its peak."""
    if step < config.warmup:
        return (step + 1) / config.warmup
    if config.schedule == "constant":
        return 1.0
    done = (step - config.warmup) / max(1, config.steps - config.warmup)
    return 0.5 * (1 + math.cos(math.pi * min(1.0, done)))


def state_path(output: Path) -> Path:
    """Where a run keeps what it needs to be resumed."""
    return state_file(output)


def start_words(path: Path) -> str:
    """A model as cards name it: its file and the beginning of its digest, so that one can tell whether it is this."""
    return f"{path.name} (sha256 {hashlib.sha256(path.read_bytes()).hexdigest()[:12]})"
