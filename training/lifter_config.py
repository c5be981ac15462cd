"""What a lifter's training depends on: read from a preset, its ranges, and the model that it starts from."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from poseviewer.core.errors import PoseviewerError
from poseviewer.core.ranges import RangePreset
from poseviewer.io.run_store import state_file
from poseviewer.io.skeleton_files import load_ranges, shipped_ranges
from poseviewer.models.base import find_model, none_shipped, shipped_lifter
from poseviewer.models.card import ModelCard, read_card
from training.presets import load_preset

NOTHING, SHIPPED = "nothing", "shipped"
"""What a run can start from besides the path of a model."""


@dataclass(frozen=True)
class LifterConfig:
    """Everything a training run depends on; the same config gives the same weights on the same device."""

    ranges: RangePreset
    output: Path
    preset: str = "default"
    network: str = "default"
    shape: dict[str, Any] = field(default_factory=dict)
    recipe: str = "default"
    batch: int = 2048
    steps: int = 20000
    learning_rate: float = 1.5e-3
    schedule: str = "cosine"
    warmup: int = 0
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
    unseen: int = 8192
    """Poses never trained on, to validate on."""


def lifter_config(
    preset: str = "default",
    *,
    skeleton: str | None = None,
    ranges: RangePreset | str | Path | None = None,
    output: Path,
    start: str | Path | None = None,
    **overrides: Any,
) -> LifterConfig:
    """A config from a preset's name, the skeleton or ranges, and what differs from the preset.

    Args:
        start: "nothing", "shipped", or a model; None for what the preset says. Where the preset names no shape, the
            network is that of this model.

    Raises:
        PoseviewerError: there is no such preset, neither skeleton nor ranges are given, or the preset needs a model
            to start from and has none.
        CheckpointError: there is no such model, or it is for another skeleton.
    """
    if ranges is None and skeleton is None:
        raise PoseviewerError("Training needs a skeleton or ranges; give --skeleton or --ranges.")
    if not isinstance(ranges, RangePreset):
        name = ranges if ranges is not None else skeleton
        if ranges is None and preset.startswith("paper") and f"{skeleton}.paper" in shipped_ranges(str(skeleton)):
            name = f"{skeleton}.paper"
        assert name is not None
        ranges = load_ranges(name)
    table = load_preset("lifter", preset)
    known = {k: v for k, v in overrides.items() if v is not None}
    usual = table.pop("start", NOTHING)
    begun = _begun_card(output) if known.get("resume") else None
    model = None if begun else _start_model(start or usual, ranges)
    if "shape" not in table | known:
        card = begun or (read_card(model) if model else None)
        if card is None:
            raise PoseviewerError(
                f"The preset '{preset}' goes on from a model; give --start shipped or a model to start from."
            )
        table |= {"network": card.network, "shape": dict(card.shape)}
    return LifterConfig(ranges=ranges, output=output, preset=preset, start=model, **(table | known))


def start_words(path: Path) -> str:
    """A model as cards name it: its file and the beginning of its digest, so that one can tell whether it is this."""
    return f"{path.name} (sha256 {hashlib.sha256(path.read_bytes()).hexdigest()[:12]})"


def rate_at(step: int, config: LifterConfig) -> float:
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


def reproduce(config: LifterConfig, start: str = "") -> str:
    """The command that makes the model again; `start` as on the model's card."""
    words = ["poseviewer train lifter", f"--preset {config.preset}", f"--ranges {config.ranges.name}"]
    words += [f"--seed {config.seed}", f"--steps {config.steps}", f"--batch {config.batch}"]
    if start:
        name = start.partition(" (")[0]
        words.append(f"--start {SHIPPED if name == shipped_lifter(config.ranges.skeleton.name).name else name}")
    return " ".join([*words, f"-o {config.output.name}"])


def _start_model(start: str | Path, ranges: RangePreset) -> Path | None:
    """The file of the model to start from, None for nothing."""
    if start == NOTHING:
        return None
    found = find_model(None if start == SHIPPED else start, ranges.skeleton)
    if found is None:
        raise none_shipped(ranges.skeleton)
    return found[0]


def _begun_card(output: Path) -> ModelCard | None:
    """The card of the run that an output belongs to, if there is one."""
    state = state_path(output)
    return read_card(state) if state.is_file() else None
