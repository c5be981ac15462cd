"""What the user wants trained, and what can be chosen: read from the training presets, without torch."""

from __future__ import annotations

from dataclasses import dataclass

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
    raise NotImplementedError
