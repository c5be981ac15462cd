"""What a lifter's training depends on: read from a preset, its ranges, and the model that it starts from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from poseviewer.core.errors import PoseviewerError
from poseviewer.core.ranges import RangePreset
from poseviewer.io.skeleton_files import load_ranges, shipped_ranges
from poseviewer.models.base import find_model, none_shipped, shipped_lifter
from poseviewer.models.card import ModelCard, read_card
from training.presets import load_preset
from training.run_config import NOTHING, SHIPPED, RunConfig, rate_at, start_words, state_path

__all__ = ["LifterConfig", "lifter_config", "rate_at", "reproduce", "start_words", "state_path"]


@dataclass(frozen=True, kw_only=True)
class LifterConfig(RunConfig):
    """Everything a lifter's training depends on. recipe: the synthesis preset. unseen: poses to validate on."""

    ranges: RangePreset
    recipe: str = "default"
    unseen: int = 8192


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
