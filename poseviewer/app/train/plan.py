"""What the user wants trained, and what can be chosen: read from the training presets, without torch."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from poseviewer.core.errors import CheckpointError
from poseviewer.core.ranges import RangePreset
from poseviewer.core.skeleton import Skeleton


@dataclass(frozen=True)
class RunPlan:
    """A run as the user asks for it; None means: as the preset says.

    task: the training stage. preset: its name in that stage.
    start: "nothing"; "shipped": the model that comes with the skeleton; "current": the one the project uses.
    device: auto, cpu, cuda or mps. title: "" for one made from preset and ranges.
    """

    task: str = "lifter"
    preset: str = "default"
    start: str = "nothing"
    steps: int | None = None
    batch: int | None = None
    seed: int = 0
    device: str = "auto"
    title: str = ""

    @property
    def settings(self) -> dict[str, Any]:
        """What differs from the preset."""
        known = {"steps": self.steps, "batch": self.batch, "seed": self.seed, "device": self.device}
        return {name: value for name, value in known.items() if value is not None}


@dataclass(frozen=True)
class PresetInfo:
    """One training preset as it is offered.

    title, about: for people. steps, batch: what it does unless told otherwise.
    minutes: about how long on two cores, None where that was not measured.
    can_start: which of "nothing", "shipped" and "current" fit, the preset's own choice first; empty where it cannot
        be used for the skeleton at all.
    """

    task: str
    name: str
    title: str
    about: str
    steps: int
    batch: int
    minutes: float | None
    can_start: tuple[str, ...]


def presets_for(skeleton: Skeleton, model: str = "") -> list[PresetInfo]:
    """All presets of all tasks that can be trained for a skeleton, those for everyday use first.

    Args:
        model: the project's own model, "" where it uses the shipped one; then "current" is not offered, because
            it is what "shipped" is.
    """
    from training.presets import load_preset, preset_names, preset_words, stages

    offered = []
    for stage in stages():
        models = {"shipped": _shape_of(stage, "", skeleton), "current": model and _shape_of(stage, model, skeleton)}
        for name in preset_names(stage):
            table, words = load_preset(stage, name), preset_words(stage, name)
            info = PresetInfo(
                task=stage,
                name=name,
                title=words["title"],
                about=words["about"],
                steps=int(table.get("steps", 0)),
                batch=int(table.get("batch", 0)),
                minutes=words["minutes"],
                can_start=_starts(table, models),
            )
            offered.append((words["place"], info))
    return [info for _, info in sorted(offered, key=lambda pair: (pair[0], pair[1].task, pair[1].name))]


def find_start(start: str, model: str, skeleton: Skeleton) -> str:
    """What a run starts from, as its record says it: "nothing", "shipped", or a path.

    Raises:
        CheckpointError: the model is missing, damaged, or of another skeleton.
    """
    from poseviewer.models.base import find_model, none_shipped

    if start == "nothing":
        return start
    path = model if start == "current" else "" if start == "shipped" else start
    if find_model(path or None, skeleton) is None:
        raise none_shipped(skeleton)
    return str(Path(path).absolute()) if path else "shipped"


def plan_title(plan: RunPlan, ranges: RangePreset) -> str:
    """What a run is called that was given no name: "Fine-tune on quadruped16"."""
    from training.presets import preset_words

    return f"{preset_words(plan.task, plan.preset)['title']} on {ranges.name}"


def _starts(table: dict[str, Any], models: dict[str, Any]) -> tuple[str, ...]:
    """What a preset can start from; a preset without a shape takes that of any model, but needs one."""
    own = "shape" in table
    fitting = ["nothing"] if own else []
    fitting += [
        name
        for name, shape in models.items()
        if shape and (not own or shape == (table.get("network", "default"), table["shape"]))
    ]
    usual = table.get("start", "nothing")
    return tuple(sorted(fitting, key=lambda name: name != usual))


def _shape_of(stage: str, model: str, skeleton: Skeleton) -> tuple[str, dict[str, Any]] | None:
    """Network and shape of a model of a stage, None where there is none that can be used."""
    from poseviewer.models.base import find_model

    with contextlib.suppress(CheckpointError):
        found = find_model(model or None, skeleton)
        if found is not None and found[1].kind == stage:
            return found[1].network, found[1].shape
    return None
