"""What a detector's training depends on: read from a preset, the skeleton, and the model that it starts from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from poseviewer.core.errors import PoseviewerError
from poseviewer.core.ranges import RangePreset
from poseviewer.core.skeleton import Skeleton
from poseviewer.models.card import ModelCard, read_card
from poseviewer.models.find_detector import find_detector, no_detector, shipped_detector
from training.presets import load_preset
from training.run_config import NOTHING, SHIPPED, RunConfig, state_path

AUTO = -1.0
"""A setting that follows from the labelled frames."""
GENERIC = "quadruped16"
"""Whose shipped detector is the one to start from where a skeleton has none of its own."""


@dataclass(frozen=True, kw_only=True)
class DetectorConfig(RunConfig):
    """Everything a run depends on besides the labelled frames."""

    skeleton: Skeleton
    ranges: RangePreset | None = None
    """What animals are rendered from, where some are."""
    labels: str = ""
    """Where the labelled frames are from, as one would name it in a command."""
    frames: int | None = None
    """How many labelled frames to use, spread evenly; None for all."""
    sigma: float = 1.0
    """Of the Gaussian around a keypoint, in cells of the map."""
    offset: float = 0.2
    """Weight of how far off the read places are, per cell."""
    occluded: float = 0.5
    """Weight of a keypoint that is a guess of the user's; that of a visible one is 1."""
    whole: float = 0.3
    near: float = 0.5
    nearest: float = 1.1
    farthest: float = 2.0
    shift: float = 0.12
    turn: float = AUTO
    """Degrees to either side; `AUTO` for as much as the labelled animals differ."""
    stretch: float = 0.1
    mirror: float = 0.5
    light: float = 1.0
    renders: float = 0.0
    """Share of each batch that are rendered animals instead of labelled frames."""
    hold_out: int = 5
    """Every so-manieth labelled frame is validated on and not trained on; 0 for none."""
    hold_out_from: int = 20
    """Fewer labelled frames than this are all trained on."""
    unseen: int = 256
    """Renders never trained on, to validate on where nothing is labelled."""


def detector_config(
    preset: str = "default",
    *,
    skeleton: Skeleton,
    output: Path,
    start: str | Path | None = None,
    **overrides: Any,
) -> DetectorConfig:
    """A config from a preset's name, the skeleton, and what differs from the preset.

    Args:
        start: "nothing", "shipped", or a model; None for what the preset says, where that is shipped for its network.

    Raises:
        PoseviewerError: there is no such preset.
        CheckpointError: there is no such model, or it is none of a detector.
    """
    table = load_preset("detector", preset)
    known = {k: v for k, v in overrides.items() if v is not None}
    usual = table.pop("start", NOTHING)
    model = None
    if not known.get("resume"):
        model = _start_model(start, skeleton) if start else _usual_start(usual, skeleton, table | known)
    config = DetectorConfig(skeleton=skeleton, output=output, preset=preset, start=model, **(table | known))
    if config.renders and config.ranges is None:
        raise PoseviewerError(
            f"The detector preset '{preset}' renders animals, which needs a skeleton with rotation ranges; "
            f"'{skeleton.name}' has none."
        )
    return config


def begun_card(output: Path) -> ModelCard | None:
    """The card of the run that an output belongs to, if there is one."""
    state = state_path(output)
    return read_card(state) if state.is_file() else None


def reproduce(config: DetectorConfig, start: str = "") -> str:
    """The command that makes the model again; `start` as on the model's card."""
    words = ["poseviewer train detector", config.labels, f"--preset {config.preset}"]
    words += [f"--skeleton {config.skeleton.name}", f"--seed {config.seed}", f"--steps {config.steps}"]
    if config.frames is not None:
        words.append(f"--frames {config.frames}")
    words.append(f"--start {start.partition(' (')[0] or NOTHING}")
    return " ".join([w for w in words if w] + [f"-o {config.output.name}"])


def _start_model(start: str | Path, skeleton: Skeleton) -> Path | None:
    """The file of the model to start from, None for nothing. Any detector will do: joints are told apart anew."""
    if start == NOTHING:
        return None
    if start == SHIPPED:
        path = _shipped(skeleton)
        if path is None:
            raise no_detector(skeleton)
        return path
    found = find_detector(start, None)
    assert found is not None
    return found[0]


def _usual_start(usual: str, skeleton: Skeleton, table: dict[str, Any]) -> Path | None:
    """What a preset starts from where nobody says otherwise: nothing where none is shipped for the same network."""
    path = _shipped(skeleton) if usual == SHIPPED else None
    if path is None:
        return None
    card = read_card(path)
    same = card.network == table.get("network") and card.shape == table.get("shape")
    return path if same else None


def _shipped(skeleton: Skeleton) -> Path | None:
    candidates = (shipped_detector(name) for name in (skeleton.name, GENERIC))
    return next((path for path in candidates if path.is_file()), None)
