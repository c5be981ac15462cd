"""What the user wants trained, and what can be chosen: read from the training presets, without torch."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from poseviewer.app.train.stages import DETECTOR, FLAT, LIFTER, SOLID, STAGES, Material, Stage, stage_of
from poseviewer.core.errors import CheckpointError
from poseviewer.core.ranges import RangePreset
from poseviewer.core.skeleton import Skeleton

if TYPE_CHECKING:
    from poseviewer.models.card import ModelCard


@dataclass(frozen=True)
class RunPlan:
    """A run as the user asks for it; None means: as the preset says.

    task: the training stage. preset: its name in that stage.
    start: "nothing"; "shipped": the model that comes with the skeleton; "current": the one the project uses; else
        the path of a model, as that of an earlier run.
    device: auto, cpu, cuda or mps. title: "" for one made from preset and ranges.
    poses: files of poses to learn from; none where a method learns from the project's own keypoints, or needs none.
    """

    task: str = "lifter"
    preset: str = "default"
    start: str = "nothing"
    steps: int | None = None
    batch: int | None = None
    seed: int = 0
    device: str = "auto"
    title: str = ""
    poses: tuple[str, ...] = ()

    @property
    def settings(self) -> dict[str, Any]:
        """What differs from the preset."""
        known: dict[str, Any] = {"steps": self.steps, "batch": self.batch, "seed": self.seed, "device": self.device}
        known["poses"] = [str(Path(path).absolute()) for path in self.poses] or None
        return {name: value for name, value in known.items() if value is not None}


@dataclass(frozen=True)
class PresetInfo:
    """One training preset as it is offered.

    title, about: for people. steps, batch: what it does unless told otherwise.
    minutes: about how long on two cores, None where that was not measured.
    can_start: which of "nothing", "shipped" and "current" fit, the preset's own choice first.
    renders: the share of rendered pictures that it learns from.
    """

    task: str
    name: str
    title: str
    about: str
    steps: int
    batch: int
    minutes: float | None
    can_start: tuple[str, ...]
    renders: float = 0.0

    @property
    def stage(self) -> Stage:
        return stage_of(self.task)


def presets_for(skeleton: Skeleton, model: str = "", detector: str = "") -> list[PresetInfo]:
    """All presets of all stages that can be trained for a skeleton: those for everyday use first, the paper's last.

    Args:
        model, detector: the project's own, "" where it uses the shipped one; then "current" is not offered, because
            it is what "shipped" is.
    """
    from training.presets import load_preset, preset_names, preset_words, stages

    own = {LIFTER: model, DETECTOR: detector}
    offered = []
    for task in stages():
        stage = stage_of(task)
        used = own.get(task, "")
        models = {"shipped": _shape_of(task, "", skeleton), "current": used and _shape_of(task, used, skeleton)}
        for name in preset_names(task):
            table, words = load_preset(task, name), preset_words(task, name)
            usual = bool(stage.why) and name == "default"  # of a method: it goes by the method's own name
            info = PresetInfo(
                task=task,
                name=name,
                title=stage.title if usual else words["title"],
                about=stage.why if usual else words["about"],
                steps=int(table.get("steps", 0)),
                batch=int(table.get("batch", 0)),
                minutes=words["minutes"],
                can_start=("nothing",) if stage.why else _starts(table, models),
                renders=float(table.get("renders", 0.0)),
            )
            place = (_place_of(task), words["place"]) if stage.why else (words["place"], _place_of(task))
            offered.append(((stage.apart, *place), info))
    return [info for _, info in sorted(offered, key=lambda pair: (*pair[0], pair[1].name))]


def find_start(start: str, model: str, skeleton: Skeleton, task: str = LIFTER) -> str:
    """What a run starts from, as its record says it: "nothing", "shipped", or a path.

    Args:
        model: the project's own of the kind that the stage makes, "" for the shipped one.

    Raises:
        CheckpointError: the model is missing, damaged, or of another skeleton.
    """
    if start == "nothing":
        return start
    path = model if start == "current" else "" if start == "shipped" else start
    if stage_of(task).paper:
        from poseviewer.models.card import read_card

        read_card(Path(path))
    elif _find(task, path, skeleton) is None:
        raise _none_shipped(task, skeleton)
    return str(Path(path).absolute()) if path else "shipped"


def plan_title(plan: RunPlan, ranges: RangePreset, material: Material | None = None) -> str:
    """What a run without a name is called: "Fine-tune on quadruped16", "Full training on 12 labelled frames"."""
    from training.presets import preset_words

    title, stage = preset_words(plan.task, plan.preset)["title"], stage_of(plan.task)
    if stage.poses in (FLAT, SOLID) and material is not None:
        count = f"{material.poses:,} poses of this project"
        return f"{title} on {_files_words(plan.poses) if plan.poses else count}"
    if stage.family == LIFTER or material is None:
        return f"{title} on {ranges.name}"
    if stage.labels:
        return f"{title} on {material.labelled:,} labelled frame{'' if material.labelled == 1 else 's'}"
    return f"{title} on {material.labelled + material.unlabelled:,} frames"


def _files_words(files: tuple[str, ...]) -> str:
    return Path(files[0]).stem if len(files) == 1 else f"{len(files)} files"


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


def _shape_of(task: str, model: str, skeleton: Skeleton) -> tuple[str, dict[str, Any]] | None:
    """Network and shape of a model of a stage, None where there is none that can be used."""
    with contextlib.suppress(CheckpointError):
        found = _find(task, model, skeleton)
        if found is not None and found.kind == task:
            return found.network, found.shape
    return None


def _find(task: str, model: str, skeleton: Skeleton) -> ModelCard | None:
    """The card of a model to begin with; None where none is named and none is shipped.

    A detector of another skeleton will do: what it knows of pictures stays, its joints are learned anew.

    Raises:
        CheckpointError: there is no such model, it is damaged, or no model of this stage.
    """
    if task == DETECTOR:
        from poseviewer.models.find_detector import find_detector, shipped_detector
        from training.detector_config import GENERIC

        names = [name for name in (skeleton.name, GENERIC) if shipped_detector(name).is_file()]
        if not model and not names:
            return None
        detector = find_detector(model or names[0], None)
        return detector[1] if detector is not None else None
    from poseviewer.models.base import find_model

    lifter = find_model(model or None, skeleton)
    return lifter[1] if lifter is not None else None


def _none_shipped(task: str, skeleton: Skeleton) -> CheckpointError:
    if task == DETECTOR:
        from poseviewer.models.find_detector import no_detector

        return no_detector(skeleton)
    from poseviewer.models.base import none_shipped

    return none_shipped(skeleton)


def _place_of(task: str) -> int:
    return next((i for i, stage in enumerate(STAGES) if stage.task == task), len(STAGES))
